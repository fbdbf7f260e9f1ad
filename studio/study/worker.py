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
from studio.study.plan import StudyError, StudyPlan
from studio.study.storage import BASELINES, HEARTBEAT_S, Claim, beat, claim, load, planned, reap


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

    A trial under way when the listener asks to stop is put back, to be run by whoever comes next.
    """
    finished = 0
    for part in (name, name + BASELINES):
        try:
            study, plan = load(storage, part)
        except StudyError:
            if part == name:
                raise
            continue  # a study without baselines
        while not listener.stopping():
            reap(study)
            claimed = claim(study, plan)
            if claimed is None:
                break
            finished += _run(study, plan, claimed, run_trial, listener)
    return finished


def _run(study: optuna.Study, plan: StudyPlan, claimed: Claim, run_trial: RunTrial, listener: Listener) -> bool:
    total = len(planned(study))
    listener.progress(f"trial {claimed.number + 1} of {total}", claimed.number / total)
    trial = claimed.trial
    with _heartbeat(trial):
        try:
            outcome = run_trial(plan, claimed.params, claimed.seed, listener)
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


@contextmanager
def _heartbeat(trial: optuna.Trial) -> Iterator[None]:
    done = threading.Event()

    def run() -> None:
        while not done.wait(HEARTBEAT_S):
            try:
                beat(trial)
            except UpdateFinishedTrialError:  # taken for dead and given to another
                return

    thread = threading.Thread(target=run, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
