"""A trial trained once more: trials keep no network, but the same settings and seed give the same one again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from studio.listener import SILENT, Listener
from studio.project.records import Run, Trial
from studio.study.plan import StudyError, baseline_of
from studio.study.storage import open_storage, parts
from studio.study.trial import settings, training_data
from studio.training.run import train


def trained_again(place: str, trial: Trial, listener: Listener = SILENT) -> Run:
    """`trial` of the study in the storage at `place` as a run that keeps its network.

    StudyError when its study is not there, or the training does not come to an end.
    """
    _, plan = parts(open_storage(place), trial.study)[0]
    baseline = baseline_of(trial)
    varied = [one.key for one in plan.vary if one.key in trial.config]
    params = {"baseline": baseline} if baseline else {key: trial.config[key] for key in varied}
    design, config = settings(plan, params, plan.seed if trial.seed is None else trial.seed)
    with TemporaryDirectory(prefix="opticaldr-trial-") as folder:
        run = train(design, config, training_data(plan, config), Path(folder), listener)
    if run.state != "finished" or listener.stopping():
        raise StudyError(f"trial {trial.id!r} was not trained to its end again: {run.reason or 'stopped'}")
    return replace(run, config={**run.config, "data": [plan.data]})


def departure_um(run: Run, trial: Trial) -> float:
    """How far the lens of `run` lies from that of `trial` in the term where they differ most, µm; 0 for a baseline."""
    if run.design is None or trial.design is None:
        return 0.0
    return float(np.abs(np.subtract(run.design.zernike_um, trial.design.zernike_um)).max())
