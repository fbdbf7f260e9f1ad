"""A slider over real numbers: jumps to where it is clicked, leaves the wheel to the page unless it has the focus."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QWidget

from studio.gui.theme import tokens

_POSITIONS = 2000
_GROOVE_PX = 4  # as in the style sheet


@dataclass(frozen=True)
class SoftRange:
    """The useful part of a value's range, which a slider spans; `step` is one key press, `log` for ratios."""

    low: float
    high: float
    step: float
    decimals: int = 3
    log: bool = False

    def share(self, value: float) -> float:
        """Where `value` lies, 0 to 1; values beyond lie at the end."""
        value = min(max(value, self.low), self.high)
        if self.log:
            return log(value / self.low) / log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def value(self, share: float) -> float:
        """The value at `share`, rounded to the decimals on screen."""
        if self.log:
            exact = self.low * exp(share * log(self.high / self.low))
        else:
            exact = self.low + share * (self.high - self.low)
        return round(exact, self.decimals)


class Slider(QSlider):
    """Horizontal, from 0 to `_POSITIONS`; `share` is the position as 0 to 1."""

    def __init__(self, name: str, soft: SoftRange, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.soft = soft
        self.setAccessibleName(name)
        self.setRange(0, _POSITIONS)
        # one key press is one step of the value; a ratio has steps of a hundredth of the way
        share = 0.01 if soft.log else soft.step / (soft.high - soft.low)
        self.setSingleStep(max(1, round(share * _POSITIONS)))
        self.setPageStep(_POSITIONS // 10)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(48)

    @property
    def value_here(self) -> float:
        """The value at the handle."""
        return self.soft.value(self.sliderPosition() / _POSITIONS)

    def show_value(self, value: float) -> None:
        """Move the handle to `value` without a signal."""
        blocked = self.blockSignals(True)
        self.setValue(round(self.soft.share(value) * _POSITIONS))
        self.blockSignals(blocked)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self.setSliderDown(True)
        self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._follow(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown() and event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.soft.low < 0.0:
            self._paint_from_zero()

    def _paint_from_zero(self) -> None:
        """The style fills the groove from its left end; a value that may be negative is filled from zero."""
        handle = self._handle()
        zero = round(self.soft.share(0.0) * self.width())
        groove = QRect(0, (self.height() - _GROOVE_PX) // 2, 0, _GROOVE_PX)
        painter = QPainter(self)
        groove.setRight(handle.left())
        painter.fillRect(groove, QColor(tokens().border))
        if zero < handle.left():
            groove.setLeft(zero)
        elif zero > handle.right():
            groove.setLeft(handle.right())
            groove.setRight(zero)
        else:
            return
        painter.fillRect(groove, QColor(tokens().accent if self.isEnabled() else tokens().border))

    def _handle(self) -> QRect:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        return self.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
        )

    def _follow(self, event: QMouseEvent) -> None:
        handle = self._handle()
        left = round(event.position().x() - handle.width() / 2)
        self.setSliderPosition(
            QStyle.sliderValueFromPosition(0, _POSITIONS, left, max(1, self.width() - handle.width()))
        )
