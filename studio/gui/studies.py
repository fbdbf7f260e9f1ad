"""The studies of the open project: their trials as they come from sweeps at work, and those that are kept."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from studio.gui.document import Document
from studio.gui.jobs import Jobs
from studio.gui.pace import Pace
from studio.jobs.process import Job
from studio.project.records import ProjectError, Trial
from studio.study.plan import journal_of
from studio.study.told import from_plain

KIND = "sweep"
_DRAWN_MS = 100
log = logging.getLogger(__name__)


class Studies(QObject):
    """Lives in the GUI thread. A sweep goes on without the window, and is found again with its project.

    What has ended stays in the study's own file beside the project, whatever becomes of the sweep.
    """

    changed = Signal()
    """There are other trials, or a sweep has begun or ended."""
    progressed = Signal()

    def __init__(self, document: Document, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._jobs = document, jobs
        self._live: dict[str, Trial] = {}
        self._job: Job | None = None
        self._stage, self._share = "", 0.0
        self._file = document.source
        self._tell = Pace(self.changed.emit, self, _DRAWN_MS)
        jobs.started.connect(self._begin)
        jobs.message.connect(self._hear)
        jobs.finished.connect(self._finish)
        jobs.failed.connect(self._fail)
        document.records_changed.connect(self._tell.request)
        document.project_replaced.connect(self._restore)
        document.saved.connect(self._follow_file)

    @property
    def trials(self) -> tuple[Trial, ...]:
        """Those of the project, then those that a sweep has told of since."""
        kept = self._document.project.trials
        known = {trial.id for trial in kept}
        return kept + tuple(trial for trial in self._live.values() if trial.id not in known)

    def is_kept(self, trial: Trial) -> bool:
        """Whether the project holds it: only those can be pinned."""
        return any(kept.id == trial.id for kept in self._document.project.trials)

    @property
    def running(self) -> Job | None:
        """The sweep at work."""
        return self._job

    @property
    def progress(self) -> tuple[str, float]:
        return self._stage, self._share

    # What the user does

    def start(self, title: str, name: str, arguments: tuple[str, ...]) -> bool:
        """Sweep on the study `name`; False when the project has no file that it could lie beside."""
        if self._document.path is None:
            return False
        place = ("--storage", journal_of(self._document.path), "--name", name)
        self._jobs.start(KIND, title, (*place, *arguments))
        return True

    def stop_sweep(self) -> None:
        """Put back the trials under way, keep what has ended."""
        if self._job is not None:
            self._jobs.stop_job(self._job)
            self._stage = "Stopping: trials under way are put back"
            self.progressed.emit()

    def cancel_sweep(self) -> None:
        """End it at once: trials under way are tried again when the study goes on, what has ended is kept."""
        if self._job is not None:
            job, self._job = self._job, None
            self._jobs.cancel(job)
            self._adopt()

    # What follows

    @Slot(object)
    def _begin(self, job: Job) -> None:
        if job.request.kind == KIND:
            self._job, self._stage, self._share = job, "Starting", 0.0
            self.changed.emit()

    @Slot(object, object)
    def _hear(self, job: Job, message: dict[str, Any]) -> None:
        if self._job is None or job.id != self._job.id:
            return
        if message["kind"] == "progress":
            self._stage, self._share = message["stage"], min(max(float(message["share"]), 0.0), 1.0)
            self.progressed.emit()
        elif message["kind"] == "trial":
            try:
                trial = from_plain(message["record"])
            except ProjectError:
                return
            self._live[trial.id] = trial
            self._tell.request()

    @Slot(object)
    def _finish(self, job: Job) -> None:
        if job.request.kind == KIND:
            self._job = None
            self._live.clear()
            self.changed.emit()

    @Slot(object, str)
    def _fail(self, job: Job | None, _reason: str) -> None:
        if job is not None and job.request.kind == KIND:
            self._job = None
            self._adopt()

    @Slot()
    def _restore(self) -> None:
        if self._job not in self._jobs.running:  # of the project before; one of this one was found before we hear of it
            self._job = None
            self._live.clear()
        self._file = self._document.source
        self.changed.emit()

    @Slot()
    def _follow_file(self) -> None:
        """Saved under another name, the project takes a copy of its studies along: they go on there."""
        before, self._file = self._file, self._document.path
        if before is None or self._file is None or not self._document.project.trials:
            return
        source, copy = Path(journal_of(before)), Path(journal_of(self._file))
        if source.exists() and not copy.exists():
            try:
                shutil.copyfile(source, copy)
            except OSError as error:
                log.warning("the studies of %s could not be copied: %s", before.name, error)

    def _adopt(self) -> None:
        """Take in what a sweep has told that leaves no result of its own."""
        ended = [trial for trial in self._live.values() if trial.state != "running" and not self.is_kept(trial)]
        self._live.clear()
        self._document.add_records(ended)
        self.changed.emit()
