"""Pictures through a lens, one after the other."""

from __future__ import annotations

import numpy as np
import pytest

from studio.capture.offline import OfflineCamera
from studio.optics.presets import preset
from studio.optics.sensor import linear_to_srgb, srgb_to_linear

FRAME = np.random.default_rng(0).integers(60, 200, (40, 48, 3), np.uint8)


@pytest.fixture(scope="module")
def camera() -> OfflineCamera:
    return OfflineCamera(preset("defocus-disc"), seed=1)


def test_a_mean_of_captures_is_that_of_their_light(camera):
    each = [srgb_to_linear(camera(FRAME, number)) for number in range(3)]
    np.testing.assert_allclose(camera.mean(FRAME, range(3)), linear_to_srgb(np.mean(each, axis=0)), atol=1e-5)


def test_the_noise_of_a_mean_falls_with_the_root_of_the_frames(camera):
    flat = np.full((64, 64, 3), 150, np.uint8)
    one, many = camera(flat, 0), camera.mean(flat, range(100))
    assert one.std() / many.std() == pytest.approx(10, rel=0.1)


def test_noise_differs_by_number_and_name_and_is_the_same_again(camera):
    assert np.array_equal(camera(FRAME, 3), camera(FRAME, 3))
    assert not np.array_equal(camera(FRAME, 3), camera(FRAME, 4))
    assert not np.array_equal(camera(FRAME, 3, "a"), camera(FRAME, 3, "b"))
