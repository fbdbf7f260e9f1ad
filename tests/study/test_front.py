from __future__ import annotations

import numpy as np
import pytest

from studio.study.front import front, hypervolume, hypervolume_ratio, reference_point
from studio.study.plan import MEASURES

LEAK_AND_R2 = (MEASURES["worst_auc"], MEASURES["expression_r2"])
LEAK_AND_MAE = (MEASURES["worst_auc"], MEASURES["severity_mae"])
POINTS = np.array([[0.5, 0.1], [0.6, 0.4], [0.7, 0.3], [0.9, 0.8], [np.nan, 0.9]])


def test_the_front_is_what_nothing_beats_in_both():
    assert front(POINTS, LEAK_AND_R2).tolist() == [True, True, False, True, False]
    assert front(POINTS, LEAK_AND_MAE).tolist() == [True, False, False, False, False]


def test_the_area_is_that_of_the_staircase():
    # leak below 1, R2 above 0: 0.1 x 0.1 + 0.3 x 0.4 + 0.1 x 0.8
    assert hypervolume(POINTS, LEAK_AND_R2, (1.0, 0.0)) == pytest.approx(0.01 + 0.12 + 0.08)
    assert hypervolume(POINTS[:0], LEAK_AND_R2, (1.0, 0.0)) == 0


def test_the_corner_is_the_worst_of_both_measures():
    assert reference_point(POINTS[:4], LEAK_AND_R2) == (0.9, 0.1)
    assert reference_point(POINTS[:4], LEAK_AND_MAE) == (0.9, 0.8)


def test_the_ratio_has_an_interval_from_the_same_people_in_both():
    rng = np.random.default_rng(0)
    people = rng.normal(0, 0.02, (501, 1, 2))
    people[0] = 0
    ours, theirs = np.array([[0.5, 0.6]]) + people, np.array([[0.7, 0.4]]) + people
    ratio = hypervolume_ratio(ours, theirs, LEAK_AND_R2, (1.0, 0.0))
    assert ratio.value == pytest.approx(0.5 * 0.6 / (0.3 * 0.4))
    assert ratio.low < ratio.value < ratio.high
    assert hypervolume_ratio(ours, ours, LEAK_AND_R2, (1.0, 0.0)).high == pytest.approx(1)
