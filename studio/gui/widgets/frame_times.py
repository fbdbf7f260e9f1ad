"""How even the live view runs: the time from one frame to the next over the last seconds, against the budget."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.gui.theme import SPACING, tokens
from studio.gui.widgets.hints import hint

SPAN_S = 10.0
BUDGET_MS = 33.0
TOP_MS = 100.0
"""What takes longer reaches the upper edge."""
_EVERY_S = 0.1  # a plot that is read at a glance need not follow every frame
_MOST = 1200


class FrameTimes(QWidget):
    """A small curve, newest at the right, and a line at the budget."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frames: deque[tuple[float, float]] = deque(maxlen=_MOST)  # (seconds, ms since the one before)
        self._last_s: float | None = None
        self._painted_s = 0.0
        self.setAccessibleName("Frame times")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._describe()

    @property
    def times_ms(self) -> list[float]:
        """From frame to frame, oldest first, of the last `SPAN_S`."""
        return [took_ms for _, took_ms in self._frames]

    def add(self, at_s: float) -> None:
        """A frame was shown at `at_s`, on a clock that never goes back."""
        if self._last_s is not None:
            self._frames.append((at_s, (at_s - self._last_s) * 1e3))
            while at_s - self._frames[0][0] > SPAN_S:
                self._frames.popleft()
        self._last_s = at_s
        if at_s - self._painted_s >= _EVERY_S:
            self._painted_s = at_s
            self._describe()
            self.update()

    def interrupt(self) -> None:
        """No frame is expected: the pause that follows is no slow frame."""
        self._last_s = None

    def sizeHint(self) -> QSize:
        return QSize(16 * SPACING, 3 * SPACING)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        room = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QColor(tokens().border))
        painter.setBrush(QColor(tokens().plot_background))
        painter.drawRect(room)
        y = _height(BUDGET_MS, room)
        painter.setPen(QPen(QColor(tokens().warning), 1))
        painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
        if len(self._frames) < 2:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens().accent), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        newest_s = self._frames[-1][0]
        curve = QPainterPath()
        for place, (at_s, took_ms) in enumerate(self._frames):
            point = QPointF(room.right() - (newest_s - at_s) / SPAN_S * room.width(), _height(took_ms, room))
            curve.lineTo(point) if place else curve.moveTo(point)
        painter.drawPath(curve)

    def _describe(self) -> None:
        text = f"Time from frame to frame, last {SPAN_S:g} s; the line is {BUDGET_MS:g} ms, the top {TOP_MS:g} ms"
        if self._frames:
            text += f". Longest {max(self.times_ms):.0f} ms"
        hint(self, text)


def _height(took_ms: float, room: QRectF) -> float:
    return room.bottom() - min(took_ms / TOP_MS, 1.0) * room.height()
