"""The PSF as a picture: three colours or one, linear or logarithmic, with a scale bar; it can be enlarged."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.exchange.psf_files import describe
from studio.exchange.psf_picture import LOG_DECADES, PsfLook, colour_table, psf_picture
from studio.gui.theme import tokens
from studio.gui.widgets.pictures import (
    STALE_OPACITY,
    UPDATING,
    draw_chips,
    draw_colour_bar,
    draw_message,
    draw_scale_bar,
    fit,
    to_image,
)
from studio.gui.widgets.zoom import Zoom
from studio.optics.psf import Psf

KEYS_TEXT = "+ and − or the wheel enlarge, 0 or a double click shows all, arrows or dragging move"
_KEY_RATIO = 1.5
_NOTCH_RATIO = 1.2
_NOTCH = 120  # what Qt counts for a step of a wheel
_KEY_STEP = 0.1
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
_COLOUR_BAR_ROOM_PX = 240


class PsfView(QWidget):
    """Paints one PSF; pixels stay pixels. `stale` fades it, an error stands in its place."""

    zoomed = Signal(object)  # Zoom, by the user

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._psf: Psf | None = None
        self._look = PsfLook()
        self._stale = False
        self._draft = False
        self._error = ""
        self._image: QImage | None = None
        self._zoom = Zoom()
        self._section: tuple[int, int] | None = None
        self._dragged_from: QPointF | None = None
        self.setAccessibleName("Point spread function")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def stale(self) -> bool:
        return self._stale

    @property
    def zoom(self) -> Zoom:
        return self._zoom

    def show_psf(self, psf: Psf | None, *, draft: bool = False, error: str = "") -> None:
        self._psf, self._draft, self._error, self._stale = psf, draft, error, False
        self._renew()

    def show_as(self, channel: int | None, log: bool, colour_map: str = "grey") -> None:
        self._look = PsfLook(channel, log, colour_map)
        self._renew()

    def show_section(self, section: tuple[int, int] | None) -> None:
        """Mark the row and the column of the cross-section, or nothing."""
        if section != self._section:
            self._section = section
            self.update()

    def set_zoom(self, zoom: Zoom) -> None:
        self._zoom = zoom
        self._describe()
        self.setCursor(Qt.CursorShape.OpenHandCursor if zoom.factor > 1.0 else Qt.CursorShape.ArrowCursor)
        self.update()

    def set_stale(self, stale: bool) -> None:
        if stale != self._stale:
            self._stale = stale
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, 280)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 120)

    # Zoom

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._image is None or not event.angleDelta().y():
            super().wheelEvent(event)
            return
        x, y = self._share_at(event.position())
        self._zoom_to(self._zoom.by(_NOTCH_RATIO ** (event.angleDelta().y() / _NOTCH), x, y))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._zoom_to(Zoom())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._zoom.factor > 1.0:
            self._dragged_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged_from is not None:
            (x0, y0), (x1, y1) = self._share_at(self._dragged_from), self._share_at(event.position())
            self._dragged_from = event.position()
            self._zoom_to(self._zoom.moved(x0 - x1, y0 - y1))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged_from = None
        self.set_zoom(self._zoom)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):  # "+" without Shift on many keyboards
            self._zoom_to(self._zoom.by(_KEY_RATIO))
        elif key == Qt.Key.Key_Minus:
            self._zoom_to(self._zoom.by(1.0 / _KEY_RATIO))
        elif key == Qt.Key.Key_0:
            self._zoom_to(Zoom())
        elif key in _ARROWS and self._zoom.factor > 1.0:
            dx, dy = _ARROWS[key]
            self._zoom_to(self._zoom.moved(_KEY_STEP * dx, _KEY_STEP * dy))
        else:
            super().keyPressEvent(event)

    def _zoom_to(self, zoom: Zoom) -> None:
        if zoom != self._zoom:
            self.set_zoom(zoom)
            self.zoomed.emit(zoom)

    def _share_at(self, position: QPointF) -> tuple[float, float]:
        place = self._place()
        return (position.x() - place.left()) / place.width(), (position.y() - place.top()) / place.height()

    # Paint

    def _place(self) -> QRectF:
        return fit(QSizeF(1, 1), QRectF(self.rect()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        room = QRectF(self.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._error:
            draw_message(painter, room, "This lens has no PSF", self._error[:1].upper() + self._error[1:], "error")
            return
        if self._image is None or self._psf is None:
            draw_message(painter, room, "No PSF yet", "It appears as soon as it is computed")
            return
        place, zoom, size = self._place(), self._zoom, self._image.width()
        part = QRectF(zoom.left * size, zoom.top * size, zoom.side * size, zoom.side * size)
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        painter.drawImage(place, self._image, part)
        painter.setOpacity(1.0)
        if self._section is not None:
            self._paint_section(painter, place, part, *self._section)
        draw_scale_bar(painter, place, self._psf.pitch_m * 1e6 * part.width() / place.width())
        if self._look.channel is not None and place.width() >= _COLOUR_BAR_ROOM_PX:
            lowest = f"{10.0**-LOG_DECADES:g}" if self._look.log else "0"
            draw_colour_bar(painter, place, colour_table(self._look.colour_map), (lowest, "1"))
        if self._stale or self._draft:
            draw_chips(painter, place, (UPDATING if self._stale else ("draft", "warning"),))
        if zoom.factor > 1.0:
            draw_chips(painter, place, ((f"{zoom.factor:.2g} ×", "text"),), at_right=True)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens().accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_section(self, painter: QPainter, place: QRectF, part: QRectF, row: int, column: int) -> None:
        x = place.left() + (column + 0.5 - part.left()) / part.width() * place.width()
        y = place.top() + (row + 0.5 - part.top()) / part.height() * place.height()
        line = QPen(QColor(tokens().accent), 1)
        painter.setPen(line)
        if place.top() <= y <= place.bottom():
            painter.drawLine(QPointF(place.left(), y), QPointF(place.right(), y))
        line.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(line)
        if place.left() <= x <= place.right():
            painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()))

    def _renew(self) -> None:
        self._image = None
        if self._psf is not None:
            look = self._look
            self._image = to_image(psf_picture(self._psf.values, look.channel, look.log, look.colour_map))
        self._describe()
        self.update()

    def _describe(self) -> None:
        if self._psf is None:
            self.setAccessibleDescription(self._error or "not computed yet")
        else:
            enlarged = f", enlarged {self._zoom.factor:.2g} times" if self._zoom.factor > 1.0 else ""
            self.setAccessibleDescription(f"{describe(self._psf, self._look)}{enlarged}. {KEYS_TEXT}")
