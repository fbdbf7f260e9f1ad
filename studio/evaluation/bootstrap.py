"""Confidence intervals by drawing people, not pairs or pictures.

Pairs that share a person are not independent: intervals from pairs are two to three times too narrow. So whole
people are drawn with replacement, and everything of a person counts as often as the person was drawn (the
subsets bootstrap of ISO/IEC 19795-1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 2000
LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    """An estimate with the ends of its confidence interval of LEVEL; NaN where it is not defined."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"

    def below(self, bound: float) -> bool:
        """Whether the whole interval lies below `bound`: what a claim of equivalence may rest on."""
        return self.high < bound


def person_weights(people: int, draws: int = DRAWS, seed: int = 0) -> NDArray[np.int64]:
    """How often each person was drawn, (draws, people); every row sums to `people`."""
    if people < 2:
        raise ValueError(f"an interval needs at least 2 people, not {people}")
    return np.random.default_rng(seed).multinomial(people, np.full(people, 1 / people), size=draws)


def interval(value: float, drawn: NDArray[np.floating], level: float = LEVEL) -> Interval:
    """The percentile interval around `value` from what the draws gave; draws without a value (NaN) are left out."""
    drawn = drawn[np.isfinite(drawn)]
    if not drawn.size:
        return Interval(value, float("nan"), float("nan"))
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(value), float(low), float(high))


def over_people(
    statistic: Callable[[NDArray[np.floating]], float],
    people: NDArray[np.integer],
    draws: int = DRAWS,
    seed: int = 0,
) -> Interval:
    """`statistic` of weights (N,) for N items that belong to `people` (N,) each, with its interval."""
    _, of_item = np.unique(people, return_inverse=True)
    weights = person_weights(int(of_item.max(initial=-1)) + 1, draws, seed)
    drawn = np.array([statistic(row[of_item].astype(float)) for row in weights])
    return interval(statistic(np.ones(len(people))), drawn)
