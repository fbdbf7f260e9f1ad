"""Workers of a study on this machine: started, watched and replaced until every trial has ended."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from optuna.storages import BaseStorage
from optuna.trial import TrialState

from studio.listener import Listener
from studio.project.records import Trial
from studio.study.plan import StudyError
from studio.study.records import trials
from studio.study.storage import open_storage, parts, planned, reap
from studio.study.told import to_plain

WORKER: Sequence[str] = (sys.executable, "-m", "studio", "worker")
_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
"""One thread a worker: two of them do more than one with two threads, and results do not depend on their number."""
_LOOK_S = 1.0
_END_S = 60.0
_MOST_DEATHS = 3
_BAD_INPUT = 2


@dataclass(frozen=True)
class Count:
    """Trials of a study, lenses and baselines together."""

    planned: int
    waiting: int
    running: int
    ended: int
    share: float
    """Of all the work, 0 to 1."""


def count(storage: BaseStorage, name: str) -> Count:
    """StudyError when there is no study `name`."""
    found = [trial for study, _ in parts(storage, name) for trial in planned(study)]
    states = [trial.state for trial in found]
    running = [trial for trial in found if trial.state == TrialState.RUNNING]
    waiting = states.count(TrialState.WAITING)
    ended = len(found) - waiting - len(running)
    share = ended + sum(trial.user_attrs.get("share", 0.0) for trial in running)
    return Count(len(found), waiting, len(running), ended, share / max(len(found), 1))


def sweep(place: str, name: str, workers: int, listener: Listener) -> None:
    """Have `workers` processes work on the study `name` in `place` until all its trials have ended.

    Trials that workers elsewhere are at are waited for. When the listener asks to stop, trials under way are put back.
    StudyError when workers cannot work, with what they say.
    """
    storage, team, told = open_storage(place), _Team(place, name), _Told(listener)
    try:
        while True:
            for study, _ in parts(storage, name):
                reap(storage, study)
            now = count(storage, name)
            told.look(trials(storage, name))
            listener.progress(f"{now.ended} of {now.planned} trials", now.share)
            if now.ended == now.planned or listener.stopping():
                return
            team.bury()
            if now.waiting and team.size < workers:
                team.start()
            time.sleep(_LOOK_S)
    finally:
        team.stop()
        told.look(trials(storage, name))


class _Team:
    def __init__(self, place: str, name: str) -> None:
        self._command = [*WORKER, "--storage", place, "--name", name]
        self._logs = TemporaryDirectory(prefix="opticaldr-workers-")
        self._workers: list[subprocess.Popen] = []
        self._deaths = 0

    @property
    def size(self) -> int:
        return len(self._workers)

    def start(self) -> None:
        environment, nothing = os.environ | _ENVIRONMENT, subprocess.DEVNULL
        with open(self._next_log, "wb") as log:
            worker = subprocess.Popen(self._command, env=environment, stdin=nothing, stdout=nothing, stderr=log)
        self._next_log.rename(self._log_of(worker))
        self._workers.append(worker)

    def bury(self) -> None:
        """Forget those that have ended. StudyError when another one would end the same way."""
        for worker in [worker for worker in self._workers if worker.poll() is not None]:
            self._workers.remove(worker)
            self._deaths += worker.returncode != 0
            if worker.returncode == _BAD_INPUT or self._deaths > _MOST_DEATHS:
                said = _last_line(self._log_of(worker)) or f"exit code {worker.returncode}"
                raise StudyError(f"a worker ended: {said}")

    def stop(self) -> None:
        """Politely: they put back what they are at."""
        for worker in self._workers:
            worker.terminate()
        for worker in self._workers:
            try:
                worker.wait(_END_S)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
        self._logs.cleanup()

    @property
    def _next_log(self) -> Path:
        return Path(self._logs.name) / "next"

    def _log_of(self, worker: subprocess.Popen) -> Path:
        return Path(self._logs.name) / str(worker.pid)


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1].removeprefix("opticaldr: ") if lines else ""


class _Told:
    """Tells the listener of every trial whose state is new."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._states: dict[str, str] = {}

    def look(self, found: Sequence[Trial]) -> None:
        for trial in found:
            if self._states.get(trial.id) != trial.state:
                self._states[trial.id] = trial.state
                self._listener.trial(to_plain(trial))
