from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from studio.gui.docks.depth_dock import DISTANCES_M, DepthDock, depth_series
from studio.gui.document import Document
from studio.gui.live import LiveController
from studio.optics.lens import LensDesign, blur_disc_m, focus_coefficient_um
from studio.optics.psf import PsfEngine
from studio.project.model import Project
from tests.gui.accessible import unnamed
from tests.gui.fake_pipeline import FakePipeline, live_psf

SMALL = LensDesign(aperture_diameter_mm=2.0)
SMALL = SMALL.with_zernike(4, focus_coefficient_um(SMALL, 1.0))


@pytest.fixture
def document(qapp) -> Document:
    return Document(Project(design=SMALL))


@pytest.fixture
def live(document):
    return LiveController(document, pipeline_factory=FakePipeline)


@pytest.fixture
def dock(document, live, qtbot):
    dock = DepthDock(document, live)
    qtbot.addWidget(dock)
    dock.resize(640, 240)
    dock.show()
    qtbot.waitUntil(lambda: not dock._work.busy, timeout=20_000)
    yield dock
    assert dock.stop(10.0)


@pytest.fixture
def follow(document, live, dock, qtbot):
    """Let the live view report the lens in force, and wait for the strip."""

    def deliver(**options):
        with qtbot.waitSignal(live.psf_ready):
            live._pipeline.put_psf(live_psf(document.design, document.revision, **options))
        qtbot.waitUntil(lambda: not dock._work.busy, timeout=20_000)

    return deliver


def pixels(widget):
    image = widget.grab().toImage()
    return np.frombuffer(image.constBits(), np.uint8).copy()


def checked(dock):
    return [tile.distance_m for tile in dock.strip.tiles if tile.isChecked()]


def test_all_distances_share_window_and_pitch():
    series = depth_series(SMALL, PsfEngine())
    assert len({(p.values.shape, p.pitch_m) for p in series.psfs}) == 1
    for distance_m, diameter_m in zip(DISTANCES_M, series.diameters_m, strict=True):
        if distance_m < 1.0:  # far from focus the geometric disc is the whole story
            assert diameter_m == pytest.approx(np.sqrt(0.8) * blur_disc_m(SMALL, distance_m), rel=0.1)
    assert np.argmax([p.strehl[1] for p in series.psfs]) == DISTANCES_M.index(1.0)


def test_a_series_that_nobody_wants_any_more_ends_early():
    answers = iter((True, False))
    assert depth_series(SMALL, PsfEngine(), wanted=lambda: next(answers)) is None
    assert next(answers, None) is None


def test_every_tile_has_a_picture_and_figures(dock):
    assert all(tile.has_picture for tile in dock.strip.tiles)
    assert dock.strip.tiles[2].figures[1] == "Strehl 1.000"
    assert all(tile.figures[0].startswith("Ø ") for tile in dock.strip.tiles)
    assert "One scale" in dock.caption.text()
    assert "Ø that holds 80%" in dock.caption.text()


@pytest.mark.parametrize("width", [260, 320, 382, 398, 440, 640])
def test_words_of_tiles_are_not_cut(dock, width):
    dock.strip.resize(width, 240)
    assert dock.strip.minimumSizeHint().width() <= width
    for tile in dock.strip.tiles:
        tile.show_psf(None, (tile.figures[0], "Strehl < 0.001"))
        assert tile.width() >= max(map(tile.fontMetrics().horizontalAdvance, tile.figures))


def test_a_click_sets_the_distance_in_one_step(document, dock, qtbot):
    assert checked(dock) == [1.0]
    qtbot.mouseClick(dock.strip.tiles[1], Qt.MouseButton.LeftButton)
    assert document.design.object_distance_m == 0.5
    assert document.undo_stack.count() == 1
    assert checked(dock) == [0.5]
    qtbot.mouseClick(dock.strip.tiles[1], Qt.MouseButton.LeftButton)
    assert document.undo_stack.count() == 1
    assert checked(dock) == [0.5]
    qtbot.keyClick(dock.strip.tiles[3], Qt.Key.Key_Space)
    assert document.design.object_distance_m == 2.0
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert checked(dock) == [1.0]
    document.edit_design(LensDesign(object_distance_m=0.8), "Change object distance")
    assert checked(dock) == []


def test_the_distance_in_force_looks_different(dock):
    chosen = pixels(dock.strip.tiles[2])
    dock.strip.tiles[2].setChecked(False)
    assert not np.array_equal(pixels(dock.strip.tiles[2]), chosen)


def test_the_strip_follows_the_lens_in_draft_and_in_full(document, dock, follow):
    before = pixels(dock.strip.tiles[2])
    document.edit_design(document.design.with_zernike(5, 1.0), "Change astigmatism")
    follow(draft=True)
    assert "Draft" in dock.caption.text()
    assert not np.array_equal(pixels(dock.strip.tiles[2]), before)
    follow()
    assert "Draft" not in dock.caption.text()


def test_a_lens_that_cannot_be_computed_says_why_and_recovers(document, dock, follow):
    document.edit_design(LensDesign(aperture_diameter_mm=50.0, sensor_distance_mm=10.0), "Too much")
    follow(error="too steep")
    assert "GiB" in dock.caption.text()
    assert not any(tile.has_picture for tile in dock.strip.tiles)
    document.undo_stack.undo()
    follow()
    assert all(tile.has_picture for tile in dock.strip.tiles)


def test_a_hidden_dock_computes_nothing(document, dock, live, qtbot):
    dock.hide()
    with qtbot.waitSignal(live.psf_ready):
        live._pipeline.put_psf(live_psf(document.design, document.revision))
    assert not dock._work.busy


def test_the_tiles_take_the_shape_with_the_largest_pictures(dock, qtbot):
    tiles = dock.strip.tiles
    assert len({tile.y() for tile in tiles}) == 1
    dock.resize(300, 500)
    qtbot.waitUntil(lambda: len({tile.y() for tile in tiles}) == 2)
    for tile in tiles:
        assert dock.strip.rect().contains(tile.geometry())


def test_all_controls_have_names(dock):
    assert unnamed(dock) == []
    assert dock.strip.tiles[0].accessibleName() == "Object distance 0.33 m"
