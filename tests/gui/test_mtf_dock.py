from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint

from studio.gui.docks.mtf_dock import MtfDock, mtf_points
from studio.gui.live import LiveController
from studio.gui.theme import tokens
from studio.gui.widgets.mtf_plot import half_contrast_per_mm
from studio.optics.lens import LensDesign
from studio.optics.metrics import MTF_POINTS, mtf
from studio.optics.presets import preset
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
    curve = dock.plot.curves[f"{kind}, {colour}"]
    return curve.x, curve.y


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
    assert f"{half:.3g} cycles/mm" in dock.plot.accessibleDescription()


def test_a_draft_moves_the_curves_too(document, dock, follow):
    before = drawn(dock, "Horizontal", "green")[1]
    document.edit_design(document.design.with_zernike(4, -25.0), "Change defocus")
    follow(draft=True)
    assert not np.array_equal(drawn(dock, "Horizontal", "green")[1], before)


def test_one_colour_alone_is_kept_with_the_project(document, dock):
    dock.channels.buttons["blue"].click()
    assert {name.split(", ")[1] for name in dock.plot.curves} == {"blue"}
    assert [not label.isHidden() for label in dock.readings] == [False, False, True]
    assert document.view("mtf.channel") == "blue"
    assert document.undo_stack.count() == 0
    document.replace_project(Project())
    assert len(dock.plot.curves) == 9


def test_a_lens_without_curves_says_why_and_recovers(document, dock, follow):
    document.edit_design(LensDesign().with_zernike(60, 200.0), "Too much")
    follow(error="too steep")
    assert "GiB" in dock.plot.accessibleDescription()
    assert not dock.plot.curves
    assert [label.text() for label in dock.readings] == ["–"] * 3
    document.undo_stack.undo()
    follow()
    assert dock.plot.curves
    assert dock.readings[0].text() != "–"


def test_low_frequencies_can_be_spread(document, dock, follow, qtbot):
    document.edit_design(preset("defocus-disc"), "Apply preset")
    follow(size=129)
    squashed = np.interp(10.0, *drawn(dock, "Horizontal", "green"))
    assert squashed < 0.05
    dock.scale.buttons["log"].click()
    qtbot.waitUntil(lambda: not dock._work.busy)
    axis = dock.plot.x_axis
    assert axis.log
    assert axis.low == 0.1
    f, contrast = drawn(dock, "Horizontal", "green")
    assert f[0] == 0.1
    assert (contrast > 0.1).sum() >= 3
    assert axis.share(f[contrast < 0.1][0]) > 0.3  # of the width; it was 0.01
    assert document.view("mtf.log") is True
    document.replace_project(Project())
    assert dock.scale.choice == "linear"


def test_a_wide_blur_gets_more_frequencies_on_the_logarithmic_axis():
    focused, blurred = preset("focused-1m"), preset("paper-literal")
    assert mtf_points(focused, log=False) == mtf_points(blurred, log=False) == MTF_POINTS
    assert mtf_points(focused, log=True) < 2 * MTF_POINTS
    assert mtf_points(blurred, log=True) > mtf_points(blurred, log=True, draft=True) > MTF_POINTS


def test_the_frequency_of_half_contrast(document, dock, follow):
    document.solve_focus(1.0)
    follow()
    result = mtf(document.design)
    for colour in range(3):
        at = half_contrast_per_mm(result, colour)
        assert dock.half_contrast[colour].text() == f"{at:.3g}"
        both = [np.interp(at, result.frequencies_per_mm, c[colour]) for c in (result.horizontal, result.vertical)]
        assert min(both) == pytest.approx(0.5, abs=2e-3)


def test_the_contrast_under_the_mouse_is_read_off(dock, qtbot):
    half_nyquist = dock.caption.text()
    assert half_nyquist.startswith("Half Nyquist, ")
    qtbot.mouseMove(dock.plot, dock.plot.rect().center())
    assert dock.caption.text() != half_nyquist
    assert dock.caption.text().startswith("Pointer, ")
    at = float(dock.caption.text().removeprefix("Pointer, ").removesuffix("/mm"))
    f, contrast = drawn(dock, "Horizontal", "red")
    assert dock.readings[0].text().startswith(f"{np.interp(at, f, contrast):.2f}")
    qtbot.mouseMove(dock.plot, QPoint(1, 1))
    assert dock.caption.text() == half_nyquist


def test_a_hidden_dock_computes_nothing(document, dock, live, qtbot):
    dock.hide()
    document.edit_design(document.design.with_zernike(4, -25.0), "Change defocus")
    with qtbot.waitSignal(live.psf_ready):
        live._pipeline.put_psf(live_psf(document.design, document.revision))
    assert not dock._work.busy
    before = drawn(dock, "Horizontal", "green")[1]
    dock.show()
    qtbot.waitUntil(lambda: not np.array_equal(drawn(dock, "Horizontal", "green")[1], before))


def test_the_curves_have_the_colours_of_the_theme(dock, dressed):
    for choice in ("light", "dark"):
        dressed(choice)
        picture = dock.plot.grab().toImage()
        seen = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}
        colours = tokens()
        assert {colours.plot_background, colours.channel_blue, colours.accent} <= seen


def test_all_controls_have_names(dock):
    assert unnamed(dock) == []
    assert dock.plot.accessibleName()
