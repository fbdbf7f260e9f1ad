"""A bar for each recogniser: how like the captured face is to the clear one, and where it would be recognised."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.faces.meter import Reading
from studio.faces.thresholds import THRESHOLDS
from studio.gui.theme import SPACING, number_font, tokens

_BAR_PX = 6
_LEAST_PX = 96
_MIDDLE = 0.5  # of the bar: where the threshold is drawn


class MeterBars(QWidget):
    """The threshold is in the middle of every bar, whatever the recogniser's scale; the same picture fills it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._readings: tuple[Reading, ...] = ()
        self._message = ""
        self.setAccessibleName("Similarity of the capture to the clear face")
        self.setFont(number_font(self.font()))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def message(self) -> str:
        return self._message

    def show_readings(self, readings: Sequence[Reading]) -> None:
        self._readings, self._message = tuple(readings), ""
        self.setAccessibleDescription("; ".join(map(spoken, readings)))
        sources = {THRESHOLDS[r.name].source for r in readings if r.name in THRESHOLDS}
        self.setToolTip("\n".join([*map(spoken, readings), f"The line is the threshold: {'; '.join(sources)}"]))
        self.update()

    def show_message(self, text: str) -> None:
        self._readings, self._message = (), text
        self.setAccessibleDescription(text)
        self.setToolTip(text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(3 * _LEAST_PX, self.fontMetrics().height() + _BAR_PX + SPACING)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if self._message:
            painter.setPen(QColor(tokens().muted))
            text = self.fontMetrics().elidedText(self._message, Qt.TextElideMode.ElideRight, self.width())
            painter.drawText(self.rect(), left, text)
            return
        shown = self._readings[: max(1, self.width() // _LEAST_PX)]
        for place, reading in enumerate(shown):
            width = (self.width() + SPACING) / len(shown) - SPACING
            room = QRectF(place * (width + SPACING), 0, width, self.height())
            self._paint_one(painter, room, reading)

    def _paint_one(self, painter: QPainter, room: QRectF, reading: Reading) -> None:
        colours, metrics = tokens(), self.fontMetrics()
        over = recognised(reading)
        verdict = "" if over is None else "recognised" if over else "not recognised"
        token = colours.muted if over is None else colours.error if over else colours.success
        words = QRectF(room.left(), 0, room.width(), metrics.height())
        figure = f"{abs(reading.similarity):.2f}"
        painter.setPen(QColor(colours.text))
        name = metrics.elidedText(f"{reading.name} {figure}", Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft, name)
        painter.setPen(QColor(token))
        if metrics.horizontalAdvance(name + verdict) + SPACING < room.width():
            painter.drawText(words, Qt.AlignmentFlag.AlignRight, verdict)
        bar = QRectF(room.left(), metrics.height() + SPACING / 2, room.width(), _BAR_PX)
        painter.fillRect(bar, QColor(colours.border))
        painter.fillRect(QRectF(bar.left(), bar.top(), bar.width() * share(reading), _BAR_PX), QColor(token))
        middle = bar.left() + _MIDDLE * bar.width()
        painter.setPen(QPen(QColor(colours.text), 2))
        painter.drawLine(QPointF(middle, bar.top() - 2), QPointF(middle, bar.bottom() + 2))
        if reading.enrolled is not None:
            x = bar.left() + bar.width() * share(reading, reading.enrolled)
            painter.setPen(QPen(QColor(colours.warning), 3))
            painter.drawLine(QPointF(x, bar.top() - 2), QPointF(x, bar.bottom() + 2))


def recognised(reading: Reading) -> bool | None:
    """Whether the recogniser takes the capture for the person; None where its threshold is not known."""
    return reading.similarity >= reading.threshold if isfinite(reading.threshold) else None


def share(reading: Reading, similarity: float | None = None) -> float:
    """How far a bar is filled: to the middle at the threshold, wholly for the same picture."""
    similarity = reading.similarity if similarity is None else similarity
    threshold = reading.threshold if isfinite(reading.threshold) else reading.best - 1.0
    filled = _MIDDLE + (1 - _MIDDLE) * (similarity - threshold) / (reading.best - threshold)
    return min(max(filled, 0.0), 1.0)


def spoken(reading: Reading) -> str:
    """One line: "dlib: distance 0.62, not recognised (threshold 0.51)"."""
    what = "similarity" if reading.best > 0 else "distance"
    over = recognised(reading)
    verdict = "" if over is None else f", {'recognised' if over else 'not recognised'} at {abs(reading.threshold):.2f}"
    enrolled = "" if reading.enrolled is None else f", to the enrolled face {abs(reading.enrolled):.2f}"
    return f"{reading.name}: {what} {abs(reading.similarity):.2f}{verdict}{enrolled}"
