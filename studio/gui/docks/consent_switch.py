"""The switch that lets recordings show who it is: off at every start, red while it is on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QToolButton, QWidget

from studio.gui.icons import icon
from studio.gui.recording import LiveRecording
from studio.gui.widgets.hints import hint

OFF_TIP = "Allow recordings of captures that hide too little of a face; asks first"
ON_TIP = "Captures that show who it is may be recorded now; click to forbid it again"


class ConsentSwitch(QToolButton):
    """Switching off works at once; to switch on is `wanted`, and whoever owns the window asks the user."""

    wanted = Signal()

    def __init__(self, recording: LiveRecording, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recording = recording
        self.setObjectName("consent")  # the style sheet paints it red
        self.setAccessibleName("Allow clear faces")
        self.setCheckable(True)
        self.clicked.connect(self._choose)
        recording.consent_changed.connect(self._show)
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show()
        super().changeEvent(event)

    @Slot(bool)
    def _choose(self, on: bool) -> None:
        self._show()  # not on before the user has said so
        if on:
            self.wanted.emit()
        else:
            self._recording.set_consent(False)

    @Slot()
    def _show(self) -> None:
        on = self._recording.consent
        self.setChecked(on)
        hint(self, ON_TIP if on else OFF_TIP)
        drawing = icon("portrait", "window" if on else "text")
        self.setIcon(QIcon(drawing.pixmap(QSize(18, 18), self.devicePixelRatioF())))  # no other colour when checked
