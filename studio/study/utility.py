"""What the reader of one trial keeps, with intervals over validation people: expression and simulated severity."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import r2_score

from studio.evaluation.affect import ccc, mae
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

    def r2(weights: NDArray[np.floating]) -> float:
        return float(r2_score(truth[rows][:, moving], read.units[rows][:, moving], sample_weight=weights))

    return {"expression_r2": _over(run.metrics["expression_r2"], r2, pictures.people[numbers][rows], seed)}


def _severity(run: Run, optics: Optics, reader: FaceReader, clips: Clips, seed: int) -> Drawn:
    found = []
    for pixels in clips.pixels:
        shown = _captured(optics, run, torch.from_numpy(pixels).float().div_(255))
        found.append(reader.severity(reader.read(shown).features))
    read = np.array(found)
    people = np.array(clips.people)
    return {
        name: _over(run.metrics[name], partial(figure, read, clips.severity), people, seed)
        for name, figure in (("severity_mae", mae), ("severity_ccc", ccc))
        if name in run.metrics
    }


def _captured(optics: Optics, run: Run, pictures: torch.Tensor) -> NDArray[np.uint8]:
    """(N, S, S, 3)"""
    assert run.design is not None
    shown = validation.captured(optics, run.design, pictures)
    return (255 * shown).round().byte().permute(0, 2, 3, 1).numpy()


def _over(
    value: float, statistic: Callable[[NDArray[np.floating]], float], people: NDArray, seed: int
) -> tuple[Interval, NDArray[np.float64]]:
    _, of_item = np.unique(people, return_inverse=True)
    weights = person_weights(int(of_item.max()) + 1, DRAWS, seed)
    drawn = np.array([statistic(row[of_item].astype(float)) for row in weights])
    return interval(value, drawn), drawn
