"""How well a run's network reads people that it never saw, through its own lens: with intervals over people.

Beside every figure stands that of somebody who never looks: the commonest class, the mean severity of the training
clips. The cohort's severity is simulated; nothing here is clinical.
"""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import torch
from numpy.typing import NDArray

from studio.evaluation.affect import (
    Values,
    constant_predictor,
    expression_scores,
    mae,
    r2_drawn,
    severity_scores,
)
from studio.evaluation.bootstrap import Interval, interval, over_people
from studio.listener import SILENT, Listener
from studio.optics.lens import LensDesign
from studio.project.records import Run
from studio.training import validation
from studio.training.config import TrainingConfig
from studio.training.data import Clips, Pictures, load_split, moving_units, severities
from studio.training.optics import Optics
from studio.training.predict import FaceReader, PredictError

Scores = dict[str, Interval]
"""By name, as "severity_mae", "units_r2/jawOpen", "constant/severity_mae"."""


def affect_scores(run: Run, spec: str, split: str = "test", seed: int = 0, listener: Listener = SILENT) -> Scores:
    """What `run` reads of the people of one split of `spec`.

    PredictError when the run cannot read, or the data say nothing of what it reads; FacesError.
    """
    if run.design is None:
        raise PredictError(f"run {run.id} has no lens to read through")
    reader, optics = FaceReader(run), Optics(run.design, training_config(run))
    listener.progress("reading faces", 0.0)
    pictures, clips = load_split(spec, reader.size_px, split)
    scores: Scores = {}
    if pictures is not None and len(pictures):
        scores |= _of_pictures(reader, optics, run.design, pictures, seed)
    listener.progress("reading clips", 0.5)
    if clips is not None and len(clips) and reader.reads_severity:
        never_looks = constant_predictor(severities(spec, "train"), len(clips))
        scores |= _of_clips(read_clips(reader, optics, run.design, clips), never_looks, clips, seed)
    if not scores:
        raise PredictError(f"{spec} has no {split} people with labels of what run {run.id} reads")
    return scores


def training_config(run: Run) -> TrainingConfig:
    """The settings that are kept with `run`. ConfigError when they are not usable."""
    known = {f.name for f in fields(TrainingConfig)}
    return TrainingConfig.from_dict({name: value for name, value in run.config.items() if name in known})


def seen_through(optics: Optics, design: LensDesign, pictures: torch.Tensor) -> NDArray[np.uint8]:
    """Captures (N, S, S, 3) of `pictures` (N, 3, S, S) of sRGB values in [0, 1]."""
    shown = validation.captured(optics, design, pictures)
    return (255 * shown).round().byte().permute(0, 2, 3, 1).numpy()


def read_clips(reader: FaceReader, optics: Optics, design: LensDesign, clips: Clips) -> NDArray[np.float64]:
    """Severity (C,) of each clip, from all its frames."""
    found = []
    for pixels in clips.pixels:
        shown = seen_through(optics, design, torch.from_numpy(pixels).float().div_(255))
        found.append(reader.severity(reader.read(shown).features))
    return np.array(found)


def _of_pictures(reader: FaceReader, optics: Optics, design: LensDesign, pictures: Pictures, seed: int) -> Scores:
    numbers = validation.chosen(pictures)
    read = reader.read(seen_through(optics, design, pictures.batch(numbers)))
    people, truth = pictures.people[numbers], pictures.expression[numbers]
    scores: Scores = {}
    known = truth >= 0
    if reader.class_names == pictures.classes and known.any():
        classes, whose = truth[known], people[known]
        found = expression_scores(read.expression[known].argmax(1), classes, whose, seed=seed)
        commonest = classes == np.bincount(classes).argmax()
        never_looks = over_people(lambda weights: float(np.average(commonest, weights=weights)), whose, seed=seed)
        scores |= {"expression_accuracy": found.accuracy, "expression_macro_f1": found.macro_f1}
        scores["constant/expression_accuracy"] = never_looks
    moving, rows = moving_units(pictures.units), np.isfinite(pictures.units[numbers]).all(1)
    if reader.unit_names == pictures.unit_names and moving.any() and rows.any():
        units, seen, whose = pictures.units[numbers][rows], read.units[rows], people[rows]
        scores["units_r2"] = _r2(seen[:, moving], units[:, moving], whose, seed)
        for place in np.flatnonzero(moving):
            column = slice(place, place + 1)
            scores[f"units_r2/{pictures.unit_names[place]}"] = _r2(seen[:, column], units[:, column], whose, seed)
    return scores


def _of_clips(read: Values, never_looks: Values, clips: Clips, seed: int) -> Scores:
    _, people = np.unique(clips.people, return_inverse=True)
    found = severity_scores(read, clips.severity, people, seed=seed)
    blind = over_people(lambda weights: mae(never_looks, clips.severity, weights), people, seed=seed)
    figures = {f"severity_{name}": getattr(found, name) for name in ("mae", "rmse", "pcc", "ccc")}
    return figures | {"constant/severity_mae": blind}


def _r2(predicted: Values, truth: Values, people: NDArray[np.integer], seed: int) -> Interval:
    spread = truth.var(0)
    value = float(np.mean(1 - ((truth - predicted) ** 2).mean(0) / spread)) if (spread > 0).all() else float("nan")
    return interval(value, r2_drawn(predicted, truth, people, seed=seed))
