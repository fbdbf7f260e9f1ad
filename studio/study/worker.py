"""A worker: takes the trials of a study one by one, runs them and tells what came out. Any number may share a study."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import optuna
from optuna.exceptions import UpdateFinishedTrialError
from optuna.storages import BaseStorage
from optuna.trial import TrialState

from studio.listener import SILENT, Listener
from studio.study.plan import StudyPlan
from studio.study.storage import HEARTBEAT_S, Claim, beat, claim, parts, planned, reap, twin

DRAWN = "draws"
"""Name of the detail (D, 2): both measures of the plan with people drawn anew."""


@dataclass(frozen=True)
class Outcome:
    """What one trial gave: its figures by the names of plan.MEASURES, and whatever else belongs to it (JSON values)."""

    metrics: Mapping[str, float]
    details: Mapping[str, Any] = field(default_factory=dict)


class Failed(Exception):
    """A trial that cannot give a result, a diverged training for one; the text is its reason."""


RunTrial = Callable[[StudyPlan, Mapping[str, Any], int, Listener], Outcome]
"""plan, what this trial varies, its seed, and whom to tell. Raises Failed."""


def work(storage: BaseStorage, name: str, run_trial: RunTrial, listener: Listener = SILENT) -> int:
    """Run the trials of the study `name` and of its baselines until none waits; how many this worker finished.
    StudyError when there is no such study, or it is of another version.

    A trial under way when the listener asks to stop is put back, to be run by whoever comes next.
    """
    finished = 0
    for study, plan in parts(storage, name):
        plan.check_version()
        while not listener.stopping():
            reap(storage, study)
            claimed = claim(study, plan)
            if claimed is None:
                break
            finished += _run(study, plan, claimed, run_trial, listener)
    return finished


def _run(study: optuna.Study, plan: StudyPlan, claimed: Claim, run_trial: RunTrial, listener: Listener) -> bool:
    trial = claimed.trial
    if (same := twin(study, claimed)) is not None:
        _finish(study, trial, TrialState.PRUNED, f"its settings and seed are those of trial {same + 1}")
        return False
    told = _Told(listener, f"trial {claimed.number + 1} of {len(planned(study))}")
    with _heartbeat(trial, told):
        try:
            outcome = run_trial(plan, claimed.params, claimed.seed, told)
        except Failed as error:
            _finish(study, trial, TrialState.FAIL, str(error))
            listener.note(f"trial {claimed.number + 1} failed: {error}")
            return False
        except BaseException:
            _give_back(study, trial, claimed)
            raise
    if listener.stopping():
        _give_back(study, trial, claimed)
        return False
    for key, value in {"metrics": dict(outcome.metrics), **outcome.details, "seed": claimed.seed}.items():
        trial.set_user_attr(key, value)
    values = [outcome.metrics.get(measure.name, float("nan")) for measure in plan.measures]
    if not all(isfinite(value) for value in values):
        lacking = ", ".join(m.name for m, value in zip(plan.measures, values, strict=True) if not isfinite(value))
        _finish(study, trial, TrialState.FAIL, f"no value for {lacking}")
        return False
    return _finish(study, trial, TrialState.COMPLETE, values=values)


def _finish(
    study: optuna.Study, trial: optuna.Trial, state: TrialState, reason: str = "", values: list[float] | None = None
) -> bool:
    """Whether the result was taken: a worker that was silent for too long finds its trial given to another."""
    try:
        if reason:
            trial.set_user_attr("reason", reason)
        study.tell(trial, values, state)
    except (UpdateFinishedTrialError, ValueError):
        return False
    return True


def _give_back(study: optuna.Study, trial: optuna.Trial, claimed: Claim) -> None:
    if _finish(study, trial, TrialState.FAIL, "its worker was stopped"):
        attrs = {"number": claimed.number, "tries": trial.user_attrs.get("tries", 1)}
        study.enqueue_trial(dict(claimed.params), user_attrs=attrs)


class _Told(Listener):
    """Passes on what a trial says, with its number, and remembers how far it has come."""

    def __init__(self, listener: Listener, which: str) -> None:
        self._listener, self._which = listener, which
        self.share = 0.0

    def progress(self, stage: str, share: float) -> None:
        self.share = share
        self._listener.progress(f"{self._which}: {stage}", share)

    def note(self, text: str) -> None:
        self._listener.note(f"{self._which}: {text}")

    def stopping(self) -> bool:
        return self._listener.stopping()


@contextmanager
def _heartbeat(trial: optuna.Trial, told: _Told) -> Iterator[None]:
    done = threading.Event()

    def run() -> None:
        while not done.wait(HEARTBEAT_S):
            try:
                beat(trial, told.share)
            except UpdateFinishedTrialError:  # taken for dead and given to another
                return

    thread = threading.Thread(target=run, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
