"""How well severity and expression are read: errors over clips, with intervals over people, beside trivial rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.evaluation.bootstrap import DRAWS, Interval, over_people, person_weights

Values = NDArray[np.floating]


@dataclass(frozen=True)
class SeverityScores:
    """Errors in points of the scale and agreement, each with its interval over people."""

    mae: Interval
    rmse: Interval
    pcc: Interval
    ccc: Interval
    clips: int
    people: int


def severity_scores(
    predicted: Values, truth: Values, people: NDArray[np.integer], draws: int = DRAWS, seed: int = 0
) -> SeverityScores:
    """For predictions (N,) a clip, one for the whole clip: an error a frame is another, smaller thing."""
    if not (np.isfinite(predicted).all() and np.isfinite(truth).all()):
        raise ValueError("severities must be finite; leave out clips without a score")

    def with_interval(statistic: Callable[[Values, Values, Values], float]) -> Interval:
        return over_people(lambda weights: statistic(predicted, truth, weights), people, draws, seed)

    errors, agreement = (with_interval(mae), with_interval(rmse)), (with_interval(pcc), with_interval(ccc))
    return SeverityScores(*errors, *agreement, len(truth), len(np.unique(people)))


def mae(predicted: Values, truth: Values, weights: Values) -> float:
    """Mean absolute error."""
    return float(np.average(np.abs(predicted - truth), weights=weights))


def rmse(predicted: Values, truth: Values, weights: Values) -> float:
    """Root of the mean squared error over all clips at once."""
    return float(np.sqrt(np.average((predicted - truth) ** 2, weights=weights)))


def pcc(predicted: Values, truth: Values, weights: Values) -> float:
    """Pearson's correlation; NaN when either side does not vary."""
    _, _, var_p, var_t, covariance = _moments(predicted, truth, weights)
    return float(covariance / np.sqrt(var_p * var_t)) if var_p > 0 and var_t > 0 else float("nan")


def ccc(predicted: Values, truth: Values, weights: Values) -> float:
    """Concordance correlation (Lin 1989), with variances over N; NaN when nothing varies at all."""
    mean_p, mean_t, var_p, var_t, covariance = _moments(predicted, truth, weights)
    spread = var_p + var_t + (mean_p - mean_t) ** 2
    return float(2 * covariance / spread) if spread > 0 else float("nan")


def _moments(predicted: Values, truth: Values, weights: Values) -> tuple[float, float, float, float, float]:
    """Means, variances and covariance, all over N."""

    def mean(values: Values) -> float:
        return float(np.average(values, weights=weights))

    mean_p, mean_t = mean(predicted), mean(truth)
    p, t = predicted - mean_p, truth - mean_t
    return mean_p, mean_t, mean(p * p), mean(t * t), mean(p * t)


def r2_drawn(
    predicted: Values, truth: Values, people: NDArray, draws: int = DRAWS, seed: int = 0
) -> NDArray[np.float64]:
    """What each draw of `people` (N,) gives for the mean over columns of 1 - residual / spread of (N, U): (D,).

    NaN where a column does not vary at all.
    """
    _, of_item = np.unique(people, return_inverse=True)
    weights = person_weights(int(of_item.max()) + 1, draws, seed)[:, of_item].astype(float)
    shares = weights / weights.sum(1, keepdims=True)
    spread = shares @ truth**2 - (shares @ truth) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 1e-12, 1 - (shares @ (truth - predicted) ** 2) / spread, np.nan).mean(1)


def constant_predictor(training: Values, count: int) -> Values:
    """What a model scores that never looks: the training mean for every clip."""
    return np.full(count, float(np.mean(training)))


def identity_lookup(training: Values, training_people: Sequence[str], people: Sequence[str]) -> Values:
    """What remembering people alone gives: a known person's mean in training, else the training mean."""
    whole = float(np.mean(training))
    names = np.asarray(training_people)
    return np.array([float(np.mean(training[names == who])) if (names == who).any() else whole for who in people])


@dataclass(frozen=True)
class ExpressionScores:
    accuracy: Interval
    macro_f1: Interval
    pictures: int


def expression_scores(
    predicted: NDArray[np.integer],
    truth: NDArray[np.integer],
    people: NDArray[np.integer],
    draws: int = DRAWS,
    seed: int = 0,
) -> ExpressionScores:
    """Accuracy and the mean F1 of the classes that occur in `truth`."""
    classes, right = np.unique(truth), predicted == truth
    count = int(max(truth.max(), predicted.max())) + 1

    def accuracy(weights: Values) -> float:
        return float(np.average(right, weights=weights))

    def macro_f1(weights: Values) -> float:
        """As scikit-learn has it, which takes milliseconds a draw."""
        hits = np.bincount(truth, weights * right, count)[classes]
        said_and_there = (np.bincount(predicted, weights, count) + np.bincount(truth, weights, count))[classes]
        return float(np.mean(2 * hits / np.maximum(said_and_there, 1e-12)))

    return ExpressionScores(
        over_people(accuracy, people, draws, seed), over_people(macro_f1, people, draws, seed), len(truth)
    )
