"""What the reader of one trial keeps, with intervals over validation people: expression and simulated severity."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from studio.evaluation.affect import ccc, mae, rmse
from studio.evaluation.bootstrap import DRAWS, Interval, interval, person_weights
from studio.project.records import Run
from studio.training import validation
from studio.training.config import TrainingConfig
from studio.training.data import Clips, Pictures, TrainingData, moving_units
from studio.training.optics import Optics
from studio.training.predict import FaceReader

Drawn = dict[str, tuple[Interval, NDArray[np.float64]]]
"""By measure (`plan.UTILITY`): the figure with its interval, and what each draw of people gives, (D,)."""


def utility(run: Run, config: TrainingConfig, data: TrainingData, seed: int) -> Drawn:
    """Figures of `run`, which keeps its weights, on the validation people of `data`, as `run.metrics` has them."""
    assert run.design is not None
    optics, reader = Optics(run.design, config), FaceReader(run)
    labelled = data.emotion or data.identity
    found = _expression(run, optics, reader, labelled[1], seed) if labelled else {}
    if data.severity is not None and reader.reads_severity:
        found |= _severity(run, optics, reader, data.severity[1], seed)
    return found


def _expression(run: Run, optics: Optics, reader: FaceReader, pictures: Pictures, seed: int) -> Drawn:
    if "expression_r2" not in run.metrics:
        return {}
    numbers = validation.chosen(pictures)
    read = reader.read(_captured(optics, run, pictures.batch(numbers)))
    truth, moving = pictures.units[numbers], moving_units(pictures.units)
    rows = np.isfinite(truth).all(1)
    drawn = _r2(truth[rows][:, moving], read.units[rows][:, moving], _weights(pictures.people[numbers][rows], seed))
    return {"expression_r2": (interval(run.metrics["expression_r2"], drawn), drawn)}


def _severity(run: Run, optics: Optics, reader: FaceReader, clips: Clips, seed: int) -> Drawn:
    found = []
    for pixels in clips.pixels:
        shown = _captured(optics, run, torch.from_numpy(pixels).float().div_(255))
        found.append(reader.severity(reader.read(shown).features))
    read = np.array(found)
    weights = _weights(np.array(clips.people), seed)
    figures: Drawn = {}
    for name, figure in (("severity_mae", mae), ("severity_rmse", rmse), ("severity_ccc", ccc)):
        if name in run.metrics:
            drawn = np.array([figure(read, clips.severity, row) for row in weights])
            figures[name] = interval(run.metrics[name], drawn), drawn
    return figures


def _captured(optics: Optics, run: Run, pictures: torch.Tensor) -> NDArray[np.uint8]:
    """(N, S, S, 3)"""
    assert run.design is not None
    shown = validation.captured(optics, run.design, pictures)
    return (255 * shown).round().byte().permute(0, 2, 3, 1).numpy()


def _weights(people: NDArray, seed: int) -> NDArray[np.float64]:
    """How often each of N items counts in each draw of `people` (N,), (D, N)."""
    _, of_item = np.unique(people, return_inverse=True)
    return person_weights(int(of_item.max()) + 1, DRAWS, seed)[:, of_item].astype(float)


def _r2(truth: NDArray, found: NDArray, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """(D,): mean over columns of 1 - residual / spread of (N, U), for all `weights` (D, N) at once.

    NaN where a column does not vary at all.
    """
    shares = weights / weights.sum(1, keepdims=True)
    spread = shares @ truth**2 - (shares @ truth) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 1e-12, 1 - (shares @ (truth - found) ** 2) / spread, np.nan).mean(1)
