"""The quick grid on made-up people: colours code who is who, so the controls themselves are the recognisers."""

from __future__ import annotations

import numpy as np
import pytest

from studio.evaluation.controls import mean_colour, raw_pixels
from studio.evaluation.quick_grid import AGAINST_THE_LENS, CHANCE, CLEAR, LINKABILITY, quick_grid
from studio.evaluation.scenes import Scenes
from studio.faces.detector import Face
from studio.faces.recognisers import ARCFACE_POINTS
from studio.optics.presets import preset

PEOPLE, EACH, SIDE = 12, 4, 64


@pytest.fixture(scope="module")
def scenes() -> Scenes:
    """A colour and a pattern a person, both with noise from picture to picture."""
    rng = np.random.default_rng(0)
    faces, pictures = [], []
    for _ in range(PEOPLE):
        colour, pattern = rng.uniform(60, 200, 3), rng.normal(0, 25, (SIDE, SIDE, 1))
        for _ in range(EACH):
            picture = colour + rng.normal(0, 12, 3) + pattern + rng.normal(0, 25, (SIDE, SIDE, 1))
            pictures.append(np.clip(picture, 0, 255).astype(np.uint8))
            turned = ARCFACE_POINTS * SIDE / 112 + rng.normal(0, 1, 2)
            faces.append(Face((0, 0, SIDE, SIDE), turned.astype(np.float32), 1.0))
    return Scenes(pictures, np.repeat(np.arange(PEOPLE), EACH).astype(np.int32), faces, PEOPLE * EACH, 0)


@pytest.fixture(scope="module")
def grid(scenes: Scenes):
    return quick_grid(preset("defocus-disc"), scenes, [mean_colour(), raw_pixels()], pairs_a_class=60)


def cell(grid, scenario: str, recogniser: str):
    (found,) = [c for c in grid.cells if (c.scenario, c.recogniser) == (scenario, recogniser)]
    return found.result.auc


def test_a_colour_that_codes_the_person_survives_the_lens(grid) -> None:
    assert cell(grid, CLEAR, "mean colour").value > 0.95
    assert cell(grid, LINKABILITY, "mean colour").value > 0.9


def test_a_fine_pattern_does_not(grid) -> None:
    assert cell(grid, LINKABILITY, "raw pixels").value < cell(grid, CLEAR, "raw pixels").value


def test_chance_is_chance(grid) -> None:
    for recogniser in ("mean colour", "raw pixels"):
        found = cell(grid, CHANCE, recogniser)
        assert found.low <= 0.5 <= found.high


def test_the_worst_attacker_is_the_headline(grid) -> None:
    against = [c.result.auc.value for c in grid.cells if c.scenario in AGAINST_THE_LENS]
    assert grid.worst().result.auc.value == max(against)
    assert grid.worst().scenario in AGAINST_THE_LENS


def test_the_same_seed_gives_the_same_digits(grid, scenes: Scenes) -> None:
    again = quick_grid(preset("defocus-disc"), scenes, [mean_colour(), raw_pixels()], pairs_a_class=60)
    assert repr(again) == repr(grid)
