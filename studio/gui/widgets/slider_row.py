"""One parameter in one line: its name, a slider over the useful range, a number over the full one, a reset."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QWidget

from studio.gui.icons import icon
from studio.gui.theme import SPACING
from studio.gui.widgets.buttons import tool_button
from studio.gui.widgets.edit_run import EditRun
from studio.gui.widgets.labels import TokenLabel
from studio.gui.widgets.number_field import NumberField
from studio.gui.widgets.slider import Slider, SoftRange

FIELD_WIDTH_PX = 96
TAG_WIDTH_PX = 28
RESET_WIDTH_PX = 20


class SliderRow(QWidget):
    """Asks for another value with `edited(value, run)`; the listener answers with `set_value` or `refuse`.

    `run` is one number for all of a drag, or None for a change that is a step of its own.
    """

    edited = Signal(float, object)
    dragging = Signal(bool)

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
        reset_button: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        """`title` is what is seen, `name` (default: the same) what is spoken; `tag` stands small beside the title.

        A double click on the title resets, too, so that a short row may do without the button.
        """
        super().__init__(parent)
        name = name or title
        self._reset_to = reset_to
        self._run = EditRun(self)
        self.label = QLabel(title)
        self.label.setToolTip(meaning)
        self.label.setFixedWidth(title_width_px)
        self.slider = Slider(name, soft)
        self.slider.setAccessibleDescription(meaning)
        self.slider.setToolTip(meaning)
        self.field = NumberField(name, unit, decimals=soft.decimals, step=soft.step, low=low, high=high)
        self.field.set_hint(meaning)
        self.field.setFixedWidth(FIELD_WIDTH_PX)
        self.message = TokenLabel(token="error")
        self.message.setWordWrap(True)
        self.message.hide()

        titles = QHBoxLayout()
        titles.setSpacing(SPACING // 2)
        if tag:
            tag_label = TokenLabel(tag)
            tag_label.setFixedWidth(TAG_WIDTH_PX)
            titles.addWidget(tag_label)
        titles.addWidget(self.label)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACING // 2)
        grid.setVerticalSpacing(2)
        grid.addLayout(titles, 0, 0)
        grid.addWidget(self.slider, 0, 1)
        grid.addWidget(self.field, 0, 2)
        grid.setColumnStretch(1, 1)
        self.label.installEventFilter(self)
        self.reset_button = self._make_reset(name) if reset_button else None
        if self.reset_button:
            grid.addWidget(self.reset_button, 0, 3)
        grid.addWidget(self.message, 1, 0, 1, grid.columnCount())

        self.slider.sliderPressed.connect(self._drag_begins)
        self.slider.sliderReleased.connect(self._drag_ends)
        self.slider.valueChanged.connect(self._slider_moved)
        self.field.edited.connect(self.edited)
        self.field.refused.connect(self._show_message)

    @property
    def value(self) -> float:
        return self.field.value

    def set_value(self, value: float) -> None:
        self.field.set_value(value)
        # a handle that is being dragged stays under the mouse
        if not self.slider.isSliderDown():
            self.slider.show_value(value)
        if self.reset_button:
            self.reset_button.setVisible(value != self._reset_to)

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
        if event.type() == QEvent.Type.PaletteChange and self.reset_button:
            self.reset_button.setIcon(icon("reset"))
        super().changeEvent(event)

    def _make_reset(self, name: str) -> QToolButton:
        button = tool_button(f"Reset {name}")
        button.setIcon(icon("reset"))
        button.setFixedSize(RESET_WIDTH_PX, RESET_WIDTH_PX)
        button.setIconSize(QSize(14, 14))
        policy = button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        button.setSizePolicy(policy)
        button.hide()
        button.clicked.connect(self._reset)
        return button

    @Slot()
    def _reset(self) -> None:
        if self.value != self._reset_to:
            self._show_message("")
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
        self._show_message("")
        value = self.slider.value_here
        if value != self.value:
            self.edited.emit(value, self._run.number())

    @Slot(str)
    def _show_message(self, reason: str) -> None:
        self.message.setText(reason)
        self.message.setVisible(bool(reason))
