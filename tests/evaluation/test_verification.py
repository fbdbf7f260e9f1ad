"""Verification figures against hand-made cases, scikit-learn, pyeer and the normal distribution."""

from __future__ import annotations

import numpy as np
import pytest
from pyeer.eer_info import get_eer_stats
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from studio.evaluation.bootstrap import Interval, over_people, person_weights
from studio.evaluation.pairs import Pairs, draw_pairs
from studio.evaluation.verification import (
    auc_difference,
    auc_interval,
    d_prime,
    equal_error_rate,
    fnmr_at_fmr,
    rank_1,
    verify,
)

OFFSET = 1.5  # spread of what the scores of a person have in common


def scored(separation: float, people: int = 60, per_person: int = 6, seed: int = 0) -> tuple[np.ndarray, Pairs]:
    """Normal scores, genuine ones `separation` higher, with an offset of each person that pairs share."""
    rng = np.random.default_rng(seed)
    pairs = draw_pairs(np.repeat(np.arange(people), per_person), 600, 600, seed)
    offset = rng.normal(0, OFFSET, people)
    scores = rng.normal(size=len(pairs)) + separation * pairs.genuine + offset[pairs.people].mean(axis=1)
    return scores, pairs


def test_auc_is_that_of_scikit_learn_also_with_ties() -> None:
    scores, pairs = scored(1.0)
    for values in (scores, np.round(scores)):
        assert auc_interval(values, pairs, draws=50).value == pytest.approx(roc_auc_score(pairs.genuine, values))


def test_draws_of_everybody_once_would_give_the_auc_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    scores, pairs = scored(1.0)
    monkeypatch.setattr(
        "studio.evaluation.verification.person_weights", lambda people, draws, _seed: np.ones((draws, people), int)
    )
    found = auc_interval(np.round(scores), pairs, draws=2)
    assert found.low == found.high == pytest.approx(roc_auc_score(pairs.genuine, np.round(scores)))


def test_intervals_over_people_cover_the_truth_and_those_over_pairs_are_narrower() -> None:
    truth = norm.cdf(
        1.0 / np.sqrt(2 * (1 + OFFSET**2 * 0.75))
    )  # genuine offsets are of one person, impostor ones of two
    inside, people_width, pair_width = 0, [], []
    for seed in range(40):
        scores, pairs = scored(1.0, seed=seed)
        found = auc_interval(scores, pairs, draws=200, seed=seed)
        inside += found.low <= truth <= found.high
        if seed >= 4:
            continue
        people_width.append(found.high - found.low)
        rng = np.random.default_rng(seed)
        drawn = []
        for _ in range(200):
            chosen = rng.integers(0, len(pairs), len(pairs))
            drawn.append(roc_auc_score(pairs.genuine[chosen], scores[chosen]))
        pair_width.append(np.ptp(np.quantile(drawn, [0.025, 0.975])))
    assert inside >= 35  # 38 are expected
    assert np.mean(people_width) > 1.2 * np.mean(pair_width)


def test_scores_that_tell_nothing_give_a_half() -> None:
    scores, pairs = scored(0.0)
    found = auc_interval(scores, pairs, draws=400)
    assert found.low < 0.5 < found.high


def test_eer_is_that_of_the_normal_distribution_and_of_pyeer() -> None:
    rng = np.random.default_rng(1)
    genuine, impostor = rng.normal(2, 1, 20_000), rng.normal(0, 1, 20_000)
    found = equal_error_rate(np.concatenate((genuine, impostor)), np.arange(40_000) < 20_000)
    assert found == pytest.approx(norm.cdf(-1), abs=5e-3)
    assert found == pytest.approx(get_eer_stats(genuine, impostor).eer, abs=1e-3)
    assert d_prime(genuine, impostor) == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize(("genuine", "eer"), [([3.0, 4.0], 0.0), ([-3.0, -4.0], 1.0), ([0.5, 3.0], 0.5)])
def test_eer_of_small_lists(genuine: list[float], eer: float) -> None:
    scores = np.array([*genuine, 0.0, 1.0])
    assert equal_error_rate(scores, np.array([True, True, False, False])) == pytest.approx(eer)


def test_fnmr_at_a_fmr_by_hand() -> None:
    impostors, genuine = np.arange(100.0), np.array([98.0, 98.5, 99.5, 200.0])
    scores, same = np.concatenate((genuine, impostors)), np.arange(104) < 4
    assert fnmr_at_fmr(scores, same, 0.01) == 0.25  # above 98 one impostor of 100 passes, and 98 itself is refused
    assert np.isnan(fnmr_at_fmr(scores, same, 0.001))  # a hundred impostors cannot show one in a thousand


def test_rank_1_leaves_out_probes_without_a_mate() -> None:
    similarity = np.array([[0.9, 0.1], [0.8, 0.2], [0.5, 0.4]])
    assert rank_1(similarity, np.array([7, 8, 9]), np.array([7, 8])) == 0.5


def test_the_better_of_two_is_told_by_the_same_people() -> None:
    scores, pairs = scored(1.0)
    worse = scores - 0.5 * pairs.genuine
    found = auc_difference(scores, worse, pairs, draws=300)
    assert found.low > 0
    apart = auc_interval(scores, pairs, 300).high - auc_interval(scores, pairs, 300).low
    assert found.high - found.low < apart  # what the people have in common cancels


def test_the_same_seed_gives_the_same_digits() -> None:
    scores, pairs = scored(1.0)
    assert repr(verify(scores, pairs, draws=100, seed=5)) == repr(verify(scores, pairs, draws=100, seed=5))
    assert verify(scores, pairs, draws=100, seed=5).auc != verify(scores, pairs, draws=100, seed=6).auc


def test_scores_that_are_not_numbers_are_refused() -> None:
    scores, pairs = scored(1.0)
    scores[3] = np.nan
    with pytest.raises(ValueError, match="1 of 1200 scores"):
        verify(scores, pairs)


def test_pairs_are_distinct_seeded_and_hashed() -> None:
    identities = np.array([0, 0, 0, 1, 1, 2, -1])
    pairs = draw_pairs(identities, 100, 100, seed=2)
    assert pairs.genuine.sum() == 4  # all there are
    assert (~pairs.genuine).sum() == 11
    keys = {frozenset(p) for p in zip(pairs.probes.tolist(), pairs.references.tolist(), strict=True)}
    assert len(keys) == len(pairs)
    assert 6 not in pairs.probes
    assert 6 not in pairs.references
    assert pairs.sha256() == draw_pairs(identities, 100, 100, seed=2).sha256()
    assert pairs.sha256() != draw_pairs(identities, 100, 100, seed=3).sha256()


@pytest.mark.parametrize(("identities", "reason"), [([0, 1, 2], "nothing genuine"), ([0, 0], "one person only")])
def test_lists_that_cannot_be_made(identities: list[int], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        draw_pairs(np.array(identities))


def test_an_interval_of_a_mean_over_people_is_that_of_their_means() -> None:
    rng = np.random.default_rng(0)
    means = rng.normal(0, 1, 200)
    people = np.repeat(np.arange(200), 10)
    found = over_people(lambda w: float(np.average(means[people], weights=w)), people, draws=1000)
    assert (found.high - found.low) / (2 * 1.96) == pytest.approx(means.std() / np.sqrt(200), rel=0.1)


def test_two_people_are_needed() -> None:
    with pytest.raises(ValueError, match="at least 2 people"):
        person_weights(1)


def test_a_claim_of_equivalence_needs_the_whole_interval() -> None:
    assert Interval(0.51, 0.48, 0.54).below(0.55)
    assert not Interval(0.51, 0.46, 0.56).below(0.55)
