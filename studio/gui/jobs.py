"""Jobs of the open project: started, watched, stopped, taken in. They run in processes that outlive the window."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from studio.gui.document import Document
from studio.jobs import process
from studio.jobs.process import Job, JobError, Request, State
from studio.project.records import ProjectError

POLL_MS = 200
_log = logging.getLogger(__name__)


class Jobs(QObject):
    """Lives in the GUI thread. Jobs are found by their folders, so those of a window that crashed come back."""

    started = Signal(object)  # Job
    message = Signal(object, object)  # Job, dict
    finished = Signal(object)  # Job, its result taken into the document
    failed = Signal(object, str)  # Job, the reason in one line
    changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._offsets: dict[Path, int] = {}
        self._running: dict[Path, Job] = {}
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self.poll)
        self._taken_in: list[Job] = []
        """Jobs whose results the open project has, but not yet its file."""
        document.project_replaced.connect(self._look)
        document.saved.connect(self._mark)

    @property
    def running(self) -> list[Job]:
        """Those of this project that are at work."""
        return list(self._running.values())

    def start(self, kind: str, title: str, arguments: tuple[str, ...]) -> Job | None:
        """Run the command `kind` with `arguments` on a snapshot of the project; None (and `failed`) when it cannot."""
        request = Request(kind, title, tuple(process.command(kind, *arguments)), self._document.revision)
        try:
            job = process.start(request, self._document.project, process.jobs_folder(self._document.path))
        except JobError as error:
            self.failed.emit(None, str(error))
            return None
        _log.info("started %s", title)
        self._follow(job)
        self.started.emit(job)
        self.changed.emit()
        return job

    def stop_job(self, job: Job) -> None:
        """Ask it to finish its step and keep what there is."""
        job.stop()

    def cancel(self, job: Job) -> None:
        """Kill it and throw away what it made."""
        self._running.pop(job.folder, None)
        job.cancel()
        _log.info("cancelled %s", job.request.title)
        self.changed.emit()

    def stop(self) -> None:
        """Watch no more; the jobs go on, and are found when the project is opened again."""
        self._timer.stop()

    @Slot()
    def poll(self) -> None:
        """Read what jobs have said since, and take in what they have finished."""
        for job in self.running:
            self._read(job)
            state = job.state()
            if state is not State.RUNNING:
                self._read(job)  # what it said last
                del self._running[job.folder]
                self._end(job, state)
                self.changed.emit()
        if not self._running:
            self._timer.stop()

    @Slot()
    def _look(self) -> None:
        """Find the jobs that belong to the project that was opened."""
        self._running.clear()
        self._offsets.clear()
        self._taken_in.clear()
        for job in process.find(process.jobs_folder(self._document.path)) if self._document.path else []:
            state = job.state()
            if state is State.RUNNING:
                self._follow(job)
                self.started.emit(job)
            elif not job.adopted():
                self._end(job, state)
        self.changed.emit()

    @Slot()
    def _mark(self) -> None:
        """The file holds what jobs have made: it need not be taken in again."""
        while self._taken_in:
            self._taken_in.pop().mark_adopted()

    def _follow(self, job: Job) -> None:
        self._running[job.folder] = job
        self._offsets[job.folder] = 0
        self._timer.start()

    def _read(self, job: Job) -> None:
        messages, self._offsets[job.folder] = job.messages(self._offsets[job.folder])
        for message in messages:
            self.message.emit(job, message)

    def _end(self, job: Job, state: State) -> None:
        if state is State.FAILED:
            job.mark_adopted()
            reason = job.reason()
            _log.warning("%s failed: %s", job.request.title, reason)
            self.failed.emit(job, reason)
            return
        try:
            result = job.result()
        except ProjectError as error:
            self.failed.emit(job, str(error))
            return
        self._taken_in.append(job)
        self._document.add_records([*result.runs, *result.evaluations, *result.trials])
        _log.info("finished %s", job.request.title)
        self.finished.emit(job)
