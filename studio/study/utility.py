"""What the reader of one trial keeps, with intervals over validation people: expression and simulated severity."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.evaluation.affect import ccc, mae, r2_drawn, rmse
from studio.evaluation.bootstrap import DRAWS, Interval, interval, person_weights
from studio.project.records import Run
from studio.training import validation
from studio.training.affect_scores import read_clips, seen_through
from studio.training.config import TrainingConfig
from studio.training.data import Clips, Pictures, TrainingData, moving_units
from studio.training.optics import Optics
from studio.training.predict import FaceReader, Readings

Drawn = dict[str, tuple[Interval, NDArray[np.float64]]]
"""By measure (`plan.UTILITY`): the figure with its interval, and what each draw of people gives, (D,)."""


def utility(run: Run, config: TrainingConfig, data: TrainingData, seed: int) -> Drawn:
    """Figures of `run`, which keeps its weights, on the validation people of `data`, as `run.metrics` has them."""
    assert run.design is not None
    optics, reader = Optics(run.design, config), FaceReader(run)
    labelled = data.emotion or data.identity
    found: Drawn = {}
    if labelled is not None and "expression_r2" in run.metrics:
        numbers = validation.chosen(labelled[1])
        shown = seen_through(optics, run.design, labelled[1].batch(numbers))
        found |= _expression(run, reader.read(shown), labelled[1], numbers, seed)
    if data.severity is not None and reader.reads_severity:
        clips = data.severity[1]
        found |= _severity(run, read_clips(reader, optics, run.design, clips), clips, seed)
    return found


def _expression(run: Run, read: Readings, pictures: Pictures, numbers: NDArray[np.int64], seed: int) -> Drawn:
    truth, moving = pictures.units[numbers], moving_units(pictures.units)
    rows = np.isfinite(truth).all(1)
    people = pictures.people[numbers][rows]
    drawn = r2_drawn(read.units[rows][:, moving], truth[rows][:, moving], people, seed=seed)
    return {"expression_r2": (interval(run.metrics["expression_r2"], drawn), drawn)}


def _severity(run: Run, read: NDArray[np.float64], clips: Clips, seed: int) -> Drawn:
    weights = _weights(clips.people, seed)
    figures: Drawn = {}
    for name, figure in (("severity_mae", mae), ("severity_rmse", rmse), ("severity_ccc", ccc)):
        if name in run.metrics:
            drawn = np.array([figure(read, clips.severity, row) for row in weights])
            figures[name] = interval(run.metrics[name], drawn), drawn
    return figures


def _weights(people: tuple[str, ...], seed: int) -> NDArray[np.float64]:
    """How often each of N clips counts in each draw of `people` (N,), (D, N)."""
    _, of_item = np.unique(people, return_inverse=True)
    return person_weights(int(of_item.max()) + 1, DRAWS, seed)[:, of_item].astype(float)
