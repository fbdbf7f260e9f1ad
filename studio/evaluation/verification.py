"""How well scores tell people apart: ROC, AUC, EER, d', FNMR at a FMR, rank 1, all in the words of ISO/IEC 19795.

A score is a similarity: higher means more likely the same person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import det_curve, roc_auc_score

from studio.evaluation.bootstrap import DRAWS, Interval, interval, person_weights
from studio.evaluation.pairs import Pairs

FMR_POINTS = (1e-2, 1e-3)


@dataclass(frozen=True)
class Verification:
    """What one recogniser makes of one list of comparisons."""

    auc: Interval
    eer: float
    d_prime: float
    fnmr: tuple[float, ...]
    """At each of FMR_POINTS; NaN where there are too few impostors to speak of that FMR."""
    genuine: int
    impostors: int
    people: int


def verify(scores: NDArray[np.floating], pairs: Pairs, draws: int = DRAWS, seed: int = 0) -> Verification:
    """All figures for `scores` (M,) of `pairs`; ValueError for scores that are not finite."""
    _check(scores, pairs)
    same = pairs.genuine
    return Verification(
        auc=auc_interval(scores, pairs, draws, seed),
        eer=equal_error_rate(scores, same),
        d_prime=d_prime(scores[same], scores[~same]),
        fnmr=tuple(fnmr_at_fmr(scores, same, fmr) for fmr in FMR_POINTS),
        genuine=int(same.sum()),
        impostors=int((~same).sum()),
        people=len(np.unique(pairs.people)),
    )


def auc_interval(scores: NDArray[np.floating], pairs: Pairs, draws: int = DRAWS, seed: int = 0) -> Interval:
    """The area under the ROC curve with its interval over people."""
    return interval(*drawn_auc(scores, pairs, draws, seed))


def auc_difference(
    scores: NDArray[np.floating], others: NDArray[np.floating], pairs: Pairs, draws: int = DRAWS, seed: int = 0
) -> Interval:
    """AUC of `scores` minus AUC of `others` on the same `pairs`, drawing the same people for both."""
    value = roc_auc_score(pairs.genuine, scores) - roc_auc_score(pairs.genuine, others)
    drawn = _drawn_auc(scores, pairs, draws, seed) - _drawn_auc(others, pairs, draws, seed)
    return interval(float(value), drawn)


def drawn_auc(
    scores: NDArray[np.floating], pairs: Pairs, draws: int = DRAWS, seed: int = 0
) -> tuple[float, NDArray[np.float64]]:
    """The area under the ROC curve, and that of each draw of people, (draws,); NaN for a draw without a value."""
    return float(roc_auc_score(pairs.genuine, scores)), _drawn_auc(scores, pairs, draws, seed)


def equal_error_rate(scores: NDArray[np.floating], same: NDArray[np.bool_]) -> float:
    """Where FMR and FNMR meet, between the two thresholds on either side of the crossing."""
    fmr, fnmr, _ = det_curve(same, scores)
    fmr, fnmr = np.append(fmr, 0.0), np.append(fnmr, 1.0)  # accept nobody
    first = int(np.argmax(fnmr >= fmr))
    if first == 0:
        return float((fmr[0] + fnmr[0]) / 2)
    before, after = fmr[first - 1] - fnmr[first - 1], fmr[first] - fnmr[first]
    share = before / (before - after)
    return float(fmr[first - 1] + share * (fmr[first] - fmr[first - 1]))


def d_prime(genuine: NDArray[np.floating], impostor: NDArray[np.floating]) -> float:
    """Distance of the two means in units of the pooled standard deviation; NaN when nothing varies."""
    spread = np.sqrt((np.var(genuine) + np.var(impostor)) / 2)
    return float((np.mean(genuine) - np.mean(impostor)) / spread) if spread > 0 else float("nan")


def fnmr_at_fmr(scores: NDArray[np.floating], same: NDArray[np.bool_], fmr: float) -> float:
    """Share of genuine comparisons rejected at the lowest threshold that accepts at most `fmr` of the impostors.

    NaN with fewer than 1 / `fmr` impostors: no threshold of such a list has that FMR other than zero.
    """
    impostors = np.sort(scores[~same])[::-1]
    if len(impostors) < 1 / fmr:
        return float("nan")
    # floor() on a product such as 3000 * 1e-3 can fall one short
    threshold = impostors[min(int(np.floor(fmr * len(impostors) + 1e-9)), len(impostors) - 1)]
    return float(np.mean(scores[same] <= threshold))


def rank_1(similarity: NDArray[np.floating], probes: NDArray[np.integer], gallery: NDArray[np.integer]) -> float:
    """Share of probes whose most similar gallery picture shows the same person; (P, G) with people (P,) and (G,).

    Probes whose person is not in the gallery do not count; NaN when none is.
    """
    mated = np.isin(probes, gallery)
    best = gallery[np.argmax(similarity, axis=1)]
    return float(np.mean(best[mated] == probes[mated])) if mated.any() else float("nan")


def _drawn_auc(scores: NDArray[np.floating], pairs: Pairs, draws: int, seed: int) -> NDArray[np.float64]:
    """AUC of each draw of people, (draws,). A genuine pair counts as often as its person was drawn, an impostor pair
    as often as the two persons were drawn together."""
    people, sides = np.unique(pairs.people, return_inverse=True)
    sides = sides.reshape(-1, 2)
    drawn = person_weights(len(people), draws, seed)
    same = pairs.genuine
    _, level = np.unique(scores, return_inverse=True)  # ties share a level and count half
    levels = int(level.max()) + 1
    areas = np.empty(draws)
    for i, weight in enumerate(drawn):
        genuine = np.bincount(level[same], weight[sides[same, 0]], levels)
        impostor = np.bincount(level[~same], weight[sides[~same, 0]] * weight[sides[~same, 1]], levels)
        below = np.cumsum(impostor) - impostor / 2
        total = genuine.sum() * impostor.sum()
        areas[i] = (genuine @ below) / total if total else np.nan
    return areas


def _check(scores: NDArray[np.floating], pairs: Pairs) -> None:
    if len(scores) != len(pairs):
        raise ValueError(f"{len(scores)} scores for {len(pairs)} comparisons")
    if not np.isfinite(scores).all():
        raise ValueError(f"{int((~np.isfinite(scores)).sum())} of {len(scores)} scores are not finite")
    if not 0 < pairs.genuine.sum() < len(pairs):
        raise ValueError("a list of comparisons needs both genuine and impostor ones")
