"""Long work in a process of its own: the same command that a person would type, in a folder that tells all about it.

A job folder holds `request.json`, `process.json` (who runs it), `messages.jsonl`, `log.txt`, `project.odr` (what it was
given) and at the end `result.odr`, an ordinary project with the new records. Files named `pause` and `stop` ask it to
rest and to finish. Jobs of one place take turns.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import shutil
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import uuid4

from studio.jobs import child
from studio.jobs.child import LOG
from studio.jobs.messages import PAUSE, STOP, last_messages, read_messages
from studio.jobs.plain_files import read_json, read_plain
from studio.listener import Listener
from studio.project import atomic, store, trust
from studio.project.lock import Owner
from studio.project.model import Project
from studio.project.places import user_folder
from studio.project.records import ProjectError, Record

REQUEST, GIVEN, RESULT, CHECKPOINT = "request.json", "project.odr", "result.odr", "checkpoint.pt"
WINDOW, BELONGS, ADOPTED = "window.json", "belongs.json", "adopted"
_LOG_TAIL_BYTES = 4096
_LOOK_S = 0.5


class JobError(ProjectError):
    """A job that cannot be started, cancelled or gone on with; the text is one line."""


class State(Enum):
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


def _this_moment() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True)
class Request:
    """What is to be done: `arguments` of the command line, of which "{project}" and "{folder}" are filled in."""

    kind: str
    title: str
    arguments: tuple[str, ...]
    revision: int = 0
    created: str = field(default_factory=_this_moment)

    def filled(self, folder: Path) -> list[str]:
        return [part.format(project=folder / GIVEN, folder=folder) for part in self.arguments]

    def mark(self) -> str:
        """A proof that this installation asked for it; "" where there can be none."""
        key = trust.writer_key()
        return hmac.new(key, json.dumps(asdict(self)).encode(), hashlib.sha256).hexdigest() if key else ""


@dataclass(frozen=True)
class Job:
    """A job folder, as found on disk; every question looks anew."""

    folder: Path
    request: Request

    @property
    def id(self) -> str:
        return self.folder.name

    def state(self) -> State:
        """Finished once the result is there; failed when the process is gone without one."""
        if child.alive(self.folder):
            return State.RUNNING
        return State.FINISHED if (self.folder / RESULT).is_file() else State.FAILED

    def result(self) -> list[Record]:
        """The records that the job made. ProjectError when they cannot be read."""
        made = store.load(self.folder / RESULT)
        return [*made.runs, *made.evaluations, *made.trials]

    def adopted(self) -> bool:
        """Whether the file of the project holds its result already."""
        return (self.folder / ADOPTED).exists()

    def mark_adopted(self) -> None:
        with suppress(OSError):  # then it is offered again
            (self.folder / ADOPTED).touch()

    def messages(self, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
        """See `read_messages`."""
        return read_messages(self.folder, offset)

    def reason(self) -> str:
        """Why a job failed, in one line: what it said itself, how it was killed, or the last line of its log."""
        said = last_messages(self.folder)
        if said and said[-1]["kind"] == "failed":
            return str(said[-1]["reason"])
        code = child.exit_code(self.folder)
        if code is not None and code < 0:
            return _killed_by(-code)
        lines = read_plain(self.folder / LOG, _LOG_TAIL_BYTES, -_LOG_TAIL_BYTES).decode(errors="replace").split("\n")
        last = next((line for line in reversed(lines) if line.strip()), "").removeprefix("opticaldr: ")
        if last and (code is not None or not said):
            return last
        stage = next((f" at “{m['stage']}”" for m in reversed(said) if m["kind"] == "progress"), "")
        return f"it ended{stage} without a word: it was killed, or the computer went down"

    # What can be asked of it

    def begin(self, project: Project) -> None:
        """Start its process on a snapshot of `project`. JobError, and no folder left, when that cannot be done."""
        try:
            store.save(project, self.folder / GIVEN)
            child.launch(self.folder, self.request.filled(self.folder))
        except (OSError, ProjectError) as error:
            self.discard()
            why = atomic.reason(error) if isinstance(error, OSError) else str(error)
            raise JobError(f"{self.request.title} could not be started: {why}") from error

    @property
    def pausing(self) -> bool:
        """Whether it was asked to rest."""
        return (self.folder / PAUSE).exists()

    def pause(self, on: bool) -> None:
        """Rest after the step that is under way, or go on. OSError when the folder takes no file."""
        (self.folder / PAUSE).touch() if on else (self.folder / PAUSE).unlink(missing_ok=True)

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop."""
        return (self.folder / STOP).exists()

    def stop(self) -> None:
        """Ask to finish the step and keep what there is. OSError when the folder takes no file."""
        (self.folder / STOP).touch()

    def cancel(self) -> None:
        """Kill it and everything it started, and throw away what it made. JobError when it runs elsewhere."""
        if not child.kill(self.folder):
            raise JobError(f"{self.request.title} runs on another computer; cancel it there")
        self.discard()

    def discard(self) -> None:
        """Remove the folder of a job that is over, and the place if it was the last one in there."""
        shutil.rmtree(self.folder, ignore_errors=True)
        with suppress(OSError):
            self.folder.parent.rmdir()

    def can_go_on(self) -> bool:
        """Whether it left a state from which `go_on` takes it up, and was asked for by this installation."""
        kept, ours = read_json(self.folder / REQUEST).get("mark"), self.request.mark()
        known = bool(ours) and isinstance(kept, str) and hmac.compare_digest(kept.encode(), ours.encode())
        return known and (self.folder / CHECKPOINT).is_file() and not child.alive(self.folder)

    def go_on(self) -> None:
        """Take up again what was stopped or killed. JobError when that cannot be done."""
        if not self.can_go_on():
            raise JobError(f"{self.request.title} left nothing to go on from")
        try:
            for name in (STOP, PAUSE, RESULT, ADOPTED):
                (self.folder / name).unlink(missing_ok=True)
            child.launch(self.folder, [*self.request.filled(self.folder), "--resume"])
        except OSError as error:
            raise JobError(f"{self.request.title} could not go on: {atomic.reason(error)}") from error

    # Whose it is

    def belongs_to(self, project: Path) -> None:
        """Remember the file of a project that had none when the job was started."""
        with suppress(OSError):
            (self.folder / BELONGS).write_text(json.dumps({"project": str(project.resolve())}))

    def project(self) -> str:
        """What `belongs_to` remembered; "" for nothing."""
        return str(read_json(self.folder / BELONGS).get("project", ""))

    def has_window(self) -> bool:
        """Whether the window that looks after it may be there still."""
        window = Owner.from_values(read_json(self.folder / WINDOW))
        return window is not None and window.may_live()

    def take_over(self) -> None:
        """Look after it from now on."""
        with suppress(OSError):
            (self.folder / WINDOW).write_text(json.dumps(asdict(Owner.current())))


def jobs_folder(project: Path | None) -> Path:
    """Where the jobs of a project are: beside it, or with the user's data while it has no file."""
    return project.with_name(f"{project.stem}.runs") if project else user_folder() / "runs"


def prepare(request: Request, place: Path) -> Job:
    """A new folder in `place` for a job that has not begun. JobError when there can be none."""
    folder = place.resolve() / f"{request.kind}-{uuid4().hex[:8]}"
    try:
        folder.mkdir(parents=True)
        (folder / WINDOW).write_text(json.dumps(asdict(Owner.current())))
        (folder / REQUEST).write_text(json.dumps({**asdict(request), "mark": request.mark()}))
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise JobError(f"{request.title} could not be started: {place}: {atomic.reason(error)}") from error
    return Job(folder, request)


def start(request: Request, project: Project, place: Path) -> Job:
    """`prepare` a job and `begin` it."""
    job = prepare(request, place)
    job.begin(project)
    return job


def find(place: Path) -> list[Job]:
    """The jobs in `place`, oldest first; what is no job of ours is passed over, links are not followed."""
    try:
        folders = [folder for folder in place.resolve().iterdir() if not folder.is_symlink()]
    except OSError:
        return []
    jobs = [job for folder in folders if (job := _read(folder))]
    return sorted(jobs, key=_order)


def find_for(project: Path | None) -> list[Job]:
    """The jobs of a project: those beside it, and those that were started before it had a file.

    For a project without a file: those that a window which is gone left, of a project that was never saved.
    """
    elsewhere = find(jobs_folder(None))
    if project is None:
        return [job for job in elsewhere if not job.project() and not job.has_window()]
    return find(jobs_folder(project)) + [job for job in elsewhere if job.project() == str(project.resolve())]


def wait_for_turn(folder: Path, listener: Listener) -> None:
    """Rest until every job of the same place that was asked for before the one in `folder` is through.

    A listener that stops ends the wait.
    """
    me = _read(folder)
    while me is not None and not listener.stopping():
        earlier = [job for job in find(folder.parent) if _order(job) < _order(me) and job.state() is State.RUNNING]
        if not earlier:
            return
        listener.progress(f"Waiting for {earlier[-1].request.title}", 0.0)
        time.sleep(_LOOK_S)


def command(kind: str, *arguments: str) -> Sequence[str]:
    """Arguments of a request: `studio KIND {project} ... --job {folder}`."""
    return (kind, "{project}", *(part.replace("{", "{{").replace("}", "}}") for part in arguments), "--job", "{folder}")


def _order(job: Job) -> tuple[str, str]:
    return job.request.created, job.id


def _read(folder: Path) -> Job | None:
    values = read_json(folder / REQUEST)
    arguments = values.get("arguments")
    if not isinstance(arguments, list) or not all(isinstance(part, str) for part in arguments):
        return None
    texts = {name: values.get(name, "") for name in ("kind", "title", "created")}
    revision = values.get("revision", 0)
    if not all(isinstance(text, str) for text in texts.values()) or not isinstance(revision, int):
        return None
    return Job(folder, Request(arguments=tuple(arguments), revision=revision, **texts))


def _killed_by(number: int) -> str:
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    memory = ", perhaps because the memory ran out" if number == signal.SIGKILL else ""
    return f"its process was killed ({name}){memory}"
