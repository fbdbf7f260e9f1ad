from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from studio.gui.docks.mtf_dock import MtfDock
from studio.gui.live import LiveController
from studio.gui.theme import tokens
from studio.optics.lens import LensDesign
from studio.optics.metrics import mtf
from studio.project.model import Project
from tests.gui.accessible import unnamed
from tests.gui.fake_pipeline import FakePipeline, live_psf


@pytest.fixture
def live(document):
    return LiveController(document, pipeline_factory=FakePipeline)


@pytest.fixture
def dock(document, live, qtbot):
    dock = MtfDock(document, live)
    qtbot.addWidget(dock)
    dock.resize(460, 380)
    dock.show()
    qtbot.waitUntil(lambda: not dock._work.busy)
    yield dock
    assert dock.stop()


@pytest.fixture
def follow(document, live, dock, qtbot):
    """Let the live view report the lens in force, and wait for the curves."""

    def deliver(**options):
        with qtbot.waitSignal(live.psf_ready):
            live._pipeline.put_psf(live_psf(document.design, document.revision, **options))
        qtbot.waitUntil(lambda: not dock._work.busy)

    return deliver


def drawn(dock, kind, colour):
    return dock.plot.curves[kind, colour].getData()


def test_the_curves_of_the_lens_are_drawn(document, dock, follow):
    document.edit_design(document.design.with_zernike(5, 0.4), "Change astigmatism")
    follow()
    expected = mtf(document.design)
    for place, colour in enumerate(("red", "green", "blue")):
        for kind, values in (
            ("Horizontal", expected.horizontal),
            ("Vertical", expected.vertical),
            ("Diffraction limit", expected.diffraction_limit),
        ):
            x, y = drawn(dock, kind, colour)
            assert np.array_equal(x, expected.frequencies_per_mm)
            assert np.array_equal(y, values[place])
    half = expected.nyquist_per_mm / 2
    green = np.interp(half, expected.frequencies_per_mm, expected.horizontal[1])
    assert dock.readings[1].text().startswith(f"{green:.2f} / ")
    assert f"{half:.0f} cycles/mm" in dock.plot.accessibleDescription()


def test_a_draft_moves_the_curves_too(document, dock, follow):
    before = drawn(dock, "Horizontal", "green")[1]
    document.edit_design(document.design.with_zernike(4, -25.0), "Change defocus")
    follow(draft=True)
    assert not np.array_equal(drawn(dock, "Horizontal", "green")[1], before)


def test_one_colour_alone_is_kept_with_the_project(document, dock):
    dock.channels.buttons["blue"].click()
    assert {colour for (_, colour), curve in dock.plot.curves.items() if curve.isVisible()} == {"blue"}
    assert [not label.isHidden() for label in dock.readings] == [False, False, True]
    assert document.view("mtf.channel") == "blue"
    assert document.undo_stack.count() == 0
    document.replace_project(Project())
    assert all(curve.isVisible() for curve in dock.plot.curves.values())


def test_a_lens_without_curves_says_why_and_recovers(document, dock, follow):
    document.edit_design(LensDesign().with_zernike(60, 200.0), "Too much")
    follow(error="too steep")
    assert "GiB" in dock.message.text()
    assert not dock.message.isHidden()
    assert dock.plot.isHidden()
    document.undo_stack.undo()
    follow()
    assert dock.message.isHidden()
    assert not dock.plot.isHidden()


def test_a_hidden_dock_computes_nothing(document, dock, live, qtbot):
    dock.hide()
    document.edit_design(document.design.with_zernike(4, -25.0), "Change defocus")
    with qtbot.waitSignal(live.psf_ready):
        live._pipeline.put_psf(live_psf(document.design, document.revision))
    assert not dock._work.busy
    before = drawn(dock, "Horizontal", "green")[1]
    dock.show()
    qtbot.waitUntil(lambda: not np.array_equal(drawn(dock, "Horizontal", "green")[1], before))


def test_the_colours_of_the_theme(dock, dressed):
    for choice in ("light", "dark"):
        dressed(choice)
        pen = dock.plot.curves["Horizontal", "green"].opts["pen"]
        assert pen.color().name() == tokens().channel_green
        assert dock.plot.backgroundBrush().color().name() == tokens().plot_background


def test_all_controls_have_names(dock):
    assert unnamed(dock) == []
    assert dock.plot.accessibleName()


def test_pyqtgraph_waits_until_a_plot_is_wanted():
    code = "import sys, studio.gui.docks.mtf_dock; print('pyqtgraph' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ended.stdout.split() == ["False"], ended.stderr
