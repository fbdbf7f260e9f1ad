from __future__ import annotations

from dataclasses import fields, replace

import pytest

from studio.training.config import (
    PRESETS,
    STEPS,
    TRUNKS,
    WARM_UP,
    ConfigError,
    StepConfig,
    TrainingConfig,
    estimate_memory_gb,
    estimate_minutes,
    keys,
    phase_iterations,
)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_survive_being_stored(name):
    config = PRESETS[name]
    assert TrainingConfig.from_dict(config.to_dict()) == config


def test_the_published_values_are_those_of_the_protocol():
    config = PRESETS["paper-protocol"]
    assert config.size_px == 224
    assert config.trunk == "sanet-paper"
    assert (config.identity.optimiser, config.identity.rate) == ("adam", 0.01)
    assert (config.identity.lens_optimiser, config.identity.lens_rate) == ("adadelta", 1.0)
    assert config.schedule == "constant"


def test_presets_grow():
    minutes = [estimate_minutes(PRESETS[name]) for name in ("trial", "quick", "standard", "thorough")]
    assert minutes == sorted(minutes)
    assert minutes[0] <= 3
    assert 3 <= minutes[1] <= 7
    assert 30 <= minutes[2] <= 50


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"batch": 2}, "batch = 2 is outside 4 to 4096 pictures"),
        ({"batch": 8.5}, "batch = 8.5 is not a whole number"),
        ({"batch": "many"}, "batch = 'many' is not a whole number"),
        ({"light": float("nan")}, "light = nan"),
        ({"identity.lens_rate": -1}, "identity.lens_rate = -1 is outside 0 to 100 um"),
        ({"identity.optimiser": "sgd"}, "identity.optimiser = 'sgd' is none of adam, adadelta"),
        ({"trunk": "vgg"}, "trunk = 'vgg' is none of"),
        ({"nearest_m": 3.0}, "nearest_m = 3 lies beyond farthest_m = 2"),
        ({"least_noise": 0.03}, "least_noise = 0.03 is above most_noise = 0.02"),
        ({"batch": 8, "batch_people": 5}, "fewer than two pictures"),
        ({"baseline": "fog:3"}, "baseline"),
        ({"device": "tpu"}, "device = 'tpu' is none of auto, cpu, cuda:N, mps"),
        ({"colour": 3}, "colour is no setting of a training run"),
        ({"identity": 3}, "identity is no setting"),
        ({"identity.speed": 3}, "identity.speed is no setting"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(changes, said):
    with pytest.raises(ConfigError, match=said):
        TrainingConfig().changed(changes)


def test_every_key_can_be_set_from_a_text():
    config = TrainingConfig()
    for key in keys():
        name, _, part = key.partition(".")
        held = getattr(getattr(config, name), part) if part else getattr(config, name)
        assert config.changed({key: str(held)}) == config, key


def test_steps_can_run_alone():
    alone = TrainingConfig(warm_up=7).only((2,))
    assert phase_iterations(alone) == {WARM_UP: 7, "identity": 0, "emotion": 300, "severity": 0, "joint": 0}
    assert not alone.learns_lens
    with pytest.raises(ConfigError, match="give some of 1,2,3,4"):
        TrainingConfig().only((5,))


def test_a_blur_in_the_place_of_the_lens_is_not_learned():
    assert TrainingConfig().learns_lens
    assert not TrainingConfig(baseline="gaussian:3").learns_lens
    assert not replace(TrainingConfig(), identity=StepConfig(5), joint=StepConfig(5)).learns_lens


def test_estimates_follow_what_costs():
    config = TrainingConfig()
    assert estimate_minutes(replace(config, batch=64)) == pytest.approx(2 * estimate_minutes(config))
    assert estimate_minutes(replace(config, minutes=0.5)) == 0.5
    assert estimate_memory_gb(replace(config, size_px=128)) > estimate_memory_gb(config)
    for trunk in TRUNKS:
        assert estimate_minutes(replace(config, trunk=trunk)) > 0


def test_every_number_says_its_range_and_what_it_is():
    for holder in (TrainingConfig, StepConfig):
        for f in fields(holder):
            if f.name not in (*STEPS, "baseline", "device"):
                assert f.metadata.get("tip"), f.name
