"""Where a study is kept: an Optuna storage, in a journal file or behind any database URL that Optuna takes.

Every trial is planned before the first worker asks for one, so that a worker which finds nothing waiting is done,
and a trial that is tried again keeps its number in the plan and its seed. A worker that dies leaves its trial
"running" with a heartbeat that no longer moves; the next worker fails such a trial and plans it anew. (Optuna's own
heartbeat covers neither ask-and-tell nor journal files.)
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import psutil
from optuna.exceptions import UpdateFinishedTrialError
from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy import event

from studio.study.plan import StudyError, StudyPlan, Varied

HEARTBEAT_S = 10.0
SILENT_S = 120.0
"""A worker on another host that was not heard of for so long is taken for dead."""
SQLITE_PATIENCE_S = 60
MAX_TRIES = 3
BASELINES = " (baselines)"
"""Ends the name of the Optuna study that holds a study's baselines."""

optuna.logging.set_verbosity(optuna.logging.WARNING)


def has_study(place: str, name: str) -> bool:
    """Whether the storage at `place` is there and holds the study `name`. StudyError when it cannot be opened."""
    return ("://" in place or Path(place).exists()) and name in names(open_storage(place))


def open_storage(place: str, create: bool = False) -> BaseStorage:
    """The storage at `place`: a database URL, or the path of a journal file. StudyError when it is not there."""
    try:
        if "://" in place:
            return _exclusive(RDBStorage(place)) if place.startswith("sqlite") else RDBStorage(place)
        path = Path(place).expanduser()
        if not create and not path.is_file():
            raise StudyError(f"{place}: there is no study journal of that name")
        return JournalStorage(JournalFileBackend(str(path)))
    except StudyError:
        raise
    except Exception as error:  # whatever the database's own driver raises
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise StudyError(f"{place}: the study storage cannot be opened: {reason}") from error


def _exclusive(storage: RDBStorage) -> RDBStorage:
    """`storage` with every transaction of SQLite alone from its start: by default two workers may read that a trial
    waits before either writes that it took it. (The recipe of SQLAlchemy's manual on SQLite's transactions.)"""

    @event.listens_for(storage.engine, "connect")
    def leave_begin_to_us(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {1000 * SQLITE_PATIENCE_S}")

    @event.listens_for(storage.engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    storage.engine.dispose()  # connections made before
    return storage


def names(storage: BaseStorage) -> list[str]:
    """The studies in `storage`, without those of baselines."""
    return [study.study_name for study in storage.get_all_studies() if not study.study_name.endswith(BASELINES)]


def create(storage: BaseStorage, plan: StudyPlan) -> None:
    """Put `plan` and all its trials into `storage`. StudyError when a study of that name is there already."""
    if plan.name in names(storage):
        raise StudyError(f"a study {plan.name!r} is there already; extend it, or choose another name")
    lenses = _create(storage, plan, plan.name)
    extend(lenses, plan, plan.trials)
    if plan.baselines:
        controls = _create(storage, plan, plan.name + BASELINES)
        for number, baseline in enumerate(plan.baselines):
            _enqueue(controls, number, {"baseline": baseline})


def extend(study: optuna.Study, plan: StudyPlan, trials: int) -> None:
    """`trials` more lenses, planned after those that are there."""
    first = 1 + max((trial.user_attrs["number"] for trial in planned(study)), default=-1)
    for number in range(first, first + trials):
        _enqueue(study, number, _params(plan, number))


def load(storage: BaseStorage, name: str) -> tuple[optuna.Study, StudyPlan]:
    """A study (of lenses or of baselines) and its plan, with the sampler that the plan asks for."""
    try:
        study = optuna.load_study(study_name=name, storage=storage)
    except KeyError:
        raise StudyError(f"there is no study {name!r} in this storage") from None
    plan = StudyPlan.from_dict(study.user_attrs.get("plan", {}))
    _seed_sampler(study, plan, 0)
    return study, plan


def _seed_sampler(study: optuna.Study, plan: StudyPlan, number: int) -> None:
    """Draw by the trial's number: workers that begin with one seed would all draw the same trials."""
    seed = int(np.random.SeedSequence((plan.seed, number)).generate_state(1)[0])
    if plan.sampler == "nsga2":
        study.sampler = optuna.samplers.NSGAIISampler(seed=seed)
    elif plan.sampler == "tpe":
        study.sampler = optuna.samplers.TPESampler(seed=seed)


def parts(storage: BaseStorage, name: str) -> list[tuple[optuna.Study, StudyPlan]]:
    """The lenses of the study `name`, then its baselines where it has any. StudyError when there is no such study."""
    there = [study.study_name for study in storage.get_all_studies()]
    return [load(storage, part) for part in (name, name + BASELINES) if part == name or part in there]


def planned(study: optuna.Study) -> list[FrozenTrial]:
    """The trials of the plan in its order, each with its last try only."""
    last: dict[int, FrozenTrial] = {}
    for trial in study.get_trials(deepcopy=False):
        if "number" in trial.user_attrs:
            last[trial.user_attrs["number"]] = trial
    return [last[number] for number in sorted(last)]


@dataclass(frozen=True)
class Claim:
    """A trial that this process has taken on."""

    trial: optuna.Trial
    number: int
    params: dict[str, Any]
    seed: int


def claim(study: optuna.Study, plan: StudyPlan) -> Claim | None:
    """The next waiting trial, now this process' own; None when there is none."""
    while any(trial.state == TrialState.WAITING for trial in study.get_trials(deepcopy=False)):
        trial = study.ask()
        number = trial.user_attrs.get("number")
        if number is None:  # another worker took the last one in between, and Optuna made up a new one
            study.tell(trial, state=TrialState.PRUNED)
            continue
        _seed_sampler(study, plan, number)
        trial.set_user_attr("worker", {"host": socket.gethostname(), "pid": os.getpid(), "started": _started()})
        beat(trial)
        params = {varied.key: _suggest(trial, varied) for varied in _varied(study, plan)}
        return Claim(trial, number, params, seed_of(plan, params, number))
    return None


def seed_of(plan: StudyPlan, params: Mapping[str, Any], number: int) -> int:
    """The seed of a trial: one that is varied, else the plan's own, so that trials differ in what is varied only."""
    return int(params.get("seed", plan.seed))


def beat(trial: optuna.Trial, share: float = 0.0) -> None:
    """Tell the other workers that this one is alive, and how much of the trial is done, 0 to 1."""
    trial.set_user_attr("share", round(share, 3))
    trial.set_user_attr("beat", time.time())


def reap(storage: BaseStorage, study: optuna.Study) -> list[int]:
    """Fail the trials of dead workers and plan them anew, up to MAX_TRIES; their numbers in the plan."""
    found = []
    study_id = storage.get_study_id_from_name(study.study_name)
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        if not _is_dead(trial):
            continue
        tries = trial.user_attrs.get("tries", 1)
        try:
            trial_id = storage.get_trial_id_from_study_id_trial_number(study_id, trial.number)
            storage.set_trial_user_attr(trial_id, "reason", "its worker died")
            study.tell(trial.number, state=TrialState.FAIL)
        except (UpdateFinishedTrialError, ValueError):
            continue  # another worker was faster
        number = trial.user_attrs.get("number")
        if number is not None and tries < MAX_TRIES:
            _enqueue(study, number, given(trial), tries + 1)
            found.append(number)
    return found


def given(trial: FrozenTrial) -> dict[str, Any]:
    """What `trial` was planned with; where a sampler fills in the rest, what it has drawn so far."""
    return trial.system_attrs.get("fixed_params") or trial.params


def twin(study: optuna.Study, claimed: Claim) -> int | None:
    """The number of an earlier trial with the same settings and seed, which gives the same result."""
    for trial in planned(study):
        alive = trial.state not in (TrialState.FAIL, TrialState.PRUNED)
        if alive and trial.user_attrs["number"] < claimed.number and given(trial) == claimed.params:
            return trial.user_attrs["number"]
    return None


def _create(storage: BaseStorage, plan: StudyPlan, name: str) -> optuna.Study:
    directions = [
        StudyDirection.MAXIMIZE if measure.more_is_better else StudyDirection.MINIMIZE for measure in plan.measures
    ]
    study = optuna.create_study(storage=storage, study_name=name, directions=directions)
    study.set_user_attr("plan", plan.to_dict())
    return study


def _enqueue(study: optuna.Study, number: int, params: Mapping[str, Any], tries: int = 1) -> None:
    study.enqueue_trial(dict(params), user_attrs={"number": number, "tries": tries})


def _params(plan: StudyPlan, number: int) -> dict[str, Any]:
    """What trial `number` varies, where that is known beforehand; a sampler that learns fills in the rest."""
    if plan.sampler == "grid":
        grid = plan.grid()
        if number >= len(grid):
            raise StudyError(f"the grid has {len(grid)} points; there is no trial {number + 1}")
        return grid[number]
    if plan.sampler == "random":
        rng = np.random.default_rng([plan.seed, number])
        return {varied.key: _draw(rng, varied) for varied in plan.vary}
    return {}


def _draw(rng: np.random.Generator, varied: Varied) -> Any:
    if varied.choices:
        return varied.choices[rng.integers(len(varied.choices))]
    if varied.log:
        return float(np.exp(rng.uniform(np.log(varied.low), np.log(varied.high))))
    return float(rng.uniform(varied.low, varied.high))


def _varied(study: optuna.Study, plan: StudyPlan) -> Sequence[Varied]:
    return (Varied("baseline", plan.baselines),) if study.study_name.endswith(BASELINES) else plan.vary


def _suggest(trial: optuna.Trial, varied: Varied) -> Any:
    if varied.choices:
        return trial.suggest_categorical(varied.key, varied.choices)
    return trial.suggest_float(varied.key, varied.low, varied.high, log=varied.log)


def _started() -> float:
    return psutil.Process().create_time()


def _is_dead(trial: FrozenTrial) -> bool:
    worker, heard = trial.user_attrs.get("worker"), trial.user_attrs.get("beat")
    if worker is None or heard is None:  # taken a moment ago, or its worker died in that very moment
        begun = trial.datetime_start
        return begun is not None and time.time() - begun.timestamp() > SILENT_S
    if worker["host"] == socket.gethostname():
        try:
            return abs(psutil.Process(worker["pid"]).create_time() - worker["started"]) > 1
        except psutil.NoSuchProcess:
            return True
    return time.time() - heard > SILENT_S
