"""One trial from settings to figures, on people small enough to train on within a test."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.evaluation import scenes
from studio.evaluation.controls import mean_colour
from studio.faces import recognisers
from studio.faces.detector import Face
from studio.faces.face_set import FaceSet
from studio.faces.recognisers import ARCFACE_POINTS
from studio.listener import SILENT
from studio.optics.baselines import NONE, parse_baseline
from studio.optics.lens import LensDesign
from studio.study import trial
from studio.study.attack import QuickAttack, same_share
from studio.study.plan import StudyError, StudyPlan, Varied
from studio.study.trial import TrialRunner, check, settings
from studio.study.worker import DRAWN, Failed
from tests.training import tiny

CONFIG = {
    key: value
    for key, value in tiny.CONFIG.to_dict().items()
    if key not in ("identity", "emotion", "severity", "joint")
} | {
    f"{step}.{key}": value
    for step in ("identity", "emotion", "severity", "joint")
    for key, value in tiny.CONFIG.to_dict()[step].items()
}
PLAN = StudyPlan(
    "tiny", (Varied("identity_weight", low=0.1, high=10, log=True),), 2, design=tiny.LENS, config=CONFIG, seed=3
)


def coloured(people: int = 6, each: int = 4) -> FaceSet:
    """People of a colour each; their mean colour tells them apart."""
    rng = np.random.default_rng(0)
    colours = np.repeat(rng.uniform(60, 200, (people, 3)) + rng.normal(0, 9, (people, 3)), each, axis=0)
    numbers = np.arange(people * each)

    def read(_root, place):
        noise = np.random.default_rng(int(place)).normal(0, 20, (32, 32, 3))
        return np.clip(colours[int(place)] + noise, 0, 255).astype(np.uint8)

    identities = np.repeat(np.arange(people, dtype=np.int32), each)
    names = tuple(f"p{person}" for person in range(people))
    splits = np.ones(len(numbers), np.int8)
    return FaceSet("coloured", Path(), tuple(map(str, numbers)), splits, identities, names, reader=read)


class WholePicture:
    """Finds every face where the picture is."""

    def find(self, picture):
        return Face((0, 0, 32, 32), (ARCFACE_POINTS * 32 / 112).astype(np.float32), 1.0)


@pytest.fixture
def found(monkeypatch):
    """Data, detector and a recogniser for a test."""
    data = tiny.data()
    training, validation = data.identity
    data = replace(data, identity=(training, replace(validation, source=coloured())))
    monkeypatch.setattr(trial, "load", lambda specs, size_px, steps: data)
    monkeypatch.setattr(recognisers, "load", lambda name: replace(mean_colour(), name=name))
    monkeypatch.setattr(scenes, "Detector", WholePicture)


def test_what_is_varied_reaches_lens_and_training():
    params = {
        "lens.preset": "focused-1m",
        "lens.zernike.5": 0.5,
        "lens.sensor.bits": 6,
        "identity_weight": 2.0,
        "identity.lens_rate": 0.2,
        "seed": 9,
    }
    design, config = settings(PLAN, params, 9)
    assert (round(design.zernike_um[3], 2), design.zernike_um[4], design.sensor.bits) == (-30.42, 0.5, 6)
    assert design.object_distance_m == PLAN.design.object_distance_m
    assert (config.identity_weight, config.identity.lens_rate, config.seed) == (2.0, 0.2, 9)
    assert config.trunk == "sanet-tiny"
    assert not config.minutes


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"vary": (Varied("lamda", choices=(1,)),)}, "lamda is no setting"),
        ({"vary": (Varied("lens.zernike.99", choices=(1,)),)}, "zernike.99. is unknown"),
        ({"vary": (Varied("zernike_terms", low=4, high=9),)}, "whole numbers; give values"),
        ({"vary": (Varied("identity_weight", low=1, high=10_000),)}, "identity_weight = 10000"),
        ({"preset": "fast"}, "preset 'fast'"),
        ({"config": {"batch": 1}}, "batch = 1"),
        ({}, "needs a recogniser"),
    ],
)
def test_a_plan_that_cannot_run_is_refused_before_it_does(change, says):
    with pytest.raises(StudyError, match=says):
        check(replace(PLAN, **change))
    check(replace(PLAN, privacy="adversary_auc", baselines=("gaussian:2", "clear", "pixelate:4")))


@pytest.mark.parametrize("baseline", ["", "gaussian:2", "pixelate:4", "none"])
def test_a_trial_trains_attacks_and_reads(found, baseline):
    plan = replace(PLAN, recognisers=("one",))
    params = {"baseline": baseline} if baseline else {"identity_weight": 2.0}
    outcome = TrialRunner()(plan, params, 3)
    metrics, scores = outcome.metrics, outcome.details["scores"]
    assert {"worst_auc", "a0_auc", "a0_auc_one", "adversary_auc", "expression_r2", "severity_mae"} <= metrics.keys()
    assert metrics["worst_auc"] >= metrics["a0_auc"] > 0.5
    for name in ("worst_auc", "expression_r2", "severity_mae"):
        assert scores[name][0] == metrics[name]
        assert scores[name][1] <= scores[name][2]
    assert np.shape(outcome.details[DRAWN]) == (trial.KEPT_DRAWS, 2)
    if baseline:
        assert "design" not in outcome.details
    else:
        assert LensDesign.from_dict(outcome.details["design"]) != tiny.LENS


def test_equal_settings_and_seeds_give_equal_figures(found):
    runner, plan, params = TrialRunner(), replace(PLAN, recognisers=("one",)), {"baseline": "gaussian:2"}
    first = runner(plan, params, 3)
    assert runner(plan, params, 4).metrics != first.metrics
    assert runner(plan, params, 3) == first


def test_what_cannot_be_trained_fails_with_its_reason(found):
    with pytest.raises(Failed, match="lies beyond farthest_m"):
        TrialRunner()(PLAN, {"nearest_m": 1.5, "farthest_m": 1.0}, 3)


def test_the_attack_sees_blurs_at_the_size_of_its_own_pictures(monkeypatch):
    monkeypatch.setattr(scenes, "Detector", WholePicture)
    attack = QuickAttack(coloured(), [mean_colour()], 0)
    seen = [np.zeros((32, 40, 3), np.uint8)]
    assert same_share(parse_baseline("gaussian:2"), 16, seen) == parse_baseline("gaussian:4")
    assert same_share(parse_baseline("pixelate:3"), 64, seen) == parse_baseline("pixelate:2")
    found = attack(replace(tiny.LENS, ideal=True), NONE, 32, SILENT)
    assert found["worst_auc"][0].value > 0.8
    assert found["a0_auc"][0] == found["a0_auc_mean colour"][0]
