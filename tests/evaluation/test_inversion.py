"""Deconvolution with the known PSF: brings back what the noise leaves, nothing more, and nothing from a wrong PSF."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.data import astronaut
from skimage.metrics import peak_signal_noise_ratio
from skimage.transform import resize

from studio.evaluation.inversion import METHODS
from studio.optics.sensor import convolve, srgb_to_linear

SCENE = srgb_to_linear(resize(astronaut()[:220, 120:340], (96, 96), anti_aliasing=True).transpose(2, 0, 1)).astype("f4")


def disc(radius: float, size: int = 33) -> np.ndarray:
    x = np.arange(size) - size // 2
    inside = np.clip(radius + 0.5 - np.hypot(*np.meshgrid(x, x)), 0, 1)
    return np.repeat((inside / inside.sum())[None], 3, axis=0).astype("f4")


def captured(radius: float, noise: float) -> np.ndarray:
    rng = np.random.default_rng(0)
    return (convolve(SCENE, disc(radius)) + rng.normal(0, noise, SCENE.shape).astype("f4"))[None]


def psnr(pictures: np.ndarray) -> float:
    inner = (slice(None), slice(8, -8), slice(8, -8))  # the border is a guess for every method
    return peak_signal_noise_ratio(SCENE[inner], np.clip(pictures[0], 0, 1)[inner], data_range=1.0)


@pytest.mark.parametrize("name", METHODS)
def test_a_known_blur_is_undone(name: str) -> None:
    seen = captured(5, 0.003)
    assert psnr(METHODS[name](seen, disc(5), 0.003)) > psnr(seen) + 3


@pytest.mark.parametrize("name", METHODS)
def test_more_noise_leaves_less(name: str) -> None:
    little, much = (psnr(METHODS[name](captured(5, noise), disc(5), noise)) for noise in (0.002, 0.05))
    assert little > much + 1


@pytest.mark.parametrize("name", METHODS)
def test_the_noise_is_not_blown_up(name: str) -> None:
    seen = captured(5, 0.05)
    assert psnr(METHODS[name](seen, disc(5), 0.05)) > psnr(seen) - 1


@pytest.mark.parametrize("name", METHODS)
def test_a_wrong_blur_helps_less(name: str) -> None:
    seen = captured(5, 0.003)
    assert psnr(METHODS[name](seen, disc(7), 0.003)) < psnr(METHODS[name](seen, disc(5), 0.003)) - 2


@pytest.mark.parametrize("name", METHODS)
def test_a_sharp_picture_stays_as_it_is(name: str) -> None:
    delta = np.zeros((3, 5, 5), "f4")
    delta[:, 2, 2] = 1
    found = METHODS[name](SCENE[None], delta, 0.0)
    assert psnr(found) > 35
    assert np.abs(found.mean() - SCENE.mean()) < 2e-3


@pytest.mark.parametrize("name", METHODS)
def test_each_picture_of_a_batch_is_its_own(name: str) -> None:
    seen = captured(5, 0.003)
    both = METHODS[name](np.concatenate((seen, 0.5 * seen)), disc(5), 0.003)
    assert both.shape == (2, *SCENE.shape)
    if name != "richardson-lucy":  # its stopping rule looks at the batch
        np.testing.assert_allclose(both[:1], METHODS[name](seen, disc(5), 0.003), atol=1e-4)
