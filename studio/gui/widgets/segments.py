"""A row of buttons of which one is chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from studio.gui.icons import icon
from studio.gui.widgets.buttons import tool_button


@dataclass(frozen=True)
class Choice:
    """`key` is what is stored, `text` what is read or spoken; with an `icon_name` the icon stands for the text."""

    key: str
    text: str
    tip: str = ""
    icon_name: str = ""


class Segments(QWidget):
    """Reports the user's choice with `chosen(key)`; `choose` sets it without a signal."""

    chosen = Signal(str)

    def __init__(self, name: str, choices: Iterable[Choice], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._choices = {choice.key: choice for choice in choices}
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for choice in self._choices.values():
            button = tool_button(f"{name}: {choice.text}", choice.tip or choice.text, checkable=True)
            if not choice.icon_name:
                button.setText(choice.text)
            self._group.addButton(button)
            self.buttons[choice.key] = button
            row.addWidget(button)
        self._show_icons()
        next(iter(self.buttons.values())).setChecked(True)
        self._group.buttonClicked.connect(self._clicked)

    @property
    def choice(self) -> str:
        return next(key for key, button in self.buttons.items() if button.isChecked())

    def choose(self, key: str) -> None:
        """Check `key`; an unknown key (from another version's file) changes nothing."""
        if key in self.buttons:
            self.buttons[key].setChecked(True)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_icons()
        super().changeEvent(event)

    def _show_icons(self) -> None:
        for key, button in self.buttons.items():
            if self._choices[key].icon_name:
                button.setIcon(icon(self._choices[key].icon_name))

    @Slot()
    def _clicked(self) -> None:
        self.chosen.emit(self.choice)
