"""Small buttons that always have a name for those who cannot see the icon."""

from __future__ import annotations

from PySide6.QtWidgets import QToolButton


def tool_button(name: str, tip: str = "", *, checkable: bool = False) -> QToolButton:
    """A `QToolButton` called `name`; `tip` (default: the name) says what it does."""
    button = QToolButton()
    button.setAccessibleName(name)
    button.setAccessibleDescription(tip)
    button.setToolTip(tip or name)
    button.setCheckable(checkable)
    return button
