"""Trials as plain JSON values: what a sweep says of them while it runs, and what a window makes of that. No Optuna."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from studio.optics.lens import LensDesign
from studio.project.records import ProjectError, Trial

_TEXTS = ("id", "study", "label", "created", "state", "reason", "device")


def to_plain(trial: Trial) -> dict[str, Any]:
    """All of `trial` but its arrays; numbers that are not finite become None."""
    return {
        **{name: getattr(trial, name) for name in _TEXTS},
        "design": trial.design.to_dict() if trial.design else None,
        "config": trial.config,
        "seed": trial.seed,
        "wall_time_s": trial.wall_time_s,
        "metrics": {name: _finite(value) for name, value in trial.metrics.items()},
        "scores": {name: [_finite(part) for part in score] for name, score in trial.scores.items()},
    }


def from_plain(values: Mapping[str, Any]) -> Trial:
    """ProjectError when `values` are not those of a trial."""
    try:
        scores = values["scores"].items()
        return Trial(
            **{name: values[name] for name in _TEXTS},
            design=LensDesign.from_dict(values["design"]) if values["design"] else None,
            config=values["config"],
            seed=values["seed"],
            wall_time_s=values["wall_time_s"],
            metrics={name: _number(value) for name, value in values["metrics"].items()},
            scores={name: (_number(v), _number(low), _number(high)) for name, (v, low, high) in scores},
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ProjectError(f"this is no trial of a study: {error}") from None


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
