"""The trials of a study as records of a project: what the window shows and an `.odr` file keeps."""

from __future__ import annotations

from typing import Any

import numpy as np
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, TrialState

from studio.optics.lens import DesignError, LensDesign
from studio.project.records import Trial
from studio.study.plan import DRAWS, StudyError, StudyPlan
from studio.study.storage import BASELINES, load, planned

_STATES = {
    TrialState.COMPLETE: "finished",
    TrialState.FAIL: "failed",
    TrialState.PRUNED: "pruned",
    TrialState.RUNNING: "running",
}


def trials(storage: BaseStorage, name: str) -> tuple[Trial, ...]:
    """Lenses, then baselines of the study `name`, as far as they were begun."""
    found: list[Trial] = []
    for part in (name, name + BASELINES):
        try:
            study, plan = load(storage, part)
        except StudyError:
            if part == name:
                raise
            continue
        begun = (trial for trial in planned(study) if trial.state in _STATES)
        found += [_record(part, plan, trial) for trial in begun]
    return tuple(found)


def _record(part: str, plan: StudyPlan, trial: FrozenTrial) -> Trial:
    attrs = trial.user_attrs
    number = attrs["number"]
    duration = trial.duration
    return Trial(
        id=f"{part}/{number}",
        study=plan.name,
        label=trial.params.get("baseline") or f"Trial {number + 1}",
        created=trial.datetime_start.strftime("%Y-%m-%dT%H:%M:%SZ") if trial.datetime_start else "",
        state=_STATES[trial.state],
        reason=attrs.get("reason", ""),
        design=_design(attrs.get("design")),
        config={**trial.params, "tries": attrs.get("tries", 1)},
        seed=attrs.get("seed"),
        versions=attrs.get("versions", {}),
        device=attrs.get("device", ""),
        wall_time_s=duration.total_seconds() if duration else 0.0,
        metrics=attrs.get("metrics", {}),
        scores={name: tuple(score) for name, score in attrs.get("scores", {}).items()},
        arrays={DRAWS: np.asarray(attrs[DRAWS], np.float32)} if DRAWS in attrs else {},
    )


def _design(values: dict[str, Any] | None) -> LensDesign | None:
    try:
        return None if values is None else LensDesign.from_dict(values)
    except DesignError:
        return None  # of another version of the studio: its figures still count
