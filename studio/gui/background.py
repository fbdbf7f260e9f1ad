"""One piece of work at a time in a thread of its own, its outcome delivered in the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from studio.project.store import ProjectError


@dataclass
class _Piece:
    work: Callable[[], Any]
    done: Callable[[Any], object]
    failed: Callable[[ProjectError], object]


@dataclass(frozen=True)
class _Outcome:
    piece: _Piece
    result: Any
    error: Exception | None


class Background(QObject):
    """Lives in the GUI thread; `done` and `failed` are called there, so they may touch widgets."""

    busy_changed = Signal(bool)
    _ended = Signal(object)  # emitted by the worker, received by a slot of this object: Qt queues it

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._thread: threading.Thread | None = None
        self._piece: _Piece | None = None
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
        self._piece = _Piece(work, done, failed)
        self._thread = threading.Thread(target=self._work, args=(self._piece,), name=self._name, daemon=True)
        self._thread.start()
        self.busy_changed.emit(True)

    def cancel(self, dispose: Callable[[Any], object]) -> None:
        """Be free at once. Work cannot be stopped half-way: its result goes to `dispose`, a ProjectError nowhere."""
        if self._piece is not None:
            self._piece.done, self._piece.failed = dispose, lambda _: None
            self._free()

    def wait(self, timeout_s: float) -> bool:
        """Block until the thread is through (its outcome is delivered later); False after `timeout_s`."""
        if self._thread is not None:
            self._thread.join(timeout_s)
            return not self._thread.is_alive()
        return True

    def abandon(self) -> None:
        """Deliver nothing any more: the window goes away. The thread is left to end by itself."""
        self._abandoned = True

    def _work(self, piece: _Piece) -> None:
        try:
            outcome = _Outcome(piece, piece.work(), None)
        except Exception as error:  # handed to the GUI thread, which shows or raises it
            outcome = _Outcome(piece, None, error)
        if not self._abandoned:
            self._ended.emit(outcome)

    @Slot(object)
    def _deliver(self, outcome: _Outcome) -> None:
        if self._abandoned:
            return
        piece = outcome.piece
        if piece is self._piece:
            self._free()
        if outcome.error is None:
            piece.done(outcome.result)
        elif isinstance(outcome.error, ProjectError):
            piece.failed(outcome.error)
        else:
            raise outcome.error

    def _free(self) -> None:
        self._thread = self._piece = None
        self.busy_changed.emit(False)
