from __future__ import annotations

import threading

import pytest

from studio.gui import thumbnails as module
from studio.gui.thumbnails import Thumbnail, Thumbnails, make_thumbnail, spot_figure, strehl_figure
from studio.optics.lens import LensDesign
from studio.optics.presets import preset


@pytest.fixture
def thumbnails(qapp):
    made = Thumbnails()
    yield made
    assert made.stop(10.0)


def test_a_thumbnail_shows_portrait_and_psf():
    sharp, blurred = make_thumbnail(preset("focused-1m")), make_thumbnail(preset("defocus-disc"))
    assert sharp.capture is not None
    assert sharp.psf is not None
    assert sharp.capture.width() == module.CAPTURE_PX
    assert sharp.capture != blurred.capture
    assert sharp.psf != blurred.psf
    assert blurred.figures == "Ø 402 µm, Strehl <0.01"
    assert sharp.error == ""


def test_a_lens_that_cannot_be_computed_says_why():
    refused = make_thumbnail(LensDesign(aperture_diameter_mm=50.0, sensor_distance_mm=10.0))
    assert refused.capture is None
    assert "GiB" in refused.error
    assert refused.figures.startswith("Ø ")


def test_figures_are_readable():
    assert spot_figure(LensDesign(ideal=True)) == "No lens"
    assert strehl_figure(float("nan")) == "Strehl –"
    assert strehl_figure(0.25) == "Strehl 0.250"


def test_equal_lenses_share_one_picture(thumbnails, qtbot):
    assert thumbnails.get(preset("focused-1m")) is None
    with qtbot.waitSignal(thumbnails.ready, timeout=20_000) as told:
        assert thumbnails.get(preset("focused-1m")) is None  # asked for already: not made twice
    assert told.args == [preset("focused-1m")]
    assert thumbnails.get(preset("focused-1m")) is thumbnails.get(preset("focused-1m"))
    assert not thumbnails.busy


def test_the_newest_wish_comes_first_and_waiting_ones_can_be_forgotten(thumbnails, qtbot, monkeypatch):
    go_on, made = threading.Event(), []

    def make(design):
        assert go_on.wait(10)
        made.append(design)
        return Thumbnail(None, None, "")

    monkeypatch.setattr(module, "make_thumbnail", make)
    lenses = [LensDesign().with_zernike(5, 0.1 * n) for n in range(4)]
    for lens in lenses:
        thumbnails.get(lens)
    go_on.set()
    qtbot.waitUntil(lambda: len(made) == 4)
    assert made == [lenses[0], lenses[3], lenses[2], lenses[1]]
    qtbot.waitUntil(lambda: not thumbnails.busy)

    go_on.clear()
    more = [LensDesign().with_zernike(6, 0.1 + 0.1 * n) for n in range(3)]
    for lens in more:
        thumbnails.get(lens)
    thumbnails.forget_waiting()
    go_on.set()
    qtbot.waitUntil(lambda: not thumbnails.busy)
    assert made[4:] == more[:1]


def test_no_more_wait_than_a_screen_shows(thumbnails, qtbot, monkeypatch):
    go_on, made = threading.Event(), []

    def make(design):
        assert go_on.wait(10)
        made.append(design)
        return Thumbnail(None, None, "")

    monkeypatch.setattr(module, "make_thumbnail", make)
    monkeypatch.setattr(module, "_WAITING", 2)
    for n in range(10):
        thumbnails.get(LensDesign().with_zernike(5, 0.1 * n))
    go_on.set()
    qtbot.waitUntil(lambda: not thumbnails.busy)
    assert [round(lens.zernike_um[4], 1) for lens in made] == [0.0, 0.9, 0.8]
