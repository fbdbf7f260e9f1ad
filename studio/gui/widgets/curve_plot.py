"""Curves over one axis, painted by ourselves: a general plotting library took 14 ms for what takes 2 ms here,
and curves that follow a lens being dragged share the GUI thread with the live picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.exchange.scales import linear_ticks, log_ticks, tick_text
from studio.gui.theme import SPACING, number_font, tokens
from studio.gui.widgets.pictures import STALE_OPACITY, UPDATING, draw_chips, draw_message, draw_plate

_TICK_PX = SPACING / 2
_SAMPLE_PX = 3 * SPACING
_GRID_OPACITY = 0.5
_BAND_OPACITY = 0.16
_KEY_STEPS = 100  # along the axis
_FAR = 2.0  # shares of the axis; what lies beyond is drawn no further away


@dataclass(frozen=True)
class Axis:
    label: str
    low: float
    high: float
    log: bool = False

    def shares(self, values: np.ndarray) -> np.ndarray:
        """Places of `values` along the axis: 0 at `low`, 1 at `high`."""
        low, high = self.low, self.high
        if self.log:
            values, low, high = np.log10(np.maximum(values, 1e-30)), np.log10(low), np.log10(high)
        return np.clip((values - low) / (high - low), -_FAR, _FAR)

    def share(self, value: float) -> float:
        return float(self.shares(np.array([value]))[0])

    def value(self, share: float) -> float:
        """What is at the place `share`."""
        if self.log:
            return float(self.low * (self.high / self.low) ** share)
        return self.low + share * (self.high - self.low)

    def ticks(self, most: int) -> list[float]:
        return (log_ticks if self.log else linear_ticks)(self.low, self.high, max(2, most))


@dataclass(frozen=True)
class Line:
    width_px: float = 2.0
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True)
class Curve:
    """`token` names its colour in the theme. `low` and `high`, where there are any, are the ends of its band."""

    name: str
    x: np.ndarray
    y: np.ndarray
    token: str
    line: Line = Line()
    low: np.ndarray | None = None
    high: np.ndarray | None = None


@dataclass(frozen=True)
class Mark:
    """A value on the x axis that has a name."""

    name: str
    x: float


class CurvePlot(QWidget):
    """Paints what it was given last; an explanation stands in for curves that are missing."""

    pointed = Signal(object)  # the value on the x axis under the mouse or chosen by keys, None when there is none

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._x, self._y = Axis("", 0.0, 1.0), Axis("", 0.0, 1.0)
        self._curves: dict[str, Curve] = {}
        self._marks: tuple[Mark, ...] = ()
        self._pointer: float | None = None
        self._words = ("Computing …", "")
        self._stale = False
        self._backdrop_key: tuple = ()
        self._backdrop_pixmap = QPixmap()
        self.setAccessibleName(name)
        self.setFont(number_font(self.font()))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip("Left and Right read the curves from place to place; Escape ends that")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def curves(self) -> Mapping[str, Curve]:
        """What is drawn, by name."""
        return self._curves

    @property
    def x_axis(self) -> Axis:
        return self._x

    def show_curves(self, x: Axis, y: Axis, curves: Iterable[Curve], marks: Iterable[Mark] = ()) -> None:
        self._x, self._y, self._marks = x, y, tuple(marks)
        self._curves = {curve.name: curve for curve in curves}
        self.update()

    def show_message(self, title: str, detail: str = "") -> None:
        self._curves, self._words = {}, (title, detail)
        self.setAccessibleDescription(f"{title}. {detail}" if detail else title)
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Fade curves that are of another lens than they should be."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 8 * self.fontMetrics().height())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        frame = self._frame()
        inside = bool(self._curves) and frame.contains(event.position())
        self._point_at(self._x.value((event.position().x() - frame.left()) / frame.width()) if inside else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -_KEY_STEPS, Qt.Key.Key_End: _KEY_STEPS}
        if event.key() in steps and self._curves:
            at = 0.5 if self._pointer is None else self._x.share(self._pointer)
            share = round(at * _KEY_STEPS + steps[Qt.Key(event.key())]) / _KEY_STEPS
            self._point_at(self._x.value(min(max(share, 0.0), 1.0)))
        elif event.key() == Qt.Key.Key_Escape and self._pointer is not None:
            self._point_at(None)
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)
        super().leaveEvent(event)

    def _point_at(self, value: float | None) -> None:
        if value != self._pointer:
            self._pointer = value
            self.pointed.emit(value)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self._curves:
            painter.fillRect(self.rect(), QColor(tokens().plot_background))
            draw_message(painter, QRectF(self.rect()), *self._words, "muted")
            return
        frame = self._frame()
        painter.drawPixmap(0, 0, self._backdrop(frame))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(frame.adjusted(0, -1, 1, 1))
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        for curve in self._curves.values():
            self._paint_band(painter, curve, frame)
        for curve in self._curves.values():
            painter.setPen(pen(curve.line, getattr(tokens(), curve.token)))
            painter.drawPolyline(self._polygon(curve.x, curve.y, frame))
        painter.setOpacity(1.0)
        self._paint_marks(painter, frame)
        if self._stale:
            draw_chips(painter, frame, (UPDATING,))

    def _backdrop(self, frame: QRectF) -> QPixmap:
        """Axes, grid and numbers; they are the same from one set of curves to the next."""
        scale = self.devicePixelRatioF()
        key = (self._x, self._y, self.size(), scale, tokens())
        if key != self._backdrop_key:
            self._backdrop_key = key
            self._backdrop_pixmap = QPixmap(self.size() * scale)
            self._backdrop_pixmap.setDevicePixelRatio(scale)
            self._backdrop_pixmap.fill(QColor(tokens().plot_background))
            painter = QPainter(self._backdrop_pixmap)
            painter.setFont(self.font())
            self._paint_axes(painter, frame)
            painter.end()
        return self._backdrop_pixmap

    def _frame(self) -> QRectF:
        """Where the curves go: what axis labels and numbers leave."""
        metrics = QFontMetricsF(self.font())
        line = metrics.height()
        numbers = max(metrics.horizontalAdvance(tick_text(v)) for v in self._y.ticks(self._most_rows()))
        room = QRectF(self.rect()).adjusted(
            line + numbers + 2 * _TICK_PX + SPACING / 2, line / 2, -2 * SPACING, -2 * line - 2 * _TICK_PX
        )
        return QRectF(round(room.left()), round(room.top()), round(room.width()), round(room.height()))

    def _most_rows(self) -> int:
        return min(6, max(2, self.height() // (3 * self.fontMetrics().height())))

    def _paint_axes(self, painter: QPainter, frame: QRectF) -> None:
        colours, metrics = tokens(), QFontMetricsF(self.font())
        line = metrics.height()
        grid = QColor(colours.border)
        grid.setAlphaF(_GRID_OPACITY)
        numbers = QPen(QColor(colours.muted))
        widest = metrics.horizontalAdvance("−0000") + 2 * SPACING
        middle, right = Qt.AlignmentFlag.AlignCenter, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value in self._x.ticks(min(8, round(frame.width() / widest))):
            x = round(frame.left() + self._x.share(value) * frame.width())
            painter.setPen(grid)
            painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
            painter.setPen(numbers)
            painter.drawText(QRectF(x - 50, frame.bottom() + _TICK_PX, 100, line), middle, tick_text(value))
        for value in self._y.ticks(self._most_rows()):
            y = round(frame.bottom() - self._y.share(value) * frame.height())
            painter.setPen(grid)
            painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
            painter.setPen(numbers)
            painter.drawText(QRectF(0, y - line / 2, frame.left() - _TICK_PX, line), right, tick_text(value))
        painter.setPen(QColor(colours.muted))
        painter.drawLine(frame.bottomLeft(), frame.bottomRight())
        painter.drawLine(frame.bottomLeft(), frame.topLeft())
        below = QRectF(0, self.height() - line - _TICK_PX / 2, self.width(), line)
        under_frame = below.adjusted(frame.left(), 0, -2.0 * SPACING, 0)
        room = under_frame if metrics.horizontalAdvance(self._x.label) <= under_frame.width() else below
        said = metrics.elidedText(self._x.label, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, middle, said)
        painter.save()
        painter.translate(0.0, frame.center().y())
        painter.rotate(-90.0)
        painter.drawText(QRectF(-self.height() / 2, _TICK_PX / 2, self.height(), line), middle, self._y.label)
        painter.restore()

    def _paint_band(self, painter: QPainter, curve: Curve, frame: QRectF) -> None:
        if curve.low is None or curve.high is None:
            return
        colour = QColor(getattr(tokens(), curve.token))
        colour.setAlphaF(_BAND_OPACITY)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        there_and_back = np.concatenate((curve.x, curve.x[::-1]))
        painter.drawPolygon(self._polygon(there_and_back, np.concatenate((curve.low, curve.high[::-1])), frame))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _polygon(self, x: np.ndarray, y: np.ndarray, frame: QRectF) -> QPolygonF:
        across = frame.left() + self._x.shares(x) * frame.width()
        down = frame.bottom() - self._y.shares(y) * frame.height()
        return QPolygonF([QPointF(a, b) for a, b in zip(across.tolist(), down.tolist(), strict=True)])

    def _paint_marks(self, painter: QPainter, frame: QRectF) -> None:
        metrics = QFontMetricsF(self.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self._pointer is not None:
            painter.setPen(QColor(tokens().text))
            x = round(frame.left() + self._x.share(self._pointer) * frame.width())
            painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
        for mark in self._marks:
            share = self._x.share(mark.x)
            if not 0.0 <= share <= 1.0:
                continue
            x = round(frame.left() + share * frame.width())
            painter.setPen(QPen(QColor(tokens().accent), 1.5))
            painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
            width = metrics.horizontalAdvance(mark.name) + SPACING
            box = QRectF(x + SPACING / 2, frame.top() + SPACING / 2, width, metrics.height())
            if box.right() > frame.right():
                box.moveRight(x - SPACING / 2)
            draw_plate(painter, box)
            painter.setPen(QColor(tokens().accent))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark.name)


class LineKey(QWidget):
    """What the kinds of line mean, in a row; a legend inside the plot would cover curves of a small dock."""

    def __init__(self, lines: Mapping[str, Line], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = lines
        self.setAccessibleName("Kinds of line")
        self.setAccessibleDescription(", ".join(lines))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        words = sum(metrics.horizontalAdvance(name) + _SAMPLE_PX + 3 * SPACING for name in self._lines)
        return QSize(words - 2 * SPACING, metrics.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        metrics, x = self.fontMetrics(), 0
        for name, line in self._lines.items():
            painter.setPen(pen(line, tokens().text))
            painter.drawLine(x, self.height() // 2, x + _SAMPLE_PX, self.height() // 2)
            x += _SAMPLE_PX + SPACING
            painter.setPen(QColor(tokens().muted))
            painter.drawText(x, (self.height() + metrics.ascent() - metrics.descent()) // 2, name)
            x += metrics.horizontalAdvance(name) + 2 * SPACING


def pen(line: Line, colour: str) -> QPen:
    made = QPen(QColor(colour), line.width_px)
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    if line.dashes:
        made.setDashPattern(line.dashes)
    return made
