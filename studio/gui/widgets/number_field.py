"""A field for one number with its unit: typed, stepped by keys or wheel, restored by Escape."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from studio.gui.theme import number_font
from studio.gui.widgets.edit_run import EditRun
from studio.gui.widgets.hints import hint
from studio.gui.widgets.quantity import format_quantity, on_screen
from studio.optics.quantity import parse_quantity, shown_unit

_NOTCH = 120


class NumberField(QLineEdit):
    """Shows `value`; asks for another one with `edited(value, run)` and leaves it to the listener to set it.

    `run` is None for a typed number and a number shared by steps that make one undo step. A text that is no
    number, or a value the listener answers with `refuse`, leaves the value as it was; the text stays to be
    corrected until Escape, the next edit or a `set_value`. `refused` says why, and says "" once that is settled.
    """

    edited = Signal(float, object)
    refused = Signal(str)

    def __init__(
        self,
        name: str,
        unit: str = "",
        *,
        decimals: int = 3,
        step: float = 0.1,
        low: float = float("-inf"),
        high: float = float("inf"),
        parent: QWidget | None = None,
    ) -> None:
        """`low` and `high` only bound the steps; typed numbers are the listener's to judge."""
        super().__init__(parent)
        self._unit, self._decimals, self._step, self._low, self._high = unit, decimals, step, low, high
        self._value = 0.0
        self._scale = 1.0
        self._plain = self._hint = self._fixed = self._refusal = self._refused_text = ""
        self._run = EditRun(self)
        self.setAccessibleName(name)
        self.setMaxLength(64)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setFont(number_font(self.font()))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.returnPressed.connect(self._commit)
        self._show()

    @property
    def value(self) -> float:
        return self._value

    def set_value(self, value: float) -> None:
        """Show another value and settle a refused entry; a text being typed stays unless the value changed."""
        if self._refusal:
            self._settle()
        elif value == self._value:
            return
        self._value = value
        self._show()

    def set_hint(self, text: str) -> None:
        """Tool tip and description while nothing is wrong."""
        self._hint = text
        self._describe()

    def set_fixed(self, reason: str) -> None:
        """With a reason, the number can be read but not changed; "" frees it."""
        if reason == self._fixed:
            return
        self._fixed = reason
        self.setEnabled(not reason)
        self._forget_refusal()
        self._describe()

    def set_scale(self, scale: float, plain: str = "") -> None:
        """Write and read numbers as `scale` times the value; refusals are in the value itself, called `plain`."""
        self._scale, self._plain = scale, plain
        self._forget_refusal()
        self._show()

    def refuse(self, reason: str) -> None:
        """Keep the value and say why."""
        if not self.isModified():  # a step, not a text
            self._show()
        kept = format_quantity(self._value * self._scale, self._decimals, self._unit)
        named = f" ({self._plain})" if self._plain else ""
        self._refusal = f"{on_screen(reason).rstrip('.')}{named}. It stays at {kept}."
        self._refused_text = self.text()
        self._describe()
        self.refused.emit(self._refusal)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self._refusal:
            self._show()
        if event.reason() != Qt.FocusReason.MouseFocusReason:
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._commit()
        self._run.end()
        super().focusOutEvent(event)
        if not self._refusal:
            self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
        if event.key() in steps:
            self._commit()
            self._take_steps(steps[Qt.Key(event.key())])
        elif self._escapes(event):
            self._settle()
            self._show()
            self.selectAll()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus():
            event.ignore()  # the page scrolls instead
            return
        self._take_steps(event.angleDelta().y() / _NOTCH)
        event.accept()

    def event(self, event: QEvent) -> bool:
        # Escape restores the number before a window or dialog hears of it
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._escapes(event):
            event.accept()
            return True
        return super().event(event)

    def _escapes(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Escape and self.isModified()

    @Slot()
    def _commit(self) -> None:
        if not self.isModified() or (self._refusal and self.text() == self._refused_text):
            return
        self._settle()
        try:
            value = parse_quantity(self.text(), self._unit)
        except ValueError as error:
            self.refuse(str(error))
            return
        self.edited.emit(value / self._scale, None)
        if not self._refusal:
            self._show()
        if self.hasFocus():
            self.selectAll()

    def _take_steps(self, steps: float) -> None:
        self._settle()
        shown = round(self._value * self._scale + steps * self._step, 9)
        value = min(max(shown / self._scale, self._low), self._high)
        if value != self._value:
            self.edited.emit(value, self._run.number())
        else:
            self._show()

    def _forget_refusal(self) -> None:
        if self._refusal:
            self._settle()
            self._show()

    def _settle(self) -> None:
        self._refusal = self._refused_text = ""
        self._describe()
        self.refused.emit("")

    def _describe(self) -> None:
        text = self._refusal or "\n".join(line for line in (self._fixed, self._hint) if line)
        hint(self, text)
        if bool(self.property("refused")) != bool(self._refusal):  # the style sheet colours it
            self.setProperty("refused", bool(self._refusal))
            self.style().unpolish(self)
            self.style().polish(self)

    def _show(self) -> None:
        value = self._value * self._scale
        if self.hasFocus():  # all its digits, to be edited
            text = f"{value:.10g} {shown_unit(self._unit)}".rstrip()
        else:
            text = format_quantity(value, self._decimals, self._unit)
        if text != self.text():
            self.setText(text)
        self.setModified(False)
