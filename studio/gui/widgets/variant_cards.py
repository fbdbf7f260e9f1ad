"""The gallery of variants: a card each, with its pictures, name, figures and note."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFont,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPixmapCache,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.gui.theme import SPACING, number_font, tokens
from studio.gui.thumbnails import Thumbnail
from studio.gui.variant_model import VariantModel
from studio.gui.widgets.pictures import draw_chips, draw_message
from studio.project.variants import LONGEST_NAME

_NARROWEST_PX = 160
_WORDS = 3  # lines below the pictures
_PSF_SHARE = 0.36  # of the picture's side
_STEP_PX = 3 * SPACING
Index = QModelIndex | QPersistentModelIndex


class VariantCards(QListView):
    """As many columns as there is room for; F2, Return and the like are the owner's actions.

    Cards that are dragged elsewhere are `dropped` before the row at which a line showed.
    """

    dropped = Signal(int)

    def __init__(self, model: VariantModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(_CardPainter(model, self))
        self.setAccessibleName("Variants")
        self.setAccessibleDescription("Arrow keys choose, Return restores, F2 renames, Delete removes")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)  # a drag moves rows, not pictures about the plane
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.viewport().setAcceptDrops(True)  # what does not move freely takes no drops otherwise
        self._gap: tuple[int, bool] | None = None  # a drop would go before the card of this row, or behind it
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)

    def sizeHint(self) -> QSize:
        return QSize(2 * _NARROWEST_PX + 2 * SPACING, 2 * self._card_height(_NARROWEST_PX))

    def minimumSizeHint(self) -> QSize:
        return QSize(_NARROWEST_PX + 2 * SPACING, 12 * SPACING)

    def resizeEvent(self, event: QResizeEvent) -> None:
        # the scroll bar's room is always kept, so that it cannot come and go
        bar_px = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, self.verticalScrollBar())
        room = self.width() - bar_px - 1
        width = room // max(1, room // _NARROWEST_PX)
        self.setGridSize(QSize(width, self._card_height(width)))
        self.verticalScrollBar().setSingleStep(_STEP_PX)
        super().resizeEvent(event)

    def gap_at(self, position: QPoint) -> int:
        """The row before which cards go that are dropped at `position`."""
        row, behind = self._beside(position)
        return row + behind

    def _beside(self, position: QPoint) -> tuple[int, bool]:
        """The card nearest to `position`, and whether that is behind the middle of it."""
        rows = range(self.model().rowCount())
        middles = {row: self.visualRect(self.model().index(row, 0)).center() for row in rows}
        row = min(rows, key=lambda r: (middles[r] - position).manhattanLength(), default=0)
        return row, bool(middles) and position.x() > middles[row].x()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.dragMoveEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if event.source() is not self:
            event.ignore()
            return
        super().dragMoveEvent(event)  # scrolls at the edges
        self._show_gap(self._beside(event.position().toPoint()))
        event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_gap(None)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self._show_gap(None)
        self.stopAutoScroll()
        event.setDropAction(Qt.DropAction.CopyAction)  # the view takes nothing away: the project is changed
        event.accept()
        self.setState(QAbstractItemView.State.NoState)
        self.dropped.emit(self.gap_at(event.position().toPoint()))

    def _show_gap(self, gap: tuple[int, bool] | None) -> None:
        self._gap = gap
        self.viewport().update()

    def _paint_gap(self) -> None:
        if self._gap is None:
            return
        row, behind = self._gap
        card = self.visualRect(self.model().index(row, 0))
        x = card.right() if behind else card.left()
        painter = QPainter(self.viewport())
        painter.setPen(QPen(QColor(tokens().accent), 3))
        painter.drawLine(x, card.top(), x, card.bottom())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self._paint_gap()
        if self.model().rowCount() == 0:
            draw_message(
                QPainter(self.viewport()),
                QRectF(self.viewport().rect()),
                "No variants yet",
                "Keep the current lens under a name: it is saved with the project, can be compared with others, "
                "and comes back with one click.",
            )

    def _card_height(self, width: int) -> int:
        return width + _WORDS * self.fontMetrics().height() + SPACING


class _CardPainter(QStyledItemDelegate):
    """Paints one card; the picture is a square as wide as the card."""

    def __init__(self, model: VariantModel, cards: VariantCards) -> None:
        super().__init__(cards)
        self._model, self._cards = model, cards

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self._cards.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model, colours = self._model, tokens()
        variant, thumbnail = model.variant(index), model.thumbnail(index)
        card, picture = _places(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if selected or focused or option.state & QStyle.StateFlag.State_MouseOver:
            edge = colours.accent if selected else colours.muted
            painter.setPen(QPen(QColor(edge), 2 if focused or selected else 1))
            painter.setBrush(QColor(colours.raised) if selected else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(card).adjusted(1, 1, -1, -1), SPACING / 2, SPACING / 2)
        _paint_pictures(painter, picture, thumbnail)
        if model.is_current(index):
            draw_chips(painter, QRectF(picture), (("current", "success"),))
        bold = QFont(option.font)
        bold.setBold(True)
        figures = thumbnail.figures if thumbnail else "Computing …"
        note = " ".join(variant.notes.split())
        for line, (text, font, token) in enumerate(
            (
                (variant.name, bold, "text"),
                (figures, number_font(option.font), "text"),
                (note, option.font, "muted"),
            )
        ):
            painter.setFont(font)
            painter.setPen(QColor(getattr(colours, token)))
            row = _line(picture, line, option.fontMetrics.height())
            elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, row.width())
            painter.drawText(row, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        field = QLineEdit(parent)
        field.setMaxLength(LONGEST_NAME)
        field.setAccessibleName("Name of the variant")
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if not cast(QLineEdit, editor).isModified():  # a picture that arrives must not undo what is being typed
            super().setEditorData(editor, index)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        row = _line(_places(option.rect)[1], 0, option.fontMetrics.height())
        height = editor.sizeHint().height()
        editor.setGeometry(row.left() - 2, row.center().y() - height // 2, row.width() + 4, height)


def _places(rect: QRect) -> tuple[QRect, QRect]:
    """The card within its cell, and the picture within the card."""
    card = rect.adjusted(2, 2, -2, -2)
    side = card.width() - SPACING
    return card, QRect(card.left() + SPACING // 2, card.top() + SPACING // 2, side, side)


def _line(picture: QRect, number: int, height: int) -> QRect:
    """The place of a line of words below the picture."""
    top = picture.bottom() + SPACING // 4 + number * height
    return QRect(picture.left(), top, picture.width(), height)


def _paint_pictures(painter: QPainter, place: QRect, thumbnail: Thumbnail | None) -> None:
    """The capture, and the PSF in its lower right corner."""
    colours = tokens()
    painter.fillRect(place, QColor(colours.plot_background))
    if thumbnail is None or thumbnail.capture is None or thumbnail.psf is None:
        if thumbnail is not None:
            draw_message(painter, QRectF(place), "No picture", thumbnail.error, "error")
        return
    painter.drawPixmap(place, _scaled(thumbnail.capture, place.width(), painter))
    side = round(_PSF_SHARE * place.width())
    inset = QRect(place.right() - side - SPACING // 2, place.bottom() - side - SPACING // 2, side, side)
    painter.drawPixmap(inset, _scaled(thumbnail.psf, side, painter))
    painter.setPen(QPen(QColor(colours.border), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(inset)


def _scaled(image: QImage, side: int, painter: QPainter) -> QPixmap:
    """Made once for each size: smooth scaling at every paint would make scrolling jerk."""
    side_px = round(side * painter.device().devicePixelRatio())
    key = f"{image.cacheKey()}-{side_px}"
    pixmap = QPixmap()
    if not QPixmapCache.find(key, pixmap):
        smooth = Qt.TransformationMode.SmoothTransformation
        pixmap = QPixmap.fromImage(image.scaled(side_px, side_px, Qt.AspectRatioMode.IgnoreAspectRatio, smooth))
        QPixmapCache.insert(key, pixmap)
    return pixmap
