"""Unsaved work goes to a recovery file every 10 s, so that a crash costs 10 s at most."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from studio.gui.background import Background
from studio.gui.document import Document
from studio.project import recovery
from studio.project.recovery import Offer
from studio.project.store import ProjectError

INTERVAL_MS = 10_000
_LAST_WRITE_S = 2.0


class Autosave(QObject):
    """Owns the recovery file of the open project."""

    message = Signal(str)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._background = Background("autosave", self)
        self._written_revision: int | None = None
        self._written_for: set[Path | None] = set()  # projects that have a recovery file of ours
        self._stale: set[Path | None] = set()  # those whose file goes once the write under way is through
        self._offer: Offer | None = None
        self._start = document.project
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self.write)
        self._timer.start()
        document.dirty_changed.connect(self._forget_what_was_taken_back)
        document.project_replaced.connect(self._started)

    @property
    def busy(self) -> bool:
        return self._background.busy

    @Slot()
    def write(self) -> None:
        """Write the recovery file if there is unsaved work that it does not hold yet."""
        document = self._document
        project, path, revision = document.project, document.path, document.revision
        if not document.dirty or revision == self._written_revision or self._background.busy:
            return
        self._written_for.add(path)
        name, start = document.name, self._start
        self._background.run(
            lambda: recovery.autosave(project, path, name=name, start=start),
            lambda _: self._written(revision),
            self._failed,
        )

    @Slot()
    def _started(self) -> None:
        self._start = self._document.project

    def recovered(self, offer: Offer) -> None:
        """The document now shows `offer`; its file goes once that work is saved or given up."""
        self._offer, self._start = offer, offer.start

    def forget(self) -> None:
        """Remove the recovery files: the work is saved or given up. One that is being written goes after."""
        self._stale |= self._written_for
        if self._offer is not None:
            self._offer.discard()
        self._written_for.clear()
        self._written_revision = self._offer = None
        if not self._background.busy:
            self._remove_stale()

    def close(self) -> None:
        self._timer.stop()
        self._background.abandon()
        self._background.wait(_LAST_WRITE_S)
        self.forget()
        self._remove_stale()

    def _remove_stale(self) -> None:
        for path in self._stale:
            recovery.discard(path)
        self._stale.clear()

    def _written(self, revision: int | None) -> None:
        if self._stale:
            self._remove_stale()
        else:
            self._written_revision = revision
        self._forget_what_was_taken_back()

    @Slot()
    def _forget_what_was_taken_back(self) -> None:
        """Edits that were undone are no unsaved work; what is being written is looked at again afterwards."""
        if self._written_for and not self._document.dirty and not self._background.busy:
            self.forget()

    def _failed(self, error: ProjectError) -> None:
        self._remove_stale()
        self.message.emit(f"Not autosaved: {error}")
