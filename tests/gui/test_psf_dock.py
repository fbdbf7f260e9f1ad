from __future__ import annotations

import numpy as np
import pytest

from studio.gui.docks.psf_dock import PsfDock
from studio.gui.live import LiveController
from studio.optics.presets import preset
from studio.project.model import Project
from tests.gui.accessible import unnamed
from tests.gui.fake_pipeline import FakePipeline, live_psf


@pytest.fixture
def live(document):
    return LiveController(document, pipeline_factory=FakePipeline)


@pytest.fixture
def dock(document, live, qtbot) -> PsfDock:
    dock = PsfDock(document, live)
    qtbot.addWidget(dock)
    dock.resize(360, 460)
    dock.show()
    return dock


@pytest.fixture
def show(document, live, qtbot):
    """Deliver the PSF of the document's design."""

    def deliver(**options):
        with qtbot.waitSignal(live.psf_ready):
            live._pipeline.put_psf(live_psf(document.design, document.revision, **options))

    return deliver


def pixels(dock):
    image = dock.view.grab().toImage()
    return np.frombuffer(image.constBits(), np.uint8).copy()


def test_the_figures_of_each_colour(document, dock, show):
    assert [label.text() for label in dock.strehl] == ["–"] * 3
    show()
    expected = live_psf(document.design).psf
    assert [label.text() for label in dock.strehl] == [f"{s:.3f}" for s in expected.strehl]
    assert [label.text() for label in dock.energy] == [f"{e:.1%}" for e in expected.window_energy]
    assert "pupil samples" in dock.view.toolTip()


def test_channels_and_scale_change_the_picture_and_are_kept(document, dock, show):
    document.edit_design(preset("random-zernike:2"), "Random lens")
    show()
    seen = [pixels(dock)]
    for button in (*list(dock.channels.buttons.values())[1:], dock.scale.buttons["log"]):
        button.click()
        seen.append(pixels(dock))
        assert not any(np.array_equal(seen[-1], earlier) for earlier in seen[:-1])
    assert document.view("psf.channel") == "blue"
    assert document.view("psf.log") is True
    assert not document.undo_stack.count() > 1
    document.replace_project(Project())
    assert dock.channels.choice == "rgb"
    assert dock.scale.choice == "linear"


def test_warnings_are_in_view(document, dock, show):
    document.edit_design(preset("paper-literal"), "Apply preset")
    show(size=33)
    assert dock.warning.isVisible()
    assert "holds only" in dock.warning.text()
    document.undo_stack.undo()
    show(size=65)
    assert not dock.warning.isVisible()


def test_a_picture_that_lags_behind_is_marked(document, dock, show, qtbot):
    show()
    assert not dock.view.stale
    before = pixels(dock)
    document.edit_design(document.design.with_zernike(5, 0.5), "Change astigmatism")
    qtbot.waitUntil(lambda: dock.view.stale)
    assert not np.array_equal(pixels(dock), before)
    show()
    assert not dock.view.stale


def test_a_lens_without_a_psf_says_why(dock, show):
    show(error="this PSF needs 9.1 GiB, more than the 1.0 GiB it may use; reduce the coefficients")
    assert "9.1 GiB" in dock.view.accessibleDescription()
    assert [label.text() for label in dock.strehl] == ["–"] * 3
    empty = pixels(dock)
    show()
    assert not np.array_equal(pixels(dock), empty)


def test_the_picture_has_the_larger_part_of_any_shape(dock, show):
    for width, height in ((392, 280), (900, 420), (380, 800)):
        dock.resize(width, height)
        show()
        assert dock.view.width() >= 0.5 * min(width, height)
        for label in (*dock.strehl, *dock.energy):
            assert dock.widget().rect().contains(label.mapTo(dock.widget(), label.rect().bottomRight()))


def test_all_controls_have_names(dock):
    assert unnamed(dock) == []
