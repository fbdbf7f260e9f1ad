"""The trade-off of a study: which points nothing beats in both measures, and how much they cover together."""

from __future__ import annotations

from collections.abc import Sequence

import moocore
import numpy as np
from numpy.typing import NDArray

from studio.evaluation.bootstrap import Interval, interval
from studio.study.plan import Measure

Points = NDArray[np.floating]
"""(N, 2): privacy measure and utility measure of each trial; NaN where a trial has none."""


def front(points: Points, measures: tuple[Measure, Measure]) -> NDArray[np.bool_]:
    """(N,): whether no other point is at least as good in both measures and better in one."""
    known = np.isfinite(points).all(axis=1)
    found = np.zeros(len(points), bool)
    if known.any():
        found[known] = moocore.is_nondominated(points[known], maximise=_maximise(measures), keep_weakly=True)
    return found


def hypervolume(points: Points, measures: tuple[Measure, Measure], reference: Sequence[float]) -> float:
    """Area that `points` cover up to `reference`, a point that is worse than all worth counting; 0 without points."""
    known = points[np.isfinite(points).all(axis=1)]
    if not len(known):
        return 0.0
    return float(moocore.hypervolume(known, ref=list(reference), maximise=_maximise(measures)))


def reference_point(points: Points, measures: tuple[Measure, Measure]) -> tuple[float, float]:
    """The worst of each measure over all `points`: a corner that every one of them counts against.

    Use the points of lenses and baselines together, so that both areas have the same corner.
    """
    worst = [
        np.nanmin(column) if measure.more_is_better else np.nanmax(column)
        for column, measure in zip(points.T, measures, strict=True)
    ]
    return float(worst[0]), float(worst[1])


def hypervolume_ratio(
    lenses: NDArray[np.floating],
    baselines: NDArray[np.floating],
    measures: tuple[Measure, Measure],
    reference: Sequence[float],
) -> Interval:
    """Area under the lenses' front over that under the baselines'. Both are (D, N, 2): row 0 as measured, the others
    with people drawn anew, the same people in the same row of both."""
    ratios = np.array(
        [
            hypervolume(ours, measures, reference) / max(hypervolume(theirs, measures, reference), 1e-12)
            for ours, theirs in zip(lenses, baselines, strict=True)
        ]
    )
    return interval(float(ratios[0]), ratios[1:])


def _maximise(measures: tuple[Measure, Measure]) -> list[bool]:
    return [measure.more_is_better for measure in measures]
