"""The live picture: the capture, alone or beside or wiped against the clear frame, which stays hidden until held."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.gui.icons import icon
from studio.gui.theme import SPACING, tokens
from studio.gui.widgets.pictures import draw_chips, draw_message, fit, to_image
from studio.gui.widgets.zoom import Zoom

CAPTURE, SIDE_BY_SIDE, WIPE = "capture", "side by side", "wipe"
MODES = (CAPTURE, SIDE_BY_SIDE, WIPE)
HIDDEN_TEXT = "Clear picture hidden"
HIDDEN_DETAIL = "Hold the button or Space to reveal"
ZOOM_KEYS = "+ and − or the wheel enlarge, 0 or a double click shows all, Shift and arrows or dragging move"
_KEY_STEP = 0.05
_KEY_RATIO = 1.5
_NOTCH_RATIO = 1.2
_NOTCH = 120  # what Qt counts for a step of a wheel
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
_HANDLE_PX = 12
_CHIP_ROOM_PX = 14 * SPACING
_WORDS_ROOM_PX = 16 * SPACING


class FrameView(QWidget):
    """Paints the newest pair of frames, both enlarged alike; the clear one only while `revealed`."""

    divider_changed = Signal(float)  # at the end of a drag, or by key
    zoomed = Signal(object)  # Zoom, by the user

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mode = CAPTURE
        self._divider = 0.5
        self._dragging = False
        self._zoom = Zoom()
        self._panned_from: QPointF | None = None
        self._revealed = False
        self._capture: QImage | None = None
        self._clear: np.ndarray | None = None
        self._chips: tuple[tuple[str, str], ...] = ()
        self._message = ("No picture yet", "Choose a source", "text")
        self._notice = ""
        self.setAccessibleName("Live picture")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._describe()

    @property
    def mode(self) -> str:
        return self._mode

    @property
    def divider(self) -> float:
        """Share of the picture to the left of the wipe's divider."""
        return self._divider

    @property
    def zoom(self) -> Zoom:
        return self._zoom

    @property
    def revealed(self) -> bool:
        return self._revealed

    @property
    def chips(self) -> tuple[tuple[str, str], ...]:
        return self._chips

    @property
    def has_picture(self) -> bool:
        return self._capture is not None

    def set_frames(self, clear: np.ndarray, capture: np.ndarray) -> None:
        """Show a pair of frames (H, W, 3) uint8 RGB of one size; nobody may write into `clear` afterwards."""
        self._clear, self._capture = clear, to_image(capture)
        self.update()

    def clear_frames(self) -> None:
        self._clear = self._capture = None
        self.update()

    def set_chips(self, chips: tuple[tuple[str, str], ...]) -> None:
        """Small labels on the capture: (text, token of its colour)."""
        if chips != self._chips:
            self._chips = chips
            self.update()

    def set_message(self, title: str, detail: str = "", token: str = "text") -> None:
        """What stands in place of a picture while there is none."""
        self._message = (title, detail, token)
        self.update()

    def set_notice(self, text: str) -> None:
        """A line over a picture that is not being renewed; "" takes it away."""
        self._notice = text
        self.update()

    def set_mode(self, mode: str) -> None:
        """One of `MODES`; ValueError otherwise."""
        if mode not in MODES:
            raise ValueError(f"view mode {mode!r} is unknown; known are {', '.join(MODES)}")
        self._mode = mode
        self._describe()
        self.update()

    def set_divider(self, share: float) -> None:
        self._divider = min(max(share, 0.0), 1.0)
        self.update()

    def set_zoom(self, zoom: Zoom) -> None:
        """The part of the picture that is shown, of the clear frame as of the capture."""
        self._zoom = zoom
        self._describe()
        self.update()

    def set_revealed(self, revealed: bool) -> None:
        self._revealed = revealed
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 136)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens().window))
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        if self._capture is None:
            draw_message(painter, QRectF(self.rect()), *self._message)
            return
        clear, capture = self._places(QSizeF(self._capture.size()))
        if self._mode == WIPE:
            self._paint_wipe(painter, capture, self._capture)
        elif self._mode == SIDE_BY_SIDE:
            self._paint_clear(painter, clear)
            self._paint_part(painter, capture, self._capture)
        elif self._revealed:
            self._paint_clear(painter, capture)
        else:
            self._paint_part(painter, capture, self._capture)
        self._paint_labels(painter, clear, capture)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
        elif self._mode == WIPE and (self._zoom.factor == 1.0 or self._near_divider(event.position())):
            self._dragging = True
            self._follow(event)
        elif self._zoom.factor > 1.0:
            self._panned_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._follow(event)
        elif self._panned_from is not None:
            (x0, y0), (x1, y1) = self._share_at(self._panned_from), self._share_at(event.position())
            self._panned_from = event.position()
            self._zoom_to(self._zoom.moved(x0 - x1, y0 - y1))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragging and event.button() == Qt.MouseButton.LeftButton:
            self._dragging = False
            self.divider_changed.emit(self._divider)
        self._panned_from = None
        self._describe()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._zoom_to(Zoom())

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._capture is None or not event.angleDelta().y():
            super().wheelEvent(event)
        else:
            ratio = _NOTCH_RATIO ** (event.angleDelta().y() / _NOTCH)
            self._zoom_to(self._zoom.by(ratio, *self._share_at(event.position())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):  # "+" without Shift on many keyboards
            self._zoom_to(self._zoom.by(_KEY_RATIO))
        elif key == Qt.Key.Key_Minus:
            self._zoom_to(self._zoom.by(1.0 / _KEY_RATIO))
        elif key == Qt.Key.Key_0:
            self._zoom_to(Zoom())
        elif key in _ARROWS and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            dx, dy = _ARROWS[key]
            self._zoom_to(self._zoom.moved(2 * _KEY_STEP * dx, 2 * _KEY_STEP * dy))
        elif self._mode == WIPE and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.set_divider(self._divider + _ARROWS[key][0] * _KEY_STEP)
            self.divider_changed.emit(self._divider)
        else:
            super().keyPressEvent(event)

    def _places(self, picture: QSizeF) -> tuple[QRectF, QRectF]:
        """Where the clear frame and the capture go; one and the same place unless side by side."""
        room = QRectF(self.rect())
        if self._mode != SIDE_BY_SIDE:
            place = fit(picture, room)
            return place, place
        gap = SPACING
        beside = QSizeF(2 * picture.width(), picture.height())
        above = QSizeF(picture.width(), 2 * picture.height())
        if fit(beside, room).height() >= fit(above, room).height() / 2:
            half = QSizeF((room.width() - gap) / 2, room.height())
            second = QPointF(half.width() + gap, 0)
            clear = fit(picture, QRectF(room.topLeft(), half))
            capture = fit(picture, QRectF(room.topLeft() + second, half))
            inwards = QPointF(max(0.0, (half.width() - clear.width()) / 2), 0)
        else:
            half = QSizeF(room.width(), (room.height() - gap) / 2)
            second = QPointF(0, half.height() + gap)
            clear = fit(picture, QRectF(room.topLeft(), half))
            capture = fit(picture, QRectF(room.topLeft() + second, half))
            inwards = QPointF(0, max(0.0, (half.height() - clear.height()) / 2))
        return clear.translated(inwards), capture.translated(-inwards)  # side by side, not far apart

    def _paint_clear(self, painter: QPainter, place: QRectF, visible: QRectF | None = None) -> None:
        """The clear frame, or a plate in its stead whose words stand in the middle of what is `visible` of it."""
        if self._revealed and self._clear is not None:
            self._paint_part(painter, place, to_image(self._clear))
            return
        painter.setPen(QColor(tokens().border))
        painter.setBrush(QColor(tokens().raised))
        painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))
        words = visible or place
        if words.width() > _WORDS_ROOM_PX:
            lock = icon("lock").pixmap(QSize(24, 24), self.devicePixelRatioF())
            painter.drawPixmap(words.center() + QPointF(-12, -5 * SPACING), lock)
            draw_message(painter, words.adjusted(0, 3 * SPACING, 0, 0), HIDDEN_TEXT, HIDDEN_DETAIL, "muted")

    def _paint_part(self, painter: QPainter, place: QRectF, image: QImage) -> None:
        zoom, width, height = self._zoom, image.width(), image.height()
        part = QRectF(zoom.left * width, zoom.top * height, zoom.side * width, zoom.side * height)
        painter.drawImage(place, image, part)

    def _paint_wipe(self, painter: QPainter, place: QRectF, capture: QImage) -> None:
        self._paint_part(painter, place, capture)
        x = round(place.left() + self._divider * place.width())
        painter.save()
        left = QRectF(place.left(), place.top(), x - place.left(), place.height())
        painter.setClipRect(left)
        self._paint_clear(painter, place, left)
        painter.restore()
        painter.setPen(QPen(QColor(tokens().accent), 2))
        painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()))
        painter.setBrush(QColor(tokens().accent))
        painter.drawEllipse(QPointF(x, place.center().y()), _HANDLE_PX / 2, _HANDLE_PX / 2)

    def _paint_labels(self, painter: QPainter, clear: QRectF, capture: QRectF) -> None:
        clear_chip = ("clear", "warning") if self._revealed else ("clear, hidden", "muted")
        capture_chips = (("capture", "text"), *self._chips)
        if self._mode == WIPE:
            x = clear.left() + self._divider * clear.width()
            if x - clear.left() > _CHIP_ROOM_PX:
                draw_chips(painter, clear, (clear_chip,))
            if capture.right() - x > _CHIP_ROOM_PX:
                draw_chips(painter, capture, capture_chips, at_right=True)
        elif self._mode == SIDE_BY_SIDE:
            draw_chips(painter, clear, (clear_chip,))
            draw_chips(painter, capture, capture_chips)
        else:
            draw_chips(painter, capture, (clear_chip,) if self._revealed else capture_chips)
        if self._zoom.factor > 1.0:
            draw_chips(painter, capture, ((f"{self._zoom.factor:.2g} ×", "text"),), at_right=True, at_bottom=True)
        if self._notice:
            draw_chips(painter, capture, ((self._notice, "warning"),), at_bottom=True)

    def _follow(self, event: QMouseEvent) -> None:
        if self._capture is not None:
            place = self._places(QSizeF(self._capture.size()))[1]
            self.set_divider((event.position().x() - place.left()) / max(1.0, place.width()))

    def _zoom_to(self, zoom: Zoom) -> None:
        if zoom != self._zoom:
            self.set_zoom(zoom)
            self.zoomed.emit(zoom)

    def _share_at(self, position: QPointF) -> tuple[float, float]:
        """`position` in shares of the picture it is on, or nearest to."""
        if self._capture is None:
            return 0.5, 0.5
        places = self._places(QSizeF(self._capture.size()))
        place = min(places, key=lambda p: (p.center() - position).manhattanLength())
        x, y = (position.x() - place.left()) / place.width(), (position.y() - place.top()) / place.height()
        return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)

    def _near_divider(self, position: QPointF) -> bool:
        if self._capture is None:
            return False
        place = self._places(QSizeF(self._capture.size()))[1]
        return abs(position.x() - place.left() - self._divider * place.width()) <= _HANDLE_PX

    def _describe(self) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self._mode == WIPE:
            shape = Qt.CursorShape.SplitHCursor
        elif self._zoom.factor > 1.0:
            shape = Qt.CursorShape.OpenHandCursor
        self.setCursor(shape)
        clear = "revealed" if self._revealed else "hidden"
        keys = "; Left and Right move the divider" if self._mode == WIPE else ""
        enlarged = f", enlarged {self._zoom.factor:.2g} times" if self._zoom.factor > 1.0 else ""
        self.setAccessibleDescription(f"View: {self._mode}{enlarged}; clear picture {clear}{keys}; {ZOOM_KEYS}")
