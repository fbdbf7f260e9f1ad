"""Jobs that run a small script in the place of `python -m studio`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studio.jobs import child, process
from studio.jobs.process import Job, Request
from studio.project.model import Project

_SCRIPT = """#!{python}
import signal, sys
from pathlib import Path
from studio.jobs.messages import JobListener
from studio.jobs.process import wait_for_turn
listener = JobListener(Path(sys.argv[-1]))
wait_for_turn(Path(sys.argv[-1]), listener)
{body}
"""


def until(true: Callable[[], object], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def heard(job: Job, kind: str) -> list[dict]:
    return [message for message in job.messages()[0] if message["kind"] == kind]


@pytest.fixture(autouse=True)
def private_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def start_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Job]]:
    """Starts a job whose process runs the lines `body`; `listener` is there. All are killed in the end."""
    started: list[Job] = []

    def start(body: str, title: str = "A job", place: Path = tmp_path / "p.runs") -> Job:
        script = tmp_path / f"script-{len(started)}"
        script.write_text(_SCRIPT.format(python=sys.executable, body=body))
        script.chmod(0o755)
        with monkeypatch.context() as patch:
            patch.setattr(child, "executable", str(script))
            request = Request("train", title, tuple(process.command("train")))
            started.append(process.start(request, Project(), place))
        return started[-1]

    yield start
    for job in started:
        child.kill(job.folder)
