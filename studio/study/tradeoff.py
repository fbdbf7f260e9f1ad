"""A trade-off as points: privacy and utility of a project's trials, intervals, the front and the baselines' curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from studio.evaluation.bootstrap import Interval
from studio.optics.baselines import parse_baseline
from studio.project.records import Trial
from studio.study.plan import DRAWS, Measure, baseline_of

_NOTHING: NDArray[np.float64] = np.empty(0)


@dataclass(frozen=True)
class Published:
    """A point of the paper. It comes from other data than ours, so it is a mark and never part of a front."""

    name: str
    values: dict[str, float]


PUBLISHED = (
    Published("OpticalDR, AVEC 2013 (as published)", {"a0_auc": 0.51, "severity_mae": 7.53}),
    Published("OpticalDR, AVEC 2014 (as published)", {"a0_auc": 0.51, "severity_mae": 7.89}),
)


@dataclass(frozen=True)
class Scatter:
    """Finished trials on two axes; x is the privacy measure, y the utility measure."""

    trials: tuple[Trial, ...]
    values: NDArray[np.float64]
    """(N, 2)"""
    low: NDArray[np.float64]
    """(N, 2): lower ends of the intervals, NaN where a trial has none."""
    high: NDArray[np.float64]
    front: NDArray[np.bool_]
    """(N,): lenses that no other lens beats in both."""
    baselines: dict[str, list[int]]
    """Numbers of the points of each kind of baseline, by growing strength."""
    published: tuple[Published, ...]

    def lenses(self) -> list[int]:
        return [i for i, trial in enumerate(self.trials) if not baseline_of(trial)]

    def at_most(self, limit: float, measures: tuple[Measure, Measure]) -> int | None:
        """The lens of most utility among those that leak `limit` at most; None when there is none."""
        allowed = [i for i in self.lenses() if self.values[i, 0] <= limit]
        if not allowed:
            return None
        sign = 1 if measures[1].more_is_better else -1
        return max(allowed, key=lambda i: sign * self.values[i, 1])


def scatter(trials: Sequence[Trial], measures: tuple[Measure, Measure]) -> Scatter:
    """The finished ones of `trials` that have both measures."""
    from studio.study.front import front  # moocore: not before a trade-off is shown

    names = [measure.name for measure in measures]
    kept = tuple(t for t in trials if t.state == "finished" and all(isfinite(_value(t, name)) for name in names))
    values = np.array([[_value(trial, name) for name in names] for trial in kept]).reshape(-1, 2)
    ends = np.array([[trial.scores.get(name, (np.nan,) * 3)[1:] for name in names] for trial in kept]).reshape(-1, 2, 2)
    lens = np.array([not baseline_of(trial) for trial in kept], bool)
    best = np.zeros(len(kept), bool)
    best[lens] = front(values[lens], measures)
    marks = tuple(mark for mark in PUBLISHED if all(name in mark.values for name in names))
    return Scatter(kept, values, ends[..., 0], ends[..., 1], best, _curves(kept), marks)


@dataclass(frozen=True)
class Advantage:
    """How much more of the plane the lenses cover than the kind of baseline that covers most."""

    baseline: str
    ratio: Interval


def advantage(points: Scatter, measures: tuple[Measure, Measure]) -> Advantage | None:
    """From the worst corner of all points; "none" counts with every kind. None without lenses, or when no baseline
    covers anything. The interval is over people, NaN where a trial does not say what other people would give."""
    from studio.study.front import hypervolume, hypervolume_ratio, reference_point

    lenses = points.lenses()
    clear = points.baselines.get("none", [])
    kinds = {kind: [*numbers, *clear] for kind, numbers in points.baselines.items() if kind != "none"}
    if not lenses or not kinds:
        return None
    corner = reference_point(points.values, measures)
    areas = {kind: hypervolume(points.values[numbers], measures, corner) for kind, numbers in kinds.items()}
    best = max(areas, key=lambda kind: areas[kind])
    if not areas[best]:
        return None
    drawn = _drawn(points, measures)
    return Advantage(best, hypervolume_ratio(drawn[:, lenses], drawn[:, kinds[best]], measures, corner))


def _drawn(points: Scatter, measures: tuple[Measure, Measure]) -> NDArray[np.float64]:
    """(D, N, 2): row 0 as measured, the others with people drawn anew; row 0 alone where a trial has no others."""
    found = [[trial.arrays.get(f"{DRAWS}{measure.name}", _NOTHING) for measure in measures] for trial in points.trials]
    count = min((len(column) for trial in found for column in trial), default=0)
    others = np.array([[column[:count] for column in trial] for trial in found], float)  # (N, 2, D)
    return np.concatenate((points.values[None], np.moveaxis(others, -1, 0)))


def _value(trial: Trial, name: str) -> float:
    return trial.metrics.get(name, float("nan"))


def _curves(trials: Sequence[Trial]) -> dict[str, list[int]]:
    curves: dict[str, list[tuple[float, int]]] = {}
    for i, trial in enumerate(trials):
        if text := baseline_of(trial):
            baseline = parse_baseline(text)
            curves.setdefault(baseline.kind, []).append((baseline.strength, i))
    return {kind: [i for _, i in sorted(points)] for kind, points in curves.items()}
