"""Numbers that join edits into one undo step."""

from __future__ import annotations

from itertools import count

from PySide6.QtCore import QObject, QTimer

_numbers = count(1)
PAUSE_MS = 600


class EditRun(QObject):
    """Gives edits that belong together the same number: those of one mouse drag, or of keys and wheel without pause."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number: int | None = None
        self._held = False
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.end)

    def hold(self) -> None:
        """A mouse drag begins: one number until `end`."""
        self.end()
        self._held = True

    def end(self) -> None:
        self._number = None
        self._held = False
        self._pause.stop()

    def number(self) -> int:
        """The number for an edit made now."""
        if self._number is None:
            self._number = next(_numbers)
        if not self._held:
            self._pause.start()
        return self._number
