from __future__ import annotations

import numpy as np
import pytest

from studio.gui.docks.wavefront_dock import WavefrontDock
from studio.gui.theme import tokens
from studio.gui.widgets.aperture_view import diverging
from studio.optics.metrics import opd, surface
from studio.optics.presets import preset
from studio.project.model import Project
from tests.gui.accessible import unnamed


@pytest.fixture
def dock(document, qtbot) -> WavefrontDock:
    dock = WavefrontDock(document)
    qtbot.addWidget(dock)
    dock.resize(420, 560)
    with qtbot.waitExposed(dock):
        dock.show()
    return dock


@pytest.fixture
def settled(dock, qtbot):
    """Wait until what was edited last is in view."""
    return lambda: qtbot.waitUntil(lambda: not dock._pace.waiting)


def pixels(widget):
    image = widget.grab().toImage()
    return np.frombuffer(image.constBits(), np.uint8).copy()


def test_figures_and_map_follow_the_lens(document, dock, settled, qtbot):
    before = pixels(dock.view)
    document.apply_preset("random-zernike:3")
    front = surface(document.design)
    assert dock.rms.text() == f"{front.rms:.3f} µm"
    assert float(dock.peak_to_valley.text().split()[0]) == pytest.approx(front.peak_to_valley, abs=2e-3)
    assert not np.array_equal(pixels(dock.view), before)
    document.undo_stack.undo()
    settled()
    qtbot.waitUntil(lambda: np.array_equal(pixels(dock.view), before))  # the list below has given room back


def test_waves_of_one_colour(document, dock):
    document.apply_preset("random-zernike:3")
    assert dock.colour.isHidden()
    dock.quantity.buttons["opd"].click()
    assert not dock.colour.isHidden()
    for colour, name in enumerate(("red", "green", "blue")):
        dock.colour.buttons[name].click()
        assert dock.rms.text() == f"{opd(document.design, colour=colour).rms:.3f} waves"
        assert f"{document.design.wavelengths_nm[colour]:g} nm" in dock.about.text()
    assert (document.view("wavefront.quantity"), document.view("wavefront.colour")) == ("opd", "blue")
    assert document.undo_stack.count() == 1
    document.replace_project(Project())
    assert (dock.quantity.choice, dock.colour.choice) == ("height", "green")


def test_rounding_errors_do_not_fill_the_scale(document, dock, settled):
    dock.quantity.buttons["opd"].click()
    document.solve_focus(1.0)
    assert dock.view.limit == 0.05
    document.edit_design(document.design.with_zernike(5, 1.0), "Change astigmatism")
    settled()
    assert dock.view.limit > 1.0


def test_terms_that_are_not_0_have_bars_and_are_spoken(document, dock, settled):
    document.edit_design(document.design.with_zernike(5, 0.75), "Change astigmatism")
    assert "Oblique astigmatism 0.750" in dock.bars.accessibleDescription()
    assert "Tilt" not in dock.bars.accessibleDescription()
    assert "coma" not in dock.bars.accessibleDescription()
    few = dock.bars.sizeHint().height()
    document.edit_design(document.design.with_zernike(2, 0.5), "Change tilt")
    settled()
    assert "Tilt x 0.500" in dock.bars.accessibleDescription()
    assert dock.bars.sizeHint().height() > few
    before = pixels(dock.bars)
    document.edit_design(document.design.with_zernike(5, -0.75), "Change astigmatism")
    settled()
    assert not np.array_equal(pixels(dock.bars), before)


def test_a_flat_surface_lists_nothing(document, dock):
    document.edit_design(document.design.with_zernike(4, 0.0), "Change defocus")
    assert dock.bars.accessibleDescription() == "µm: all 0"
    assert dock.bars.isVisible()


def test_what_a_short_list_leaves_is_the_map_s(document, dock, settled, qtbot):
    document.apply_preset("random-zernike:3")
    qtbot.waitUntil(lambda: dock.bars.height() > 100)
    crowded = dock.view.height()
    document.apply_preset("defocus-disc")
    settled()
    qtbot.waitUntil(lambda: dock.view.height() > crowded)


def test_a_perfect_image_has_no_surface(document, dock, settled):
    document.apply_preset("ideal")
    assert "no surface" in dock.view.accessibleDescription()
    assert dock.rms.text() == "–"
    assert not dock.bars.isVisible()
    document.undo_stack.undo()
    settled()
    assert dock.bars.isVisible()


def test_a_hidden_dock_catches_up_when_it_is_shown(document, dock):
    dock.hide()
    before = dock.rms.text()
    document.edit_design(preset("paper-literal"), "Apply preset")
    assert dock.rms.text() == before
    dock.show()
    assert dock.rms.text() == "51.000 µm"


def test_the_map_is_blue_below_and_orange_above_zero(dressed):
    for choice in ("light", "dark"):
        dressed(choice)
        below, nothing, above, beyond = diverging(np.array([-1.0, 0.0, 1.0, 7.0]), tokens()).astype(int)
        assert below[2] > below[0] + 40
        assert above[0] > above[2] + 40
        assert np.array_equal(above, beyond)
        assert np.abs(nothing - below).sum() > 150


def test_the_map_takes_the_colours_of_the_theme(dock, dressed):
    dressed("light")
    light = pixels(dock.view)
    dressed("dark")
    assert not np.array_equal(pixels(dock.view), light)


def test_all_controls_have_names(dock):
    assert unnamed(dock) == []
    assert dock.bars.accessibleName()
    assert dock.view.accessibleName()
