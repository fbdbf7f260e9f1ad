"""A trial trained once more: trials keep no network, but the same settings and seed give the same one again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from studio.faces.face_set import FacesError
from studio.listener import SILENT, Listener
from studio.optics.lens import DesignError
from studio.project.records import Run, Trial
from studio.study.plan import StudyError, StudyPlan, baseline_of
from studio.study.records import trials
from studio.study.storage import open_storage, parts
from studio.study.trial import settings, training_data
from studio.training.config import ConfigError
from studio.training.run import TrainingError, train

FARTHEST_UM = 0.05
"""A lens whose terms differ by more is another one: another kind of machine, or other libraries."""


def trained_again(place: str, trial: Trial, listener: Listener = SILENT) -> Run:
    """`trial` of the study in the storage at `place` as a run that keeps its network.

    StudyError when that study is not there or is another one, or what comes out is not this trial.
    """
    storage = open_storage(place)
    if (trial.id, trial.created) not in [(known.id, known.created) for known in trials(storage, trial.study)]:
        raise StudyError(f"the study {trial.study!r} in {place} does not hold trial {trial.id!r}")
    _, plan = parts(storage, trial.study)[0]
    plan.check_version()
    try:
        run = _trained(plan, trial, listener)
    except (ConfigError, DesignError, FacesError, TrainingError) as error:
        raise StudyError(f"trial {trial.id!r} cannot be trained again: {error}") from error
    if run.state != "finished" or listener.stopping():
        raise StudyError(f"trial {trial.id!r} was not trained to its end again: {run.reason or 'stopped'}")
    if not run.weights:
        raise StudyError(f"trial {trial.id!r} has a network too large to be kept")
    if (departure := _departure_um(run, trial)) > FARTHEST_UM:
        raise StudyError(f"trial {trial.id!r}, trained again here, has a lens {departure:.2g} µm away from its own")
    return replace(run, config={**run.config, "data": [plan.data]})


def _trained(plan: StudyPlan, trial: Trial, listener: Listener) -> Run:
    baseline = baseline_of(trial)
    varied = [one.key for one in plan.vary if one.key in trial.config]
    params = {"baseline": baseline} if baseline else {key: trial.config[key] for key in varied}
    design, config = settings(plan, params, plan.seed if trial.seed is None else trial.seed)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as workers do: another number gives other last digits, and in the end another lens
    try:
        with TemporaryDirectory(prefix="opticaldr-trial-") as folder:
            return train(design, config, training_data(plan, config), Path(folder), listener)
    finally:
        torch.set_num_threads(threads)


def _departure_um(run: Run, trial: Trial) -> float:
    """How far the lens of `run` lies from that of `trial` in the term where they differ most; 0 for a baseline."""
    if run.design is None or trial.design is None:
        return 0.0
    ours, its = run.design.zernike_um, trial.design.zernike_um
    return float(np.abs(np.subtract(ours, its)).max()) if len(ours) == len(its) else float("inf")
