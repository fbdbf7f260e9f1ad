"""Processes of jobs: apart from the window, gentle to it, and known again by number, start and command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from sys import executable

import psutil

from studio.jobs.plain_files import read_json, read_plain
from studio.project.lock import Owner

PROCESS, EXIT, LOG = "process.json", "exit", "log.txt"
_NICENESS = 10  # the preview comes first
_ENVIRONMENT = {
    "OMP_WAIT_POLICY": "PASSIVE",  # spinning threads would take the cores from the preview
    "OMP_NUM_THREADS": str(os.cpu_count() or 1),
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
}
_KILL_TIMEOUT_S = 5.0
_ours: dict[int, Path] = {}  # children of this process whose end nobody has taken note of yet, and their folders


def launch(folder: Path, arguments: Sequence[str]) -> None:
    """Start `python -m studio ARGUMENTS`, one of which is `folder`. It outlives this process. OSError."""
    (folder / EXIT).unlink(missing_ok=True)
    with open(folder / LOG, "ab") as log:
        process = subprocess.Popen(
            [executable, "-m", "studio", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_ENVIRONMENT | os.environ,
            start_new_session=True,  # it is killed with all that it started
        )
    _ours[process.pid] = folder
    process.returncode = 0  # it is looked after by its number; Popen would warn of a child left behind
    with suppress(psutil.NoSuchProcess):
        psutil.Process(process.pid).nice(_NICENESS)  # threads that it starts inherit it
        (folder / PROCESS).write_text(json.dumps(asdict(Owner.of(process.pid))))


def alive(folder: Path) -> bool:
    """Whether the job in `folder` is at work, here or (as far as one can tell) on another computer."""
    process = _process(folder)
    if process is None:
        return False
    if not process.is_local:
        return True
    if _ours.get(process.pid) == folder:
        return not _has_ended(process.pid, folder)
    return process.may_live() and _works_in(folder, process.pid)


def kill(folder: Path) -> bool:
    """Kill the process of the job in `folder` and all that it started; False when it runs on another computer."""
    process = _process(folder)
    if process is None or not alive(folder):
        return True
    if not process.is_local:
        return False
    with suppress(psutil.NoSuchProcess, ProcessLookupError):
        gone = psutil.Process(process.pid)
        if os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, signal.SIGKILL)
        psutil.wait_procs([gone], timeout=_KILL_TIMEOUT_S)
    _ours.pop(process.pid, None)
    return True


def exit_code(folder: Path) -> int | None:
    """How it ended, minus the number of the signal that killed it; None when nobody was there to see."""
    try:
        return int(read_plain(folder / EXIT, 16))
    except ValueError:
        return None


def _process(folder: Path) -> Owner | None:
    return Owner.from_values(read_json(folder / PROCESS))


def _works_in(folder: Path, pid: int) -> bool:
    """A job names its folder. Who else has its number, by chance or by a forged file, is none of our business."""
    try:
        return str(folder) in psutil.Process(pid).cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _has_ended(pid: int, folder: Path) -> bool:
    """Whether a child of ours is through; it is buried then, lest it stays as a zombie, and its end written down."""
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if not ended:
            return False
        (folder / EXIT).write_text(str(os.waitstatus_to_exitcode(status)))
    except OSError:  # somebody else took note of it, or there is no room for ours
        pass
    del _ours[pid]
    return True
