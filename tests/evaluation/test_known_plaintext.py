from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.capture.offline import OfflineCamera
from studio.evaluation.known_plaintext import Eavesdropper
from studio.optics.baselines import NONE
from studio.optics.presets import preset

SIDE = 96


def smooth_noise(rng: np.random.Generator) -> np.ndarray:
    """A picture with something at every frequency."""
    return rng.integers(0, 256, (SIDE, SIDE, 3), np.uint8)


@pytest.fixture(scope="module")
def camera() -> OfflineCamera:
    design = preset("paper-peak")
    return OfflineCamera(replace(design, sensor=replace(design.sensor, noise=0.001)), NONE, 0)


def error(camera: OfflineCamera, count: int) -> float:
    """L1 distance of the estimate from the true PSF, of 2 at most."""
    rng = np.random.default_rng(3)
    found = Eavesdropper([smooth_noise(rng) for _ in range(count)], camera, count).kernel(SIDE, SIDE)
    true = camera.kernel(SIDE, SIDE)
    side = max(found.shape[-1], true.shape[-1])
    framed = [np.pad(k, [(0, 0), *[((side - k.shape[-1]) // 2,) * 2] * 2]) for k in (found, true)]
    return float(np.abs(framed[0] - framed[1]).sum((1, 2)).mean())


def test_more_known_pictures_give_the_lens_away(camera: OfflineCamera) -> None:
    few, many = error(camera, 1), error(camera, 30)
    assert many < 0.5 * few
    assert many < 0.6


def test_the_estimate_is_a_psf(camera: OfflineCamera) -> None:
    rng = np.random.default_rng(0)
    psf = Eavesdropper([smooth_noise(rng)], camera, 1).kernel(SIDE, SIDE)
    np.testing.assert_allclose(psf.sum((1, 2)), 1, rtol=1e-5)
    assert psf.min() >= 0
