"""The trials of a study as records of a project: what the window shows and an `.odr` file keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, TrialState

from studio.optics.lens import DesignError, LensDesign
from studio.project.records import Trial
from studio.study.plan import DRAWS, StudyPlan
from studio.study.storage import parts, planned
from studio.study.worker import DRAWN

_STATES = {
    TrialState.COMPLETE: "finished",
    TrialState.FAIL: "failed",
    TrialState.PRUNED: "pruned",
    TrialState.RUNNING: "running",
}


def trials(storage: BaseStorage, name: str) -> tuple[Trial, ...]:
    """Lenses, then baselines of the study `name`, as far as they were begun."""
    return tuple(
        _record(study.study_name, plan, trial)
        for study, plan in parts(storage, name)
        for trial in planned(study)
        if trial.state in _STATES
    )


def _record(part: str, plan: StudyPlan, trial: FrozenTrial) -> Trial:
    attrs = trial.user_attrs
    number = attrs["number"]
    duration = trial.duration
    return Trial(
        id=f"{part}/{number}",
        study=plan.name,
        label=_label(trial, number),
        created=trial.datetime_start.strftime("%Y-%m-%dT%H:%M:%SZ") if trial.datetime_start else "",
        state=_STATES[trial.state],
        reason=attrs.get("reason", ""),
        design=_design(attrs.get("design")),
        config={**trial.params, "tries": attrs.get("tries", 1), "preset": plan.preset, "data": plan.data}
        | {name: attrs[name] for name in ("size_px",) if name in attrs},
        seed=attrs.get("seed"),
        versions=attrs.get("versions", {}),
        device=attrs.get("device", ""),
        wall_time_s=duration.total_seconds() if duration else 0.0,
        metrics=attrs.get("metrics", {}),
        scores={name: tuple(score) for name, score in attrs.get("scores", {}).items()},
        arrays=_draws(plan, attrs.get(DRAWN, ())),
    )


def _label(trial: FrozenTrial, number: int) -> str:
    baseline = trial.params.get("baseline")
    return f"Trial {number + 1}" if baseline is None else "clear" if baseline == "none" else baseline


def _draws(plan: StudyPlan, drawn: Sequence[Sequence[float]]) -> dict[str, np.ndarray]:
    """(D,) of both measures from (D, 2)."""
    if not len(drawn):
        return {}
    columns = np.asarray(drawn, np.float32).T
    return {f"{DRAWS}{measure.name}": column for measure, column in zip(plan.measures, columns, strict=True)}


def _design(values: dict[str, Any] | None) -> LensDesign | None:
    try:
        return None if values is None else LensDesign.from_dict(values)
    except DesignError:
        return None  # of another version of the studio: its figures still count
