"""Jobs whose processes a test plays: their folders are real, their life and death is what the test says."""

from __future__ import annotations

from functools import reduce
from pathlib import Path

import pytest

from studio.gui.jobs import Jobs
from studio.jobs import child, process
from studio.jobs.messages import JobListener
from studio.jobs.process import Job
from studio.project import store
from studio.project.model import Project
from studio.project.records import Record


class Played:
    """Begins every job that is asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.alive: set[Path] = set()
        self.launched: list[tuple[Path, tuple[str, ...]]] = []
        self.refusal: OSError | None = None
        monkeypatch.setattr(child, "launch", self._launch)
        monkeypatch.setattr(child, "alive", lambda folder: folder in self.alive)
        monkeypatch.setattr(child, "kill", lambda folder: self.alive.discard(folder) is None)

    def _launch(self, folder: Path, arguments) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.launched.append((folder, tuple(arguments)))
        self.alive.add(folder)

    def listener(self, job: Job) -> JobListener:
        return JobListener(job.folder)

    def finish(self, job: Job, *records: Record) -> None:
        """It leaves its result."""
        store.save(reduce(Project.with_record, records, Project()), job.folder / process.RESULT)
        self.alive.discard(job.folder)

    def die(self, job: Job, checkpoint: bool = False) -> None:
        """It is killed."""
        if checkpoint:
            (job.folder / process.CHECKPOINT).touch()
        self.alive.discard(job.folder)


def settle(qtbot, jobs: Jobs) -> None:
    """Wait until nothing is read or written, then hear what jobs said last, and see their end."""
    qtbot.waitUntil(lambda: not jobs.busy)
    jobs.poll()
    jobs.poll()
    qtbot.waitUntil(lambda: not jobs.busy)
