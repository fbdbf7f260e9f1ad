"""What becomes of a recording that is running when the window is to close."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

from studio.capture.recorder import Outcome
from studio.gui.dialogs import Dialogs, Recording
from studio.gui.recording import LiveRecording


class RecordingEnd(QObject):
    """Asks once, ends the recording as wanted, and calls `close` when that is done."""

    def __init__(
        self, recording: LiveRecording, dialogs: Dialogs, close: Callable[[], object], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._recording, self._dialogs, self._close = recording, dialogs, close
        self._answer: Recording = "cancel"
        recording.ended.connect(self._ended)

    def ask(self) -> None:
        if self._answer != "cancel":
            return  # it is being finished
        answer = self._dialogs.ask_recording()
        if answer == "cancel":
            return
        if not self._recording.active:  # it ended by itself while the question stood
            self._close_soon()
            return
        self._answer = answer
        if answer == "keep":
            self._recording.end()
        else:
            self._recording.discard()

    @Slot(object)
    def _ended(self, outcome: Outcome) -> None:
        answer, self._answer = self._answer, "cancel"
        if answer == "discard" or (answer == "keep" and outcome.path is not None):
            self._close_soon()  # otherwise the window stays, to say why nothing was kept

    def _close_soon(self) -> None:
        QTimer.singleShot(0, self, self._close)
