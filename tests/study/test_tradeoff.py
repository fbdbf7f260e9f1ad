"""What a trade-off says of lenses against baselines."""

from __future__ import annotations

import numpy as np
import pytest

from studio.project.records import Trial
from studio.study.plan import DRAWS, MEASURES
from studio.study.tradeoff import advantage, scatter

MEASURED = (MEASURES["worst_auc"], MEASURES["expression_r2"])


def made(number: int, leak: float, kept: float, baseline: str = "", shifts: np.ndarray | None = None) -> Trial:
    arrays = {} if shifts is None else {f"{DRAWS}worst_auc": leak + shifts, f"{DRAWS}expression_r2": kept - shifts}
    config = {"baseline": baseline} if baseline else {}
    return Trial(id=f"s/{number}", config=config, metrics={"worst_auc": leak, "expression_r2": kept}, arrays=arrays)


def trials(shifts: np.ndarray | None = None) -> list[Trial]:
    """From the corner (1, 0): the lens covers .4 x .5, defocus .2 x .5, Gaussian .1 x .5; no blur is at the corner."""
    return [
        made(0, 0.6, 0.5, "", shifts),
        made(1, 0.9, 0.5, "gaussian:2", shifts),
        made(2, 0.8, 0.5, "defocus:4", shifts),
        made(3, 1.0, 0.0, "none", shifts),
    ]


def test_lenses_are_compared_with_the_best_kind_of_baseline():
    found = advantage(scatter(trials(), MEASURED), MEASURED)
    assert found is not None
    assert (found.baseline, found.ratio.value) == ("defocus", pytest.approx(2.0))
    assert np.isnan(found.ratio.low)


def test_the_interval_draws_the_same_people_for_both():
    shifts = np.random.default_rng(0).normal(0, 0.02, 300)
    found = advantage(scatter(trials(shifts), MEASURED), MEASURED)
    assert found is not None
    assert 1.5 < found.ratio.low < 2.0 < found.ratio.high < 3.0


def test_without_lenses_or_blurs_there_is_nothing_to_compare():
    assert advantage(scatter(trials()[1:], MEASURED), MEASURED) is None
    assert advantage(scatter([trials()[0], trials()[3]], MEASURED), MEASURED) is None
