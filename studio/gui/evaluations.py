"""The evaluations of the open project: which one is looked at, which one is being made and what it has said so far."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from studio.gui.document import Document
from studio.gui.jobs import Jobs
from studio.jobs.process import Job
from studio.optics.lens import LensDesign
from studio.project.records import Evaluation, ProjectError, Trial
from studio.study.plan import journal_of

KIND = "evaluate"
SHOWN_KEY = "privacy.shown"
TRIAL = "--trial"
_NAN = float("nan")


@dataclass(frozen=True)
class Wish:
    """What `opticaldr evaluate` is to do; `baselines` are evaluated one after the other, each in the lens' place."""

    data: str
    grid: str
    recognisers: tuple[str, ...]
    seed: int = 0
    baselines: tuple[str, ...] = ()
    run: str = ""
    """The run that made the lens: its network's reading is scored, too."""

    def commands(self) -> list[tuple[str, tuple[str, ...]]]:
        """Title and arguments of each job: the lens first."""
        title = f"{self.grid.capitalize()} grid on {self.data}"
        common = (
            *("--data", self.data, "--grid", self.grid),
            *("--recognisers", ",".join(self.recognisers), "--seed", str(self.seed)),
        )
        beside = [(f"{title}, {baseline}", (*common, "--baseline", baseline)) for baseline in self.baselines]
        network = ("--run", self.run) if self.run else ()
        return [(title, (*common, *network)), *beside]


class _Making:
    """What a job has said so far, as the record it will become."""

    def __init__(self, job: Job, design: LensDesign | None) -> None:
        self.job = job
        self.stage, self.share = "Starting", 0.0
        self.record = Evaluation(id=job.id, label=job.request.title, state="running", design=design)

    def hear(self, message: dict[str, Any]) -> bool:
        """Take a message in; whether the record has grown. What is not as it should be is left out."""
        if message["kind"] == "progress":
            self.stage = str(message.get("stage", ""))
            self.share = _share(message.get("share"))
        if message["kind"] != "score":
            return False
        sent = message.get("value")
        score: Any = [_NAN if part is None else part for part in sent] if isinstance(sent, list) else sent
        scores: dict[Any, Any] = {**self.record.scores, message.get("name"): score}
        try:
            self.record = replace(self.record, scores=scores)  # which checks what the job has sent
        except ProjectError:
            return False
        return True


class Evaluations(QObject):
    """Lives in the GUI thread; what is shown is the one being made, else the one that was chosen, else the newest."""

    changed = Signal()
    """Which evaluations there are, or the name of one."""
    shown_changed = Signal()
    """Another one is shown, or the one shown has grown or become stale."""
    progressed = Signal()
    failed = Signal(str)

    def __init__(self, document: Document, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._jobs = document, jobs
        self._making: _Making | None = None
        self._waiting: deque[tuple[str, tuple[str, ...]]] = deque()
        self._chosen = ""
        jobs.started.connect(self._begin)
        jobs.message.connect(self._hear)
        jobs.finished.connect(self._finish)
        jobs.failed.connect(self._fail)
        document.project_replaced.connect(self._restore)
        document.records_changed.connect(self._follow)
        document.design_changed.connect(self.shown_changed)
        self._restore()

    @property
    def records(self) -> tuple[Evaluation, ...]:
        """Those that are kept, oldest first."""
        return self._document.project.evaluations

    @property
    def shown(self) -> Evaluation | None:
        if self._making is not None and self._making.record.scores and not self._chosen:
            return self._making.record
        kept = {record.id: record for record in self.records}
        return kept.get(self._chosen) or (self.records[-1] if self.records else None)

    @property
    def running(self) -> bool:
        return self._making is not None

    @property
    def progress(self) -> tuple[str, float]:
        """What the job does and the share that is done."""
        if self._making is None:
            return "", 0.0
        more = f", {len(self._waiting)} more to come" if self._waiting else ""
        return f"{self._making.job.request.title}: {self._making.stage}{more}", self._making.share

    def stale(self, record: Evaluation) -> bool:
        """Whether `record` is of another lens than the current one; what stood in a lens' place does not age."""
        in_its_place = record.config.get("baseline", "none") not in ("none", "")
        return record.design is not None and record.design != self._document.design and not in_its_place

    # What the user does

    def start(self, wish: Wish) -> None:
        """Evaluate as wished, one job after the other."""
        self._waiting.extend(wish.commands())
        self._next()

    def score_trial(self, trial: Trial) -> None:
        """Score a pinned trial on test people of its study's data, and what its network reads of them."""
        project = self._document.path or self._document.source
        place = ("--storage", journal_of(project)) if project else ()
        data = ("--data", str(trial.config.get("data", "cohort")))
        self._waiting.append((f"{trial.label or trial.id}, test people", (TRIAL, trial.id, *data, *place)))
        self._next()

    def scoring(self, trial: Trial) -> bool:
        """Whether that is under way or waits for its turn."""
        jobs = [arguments for _, arguments in self._waiting]
        if self._making is not None:
            jobs.append(self._making.job.request.arguments)
        return any((TRIAL, trial.id) in pairwise(arguments) for arguments in jobs)

    def stop(self) -> None:
        """Finish the step, keep what there is; nothing else is begun."""
        self._waiting.clear()
        if self._making is not None:
            self._jobs.stop_job(self._making.job)
            self._making.stage = "stopping after this step"
            self.progressed.emit()

    def cancel(self) -> None:
        """End the job now and throw away what it made; nothing else is begun."""
        self._waiting.clear()
        if self._making is not None:
            making, self._making = self._making, None
            self._jobs.cancel(making.job)
            self._tell_all()

    def show(self, evaluation_id: str) -> None:
        self._chosen = evaluation_id
        self._document.set_view(SHOWN_KEY, evaluation_id)
        self.shown_changed.emit()

    def rename(self, record: Evaluation, label: str) -> None:
        if label and label != record.label:
            self._document.add_records([replace(record, label=label)])

    def annotate(self, record: Evaluation, notes: str) -> None:
        if notes != record.notes:
            self._document.add_records([replace(record, notes=notes)])

    def remove(self, record: Evaluation) -> None:
        self._document.remove_evaluation(record.id)

    def put_back(self, record: Evaluation) -> None:
        """Undo a removal."""
        self._document.add_records([record])
        self.show(record.id)

    def load_lens(self, record: Evaluation) -> None:
        """Make the lens that was evaluated the current one, as one undo step."""
        if record.design is not None:
            self._document.edit_design(record.design, f"Load lens of {record.label or record.id}")

    # What follows

    def _next(self) -> None:
        if self._making is None and self._waiting:
            title, arguments = self._waiting.popleft()
            if self._jobs.start(KIND, title, arguments) is None:
                self._waiting.clear()

    @Slot(object)
    def _begin(self, job: Job) -> None:
        if job.request.kind == KIND:
            fresh = job.request.revision == self._document.revision
            of_lens = fresh and TRIAL not in job.request.arguments
            self._making = _Making(job, self._document.design if of_lens else None)
            self._chosen = ""
            self._tell_all()

    @Slot(object, object)
    def _hear(self, job: Job, message: dict[str, Any]) -> None:
        if self._making is None or job.id != self._making.job.id:
            return
        if self._making.hear(message):
            self.shown_changed.emit()
        else:
            self.progressed.emit()

    @Slot(object)
    def _finish(self, job: Job) -> None:
        if job.request.kind != KIND:
            return
        self._making = None
        if self.records:
            self.show(self.records[-1].id)
        self._tell_all()
        self._next()

    @Slot(object, str)
    def _fail(self, job: Job | None, reason: str) -> None:
        if job is None or job.request.kind != KIND:
            return
        self._waiting.clear()
        self._making = None
        self._tell_all()
        self.failed.emit(reason)

    @Slot()
    def _restore(self) -> None:
        if self._making is not None and self._making.job not in self._jobs.running:
            self._making = None  # of the project before; one of this project was found before we hear of it
        self._waiting.clear()
        self._chosen = str(self._document.view(SHOWN_KEY, ""))
        self._tell_all()

    @Slot()
    def _follow(self) -> None:
        self.changed.emit()
        self.shown_changed.emit()

    def _tell_all(self) -> None:
        self.changed.emit()
        self.shown_changed.emit()
        self.progressed.emit()


def _share(value: Any) -> float:
    return min(max(float(value), 0.0), 1.0) if isinstance(value, int | float) else 0.0
