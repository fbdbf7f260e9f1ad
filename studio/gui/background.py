"""One piece of work at a time in a thread of its own, its outcome delivered in the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from studio.project.store import ProjectError


@dataclass(frozen=True)
class _Outcome:
    result: Any
    error: Exception | None
    done: Callable[[Any], None]
    failed: Callable[[ProjectError], None]


class Background(QObject):
    """Lives in the GUI thread; `done` and `failed` are called there, so they may touch widgets."""

    busy_changed = Signal(bool)
    _ended = Signal(object)  # emitted by the worker, received by a slot of this object: Qt queues it

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._thread: threading.Thread | None = None
        self._abandoned = False
        self._ended.connect(self._deliver)

    @property
    def busy(self) -> bool:
        """From `run` until its outcome was delivered."""
        return self._thread is not None

    def run(self, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[ProjectError], None]) -> None:
        """Start `work()`; then `done(result)`, or `failed(error)` for a ProjectError. Any other error is raised
        in the GUI thread. RuntimeError while other work is under way.
        """
        if self.busy:
            raise RuntimeError(f"{self._name} is busy")
        self._thread = threading.Thread(target=self._work, args=(work, done, failed), name=self._name, daemon=True)
        self._thread.start()
        self.busy_changed.emit(True)

    def wait(self, timeout_s: float) -> bool:
        """Block until the thread is through (its outcome is delivered later); False after `timeout_s`."""
        if self._thread is not None:
            self._thread.join(timeout_s)
            return not self._thread.is_alive()
        return True

    def abandon(self) -> None:
        """Deliver nothing any more: the window goes away. The thread is left to end by itself."""
        self._abandoned = True

    def _work(self, work: Callable[[], Any], done: Callable[..., None], failed: Callable[..., None]) -> None:
        try:
            outcome = _Outcome(work(), None, done, failed)
        except Exception as error:  # handed to the GUI thread, which shows or raises it
            outcome = _Outcome(None, error, done, failed)
        if not self._abandoned:
            self._ended.emit(outcome)

    @Slot(object)
    def _deliver(self, outcome: _Outcome) -> None:
        if self._abandoned:
            return
        self._thread = None
        self.busy_changed.emit(False)
        if outcome.error is None:
            outcome.done(outcome.result)
        elif isinstance(outcome.error, ProjectError):
            outcome.failed(outcome.error)
        else:
            raise outcome.error
