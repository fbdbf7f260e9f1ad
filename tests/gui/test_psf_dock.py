from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from studio.exchange.psf_picture import cross_section
from studio.gui.docks.psf_dock import PsfDock
from studio.gui.live import LiveController
from studio.gui.widgets.zoom import Zoom
from studio.optics.presets import preset
from studio.project.model import Project
from tests.gui.accessible import unnamed
from tests.gui.fake_pipeline import FakePipeline, live_psf


@pytest.fixture
def live(document):
    return LiveController(document, pipeline_factory=FakePipeline)


@pytest.fixture
def dock(document, live, qtbot):
    dock = PsfDock(document, live)
    qtbot.addWidget(dock)
    dock.resize(360, 460)
    dock.show()
    yield dock
    assert dock.stop()


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
    document.edit_design(preset("defocus-disc"), "Apply preset")
    show(size=65)
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


def turn_wheel(view, steps, at=None):
    at = QPointF(view.rect().center()) if at is None else QPointF(at)
    event = QWheelEvent(
        at, at, QPoint(), QPoint(0, 120 * steps), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def test_the_picture_is_enlarged_by_wheel_and_keys(document, dock, show, qtbot):
    show()
    whole = pixels(dock)
    turn_wheel(dock.view, 4)
    assert dock.view.zoom.factor > 2.0
    assert not np.array_equal(pixels(dock), whole)
    assert document.view("psf.zoom")[0] == dock.view.zoom.factor
    assert "enlarged 2.1 times" in dock.view.accessibleDescription()
    turn_wheel(dock.view, -9)
    assert dock.view.zoom == Zoom()
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
        qtbot.keyClick(dock.view, key)
    assert dock.view.zoom.factor == 1.5**2
    qtbot.keyClick(dock.view, Qt.Key.Key_Minus)
    assert dock.view.zoom.factor == 1.5
    x = dock.view.zoom.x
    qtbot.keyClick(dock.view, Qt.Key.Key_Right)
    assert dock.view.zoom.x > x
    qtbot.keyClick(dock.view, Qt.Key.Key_0)
    assert dock.view.zoom == Zoom()
    assert document.undo_stack.count() == 0


def test_the_enlarged_picture_is_dragged_and_a_double_click_shows_all(dock, show, qtbot):
    show()
    turn_wheel(dock.view, 8)
    before = dock.view.zoom
    middle = dock.view.rect().center()
    qtbot.mousePress(dock.view, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(dock.view, middle + QPoint(20, 10))
    qtbot.mouseRelease(dock.view, Qt.MouseButton.LeftButton, pos=middle + QPoint(20, 10))
    assert dock.view.zoom.x < before.x
    assert dock.view.zoom.y < before.y
    moved = dock.view.zoom
    qtbot.mouseMove(dock.view, middle)
    assert dock.view.zoom == moved
    qtbot.mouseDClick(dock.view, Qt.MouseButton.LeftButton, pos=middle)
    assert dock.view.zoom == Zoom()


def test_the_zoom_comes_back_with_the_project(document, dock):
    document.replace_project(Project().with_view("psf.zoom", [4.0, 0.4, 0.6]))
    assert dock.view.zoom == Zoom(4.0, 0.4, 0.6)
    document.replace_project(Project())
    assert dock.view.zoom == Zoom()


def test_colour_maps_are_for_single_channels_and_kept(document, dock, show):
    show()
    assert dock.colour_map.isHidden()
    dock.channels.buttons["green"].click()
    assert not dock.colour_map.isHidden()
    grey = pixels(dock)
    dock.colour_map.actions_by_name["viridis"].trigger()
    assert not np.array_equal(pixels(dock), grey)
    assert document.view("psf.colour_map") == "viridis"
    assert dock.colour_map.accessibleName() == "Colour map: viridis"
    document.replace_project(Project().with_view("psf.colour_map", "jet"))
    assert dock.colour_map.choice == "viridis"
    document.replace_project(Project())
    assert dock.colour_map.choice == "grey"


def test_the_cross_section_follows_lens_channel_and_scale(document, dock, show):
    document.edit_design(document.design.with_zernike(3, 0.4), "Change tilt")
    show()
    assert not dock.section.isVisible()
    plain = pixels(dock)
    dock.section_button.click()
    assert dock.section.isVisible()
    assert not np.array_equal(pixels(dock), plain)
    expected = cross_section(live_psf(document.design).psf)
    curves = dock.section.plot.curves
    assert len(curves) == 6
    np.testing.assert_array_equal(curves["Row, blue"].y, expected.along_x[2])
    np.testing.assert_array_equal(curves["Column, red"].y, expected.along_y[0])
    dock.section.through.buttons["axis"].click()
    axial = cross_section(live_psf(document.design).psf, None, "axis")
    np.testing.assert_array_equal(dock.section.plot.curves["Row, blue"].y, axial.along_x[2])
    dock.channels.buttons["green"].click()
    assert set(dock.section.plot.curves) == {"Row, green", "Column, green"}
    dock.scale.buttons["log"].click()
    assert dock.section.plot._y.log
    assert (document.view("psf.section"), document.view("psf.section_through")) == (True, "axis")
    show(error="too steep")
    assert not dock.section.plot.curves
    document.replace_project(Project())
    assert not dock.section.isVisible()
    assert dock.section.through.choice == "peak"


def test_the_cross_section_leaves_the_picture_the_larger_part(dock, show):
    show()
    dock.section_button.click()
    for width, height in ((392, 380), (900, 420), (380, 800)):
        dock.resize(width, height)
        parts = [part.geometry() for part in (dock.view, dock.section, *dock.findChildren(type(dock._panel._figures)))]
        assert dock.view.width() >= 0.33 * min(width, height)
        assert not parts[0].intersects(parts[1])
        assert dock._panel.rect().contains(dock.section.geometry())
        assert dock.section.height() >= dock.section.minimumSizeHint().height()


def test_all_controls_have_names(dock):
    assert unnamed(dock) == []
