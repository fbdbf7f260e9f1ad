"""What long commands have in common: whom they tell, where they keep what is half done, and where the result goes."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from studio.commands.projects import Held, changed_project, writing
from studio.jobs.messages import JobListener
from studio.jobs.process import RESULT, jobs_folder, wait_for_turn
from studio.listener import Listener
from studio.project import store
from studio.project.model import Project
from studio.project.records import Record


@dataclass
class Work:
    """A long command under way: the project it works on, a folder for what is half done, and whom to tell."""

    project: Project
    folder: Path
    listener: Listener
    held: Held | None
    """The locked project; None for a job of the window, which takes the result in itself."""

    def keep(self, *records: Record) -> None:
        """Put `records` where they belong."""
        if self.held is None:
            store.save(reduce(Project.with_record, records, Project(design=self.project.design)), self.folder / RESULT)
        else:
            self.held.project = reduce(Project.with_record, records, self.held.project)

    def apply(self, record: Record) -> None:
        """Make the lens of `record` the project's own; a job leaves that to the window."""
        if self.held is not None and record.design is not None:
            label = f"Apply lens of {record.label or record.id}"
            self.held.project = self.held.project.with_design(record.design, label)


@contextmanager
def working(path: Path, job: Path | None, kind: str) -> Iterator[Work]:
    """Around the work of the command `kind` on the project in `path`.

    As a job it waits for its turn, tells the window how it goes and leaves its result in the folder `job`. Else the
    project is locked until the end; a folder beside it keeps what is half done, and goes when all is done.
    """
    if job is not None:
        listener = JobListener(job)
        try:
            wait_for_turn(job, listener)
            yield Work(store.load(path), job, listener, None)
        except BaseException as error:
            listener.say("failed", reason=str(error) or type(error).__name__)
            raise
        listener.say("finished")
        return
    folder = jobs_folder(path) / kind
    with changed_project(path) as held:
        try:
            with writing():
                folder.mkdir(parents=True, exist_ok=True)
            yield Work(held.project, folder, TerminalListener(), held)
        except KeyboardInterrupt as error:
            error.add_note(f"what is half done is in {folder}; --resume goes on with it")
            raise
    shutil.rmtree(folder, ignore_errors=True)
    if not any(folder.parent.iterdir()):
        folder.parent.rmdir()


class TerminalListener(Listener):
    """One line that is written over, on a terminal; elsewhere a line for each stage."""

    def __init__(self) -> None:
        self._stage = ""
        self._shown = -1

    def progress(self, stage: str, share: float) -> None:
        percent = int(100 * share)
        if sys.stderr is None or (stage, percent) == (self._stage, self._shown):
            return
        if sys.stderr.isatty():
            end = "\n" if share >= 1 else ""
            sys.stderr.write(f"\r\x1b[K{percent:3d} %  {stage}{end}")
        elif stage != self._stage:
            sys.stderr.write(f"{stage}\n")
        sys.stderr.flush()
        self._stage, self._shown = stage, percent

    def note(self, text: str) -> None:
        if sys.stderr is not None:
            sys.stderr.write(f"\n{text}\n" if sys.stderr.isatty() else f"{text}\n")

    def values(self, step: int, values: Mapping[str, float]) -> None:
        if sys.stderr is not None and not sys.stderr.isatty():
            shown = ", ".join(f"{name} {value:.3f}" for name, value in values.items() if not name.startswith("zernike"))
            sys.stderr.write(f"batch {step}: {shown}\n")
