"""The PSF at several object distances as a strip of buttons."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from studio.gui.theme import SPACING, number_font, tokens
from studio.gui.widgets.pictures import STALE_OPACITY, UPDATING, draw_chips, fit

_FRAME_PX = 2
_LEAST_PICTURE_PX = 48
_WIDEST_WORDS = "Strehl < 0.001"


class DepthTile(QAbstractButton):
    """One picture, the distance and two lines of figures; checked while it is the distance in force."""

    def __init__(self, distance_m: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.distance_m = distance_m
        self._image: QImage | None = None
        self._stale = False
        self._figures: tuple[str, ...] = ("", "")
        self.setFont(number_font(self.font()))
        self.setText(f"{distance_m:g} m")
        self.setAccessibleName(f"Object distance {distance_m:g} m")
        self.setToolTip(f"Set the object distance to {distance_m:g} m")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    @property
    def has_picture(self) -> bool:
        return self._image is not None

    @property
    def figures(self) -> tuple[str, ...]:
        return self._figures

    def show_psf(self, image: QImage | None, figures: tuple[str, str]) -> None:
        self._image, self._figures = image, figures
        self.setAccessibleDescription(", ".join(f for f in figures if f) or "not computed")
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Fade a picture that is of another lens than it should be."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    def nextCheckState(self) -> None:
        """A click asks for a distance; the document decides what is checked."""

    @property
    def words_width(self) -> int:
        return self.fontMetrics().horizontalAdvance(_WIDEST_WORDS)

    @property
    def words_height(self) -> int:
        return self.fontMetrics().height() * 3 + SPACING

    def sizeHint(self) -> QSize:
        return QSize(self.minimumSizeHint().width() + 2 * SPACING, 96 + self.words_height)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.words_width + 2 * _FRAME_PX, _LEAST_PICTURE_PX + self.words_height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = tokens()
        room = QRectF(0, 0, self.width(), self.height() - self.words_height)
        place = fit(QSizeF(1, 1), room.adjusted(_FRAME_PX, _FRAME_PX, -_FRAME_PX, -_FRAME_PX))
        painter.fillRect(place, QColor(colours.plot_background))
        if self._image is not None:
            painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
            painter.drawImage(place, self._image)
            painter.setOpacity(1.0)
            if self._stale:
                draw_chips(painter, place, (UPDATING,))
        edge = colours.accent if self.isChecked() else colours.muted if self.underMouse() else colours.border
        painter.setPen(QPen(QColor(edge), 2.0 * _FRAME_PX if self.isChecked() else 1.0))
        painter.drawRect(place)
        line = self.fontMetrics().height()
        top = place.bottom() + SPACING / 2
        bold = number_font(self.font())
        bold.setBold(True)
        for number, text in enumerate((self.text(), *self._figures)):
            row = QRectF(0, top + number * line, self.width(), line)
            painter.setFont(self.font() if number else bold)
            name = "muted" if number else "accent" if self.isChecked() else "text"
            painter.setPen(QColor(getattr(colours, name)))
            painter.drawText(row, Qt.AlignmentFlag.AlignCenter, text)
            if number == 0 and self.hasFocus():
                width = painter.fontMetrics().horizontalAdvance(text)
                painter.drawLine(
                    round(row.center().x() - width / 2), round(row.bottom()),
                    round(row.center().x() + width / 2), round(row.bottom()),
                )  # fmt: skip


class DepthTiles(QWidget):
    """Lays its tiles out in the grid that makes the pictures largest and cuts no words."""

    def __init__(self, distances_m: tuple[float, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiles = [DepthTile(d, self) for d in distances_m]
        self.setAccessibleName("PSF at several distances")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        tile = self.tiles[0].sizeHint()
        return QSize((tile.width() + SPACING) * len(self.tiles) - SPACING, tile.height())

    def minimumSizeHint(self) -> QSize:
        tile = self.tiles[0].minimumSizeHint()
        return QSize(2 * tile.width() + SPACING, tile.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        words = QSize(self.tiles[0].words_width, self.tiles[0].words_height)

        def side(columns: int) -> int:
            width, height = self._cell(columns)
            return min(width, height - words.height()) if width >= words.width() else 0

        columns = max(range(1, len(self.tiles) + 1), key=side)
        width, height = self._cell(columns)
        for number, tile in enumerate(self.tiles):
            row, column = divmod(number, columns)
            tile.setGeometry(QRect(column * (width + SPACING), row * (height + SPACING), width, height))

    def _cell(self, columns: int) -> tuple[int, int]:
        rows = -(-len(self.tiles) // columns)
        return (self.width() + SPACING) // columns - SPACING, (self.height() + SPACING) // rows - SPACING
