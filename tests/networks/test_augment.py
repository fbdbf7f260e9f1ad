from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from studio.faces.cohort.face_units import FACE_UNITS
from studio.networks.augment import blurred, mirrored, other_side, varied


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def pictures() -> torch.Tensor:
    rows, columns = torch.meshgrid(torch.linspace(0, 1, 32), torch.linspace(0, 1, 32), indexing="ij")
    return torch.stack((rows, columns, rows * columns)).expand(12, 3, 32, 32).clone()


def test_strength_0_changes_nothing(pictures):
    assert torch.equal(varied(pictures, 0.0, generator()), pictures)


def test_pictures_differ_and_stay_in_range(pictures):
    shown = varied(pictures, 3.0, generator())
    assert shown.shape == pictures.shape
    assert shown.min() >= 0
    assert shown.max() <= 1
    assert (shown[0] - shown[1]).abs().max() > 0.01


def test_equal_seeds_draw_alike(pictures):
    assert torch.equal(varied(pictures, 1.0, generator(3)), varied(pictures, 1.0, generator(3)))
    assert not torch.equal(varied(pictures, 1.0, generator(3)), varied(pictures, 1.0, generator(4)))


def test_the_frames_of_a_clip_are_changed_alike(pictures):
    shown = varied(pictures, 1.0, generator(), frames=4)
    assert torch.equal(shown[0], shown[3])
    assert not torch.equal(shown[3], shown[4])


def test_the_picture_moves_less_than_its_expression_would(pictures):
    """A dot in the middle stays near it: shifts are of a few pixels."""
    dots = torch.zeros(200, 3, 33, 33)
    dots[:, :, 16, 16] = 1
    shown = varied(dots, 1.0, generator())[:, 0]
    rows = (shown.sum(2) * torch.arange(33)).sum(1) / shown.sum((1, 2))
    assert 0.5 < rows.std() < 2


def test_a_mirrored_face_has_its_units_on_the_other_side():
    names = ("mouthSmileLeft", "jawOpen", "mouthSmileRight")
    pictures, units = torch.rand(2, 3, 4, 4), torch.tensor([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
    before = pictures.clone()
    mirrored(pictures, units, names, torch.tensor([True, False]))
    assert torch.equal(pictures[0], before[0].flip(-1))
    assert torch.equal(pictures[1], before[1])
    assert torch.allclose(units, torch.tensor([[0.3, 0.2, 0.1], [0.4, 0.5, 0.6]]))


def test_mirroring_twice_is_nothing():
    swapped = other_side(FACE_UNITS)
    assert [swapped[i] for i in swapped] == list(range(len(FACE_UNITS)))
    assert sum(i != j for i, j in enumerate(swapped)) == sum(name.endswith(("Left", "Right")) for name in FACE_UNITS)


@pytest.mark.parametrize("side", [64, 65])
def test_each_picture_is_blurred_by_a_gaussian_of_its_own(side):
    noise = np.random.default_rng(0).uniform(0, 1, (4, 3, side, side))
    smooth = gaussian_filter(noise, (0, 0, 2, 2))  # on such pictures a sampled and a true Gaussian agree
    pictures = torch.from_numpy(0.5 + 3 * (smooth - 0.5)).clamp(0, 1)
    found = blurred(pictures, 5.0, generator(2))
    sigmas_px = 5.0 * torch.rand(4, 1, 1, 1, generator=generator(2)).flatten() ** 2
    assert sigmas_px.max() > 2 * sigmas_px.min() > 1, "each is blurred, and not alike"
    for sigma_px, before, after in zip(sigmas_px.tolist(), pictures, found, strict=True):
        wanted = gaussian_filter(before.numpy(), (0, sigma_px, sigma_px), mode="nearest", truncate=6)
        np.testing.assert_allclose(after, wanted, atol=0.02)
        assert np.abs(after.numpy() - wanted).mean() < 0.1 * np.abs(before.numpy() - wanted).mean()
