"""Jobs of the open project: started, watched, stopped, taken in. They run in processes that outlive the window."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from studio.gui.document import Document
from studio.gui.errands import Errands
from studio.jobs import process
from studio.jobs.process import Job, JobError, Request, State
from studio.project.records import ProjectError, Record

POLL_MS = 200
_log = logging.getLogger(__name__)


class Jobs(QObject):
    """Lives in the GUI thread. Jobs are found by their folders, so those of a window that crashed come back.

    The folder of a job stays until the file of the project holds its result. Whoever owns this calls `stop` in the end.
    """

    started = Signal(object)  # Job; also one that was found at work, and one that goes on
    message = Signal(object, object)  # Job, dict
    finished = Signal(object)  # Job, its result taken into the document
    failed = Signal(object, str)  # Job (None when there is none), the reason in one line
    changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._errands = Errands("jobs", self)
        self._running: dict[str, Job] = {}
        self._beginning: set[str] = set()  # their processes are being started
        self._resting: dict[str, Job] = {}
        self._taken_in: list[Job] = []  # the document has their results, its file has not
        self._offsets: dict[str, int] = {}
        self._project = 0  # counts the projects that were open
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self.poll)
        document.project_replaced.connect(self._look)
        document.saved.connect(self._let_go)

    @property
    def running(self) -> list[Job]:
        """Those of this project that are at work or wait for their turn, oldest first."""
        return list(self._running.values())

    @property
    def resting(self) -> list[Job]:
        """Those that were stopped or killed and can go on where they were."""
        return list(self._resting.values())

    @property
    def busy(self) -> bool:
        """Folders are being read or written."""
        return self._errands.busy

    # What the user does

    def start(self, kind: str, title: str, arguments: tuple[str, ...]) -> Job | None:
        """Run the command `kind` with `arguments` on a snapshot of the project; None (and `failed`) when it cannot."""
        request = Request(kind, title, tuple(process.command(kind, *arguments)), self._document.revision)
        project = self._document.project
        try:
            job = self._prepared(request)
        except JobError as error:
            self.failed.emit(None, str(error))
            return None
        self._begin(job, lambda: job.begin(project))
        _log.info("started %s", title)
        return job

    def go_on(self, job: Job) -> None:
        """Take a resting job up again."""
        if self._resting.pop(job.id, None) is not None:
            self._begin(job, job.go_on)
            _log.info("%s goes on", job.request.title)

    def stop_job(self, job: Job) -> None:
        """Ask it to finish its step and keep what there is."""
        self._ask(job.stop)

    def stop_all(self) -> None:
        """The same of all that are at work."""
        for job in self.running:
            self.stop_job(job)

    def pause_job(self, job: Job, on: bool) -> None:
        """Ask it to rest after its step, or to go on."""
        self._ask(lambda: job.pause(on))

    def cancel(self, job: Job) -> None:
        """Kill it and throw away what it made."""
        self._running.pop(job.id, None)
        self._resting.pop(job.id, None)
        self._errands.run(job.cancel, lambda _: None, lambda error: self.failed.emit(None, str(error)))
        _log.info("cancelled %s", job.request.title)
        self.changed.emit()

    def forget(self, ids: Collection[str]) -> None:
        """Throw away what resting jobs, or those of runs that were deleted, have left."""
        for job in [job for job in self.resting if job.id in ids]:
            self._discard(self._resting.pop(job.id))
        self.changed.emit()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """Watch no more; jobs go on, and are found when the project is opened again. False: the thread is busy."""
        self._timer.stop()
        return self._errands.stop(timeout_s)

    # What the jobs do

    @Slot()
    def poll(self) -> None:
        """Read what jobs have said since, and take in what they have finished."""
        for job in self.running:
            if job.id in self._beginning:
                continue
            state = job.state()
            more = self._read(job)
            if state is not State.RUNNING and not more:
                del self._running[job.id]
                self._end(job, state)
        if not self._running:
            self._timer.stop()

    def _read(self, job: Job) -> bool:
        """Tell its new messages; whether there may be more."""
        before = self._offsets[job.id]
        messages, self._offsets[job.id] = job.messages(before)
        for message in messages:
            if message["kind"] == "note":
                _log.info("%s: %s", job.request.title, message["text"])
            self.message.emit(job, message)
        return self._offsets[job.id] > before

    def _end(self, job: Job, state: State) -> None:
        if state is State.FINISHED:
            # a result that cannot be read stays where it is, for another version of the studio
            unreadable = partial(self._tell_failed, job)
            self._in_this_project(job.result, lambda records: self._take_in(job, records), unreadable)
        else:
            self._fail(job, job.reason())

    def _take_in(self, job: Job, records: list[Record]) -> None:
        self._taken_in.append(job)
        if any(record.state == "stopped" for record in records) and job.can_go_on():
            self._resting[job.id] = job
        self._document.add_records(records)
        _log.info("%s: %s", job.request.title, ", ".join(record.state for record in records) or "no result")
        self.finished.emit(job)
        self.changed.emit()

    def _fail(self, job: Job, reason: ProjectError | str) -> None:
        if job.can_go_on():
            self._resting[job.id] = job
            job.mark_adopted()  # it is told once
        else:
            self._discard(job)
        self._tell_failed(job, reason)

    def _tell_failed(self, job: Job, reason: ProjectError | str) -> None:
        _log.warning("%s failed: %s", job.request.title, reason)
        self.failed.emit(job, str(reason))
        self.changed.emit()

    # The project they belong to

    @Slot()
    def _look(self) -> None:
        """Find the jobs that belong to the project that was opened."""
        self._project += 1
        for known in (self._running, self._beginning, self._resting, self._taken_in, self._offsets):
            known.clear()
        self.changed.emit()
        path = self._document.path

        def look() -> list[tuple[Job, State, bool]]:
            return [(job, job.state(), job.adopted()) for job in process.find_for(path)]

        self._in_this_project(look, self._found, lambda error: self.failed.emit(None, str(error)))

    def _found(self, jobs: list[tuple[Job, State, bool]]) -> None:
        for job, state, adopted in jobs:
            if job.id in self._running:  # asked for meanwhile
                continue
            if self._document.path is None:
                job.take_over()
            if state is State.RUNNING:
                self._follow(job)
            elif not adopted:
                self._end(job, state)
            elif job.can_go_on():
                self._resting[job.id] = job
        self.changed.emit()

    @Slot()
    def _let_go(self) -> None:
        """The file of the project holds what jobs have made; those that began before there was a file learn of it."""
        if self._document.path is not None:
            for job in (*self.running, *self.resting, *self._taken_in):
                if job.folder.parent != process.jobs_folder(self._document.path).resolve():
                    job.belongs_to(self._document.path)
        for job in self._taken_in:
            if job.id in self._resting:
                job.mark_adopted()
            elif job.id not in self._running:  # it goes on
                self._discard(job)
        self._taken_in.clear()

    # Parts

    def _prepared(self, request: Request) -> Job:
        """In the place for the project's jobs, else with the user's data; JobError when neither takes it."""
        path = self._document.path
        try:
            return process.prepare(request, process.jobs_folder(path))
        except JobError:
            if path is None:
                raise
            job = process.prepare(request, process.jobs_folder(None))
            job.belongs_to(path)
            return job

    def _begin(self, job: Job, work: Callable[[], object]) -> None:
        self._beginning.add(job.id)
        self._follow(job)
        self._in_this_project(
            work, lambda _: self._beginning.discard(job.id), lambda error: self._could_not_begin(job, error)
        )

    def _could_not_begin(self, job: Job, error: ProjectError) -> None:
        self._beginning.discard(job.id)
        if self._running.pop(job.id, None) is not None:
            self._fail(job, error)

    def _follow(self, job: Job) -> None:
        self._running[job.id] = job
        self._offsets[job.id] = 0
        self._timer.start()
        self.started.emit(job)
        self.changed.emit()

    def _discard(self, job: Job) -> None:
        self._errands.run(job.discard, lambda _: None, lambda _: None)

    def _ask(self, request: Callable[[], object]) -> None:
        try:
            request()
        except OSError as error:
            self.failed.emit(None, f"the job does not hear of it: {error.strerror}")

    def _in_this_project(
        self, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[ProjectError], None]
    ) -> None:
        """Run `work`; its outcome is told only if the same project is open still (else it is found again with it)."""
        asked = self._project

        def if_same(tell: Callable[[Any], None]) -> Callable[[Any], None]:
            return lambda outcome: tell(outcome) if asked == self._project else None

        self._errands.run(work, if_same(done), if_same(failed))
