"""Progress in the status bar for what takes longer than a second, with a Cancel button where it can be stopped."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from studio.gui.theme import SPACING

PATIENCE_MS = 1000
_BAR_PX = 15 * SPACING


class StatusProgress(QWidget):
    """Hidden until a piece of work has been under way for PATIENCE_MS."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cancel: Callable[[], object] | None = None
        self.label = QLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(_BAR_PX)
        self.bar.setAccessibleName("Progress")
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(self._stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACING, 0, SPACING, 0)
        row.setSpacing(SPACING)
        for widget in (self.label, self.bar, self.cancel):
            row.addWidget(widget)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self.show)
        self.hide()

    def begin(self, text: str, cancel: Callable[[], object] | None = None) -> None:
        """Say that `text` is under way; `cancel` is what the button does, None hides it."""
        self._cancel = cancel
        self.label.setText(text)
        self.setAccessibleName(text)
        self.cancel.setVisible(cancel is not None)
        self.set_share(None)
        self._patience.start()

    @Slot(float)
    def set_share(self, share: float | None) -> None:
        """How much is done, 0 to 1; None when nobody knows."""
        self.bar.setRange(0, 0 if share is None else 100)
        self.bar.setValue(0 if share is None else round(100 * share))

    def end(self) -> None:
        self._patience.stop()
        self._cancel = None
        self.bar.setRange(0, 1)  # an endless bar would go on asking for frames
        self.hide()

    @Slot()
    def _stop(self) -> None:
        if self._cancel is not None:
            self._cancel()
