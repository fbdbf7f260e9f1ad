from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.capture.rendering import NumberedRenderer
from studio.capture.wall import WALL, WallRenderer, parse_wall, shrink
from studio.optics.baselines import Baseline
from studio.optics.lens import LensDesign

QUIET = replace(LensDesign(), sensor=replace(LensDesign().sensor, noise=0.0))


@pytest.fixture
def scene() -> np.ndarray:
    rng = np.random.default_rng(3)
    return np.repeat(np.repeat(rng.integers(0, 256, (30, 40, 3), np.uint8), 16, axis=0), 16, axis=1)


def test_a_small_picture_is_what_shrinking_the_whole_capture_gives(scene):
    pictures = WallRenderer()(scene, QUIET, WALL)
    assert len(pictures) == 7
    for baseline, picture in zip(WALL, pictures, strict=True):
        whole = shrink(NumberedRenderer(QUIET, 480, 640, baseline=baseline)(scene))
        assert picture.shape == whole.shape == (240, 320, 3)
        assert np.abs(picture.astype(int) - whole).mean() < 2.0, baseline


def test_its_noise_is_that_of_a_shrunk_capture():
    design = replace(QUIET, sensor=replace(QUIET.sensor, noise=0.05))
    grey, blur = np.full((480, 640, 3), 160, np.uint8), Baseline("gaussian", 8.0)
    (picture,) = WallRenderer()(grey, design, (blur,))
    whole = shrink(NumberedRenderer(design, 480, 640, baseline=blur)(grey))
    assert picture.std() == pytest.approx(whole.std(), rel=0.15)


def test_a_frame_number_gives_the_same_wall(scene):
    render, design = WallRenderer(), LensDesign()
    first, second, other = (render(scene, design, WALL, number) for number in (5, 5, 6))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert not np.array_equal(first[1], other[1])


def test_frames_may_change_their_size(scene):
    render = WallRenderer()
    assert render(scene, QUIET, WALL)[0].shape == (240, 320, 3)
    assert render(scene[:100, :80], QUIET, WALL)[0].shape == (100, 80, 3)


def test_the_strongest_blurs_that_are_allowed_render(scene):
    strongest = (Baseline("gaussian", 200), Baseline("defocus", 1000), Baseline("pixelate", 1000))
    assert len(WallRenderer()(scene, LensDesign(), strongest)) == 3


def test_stored_strengths():
    texts = [str(b) for b in WALL]
    assert parse_wall(texts) == WALL
    stronger = ["pixelate:32", *texts[1:]]
    assert parse_wall(stronger)[0] == Baseline("pixelate", 32)
    for bad in (None, 3, [], ["x"], texts[::-1], ["pixelate:2.5", *texts[1:]]):
        assert parse_wall(bad) == WALL
