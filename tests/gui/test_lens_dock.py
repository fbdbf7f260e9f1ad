from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from studio.capture.pipeline import LivePsf
from studio.gui.docks.lens_dock import LensDock, matching_preset
from studio.gui.document import Document
from studio.gui.widgets.number_field import NumberField
from studio.gui.widgets.section import Section
from studio.optics.lens import LensDesign, focus_coefficient_um
from studio.optics.metrics import opd
from studio.optics.parameters import PARAMETERS, parameter
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
    assert row.field.text() == "400"
    assert row.message.isVisible()
    assert "Vertical coma = 400 µm is out of range" in row.message.text()
    enter(row.field, "0.4")
    assert not row.message.isVisible()
    assert document.design.zernike_um[6] == 0.4


def test_a_preset_settles_what_was_refused(document, dock):
    row = dock.rows["zernike.7"]
    enter(row.field, "400")
    document.apply_preset("paper-literal")  # its term 7 is 0, too
    assert not row.message.isVisible()
    dock.presets.setFocus()
    assert row.field.text() == "0.000 µm"


def test_nothing_moves_the_rows(document, dock, qtbot):
    def places():
        QApplication.processEvents()
        content = dock.terms.parentWidget()
        return {key: row.mapTo(content, QPoint()) for key, row in dock.rows.items()}

    before = places()
    for name in (*PRESETS, "random-zernike:1"):
        document.apply_preset(name)
        assert places() == before, name
    document.apply_preset("focused-1m")
    enter(dock.rows["zernike.5"].field, "400")
    enter(dock.terms.focus_distance, "1 mm")
    assert places() == before
    document.edit_design(document.design.with_zernike(5, 60.0).with_zernike(4, -100.0), "Out of round")
    qtbot.waitUntil(lambda: dock.warnings.text() != "No warnings")
    assert places() == before


def test_rows_of_a_folded_part_are_made_when_it_is_opened_and_come_next_with_tab(dock):
    sensor = next(s for s in dock.findChildren(Section) if s.findChild(QToolButton).text() == "Sensor")
    header = sensor.findChild(QToolButton)
    assert len(sensor.findChildren(NumberField)) == 0
    header.click()
    assert len(sensor.findChildren(NumberField)) == 5
    following = header.nextInFocusChain()
    while following.focusPolicy() == Qt.FocusPolicy.NoFocus:
        following = following.nextInFocusChain()
    assert following is dock.rows["sensor.pixels"].slider
    assert dock.rows["sensor.bits"].value == 8


def test_terms_go_by_name_with_their_noll_index(dock):
    assert dock.rows["zernike.8"].field.accessibleName() == "horizontal coma"
    assert dock.rows["zernike.5"].label.text() == "Obl. astigmatism"
    assert "Noll 8" in dock.rows["zernike.8"].slider.toolTip()


def test_a_preset_is_one_step_and_shows_its_source(document, dock):
    place = dock.presets.findData("defocus-disc")
    dock.presets.setCurrentIndex(place)
    dock.presets.activated.emit(place)
    assert document.design.zernike_um[3] == -26.0
    assert document.undo_stack.count() == 1
    assert dock.source.toolTip() == PRESETS["defocus-disc"].source.replace(" um", " µm")
    assert dock.presets.itemText(place) == "Plain defocus (Z4 = -26 µm)"
    assert document.undo_stack.undoText() == "Apply preset Plain defocus (Z4 = -26 µm)"
    enter(dock.rows["zernike.5"].field, "0.3")
    assert dock.presets.currentIndex() == -1
    document.undo_stack.undo()
    assert dock.presets.currentIndex() == place


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_recognised(name):
    assert matching_preset(preset(name)) == name


def test_solve_focus(document, dock):
    enter(dock.terms.focus_distance, "50 cm")
    assert document.undo_stack.count() == 0
    dock.terms.focus_button.click()
    assert document.undo_stack.count() == 1
    assert document.design.zernike_um[3] == pytest.approx(focus_coefficient_um(LensDesign(), 0.5))
    assert dock.rows["zernike.4"].value == document.design.zernike_um[3]


def test_a_distance_that_cannot_be_is_refused_and_explained(document, dock):
    enter(dock.terms.focus_distance, "1 mm")
    assert dock.terms.focus_distance.value == document.design.object_distance_m
    assert dock.terms.focus_message.isVisible()
    assert "Object distance" in dock.terms.focus_message.text()
    enter(dock.terms.focus_distance, "2 m")
    assert not dock.terms.focus_message.isVisible()


def test_a_focus_out_of_reach_is_explained(document, dock):
    document.edit_design(replace(document.design, aperture_diameter_mm=20.0), "Change aperture diameter")
    dock.terms.focus_button.click()
    assert document.undo_stack.count() == 1
    assert dock.terms.focus_message.isVisible()
    assert "Defocus" in dock.terms.focus_message.text()


def test_reset_of_one_term_and_of_all(document, dock):
    document.edit_design(preset("random-zernike:3"), "Random lens")
    dock.rows["zernike.6"].reset_button.click()
    assert document.design.zernike_um[5] == 0.0
    assert document.design.zernike_um[6] != 0.0
    dock.terms.reset_button.click()
    assert document.design.zernike_um == LensDesign().zernike_um
    assert document.undo_stack.count() == 3


def test_more_terms_show_the_next_order_and_long_designs_show_all(document, dock):
    assert "zernike.16" not in dock.rows
    dock.terms.more.click()
    assert "zernike.21" in dock.rows
    assert "zernike.22" not in dock.rows
    enter(dock.rows["zernike.21"].field, "0.1")
    assert len(document.design.zernike_um) == 21
    document.edit_design(document.design.with_zernike(66, 0.1), "Change term 66")
    assert dock.rows["zernike.66"].value == 0.1
    assert not dock.terms.more.isVisible()


def test_a_glass_decides_the_indices(document, dock):
    place = dock.glass.glass.findData("n-bk7")
    dock.glass.glass.setCurrentIndex(place)
    dock.glass.glass.activated.emit(place)
    field = dock.rows["refractive_indices.green"].field
    assert document.design.glass == "n-bk7"
    assert not field.isEnabled()
    assert "Computed for n-bk7" in field.toolTip()
    assert field.value == pytest.approx(document.design.refractive_indices[1])
    document.undo_stack.undo()
    assert field.isEnabled()
    assert field.value == document.design.refractive_indices[1]


def test_a_wavelength_has_a_lock_and_a_way_back(document, dock):
    row = dock.rows["wavelengths_nm.red"]
    enter(row.field, "650 nm")
    assert document.design.wavelengths_nm[0] == 650.0
    row.lock_button.click()
    document.apply_preset("paper-literal")
    assert document.design.wavelengths_nm[0] == 650.0
    row.lock_button.click()
    row.reset_button.click()
    assert document.design.wavelengths_nm[0] == 640.0


def test_a_perfect_image_says_that_the_lens_does_not_count(document, dock):
    assert not dock.use_lens.isVisible()
    document.apply_preset("ideal")
    assert dock.use_lens.isVisible()
    assert not dock.readings["spot"].isVisible()
    assert dock.presets.currentData() == "ideal"
    row = dock.rows["zernike.5"]
    assert not row.field.isEnabled()
    assert not row.slider.isEnabled()
    assert "no lens" in row.field.toolTip()
    assert not dock.glass.glass.isEnabled()
    assert not dock.terms.focus_button.isEnabled()
    dock.use_lens.click()
    assert row.field.isEnabled()
    assert document.design == LensDesign()
    assert not dock.use_lens.isVisible()


def test_another_project_is_followed(document, dock):
    document.replace_project(Project(design=preset("paper-literal")))
    assert dock.rows["zernike.4"].value == -51.0
    assert dock.presets.currentData() == "paper-literal"


def test_the_wavefront_figure_counts_the_defocus(document, dock):
    assert float(dock.readings["wavefront"].text().removesuffix(" waves")) < 0.02
    document.apply_preset("paper-literal")
    assert float(dock.readings["wavefront"].text().removesuffix(" waves")) == pytest.approx(18.44, abs=0.01)
    assert dock.readings["spot"].text() == "1.87 mm"
    assert "Z5 and up): 0.00 waves" in dock.readings["wavefront"].toolTip()
    document.edit_design(replace(preset("random-zernike:1"), object_distance_m=0.5), "Random lens")
    assert dock.readings["wavefront"].text() == f"{opd(document.design, 8).rms:.2f} waves"


def test_every_number_of_the_lens_has_a_place_with_unit_range_and_formula(dock):
    for key in (key for key, row in PARAMETERS.items() if row.kind in (int, float)):
        editor = dock.rows[key].field
        row = parameter(key)
        assert f"Allowed: {row.low:g} to {row.high:g}".replace("-", "−") in editor.toolTip(), key
        assert len(editor.toolTip().splitlines()) >= 3, key
        assert editor.accessibleDescription() == editor.toolTip()
    assert "√3 (2ρ² − 1)" in dock.rows["zernike.4"].slider.toolTip()
    assert " um" not in dock.rows["zernike.4"].slider.toolTip()


# Locks


def press(button):
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)


def test_a_locked_term_stays_through_preset_reset_random_and_drag(document, dock):
    enter(dock.rows["zernike.5"].field, "0.7")
    press(dock.rows["zernike.5"].lock_button)
    assert document.view("lens.locked") == ["zernike.5"]
    steps = document.undo_stack.count()
    drag(dock.rows["zernike.5"].slider, 0.2, 0.9)
    enter(dock.rows["zernike.5"].field, "1")
    assert document.undo_stack.count() == steps
    document.apply_preset("random-zernike:1")
    assert document.design.zernike_um[4] == 0.7
    assert document.design.zernike_um[5] != 0.0
    dock.terms.reset_button.click()
    assert document.design.zernike_um[4] == 0.7
    assert document.design.zernike_um[5] == 0.0
    press(dock.rows["zernike.5"].lock_button)
    assert document.view("lens.locked") == []
    dock.terms.reset_button.click()
    assert document.design.zernike_um[4] == 0.0


def test_locks_come_with_the_project(document, dock):
    document.replace_project(Project(view={"lens.locked": ["aperture_diameter_mm", "zernike.4", "nonsense", 3]}))
    assert dock.rows["aperture_diameter_mm"].lock_button.isChecked()
    assert not dock.rows["aperture_diameter_mm"].slider.isEnabled()
    assert document.locked == {"aperture_diameter_mm", "zernike.4"}
    dock.terms.focus_button.click()
    assert "locked" in dock.terms.focus_message.text()
    document.replace_project(Project())
    assert dock.rows["zernike.4"].slider.isEnabled()


# Numberings


def shown_order(dock):
    """Noll terms and their labels, from top to bottom."""
    QApplication.processEvents()
    rows = sorted(dock.terms.terms.items(), key=lambda item: item[1].y())
    return [j for j, _ in rows], [row.tag.text() for _, row in rows]


def test_the_numbering_changes_labels_order_and_values_but_not_the_lens(document, dock):
    design = document.design.with_zernike(11, 0.2)
    document.edit_design(design, "Change primary spherical")
    dock.terms.scheme.buttons["ansi"].click()
    terms, tags = shown_order(dock)
    assert tags[:5] == ["Z3", "Z4", "Z5", "Z6", "Z7"]
    assert terms[:3] == [5, 4, 6]
    assert dock.rows["zernike.11"].field.text() == "0.200 µm"
    dock.terms.scheme.buttons["fringe"].click()
    terms, tags = shown_order(dock)
    assert terms[:6] == [4, 6, 5, 8, 7, 11]
    assert tags[:6] == ["Z4", "Z5", "Z6", "Z7", "Z8", "Z9"]
    assert dock.rows["zernike.11"].field.text() == f"{0.2 * 5**0.5:.3f} µm"
    assert dock.terms.norm.text() == "value = peak"
    assert document.design == design
    assert document.view("lens.numbering") == "fringe"


def test_a_fringe_value_is_typed_as_peak(document, dock):
    dock.terms.scheme.buttons["fringe"].click()
    enter(dock.rows["zernike.4"].field, "-51")
    assert document.design.zernike_um[3] == pytest.approx(preset("paper-peak").zernike_um[3])
    enter(dock.rows["zernike.4"].field, "4000")
    assert "(Noll, RMS 1)" in dock.rows["zernike.4"].message.text()


def test_the_numbering_comes_with_the_project(document, dock):
    document.replace_project(Project(view={"lens.numbering": "fringe"}))
    assert dock.rows["zernike.6"].tag.text() == "Z5"
    document.replace_project(Project(view={"lens.numbering": "unknown"}))
    document.replace_project(Project())
    assert dock.rows["zernike.6"].tag.text() == "Z6"


def test_tab_follows_the_rows_as_they_stand(dock):
    press(dock.terms.more)
    QApplication.processEvents()
    assert dock.rows["zernike.16"].slider.hasFocus()
    dock.terms.scheme.buttons["fringe"].click()
    dock.rows["zernike.4"].slider.setFocus()
    met = []
    while dock.focusWidget() is not dock.terms.more and len(met) < 100:
        met.append(dock.focusWidget())
        QTest.keyClick(met[-1], Qt.Key.Key_Tab)
    fields = [j for widget in met for j, row in dock.terms.terms.items() if widget is row.field]
    assert fields == shown_order(dock)[0]


# Copy and paste


def test_coefficients_go_from_one_lens_to_another(document, dock):
    design = preset("random-zernike:3")
    document.edit_design(design, "Random lens")
    press(dock.terms.copy_button)
    assert "Z5 " in QApplication.clipboard().text()
    document.apply_preset("focused-1m")
    press(dock.terms.paste_button)
    assert document.design == design
    assert document.undo_stack.undoText() == "Paste coefficients"
    document.undo_stack.undo()
    assert document.design == preset("focused-1m")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Z4 soon", "type a number"),
        ("Z4 900", "out of range"),
        ("Z5 0.3\nZ4 -20", "Defocus is locked"),
    ],
)
def test_a_bad_paste_changes_nothing_and_is_answered_in_one_line(document, dock, text, reason):
    document.set_locked("zernike.4", "locked" in reason)
    QApplication.clipboard().setText(text)
    dock.terms.paste_button.click()
    assert document.undo_stack.count() == 0
    assert dock.terms.paste_message.isVisible()
    assert reason in dock.terms.paste_message.text()
    assert "\n" not in dock.terms.paste_message.text()
    QApplication.clipboard().setText("Z5 0.3")
    dock.terms.paste_button.click()
    assert not dock.terms.paste_message.isVisible()
    assert document.design.zernike_um[4] == 0.3


def test_copying_says_so_and_a_bad_paste_is_answered_also_when_the_dock_is_hidden(document, dock, qtbot):
    with qtbot.waitSignal(dock.terms.told) as said:
        dock.terms.copy()
    assert said.args == ["15 coefficients copied, Noll", "info"]
    dock.hide()
    QApplication.clipboard().setText("nonsense")
    with qtbot.waitSignal(dock.terms.told) as said:
        dock.terms.paste()
    assert said.args[0].startswith("Nothing was pasted. ")
    assert said.args[1] == "warning"


def test_nothing_is_pasted_into_a_perfect_image(document, dock):
    document.apply_preset("ideal")
    QApplication.clipboard().setText("Z5 0.3")
    dock.terms.paste_button.click()
    assert document.undo_stack.count() == 1
    assert "no surface" in dock.terms.paste_message.text()


# Warnings


def test_warnings_follow_the_lens_and_the_psf(document, dock, qtbot):
    assert dock.warnings.text() == "No warnings"
    document.edit_design(replace(document.design, aperture_diameter_mm=0.5), "Change aperture diameter")
    qtbot.waitUntil(lambda: "Not makeable" in dock.warnings.toolTip())
    document.undo_stack.undo()
    qtbot.waitUntil(lambda: dock.warnings.text() == "No warnings")
    dock.show_psf(LivePsf(None, "this PSF needs 26.0 GiB", document.revision, False))
    qtbot.waitUntil(lambda: "26.0 GiB" in dock.warnings.toolTip())
    document.replace_project(Project())
    qtbot.waitUntil(lambda: dock.warnings.text() == "No warnings")


def test_a_psf_of_a_lens_of_before_warns_of_nothing(document, dock):
    dock.show_psf(LivePsf(None, "this PSF needs 26.0 GiB", document.revision - 1, False))
    assert dock.warnings.text() == "No warnings"


def test_nothing_is_clipped_in_the_narrowest_column(dock):
    assert dock.minimumSizeHint().width() <= 376
    dock.resize(376, 900)
    QApplication.processEvents()
    page = dock.terms.parentWidget()
    assert page.width() >= page.minimumSizeHint().width()


def test_all_controls_have_names(dock):
    assert unnamed(dock) == []
