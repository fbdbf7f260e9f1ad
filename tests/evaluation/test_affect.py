"""Affect metrics against scikit-learn, scipy and cases done by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import pearsonr
from sklearn.metrics import accuracy_score, f1_score, mean_absolute_error, r2_score, root_mean_squared_error

from studio.evaluation.affect import (
    ccc,
    constant_predictor,
    expression_scores,
    identity_lookup,
    r2_drawn,
    rmse,
    severity_scores,
)
from studio.evaluation.bootstrap import person_weights

RNG = np.random.default_rng(0)
TRUTH = RNG.uniform(0, 63, 80)
PREDICTED = 0.6 * TRUTH + RNG.normal(8, 6, 80)
PEOPLE = np.repeat(np.arange(20), 4)


def test_values_are_those_of_other_packages() -> None:
    found = severity_scores(PREDICTED, TRUTH, PEOPLE, draws=50)
    assert found.mae.value == pytest.approx(mean_absolute_error(TRUTH, PREDICTED))
    assert found.rmse.value == pytest.approx(root_mean_squared_error(TRUTH, PREDICTED))
    assert found.pcc.value == pytest.approx(pearsonr(TRUTH, PREDICTED).statistic)
    assert found.mae.low < found.mae.value < found.mae.high
    assert (found.clips, found.people) == (80, 20)


def test_concordance_by_hand() -> None:
    weights = np.ones(3)
    assert ccc(np.array([1.0, 2, 3]), np.array([1.0, 2, 3]), weights) == pytest.approx(1.0)
    assert ccc(np.array([2.0, 3, 4]), np.array([1.0, 2, 3]), weights) == pytest.approx(2 * 2 / 3 / (2 / 3 + 2 / 3 + 1))
    assert np.isnan(ccc(np.ones(3), np.ones(3), weights))


def test_weights_count_like_copies() -> None:
    weights = np.array([2.0, 0, 1, 3])
    copies = np.repeat(np.arange(4), [2, 0, 1, 3])
    p, t = PREDICTED[:4], TRUTH[:4]
    assert rmse(p, t, weights) == pytest.approx(root_mean_squared_error(t[copies], p[copies]))
    assert ccc(p, t, weights) == pytest.approx(ccc(p[copies], t[copies], np.ones(6)))


def test_trivial_rows() -> None:
    training, people = np.array([10.0, 20, 60]), ["a", "a", "b"]
    assert constant_predictor(training, 2).tolist() == [30, 30]
    assert identity_lookup(training, people, ["b", "a", "c"]).tolist() == [60, 15, 30]


def test_expression_scores_are_those_of_scikit_learn() -> None:
    truth, predicted = RNG.integers(0, 4, 80), RNG.integers(0, 5, 80)
    found = expression_scores(predicted, truth, PEOPLE, draws=20)
    assert found.accuracy.value == pytest.approx(accuracy_score(truth, predicted))
    assert found.macro_f1.value == pytest.approx(f1_score(truth, predicted, labels=range(4), average="macro"))


def test_a_clip_without_a_score_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        severity_scores(PREDICTED, np.where(TRUTH > 60, np.nan, TRUTH), PEOPLE)


def test_the_drawn_r2_is_that_of_a_library() -> None:
    truth, read = RNG.normal(0, 1, (20, 3)), RNG.normal(0, 1, (20, 3))
    people = np.repeat(np.arange(5), 4)
    weights = person_weights(5, 30, 2)[:, people]
    expected = [r2_score(truth, read, sample_weight=row) for row in weights]
    np.testing.assert_allclose(r2_drawn(read, truth, people, draws=30, seed=2), expected)
