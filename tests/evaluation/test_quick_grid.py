"""The quick grid on made-up people: colours code who is who, so that the nearly blind recognise them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.evaluation.bench import CHANCE, CLEAR, LINKABILITY, WATCH_LIST
from studio.evaluation.control_cells import START
from studio.evaluation.controls import mean_colour, raw_pixels
from studio.evaluation.quick_grid import quick_grid
from studio.evaluation.reading import AGAINST_THE_LENS
from studio.evaluation.scenes import Scenes
from studio.evaluation.strip import strip_arrays
from studio.faces.detector import Face
from studio.faces.recognisers import ARCFACE_POINTS
from studio.listener import Listener
from studio.optics.baselines import Baseline
from studio.optics.presets import preset

PEOPLE, EACH, SIDE = 12, 4, 64
RECOGNISERS = [replace(mean_colour(), name="colour"), replace(raw_pixels(), name="pattern")]
"""In the place of real ones; under their own names they stand beside every lens."""


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
    return quick_grid(preset("defocus-disc"), scenes, RECOGNISERS, pairs_a_class=60)


def cell(grid, scenario: str, recogniser: str):
    (found,) = [c for c in grid.cells if (c.control, c.scenario, c.recogniser) == ("", scenario, recogniser)]
    return found.result.auc


def test_a_colour_that_codes_the_person_survives_the_lens(grid) -> None:
    assert cell(grid, CLEAR, "colour").value > 0.95
    assert cell(grid, LINKABILITY, "colour").value > 0.9


def test_a_fine_pattern_does_not(grid) -> None:
    assert cell(grid, LINKABILITY, "pattern").value < cell(grid, CLEAR, "pattern").value


def test_chance_is_chance(grid) -> None:
    for recogniser in ("colour", "pattern"):
        found = cell(grid, CHANCE, recogniser)
        assert found.low <= 0.5 <= found.high


def test_the_worst_attacker_is_the_headline(grid) -> None:
    against = [c.result.auc.value for c in grid.cells if c.scenario in AGAINST_THE_LENS and not c.control]
    assert grid.worst().result.auc.value == max(against)
    assert grid.worst().scenario in AGAINST_THE_LENS


def test_the_same_seed_gives_the_same_digits(grid, scenes: Scenes) -> None:
    again = quick_grid(preset("defocus-disc"), scenes, RECOGNISERS, pairs_a_class=60)
    assert repr(again) == repr(grid)


class Heard(Listener):
    """Remembers the scores, and asks to stop after so many of them."""

    def __init__(self, most: int = 10**9) -> None:
        self.scores: dict[str, tuple[float, float, float]] = {}
        self._most = most

    def score(self, name: str, value: tuple[float, float, float]) -> None:
        self.scores[name] = value

    def stopping(self) -> bool:
        return len(self.scores) >= self._most


def test_every_cell_is_told_as_soon_as_it_is_found(grid, scenes: Scenes) -> None:
    heard = Heard()
    again = quick_grid(preset("defocus-disc"), scenes, RECOGNISERS, pairs_a_class=60, listener=heard)
    assert list(heard.scores) == [f"{cell.name}/auc" for cell in again.cells]
    assert not again.stopped


def test_stopped_it_keeps_the_recognisers_so_far(scenes: Scenes) -> None:
    grid = quick_grid(preset("defocus-disc"), scenes, RECOGNISERS, pairs_a_class=60, listener=Heard(1))
    assert grid.stopped
    assert {cell.recogniser for cell in grid.cells} == {"colour"}


def test_beside_the_lens_stand_blurs_of_one_strength_each(grid) -> None:
    assert {cell.control for cell in grid.cells} == {"", "gaussian:2", "defocus:8", "pixelate:5"}
    assert {cell.scenario for cell in grid.cells if cell.control} == {WATCH_LIST, LINKABILITY}


def test_the_lens_that_training_began_with_stands_beside_what_it_became(scenes: Scenes) -> None:
    began, became = preset("paper-peak"), preset("defocus-disc")
    grid = quick_grid(became, scenes, RECOGNISERS, pairs_a_class=60, start=began)
    alone = quick_grid(began, scenes, RECOGNISERS, pairs_a_class=60)
    (beside,) = [c for c in grid.cells if (c.control, c.scenario, c.recogniser) == (START, WATCH_LIST, "pattern")]
    (of_itself,) = [c for c in alone.cells if (c.control, c.scenario, c.recogniser) == ("", WATCH_LIST, "pattern")]
    assert beside.result.auc == of_itself.result.auc
    assert grid.worst().control == ""


def test_a_blur_in_the_place_of_the_lens_has_no_blurs_beside_it(scenes: Scenes) -> None:
    grid = quick_grid(preset("ideal"), scenes, RECOGNISERS, baseline=Baseline("gaussian", 4.0), pairs_a_class=60)
    assert {cell.control for cell in grid.cells} == {""}


def test_clear_pictures_are_kept_of_synthetic_people_only(grid, scenes: Scenes) -> None:
    assert set(grid.strip) == {"strip/captured", "strip/reconstructed"}
    assert grid.strip["strip/captured"].shape == (8, SIDE, SIDE, 3)
    kept = quick_grid(preset("defocus-disc"), scenes, RECOGNISERS[:1], pairs_a_class=60, synthetic=True)
    np.testing.assert_array_equal(kept.strip["strip/clear"][1], scenes.pictures[EACH])


def test_pictures_of_several_sizes_share_a_frame(scenes: Scenes) -> None:
    others = [picture[: SIDE - 4 * (i % 2)] for i, picture in enumerate(scenes.pictures[:: EACH - 1])]
    mixed = Scenes(others, np.arange(len(others), dtype=np.int32), [], len(others), 0, np.arange(len(others)) + 7)
    arrays = strip_arrays(mixed, others, others, False)
    assert arrays["strip/captured"].shape == (8, SIDE, SIDE, 3)
    assert arrays["strip/numbers"].tolist() == list(range(7, 15))
