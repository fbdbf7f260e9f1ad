"""Pinned trials: the only ones that test people are for, and for each of them only once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from studio.optics.baselines import NONE, Baseline, parse_baseline
from studio.optics.lens import LensDesign
from studio.project.model import Project
from studio.study.plan import StudyError, baseline_of

TRIAL = "trial"
"""Entry of an evaluation's configuration: the id of the trial that was scored."""


@dataclass(frozen=True)
class Candidate:
    """What test people are to be seen through."""

    label: str
    design: LensDesign
    baseline: Baseline
    size_px: int
    """Side of the pictures that the baseline's strength counts in."""


def candidate(project: Project, trial_id: str) -> Candidate:
    """The trial `trial_id`. StudyError unless it is pinned, has ended well and was never scored.

    A baseline stands before the sensor of the project's lens.
    """
    trial = next((trial for trial in project.trials if trial.id == trial_id), None)
    if trial is None:
        raise StudyError(f"there is no trial {trial_id!r}; opticaldr info lists them")
    if not trial.pinned:
        raise StudyError(f"trial {trial_id!r} is not pinned; test people are for pinned trials only")
    if scored(project, trial_id):
        raise StudyError(f"trial {trial_id!r} was scored before; test people are looked at once")
    text = baseline_of(trial)
    if trial.state != "finished" or (trial.design is None and not text):
        raise StudyError(f"trial {trial_id!r} is {trial.state} and has no lens to score")
    design = trial.design or replace(project.design, ideal=text == "none")
    baseline = parse_baseline(text) if text else NONE
    return Candidate(trial.label or trial.id, design, baseline, int(trial.config.get("size_px", 64)))


def scored(project: Project, trial_id: str) -> bool:
    """Whether others than validation people have seen it."""
    return any(
        record.config.get(TRIAL) == trial_id and record.config.get("split") != "validation"
        for record in project.evaluations
    )
