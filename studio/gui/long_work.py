"""Work that may take more than a second: whoever waits sees how far it is, and can stop it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from studio.gui.background import Background
from studio.project.records import ProjectError

Follow = Callable[[float | None], object]
"""Work calls it now and then with the share that is done, None when nobody knows; it raises once that shall stop."""


class LongWork(QObject):
    """One piece at a time, in a thread. Lives in the GUI thread; whoever owns this calls `stop` before the end."""

    begun = Signal(str)
    """What is being done."""
    advanced = Signal(object)
    """The share that is done, 0 to 1, or None."""
    ended = Signal()
    _followed = Signal(object)  # from the thread

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(name, self)
        self._cancelled = threading.Event()
        self._followed.connect(self._advance)

    @property
    def busy(self) -> bool:
        return self._background.busy

    def run(
        self,
        doing: str,
        work: Callable[[Follow], Any],
        done: Callable[[Any], object],
        failed: Callable[[str], object],
    ) -> None:
        """Do `work(follow)`; then `done(result)`, or `failed(reason)` when it was cancelled or raised ProjectError."""
        self._cancelled.clear()
        self._background.run(
            lambda: work(self._follow),
            lambda result: self._end(done, result),
            lambda error: self._end(failed, f"{doing} was cancelled" if self._cancelled.is_set() else str(error)),
        )
        self.begun.emit(doing)

    @Slot()
    def cancel(self) -> None:
        """What is under way ends at its next step, and leaves nothing behind."""
        self._cancelled.set()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """Deliver nothing any more, and wait; False when it takes longer than `timeout_s`."""
        self._background.abandon()
        return self._background.wait(timeout_s)

    def _follow(self, share: float | None) -> None:
        """Called in the thread."""
        if self._cancelled.is_set():
            raise ProjectError("cancelled")
        self._followed.emit(share)

    @Slot(object)
    def _advance(self, share: float | None) -> None:
        if self.busy:
            self.advanced.emit(share)

    def _end(self, tell: Callable[[Any], object], outcome: Any) -> None:
        self.ended.emit()
        tell(outcome)
