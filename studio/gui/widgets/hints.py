"""What a control is for, said the same way to those who see and to those who hear it."""

from PySide6.QtWidgets import QWidget


def hint(widget: QWidget, text: str) -> None:
    """Show `text` as the tool tip of `widget`, and give it to screen readers."""
    widget.setToolTip(text)
    widget.setAccessibleDescription(text)
