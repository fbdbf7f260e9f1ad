from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from studio.gui.docks.lens_dock import LensDock, matching_preset
from studio.gui.document import Document
from studio.optics.lens import LensDesign, focus_coefficient_um
from studio.optics.presets import PRESETS, preset
from studio.project.model import Project
from tests.gui.accessible import unnamed


@pytest.fixture
def dock(document: Document, qtbot) -> LensDock:
    dock = LensDock(document)
    qtbot.addWidget(dock)
    dock.resize(360, 1200)
    dock.show()
    return dock


def drag(slider, *shares):
    points = [QPoint(round(share * (slider.width() - 1)), slider.height() // 2) for share in shares]
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(slider, point)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=points[-1])


def enter(field, text):
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_a_drag_is_one_undo_step(document, dock):
    before = document.design
    drags = []
    dock.dragging.connect(drags.append)
    drag(dock.rows["zernike.5"].slider, 0.5, 0.6, 0.7, 0.8, 0.9)
    assert document.design.zernike_um[4] > 1.0
    assert document.undo_stack.count() == 1
    assert document.undo_stack.undoText() == "Change oblique astigmatism"
    drag(dock.rows["zernike.5"].slider, 0.2, 0.1)
    assert document.undo_stack.count() == 2
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.design == before
    assert dock.rows["zernike.5"].value == 0.0
    assert drags == [True, False, True, False]


def test_a_typed_number_with_a_unit(document, dock):
    enter(dock.rows["sensor_distance_mm"].field, "0.04 m")
    assert document.design.sensor_distance_mm == pytest.approx(40.0)
    assert document.undo_stack.count() == 1
    assert dock.readings["f_number"].text() == f"f/{document.design.f_number:.1f}"


def test_a_refused_value_is_kept_out_and_explained(document, dock):
    row = dock.rows["zernike.7"]
    enter(row.field, "400")
    assert document.undo_stack.count() == 0
    assert row.value == 0.0
    assert row.message.isVisible()
    assert "zernike.7 = 400 um is out of range" in row.message.text()
    enter(row.field, "0.4")
    assert not row.message.isVisible()
    assert document.design.zernike_um[6] == 0.4


def test_terms_go_by_name_with_their_noll_index(dock):
    assert dock.rows["zernike.8"].field.accessibleName() == "horizontal coma"
    assert dock.rows["zernike.5"].label.text() == "Oblique astigmatism"
    assert "Noll 8" in dock.rows["zernike.8"].slider.toolTip()


def test_a_preset_is_one_step_and_shows_its_source(document, dock):
    place = dock.presets.findData("defocus-disc")
    dock.presets.setCurrentIndex(place)
    dock.presets.activated.emit(place)
    assert document.design.zernike_um[3] == -26.0
    assert document.undo_stack.count() == 1
    assert dock.source.text() == PRESETS["defocus-disc"].source
    enter(dock.rows["zernike.5"].field, "0.3")
    assert dock.presets.currentIndex() == -1
    document.undo_stack.undo()
    assert dock.presets.currentIndex() == place


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_recognised(name):
    assert matching_preset(preset(name)) == name


def test_solve_focus(document, dock):
    enter(dock.focus_distance, "50 cm")
    assert document.undo_stack.count() == 0
    dock.focus_button.click()
    assert document.undo_stack.count() == 1
    assert document.design.zernike_um[3] == pytest.approx(focus_coefficient_um(LensDesign(), 0.5))
    assert dock.rows["zernike.4"].value == document.design.zernike_um[3]


def test_a_distance_that_cannot_be_is_refused_and_explained(document, dock):
    enter(dock.focus_distance, "1 mm")
    assert dock.focus_distance.value == document.design.object_distance_m
    assert dock.focus_message.isVisible()
    assert "object_distance_m" in dock.focus_message.text()
    enter(dock.focus_distance, "2 m")
    assert not dock.focus_message.isVisible()


def test_a_focus_out_of_reach_is_explained(document, dock):
    document.edit_design(replace(document.design, aperture_diameter_mm=20.0), "Change aperture diameter")
    dock.focus_button.click()
    assert document.undo_stack.count() == 1
    assert dock.focus_message.isVisible()
    assert "zernike.4" in dock.focus_message.text()


def test_reset_of_one_term_and_of_all(document, dock):
    document.edit_design(preset("random-zernike:3"), "Random lens")
    dock.rows["zernike.6"].reset_button.click()
    assert document.design.zernike_um[5] == 0.0
    assert document.design.zernike_um[6] != 0.0
    dock.reset_terms.click()
    assert document.design.zernike_um == LensDesign().zernike_um
    assert document.undo_stack.count() == 3


def test_more_terms_show_the_next_order_and_long_designs_show_all(document, dock):
    assert "zernike.16" not in dock.rows
    dock.more_terms.click()
    assert "zernike.21" in dock.rows
    assert "zernike.22" not in dock.rows
    enter(dock.rows["zernike.21"].field, "0.1")
    assert len(document.design.zernike_um) == 21
    document.edit_design(document.design.with_zernike(66, 0.1), "Change term 66")
    assert dock.rows["zernike.66"].value == 0.1
    assert not dock.more_terms.isVisible()


def test_a_glass_decides_the_indices(document, dock):
    place = dock.glass.findData("n-bk7")
    dock.glass.setCurrentIndex(place)
    dock.glass.activated.emit(place)
    field = dock.fields["refractive_indices.green"]
    assert document.design.glass == "n-bk7"
    assert not field.isEnabled()
    assert field.value == pytest.approx(document.design.indices[1])
    document.undo_stack.undo()
    assert field.isEnabled()
    assert field.value == document.design.refractive_indices[1]


def test_a_perfect_image_says_that_the_lens_does_not_count(document, dock):
    assert not dock.use_lens.isVisible()
    document.apply_preset("ideal")
    assert dock.use_lens.isVisible()
    assert dock.readings["blur"].text() == "none"
    dock.use_lens.click()
    assert document.design == LensDesign()
    assert not dock.use_lens.isVisible()


def test_another_project_is_followed(document, dock):
    document.replace_project(Project(design=preset("paper-literal")))
    assert dock.rows["zernike.4"].value == -51.0
    assert dock.presets.currentData() == "paper-literal"


def test_all_controls_have_names(dock):
    assert unnamed(dock) == []
