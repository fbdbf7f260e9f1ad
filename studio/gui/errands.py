"""Small pieces of work off the GUI thread, one after the other, none left out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Slot

from studio.gui.background import Background
from studio.project.records import ProjectError


class Errands(QObject):
    """Lives in the GUI thread; `done` and `failed` are called there."""

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[tuple[Callable[[], Any], Callable[[Any], None], Callable[[ProjectError], None]]] = deque()
        self._background = Background(name, self)
        self._background.busy_changed.connect(self._next)

    @property
    def busy(self) -> bool:
        """From `run` until the outcome of the last piece was delivered."""
        return self._background.busy or bool(self._waiting)

    def run(self, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[ProjectError], None]) -> None:
        """Do `work()` after all that was asked before; then `done(result)`, or `failed(error)` for a ProjectError."""
        self._waiting.append((work, done, failed))
        self._next(self._background.busy)

    def stop(self, timeout_s: float = 2.0) -> bool:
        """Begin nothing more and wait for what is under way; False when it is still busy after `timeout_s`."""
        self._waiting.clear()
        self._background.abandon()
        return self._background.wait(timeout_s)

    @Slot(bool)
    def _next(self, busy: bool) -> None:
        if not busy and self._waiting:
            self._background.run(*self._waiting.popleft())
