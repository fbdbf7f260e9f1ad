"""What a screen reader would have no word for."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QSlider, QWidget


def unnamed(panel: QWidget) -> list[QWidget]:
    """The controls in `panel`, hidden ones too, that have neither an accessible name nor a text of their own."""
    controls = [
        control for kind in (QAbstractButton, QComboBox, QLineEdit, QSlider) for control in panel.findChildren(kind)
    ]
    assert controls, "no control was found"
    ours = (control for control in controls if not control.objectName().startswith("qt_"))
    return [c for c in ours if not (c.accessibleName() or (isinstance(c, QAbstractButton) and c.text()))]
