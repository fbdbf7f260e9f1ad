"""The full grid on made-up people, with attackers that train for a moment: colours code who is who."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.evaluation import full_grid as module
from studio.evaluation import learned_inversion, practice, retrained
from studio.evaluation.bench import CLEAR, INVERSION, LINKABILITY, WATCH_LIST, Cell, Grid
from studio.evaluation.controls import mean_colour, planted, raw_pixels
from studio.evaluation.full_grid import PLANTED, TWO_LENSES, full_grid
from studio.evaluation.scenes import Scenes
from studio.faces.detector import Face
from studio.faces.recognisers import ARCFACE_POINTS
from studio.listener import Listener
from studio.optics.baselines import Baseline
from studio.optics.presets import preset

SIDE, EACH = 56, 3
CHEAP = {"TRAINING_PEOPLE": (4,), "NOISES": (0.01, 0.05), "BIT_DEPTHS": (6,), "FRAMES": (3,), "KNOWN_PICTURES": (2,)}


def made_up(people: int, seed: int) -> Scenes:
    """A colour and a pattern a person, both with noise from picture to picture."""
    rng = np.random.default_rng(seed)
    faces, pictures = [], []
    for _ in range(people):
        colour, pattern = rng.uniform(60, 200, 3), rng.normal(0, 25, (SIDE, SIDE, 1))
        for _ in range(EACH):
            picture = colour + rng.normal(0, 12, 3) + pattern + rng.normal(0, 25, (SIDE, SIDE, 1))
            pictures.append(np.clip(picture, 0, 255).astype(np.uint8))
            faces.append(Face((0, 0, SIDE, SIDE), (ARCFACE_POINTS * SIDE / 112).astype(np.float32), 1.0))
    count = people * EACH
    return Scenes(pictures, np.repeat(np.arange(people), EACH).astype(np.int32), faces, count, 0, np.arange(count))


@pytest.fixture(scope="module")
def cheap(tmp_path_factory: pytest.TempPathFactory):
    """A crowd of eight, moments of training and a cache of its own; gives how often something was trained."""
    trained: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for name, value in CHEAP.items():
            patch.setattr(module, name, value)
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setattr(practice, "crowd_scenes", lambda _: made_up(8, 1))
        patch.setattr(retrained, "RECIPES", {retrained.SMALL: (retrained.Phase(3, 4, 1e-3),)})
        patch.setattr(learned_inversion, "BATCHES", 2)
        patch.setattr(module, "ATTACKER_NETWORKS", ((retrained.SMALL, 1),))
        learn = retrained.learn
        patch.setattr(retrained, "learn", lambda *asked: trained.append(asked[0]) or learn(*asked))
        yield trained


def grid_of(seed: int = 0, **others) -> Grid:
    scenes = made_up(10, 7)
    return full_grid(
        preset("defocus-disc"),
        scenes,
        [replace(raw_pixels(), name="fine"), replace(mean_colour(), name="colour")],
        preset("paper-peak"),
        pairs_a_class=30,
        seed=seed,
        **others,
    )


@pytest.fixture(scope="module")
def grid(cheap) -> Grid:
    return grid_of()


def found(grid: Grid, scenario: str, attacker: str) -> list[Cell]:
    return [cell for cell in grid.cells if cell.scenario == scenario and cell.attacker == attacker]


def test_every_attacker_of_the_ladder_has_its_cells(grid) -> None:
    attackers = {cell.attacker for cell in grid.cells}
    assert {"A0", "A1", "A2", "A4 u-net", "A3 wiener", "A3 richardson-lucy", "A3 total-variation"} <= attackers
    assert {"A3 wiener, depth +10%", "A3 wiener, depth +30%", "A3 wiener, 3 frames", "plaintext, 2 known"} <= attackers
    assert {cell.scenario for cell in found(grid, LINKABILITY, "A1")} == {LINKABILITY}
    assert {cell.recogniser for cell in found(grid, LINKABILITY, "A1")} == {"small", "small, 4 people"}
    assert len(found(grid, WATCH_LIST, "A2")) == 1
    assert found(grid, TWO_LENSES, "A0")
    assert found(grid, PLANTED, "A1")


def test_names_are_unique(grid) -> None:
    names = [cell.name for cell in grid.cells]
    assert len(names) == len(set(names))


def test_controls_and_sweeps_are_no_attackers_of_the_lens(grid) -> None:
    controls = {cell.control for cell in grid.cells} - {""}
    assert controls == {"gaussian:2", "defocus:7", "pixelate:4", "noise:0.01", "noise:0.05", "bits:6"}
    assert not grid.worst().control
    assert all(not cell.curves for cell in grid.cells if cell.control)


def test_the_sweep_passes_through_the_lens_own_sensor(grid) -> None:
    own = {(c.scenario, c.attacker, c.recogniser): c.result.auc for c in grid.cells if not c.control}
    swept = [c for c in grid.cells if c.control == "noise:0.01"]
    assert len(swept) == 6
    assert all(own[c.scenario, c.attacker, c.recogniser] == c.result.auc for c in swept)


def test_reconstructions_say_how_good_they_are(grid) -> None:
    cells = [c for c in grid.cells if c.scenario == INVERSION and c.attacker.startswith(("A3 t", "A4", "plain"))]
    assert len(cells) == 6
    for cell in cells:
        assert 5 < cell.figures["psnr"] < 60
        assert -1 <= cell.figures["ssim"] <= 1


def test_rank_1_of_clear_pictures_with_a_coded_colour_is_high(grid) -> None:
    colour, chance = (
        next(c for c in found(grid, CLEAR, "A0") if c.recogniser == name).figures["rank_1"]
        for name in ("colour", "fine")
    )
    assert colour > 0.5
    assert 0 <= chance <= 1


@pytest.fixture
def no_sweeps(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NOISES", "BIT_DEPTHS", "FRAMES", "DEPTH_ERRORS", "KNOWN_PICTURES"):
        monkeypatch.setattr(module, name, {})


def test_what_was_trained_is_not_trained_again(grid, cheap, no_sweeps) -> None:
    before = len(cheap)
    assert before == 4, "A1 on a few and on all, A2, the planted leak"
    again = grid_of()
    assert len(cheap) == before
    known = {c.name: c.result.auc for c in grid.cells}
    assert {c.name for c in again.cells} > {"captured-captured/A1/small", "reconstructed-clear/A4 u-net/fine"}
    assert all(known[c.name] == c.result.auc for c in again.cells)


def test_another_seed_trains_its_own_attackers(cheap, no_sweeps) -> None:
    before = len(cheap)
    grid_of(seed=1, attackers=("A2",))
    assert len(cheap) == before + 1


def test_a_blur_in_the_place_of_the_lens_has_no_depth_and_no_second_lens(cheap) -> None:
    grid = grid_of(baseline=Baseline("pixelate", 4), attackers=())
    assert {cell.scenario for cell in grid.cells}.isdisjoint({TWO_LENSES, PLANTED})
    assert not [cell for cell in grid.cells if "depth" in cell.attacker or "plaintext" in cell.attacker]


def test_stopped_it_keeps_the_cells_so_far(cheap) -> None:
    class Impatient(Listener):
        cells = 0

        def score(self, name: str, value: tuple[float, float, float]) -> None:
            self.cells += 1

        def stopping(self) -> bool:
            return self.cells >= 12

    heard = Impatient()
    grid = grid_of(listener=heard)
    assert grid.stopped
    assert 12 <= len(grid.cells) < 20


def test_a_planted_patch_codes_the_person() -> None:
    scenes = made_up(3, 0)
    marked = planted(scenes.pictures, scenes)
    patches = [
        tuple(after[(before != after).any(2)].mean(0).round().astype(int))
        for before, after in zip(scenes.pictures, marked, strict=True)
    ]
    assert len(set(patches)) == 3
    assert patches[0] == patches[1] == patches[2]
