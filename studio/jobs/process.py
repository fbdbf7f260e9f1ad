"""Long work in a process of its own: the same command that a person would type, in a folder that tells all about it.

A job folder holds `request.json`, `process.json` (who runs it), `messages.jsonl`, `log.txt`, `project.odr` (what it was
given) and at the end `result.odr`, an ordinary project with the new records. A file named `stop` asks it to finish.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil

from studio.jobs.messages import STOP, read_messages
from studio.project import store
from studio.project.lock import Owner
from studio.project.model import Project, now
from studio.project.places import user_folder

REQUEST, PROCESS, LOG, GIVEN, RESULT = "request.json", "process.json", "log.txt", "project.odr", "result.odr"
ADOPTED = "adopted"
_NICENESS = 5  # the preview comes first
_ENVIRONMENT = {
    "OMP_WAIT_POLICY": "PASSIVE",  # spinning threads would take the cores from the preview
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
}
_LOG_TAIL_BYTES = 4096


class JobError(Exception):
    """A job that cannot be started or found; the text is one line."""


class State(Enum):
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True)
class Request:
    """What is to be done: `arguments` of the command line, of which "{project}" and "{folder}" are filled in."""

    kind: str
    title: str
    arguments: tuple[str, ...]
    revision: int = 0
    created: str = field(default_factory=now)


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
        if self._alive():
            return State.RUNNING
        return State.FINISHED if (self.folder / RESULT).is_file() else State.FAILED

    def result(self) -> Project:
        """The project that holds what the job made. ProjectError when it cannot be read."""
        return store.load(self.folder / RESULT)

    def messages(self, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
        """See `read_messages`."""
        return read_messages(self.folder, offset)

    def reason(self) -> str:
        """Why a job failed, in one line: what it said itself, else the last line of its log, else how it ended."""
        said = [message for message in self.messages()[0] if message["kind"] == "failed"]
        if said:
            return str(said[-1].get("reason", ""))
        try:
            with open(self.folder / LOG, "rb") as file:
                file.seek(max(0, (self.folder / LOG).stat().st_size - _LOG_TAIL_BYTES))
                lines = file.read().decode(errors="replace").strip().splitlines()
        except OSError:
            lines = []
        return lines[-1] if lines else "its process was killed, perhaps for want of memory"

    def stop(self) -> None:
        """Ask to finish the step and keep what there is."""
        (self.folder / STOP).touch()

    def cancel(self) -> None:
        """Kill it and everything it started, and throw away what it made."""
        process = self._process()
        if process is not None and process.is_local and self._alive():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            psutil.wait_procs([psutil.Process(process.pid)] if psutil.pid_exists(process.pid) else [], timeout=5)
        shutil.rmtree(self.folder, ignore_errors=True)

    def adopted(self) -> bool:
        """Whether its result was taken into the project already."""
        return (self.folder / ADOPTED).exists()

    def mark_adopted(self) -> None:
        (self.folder / ADOPTED).touch()

    def _process(self) -> Owner | None:
        return Owner.from_values(_read_json(self.folder / PROCESS))

    def _alive(self) -> bool:
        """Whether the very process that was started is still at work (a number may be given to another one later)."""
        process = self._process()
        if process is None:
            return False
        if process.is_local:
            _reap(process.pid)
        return process.may_live()


def jobs_folder(project: Path | None) -> Path:
    """Where the jobs of a project are: beside it, or with the user's data while it has no file."""
    return project.with_name(f"{project.stem}.runs") if project else user_folder() / "runs"


def start(request: Request, project: Project, place: Path) -> Job:
    """Start `request` on a snapshot of `project`, in a new folder of `place`. JobError when that cannot be done."""
    folder = place / f"{request.kind}-{uuid4().hex[:8]}"
    try:
        folder.mkdir(parents=True)
        store.save(project, folder / GIVEN)
        (folder / REQUEST).write_text(json.dumps(asdict(request)))
        filled = [part.format(project=folder / GIVEN, folder=folder) for part in request.arguments]
        with open(folder / LOG, "wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "studio", *filled],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | _ENVIRONMENT,
                start_new_session=True,  # it outlives the window, and is killed with all its children
                preexec_fn=lambda: os.nice(_NICENESS),
            )
        (folder / PROCESS).write_text(json.dumps(asdict(Owner.of(process.pid))))
    except (OSError, store.ProjectError, psutil.NoSuchProcess) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise JobError(f"{request.title} could not be started: {error}") from error
    process.returncode = 0  # others look after it by its number; Popen would warn of a child left behind
    return Job(folder, request)


def find(place: Path) -> list[Job]:
    """The jobs in `place`, oldest first; folders that hold no job of ours are passed over."""
    if not place.is_dir():
        return []
    jobs = []
    for folder in place.iterdir():
        values = _read_json(folder / REQUEST)
        try:
            jobs.append(Job(folder, Request(**{**values, "arguments": tuple(values["arguments"])})))
        except (KeyError, TypeError):
            continue
    return sorted(jobs, key=lambda job: (job.request.created, job.id))


def command(kind: str, *arguments: str) -> Sequence[str]:
    """Arguments of a request: `studio KIND {project} ... --job {folder}`."""
    return (kind, "{project}", *(part.replace("{", "{{").replace("}", "}}") for part in arguments), "--job", "{folder}")


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _reap(pid: int) -> None:
    """Take note of the end of a child of ours, so that it does not stay as a zombie."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return  # started by an earlier window
