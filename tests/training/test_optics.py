from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from studio.capture.offline import OfflineCamera
from studio.optics.baselines import parse_baseline
from studio.optics.lens import LensDesign
from studio.optics.makeable import departure_from_round_um, steepest_slope_deg
from studio.optics.presets import preset
from studio.training.config import TrainingConfig
from studio.training.optics import Optics, draw_conditions, draw_distances, fixed_conditions

SIZE = 32
CONFIG = TrainingConfig(size_px=SIZE)


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    """(4, S, S, 3) uint8: smooth, as faces are."""
    rows, columns = np.mgrid[:SIZE, :SIZE] / SIZE
    waves = [np.sin(k * rows + 2 * k * columns) for k in range(1, 13)]
    return np.rint(127 + 120 * np.stack(waves).reshape(4, 3, SIZE, SIZE).transpose(0, 2, 3, 1)).astype(np.uint8)


def noiseless(name: str) -> LensDesign:
    design = preset(name)
    return replace(design, sensor=replace(design.sensor, noise=0.0, bits=16))


def torch_pictures(pictures: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255


@pytest.mark.parametrize("baseline", ["none", "gaussian:2", "defocus:5", "pixelate:4"])
def test_training_sees_what_the_offline_camera_records(pictures, baseline):
    design = noiseless("random-zernike:1")
    optics = Optics(design, replace(CONFIG, baseline=baseline))
    conditions = fixed_conditions(design, len(pictures), 0)
    seen = optics(torch_pictures(pictures), conditions, optics.psfs(conditions.distances_m)).detach()
    camera = OfflineCamera(design, parse_baseline(baseline))
    for one, picture in zip(seen.permute(0, 2, 3, 1).numpy(), pictures, strict=True):
        assert np.abs(one - camera(picture, 0)).max() < 2.5 / 255


def test_clear_is_no_optics_at_all(pictures):
    optics = Optics(preset("random-zernike:1"), replace(CONFIG, baseline="clear"))
    shown = torch_pictures(pictures)
    assert torch.equal(optics(shown, fixed_conditions(optics.start, 4, 0)), shown)
    assert not optics.is_lens
    assert not optics.zernike_um.requires_grad or optics.psfs(torch.tensor([1.0])) is None


def test_an_ideal_lens_has_nothing_to_learn():
    optics = Optics(preset("ideal"), CONFIG)
    assert not optics.is_lens
    assert optics.psfs(torch.tensor([1.0])) is None


def test_each_picture_comes_from_its_own_distance(pictures):
    """Against captures one by one."""
    design = noiseless("random-zernike:1")
    optics = Optics(design, CONFIG)
    both = replace(
        fixed_conditions(design, 4, 0), distances_m=torch.tensor([0.33, 2.0]), which=torch.tensor([1, 0, 1, 1])
    )
    shown = torch_pictures(pictures)
    psfs = optics.psfs(both.distances_m)
    seen = optics(shown, both, psfs)
    for number, which in enumerate(both.which):
        alone = replace(both, which=torch.zeros(1, dtype=torch.long), noise=both.noise[:1], exposure=both.exposure[:1])
        expected = optics(shown[number : number + 1], alone, psfs[which : which + 1])
        assert torch.allclose(seen[number], expected[0], atol=1e-6)


def test_the_gradient_reaches_the_lens(pictures):
    design = noiseless("random-zernike:1")
    optics = Optics(design, CONFIG)
    conditions = fixed_conditions(design, 4, 0)
    optics(torch_pictures(pictures), conditions, optics.psfs(conditions.distances_m)).var().backward()
    gradient = optics.zernike_um.grad
    assert torch.isfinite(gradient).all()
    assert gradient[4:].abs().max() > 0


def test_distances_cover_the_range_in_equal_parts():
    generator = torch.Generator().manual_seed(0)
    drawn = torch.stack([draw_distances(4, CONFIG, generator) for _ in range(200)])
    edges = torch.linspace(CONFIG.nearest_m, CONFIG.farthest_m, 5)
    for part in range(4):
        assert edges[part] <= drawn[:, part].min()
        assert drawn[:, part].max() <= edges[part + 1]
    assert drawn.std(0).min() > 0.05


def test_noise_and_light_are_drawn_for_each_picture():
    generator = torch.Generator().manual_seed(0)
    drawn = draw_conditions(CONFIG, torch.tensor([0.5, 1.0]), 1000, generator)
    assert CONFIG.least_noise <= drawn.noise.min()
    assert drawn.noise.max() <= CONFIG.most_noise
    assert torch.log2(drawn.exposure).std().item() == pytest.approx(CONFIG.light, rel=0.1)
    assert 400 < drawn.which.sum() < 600


def moved(config: TrainingConfig, **terms_um: float) -> LensDesign:
    """The lens after a step from zero to `terms_um`, z5=1.0 and so on, was limited."""
    optics = Optics(LensDesign(), config)
    before_um = optics.zernike_um.detach().clone()
    with torch.no_grad():
        for name, value in terms_um.items():
            optics.zernike_um[int(name[1:]) - 1] = value
    optics.limit(before_um)
    return optics.design


def test_piston_and_tilts_do_not_move():
    assert moved(CONFIG, z1=1.0, z2=2.0, z3=-1.0).zernike_um[:3] == LensDesign().zernike_um[:3]


def test_terms_beyond_those_that_are_learned_do_not_move():
    assert moved(replace(CONFIG, zernike_terms=8), z8=0.5, z9=0.5).zernike_um[7:9] == (0.5, 0.0)


def test_a_term_stops_at_its_limit():
    assert moved(replace(CONFIG, term_limit_um=3.0), z5=50.0).zernike_um[4] == pytest.approx(3.0)


def test_a_surface_stays_as_round_as_the_limit():
    design = moved(replace(CONFIG, departure_limit_um=2.0), z5=2.0, z7=-1.6)
    assert departure_from_round_um(design, 0.0) == pytest.approx(2.0, rel=0.02)
    assert design.zernike_um[4] / design.zernike_um[6] == pytest.approx(-10 / 8)


def test_a_step_that_makes_it_too_steep_is_taken_back():
    config = replace(CONFIG, zernike_terms=66, term_limit_um=200.0, departure_limit_um=1000.0)
    design = moved(config, z66=200.0, z65=200.0)
    assert steepest_slope_deg(design) <= 15.0
    assert design.zernike_um[65] == 0.0
