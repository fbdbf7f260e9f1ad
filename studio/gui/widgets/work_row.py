"""A row about work in the background: what it does, how far it is, Stop and Cancel."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from studio.gui.theme import SPACING
from studio.gui.widgets.hints import hint
from studio.gui.widgets.labels import ElidedLabel


class WorkRow(QWidget):
    """`what` is at work, as "the study"; the tips say what becomes of what it has done."""

    stop_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self, what: str, stop_tip: str, cancel_tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stage = ElidedLabel(token="text")
        self.stage.setAccessibleName(f"What {what} does")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(SPACING)
        self.bar.setAccessibleName(f"Progress of {what}")
        self.stop_button, self.cancel_button = QPushButton("Stop"), QPushButton("Cancel")
        self.stop_button.clicked.connect(self.stop_wanted)
        self.cancel_button.clicked.connect(self.cancel_wanted)
        words = QVBoxLayout()
        words.setSpacing(SPACING // 2)
        words.addWidget(self.stage)
        words.addWidget(self.bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addLayout(words, 1)
        for button, tip in ((self.stop_button, stop_tip), (self.cancel_button, cancel_tip)):
            hint(button, tip)
            row.addWidget(button)

    def show_progress(self, stage: str, share: float) -> None:
        """`stage` in words; `share` of the whole, 0 to 1."""
        self.stage.setText(stage)
        self.bar.setValue(round(100 * share))
