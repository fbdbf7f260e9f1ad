"""One trial: a lens, or a baseline in its place, trained with networks of its own, then attacked and read.

All figures are of validation people; test people are never looked at here.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import fields, replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from studio.evaluation.bootstrap import Interval
from studio.faces import recognisers
from studio.listener import SILENT, Listener, Part
from studio.optics.baselines import NONE, parse_baseline
from studio.optics.lens import DesignError, LensDesign
from studio.optics.parameters import set_value
from studio.optics.presets import preset
from studio.study.attack import QuickAttack
from studio.study.plan import StudyError, StudyPlan, Varied
from studio.study.utility import utility
from studio.study.worker import DRAWN, Failed, Outcome
from studio.training.config import PRESETS, ConfigError, TrainingConfig
from studio.training.data import TrainingData, load
from studio.training.run import TrainingError, train

LENS, START = "lens.", "lens.preset"
"""What a varied parameter of the lens begins with, and the key of the lens that a trial starts from."""
KEPT_DRAWS = 200
_TRAINING = 0.75  # share of a trial, about
_NEVER = {"checkpoint_every_s": 86_400, "validate_every": 1_000_000, "minutes": 0}
"""A trial that is lost is tried again from its beginning; its curves are not kept; a limit of time would make its
result depend on the load of the machine."""


def settings(plan: StudyPlan, params: Mapping[str, Any], seed: int) -> tuple[LensDesign, TrainingConfig]:
    """The lens that a trial starts with and how it is trained. DesignError or ConfigError says what does not fit.

    The baseline "none" is a perfect image behind the same sensor.
    """
    design = preset(params[START]) if START in params else plan.design
    if START in params:
        design = replace(design, sensor=plan.design.sensor, object_distance_m=plan.design.object_distance_m)
    changes: dict[str, Any] = {}
    for key, value in params.items():
        if key.startswith(LENS) and key != START:
            design = set_value(design, key.removeprefix(LENS), value)
        elif key != START:
            changes[key] = value
    if changes.get("baseline") == "none":
        design = replace(design, ideal=True)
    config = PRESETS[plan.preset].changed(_NEVER | dict(plan.config) | changes | {"seed": seed})
    return design, config


def check(plan: StudyPlan) -> None:
    """StudyError when a trial of `plan` could not be set up."""
    if plan.preset not in PRESETS:
        raise StudyError(f"preset {plan.preset!r} is none of {', '.join(PRESETS)}")
    whole = {f.name for f in fields(TrainingConfig) if f.type == "int"}
    for varied in plan.vary:
        if varied.key in whole and not varied.choices:
            raise StudyError(f"{varied.key} takes whole numbers; give values instead of a range")
    try:
        settings(plan, {}, plan.seed)
        for baseline in plan.baselines:
            settings(plan, {"baseline": baseline}, plan.seed)
        for varied in plan.vary:
            for value in _samples(varied):
                settings(plan, {varied.key: value}, plan.seed)
    except (ConfigError, DesignError) as error:
        raise StudyError(str(error)) from None
    if plan.privacy != "adversary_auc" and not plan.recognisers:
        raise StudyError(f"the measure {plan.privacy} needs a recogniser: opticaldr models fetch")


def _samples(varied: Varied) -> tuple[Any, ...]:
    return varied.choices or (varied.low, varied.high)


def training_data(plan: StudyPlan, config: TrainingConfig) -> TrainingData:
    """What a trial of `plan` learns from. FacesError."""
    return load([plan.data], config.size_px, _trained_steps(config))


def _trained_steps(config: TrainingConfig) -> tuple[int, ...]:
    return tuple(number for number, step in enumerate(config.steps(), 1) if step.iterations)


class TrialRunner:
    """Runs trials one by one, as `worker.work` wants them; keeps faces and recognisers between them."""

    def __init__(self) -> None:
        self._data: tuple[tuple[str, int, tuple[int, ...]], TrainingData] | None = None
        self._attack: tuple[tuple[str, tuple[str, ...], int], QuickAttack] | None = None

    def __call__(self, plan: StudyPlan, params: Mapping[str, Any], seed: int, listener: Listener = SILENT) -> Outcome:
        """Train and measure. Failed when this trial cannot give a result; FacesError, ModelError when none can."""
        try:
            design, config = settings(plan, params, seed)
            listener.progress("loading faces", 0.0)
            data = self._load(plan, config)
            with TemporaryDirectory(prefix="opticaldr-trial-") as folder:
                run = train(design, config, data, Path(folder), Part(listener, 0.0, _TRAINING))
        except (ConfigError, DesignError, TrainingError) as error:
            raise Failed(str(error)) from error
        if run.state == "failed":
            raise Failed(run.reason)
        if listener.stopping() or run.design is None:
            return Outcome({})  # the worker puts it back
        baseline = parse_baseline(config.baseline) if config.baseline != "none" else NONE
        attack = self._attacker(plan, data)
        found = attack(run.design, baseline, config.size_px, Part(listener, _TRAINING, 0.97)) if attack else {}
        listener.progress("reading faces", 0.97)
        if run.weights:
            found |= utility(run, config, data, plan.seed)
        metrics = dict(run.metrics) | {name: value.value for name, (value, _) in found.items()}
        details: dict[str, Any] = {
            "scores": {name: _score(value) for name, (value, _) in found.items()},
            "size_px": config.size_px,
            "device": run.device,
            "versions": run.versions | {"studio": version("opticaldr-studio"), "system": platform.system()},
        }
        if all(measure.name in found for measure in plan.measures):
            drawn = np.column_stack([found[measure.name][1][:KEPT_DRAWS] for measure in plan.measures])
            details[DRAWN] = np.round(drawn, 4).tolist()
        if "baseline" not in params:
            details["design"] = run.design.to_dict()
        return Outcome(metrics, details)

    def _load(self, plan: StudyPlan, config: TrainingConfig) -> TrainingData:
        key = plan.data, config.size_px, _trained_steps(config)
        if self._data is None or self._data[0] != key:
            self._data = None  # memory for two is not taken for granted
            self._data = key, training_data(plan, config)
        return self._data[1]

    def _attacker(self, plan: StudyPlan, data: TrainingData) -> QuickAttack | None:
        """On the validation people that training has set apart; None without recognisers or people."""
        if not plan.recognisers or data.identity is None:
            return None
        key = plan.data, plan.recognisers, plan.seed
        if self._attack is None or self._attack[0] != key:
            loaded = [recognisers.load(name) for name in plan.recognisers]
            self._attack = key, QuickAttack(data.identity[1].source, loaded, plan.seed)
        return self._attack[1]


def _score(value: Interval) -> list[float]:
    return [value.value, value.low, value.high]
