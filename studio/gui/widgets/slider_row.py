"""One parameter in one line: its name, a slider over the useful range, a number over the full one, a lock, a reset."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from studio.gui.icons import icon
from studio.gui.theme import SPACING
from studio.gui.widgets.buttons import tool_button
from studio.gui.widgets.callout import Callout
from studio.gui.widgets.edit_run import EditRun
from studio.gui.widgets.hints import hint
from studio.gui.widgets.labels import TokenLabel
from studio.gui.widgets.number_field import NumberField
from studio.gui.widgets.slider import Slider, SoftRange

FIELD_WIDTH_PX = 88
TAG_WIDTH_PX = 28
BUTTON_WIDTH_PX = 18


class SliderRow(QWidget):
    """Asks for another value with `edited(value, run)`; the listener answers with `set_value` or `refuse`.

    `run` is one number for all of a drag, or None for a change that is a step of its own.
    """

    edited = Signal(float, object)
    dragging = Signal(bool)
    lock_asked = Signal(bool)

    def __init__(
        self,
        title: str,
        unit: str,
        soft: SoftRange,
        *,
        reset_to: float,
        name: str = "",
        tag: str = "",
        meaning: str = "",
        low: float = float("-inf"),
        high: float = float("inf"),
        title_width_px: int = 128,
        buttons: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        """`title` is what is seen, `name` (default: the same) what is spoken; `tag` stands small beside the title.

        A double click on the title resets, too, so that a short row may do without lock and reset `buttons`.
        """
        super().__init__(parent)
        name = name or title
        self._reset_to = reset_to
        self._run = EditRun(self)
        self.label = QLabel(title)
        self.label.setFixedWidth(title_width_px)
        self.slider = Slider(name, soft)
        self.field = NumberField(name, unit, decimals=soft.decimals, step=soft.step, low=low, high=high)
        self.field.setFixedWidth(FIELD_WIDTH_PX)
        self.message = Callout(self.field)
        self.tag = TokenLabel(tag)
        self.tag.setFixedWidth(TAG_WIDTH_PX)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACING // 2)
        if tag:
            line.addWidget(self.tag)
        line.addWidget(self.label)
        line.addWidget(self.slider, 1)
        line.addWidget(self.field)
        self.label.installEventFilter(self)
        self.lock_button: QToolButton | None = None
        self.reset_button: QToolButton | None = None
        if buttons:
            self.lock_button = _small_button(f"Lock {name}", "Keeps this value, whatever is dragged, applied or pasted")
            self.lock_button.setCheckable(True)
            self.lock_button.clicked.connect(self.lock_asked)
            self.reset_button = _small_button(f"Reset {name}", "")
            self.reset_button.clicked.connect(self._reset)
            buttons_line = QHBoxLayout()
            buttons_line.setSpacing(0)
            buttons_line.addWidget(self.lock_button)
            buttons_line.addWidget(self.reset_button)
            line.addLayout(buttons_line)
            self._show_icons()
        self._meaning, self._fixed = meaning, ("", False)
        self._describe("")

        self.slider.sliderPressed.connect(self._drag_begins)
        self.slider.sliderReleased.connect(self._drag_ends)
        self.slider.valueChanged.connect(self._slider_moved)
        self.field.edited.connect(self.edited)
        self.field.refused.connect(self.message.say)

    @property
    def value(self) -> float:
        return self.field.value

    @property
    def controls(self) -> list[QWidget]:
        """What takes the focus, from left to right."""
        return [w for w in (self.slider, self.field, self.lock_button, self.reset_button) if w is not None]

    def set_value(self, value: float) -> None:
        self.field.set_value(value)
        # a handle that is being dragged stays under the mouse
        if not self.slider.isSliderDown():
            self.slider.show_value(value)
        self._show_reset()

    def set_fixed(self, reason: str, *, locked: bool = False) -> None:
        """With a reason, the value can be read but not changed; "" frees it. The lock shows `locked`."""
        if (reason, locked) == self._fixed:
            return
        self._fixed = reason, locked
        self.field.set_fixed(reason)
        self.slider.setEnabled(not reason)
        self._describe(reason)
        if self.lock_button:
            self.lock_button.setChecked(locked)
            self._show_icons()
        self._show_reset()

    def refuse(self, reason: str) -> None:
        """Keep the value and say why another one was refused."""
        self.field.refuse(reason)
        self.slider.show_value(self.value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.label and event.type() == QEvent.Type.MouseButtonDblClick:
            self._reset()
            return True
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_icons()
        super().changeEvent(event)

    def _describe(self, reason: str) -> None:
        text = "\n".join(line for line in (reason, self._meaning) if line)
        self.field.set_hint(self._meaning)
        self.label.setToolTip(text)
        hint(self.slider, text)

    def _show_icons(self) -> None:
        if self.lock_button and self.reset_button:
            locked = self.lock_button.isChecked()
            self.lock_button.setIcon(icon("lock", "accent") if locked else icon("unlock", "muted"))
            self.reset_button.setIcon(icon("reset"))

    def _show_reset(self) -> None:
        if self.reset_button:
            self.reset_button.setVisible(self.slider.isEnabled() and self.value != self._reset_to)

    @Slot()
    def _reset(self) -> None:
        if self.slider.isEnabled() and self.value != self._reset_to:
            self.message.say("")
            self.edited.emit(self._reset_to, None)

    @Slot()
    def _drag_begins(self) -> None:
        self._run.hold()
        self.dragging.emit(True)

    @Slot()
    def _drag_ends(self) -> None:
        self._run.end()
        self.slider.show_value(self.value)
        self.dragging.emit(False)

    @Slot()
    def _slider_moved(self) -> None:
        self.message.say("")
        value = self.slider.value_here
        if value != self.value:
            self.edited.emit(value, self._run.number())


def _small_button(name: str, tip: str) -> QToolButton:
    """A button that keeps its room when hidden."""
    button = tool_button(name, tip)
    button.setFixedSize(BUTTON_WIDTH_PX, BUTTON_WIDTH_PX)
    button.setIconSize(QSize(14, 14))
    button.setObjectName("small")  # the usual padding leaves no room for the icon
    policy = button.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    button.setSizePolicy(policy)
    return button
