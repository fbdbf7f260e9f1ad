"""Edits are steps, drags are one step, and the clean state knows what the file holds."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from studio.gui.commands import EditDesign
from studio.gui.document import UNDO_LIMIT, Document
from studio.optics.lens import DesignError, LensDesign, focus_coefficient_um
from studio.optics.presets import preset
from studio.project import variants
from studio.project.model import Project


def edit(document: Document, z4_um: float, label: str = "Change defocus", drag: int | None = None) -> None:
    document.edit_design(document.design.with_zernike(4, z4_um), label, drag)


def z4(document: Document) -> float:
    return document.design.zernike_um[3]


def test_an_edit_is_seen_undone_and_redone(document: Document) -> None:
    seen: list[LensDesign] = []
    document.design_changed.connect(seen.append)
    edit(document, -20.0)
    assert document.undo_stack.undoText() == "Change defocus"
    document.undo_stack.undo()
    assert document.design == LensDesign()
    document.undo_stack.redo()
    assert [d.zernike_um[3] for d in seen] == [-20.0, LensDesign().zernike_um[3], -20.0]


def test_an_edit_that_changes_nothing_is_no_step(document: Document) -> None:
    document.edit_design(LensDesign(), "Change defocus")
    assert document.undo_stack.count() == 0
    assert not document.dirty


def test_a_drag_is_one_step_and_the_next_drag_another(document: Document) -> None:
    for z4_um in (-29.0, -28.0, -27.0):
        edit(document, z4_um, drag=1)
    for z4_um in (-26.0, -25.0):
        edit(document, z4_um, drag=2)
    assert document.undo_stack.count() == 2
    document.undo_stack.undo()
    assert z4(document) == -27.0
    document.undo_stack.undo()
    assert document.design == LensDesign()


def test_a_drag_keeps_nothing_of_the_values_it_passed(document: Document) -> None:
    def steps() -> int:
        gc.collect()
        return sum(isinstance(thing, EditDesign) for thing in gc.get_objects())

    before = steps()
    for number in range(20):
        edit(document, -30.0 + number / 10, drag=1)
    assert steps() == before + 1


def test_edits_without_a_drag_number_never_merge(document: Document) -> None:
    edit(document, -29.0)
    edit(document, -28.0)
    assert document.undo_stack.count() == 2


def test_a_drag_back_to_its_start_leaves_no_step(document: Document) -> None:
    start = z4(document)
    for z4_um in (-29.0, -28.0, start):
        edit(document, z4_um, drag=1)
    assert document.undo_stack.count() == 0
    assert not document.dirty


def test_history_holds_one_label_a_step_and_follows_undo(document: Document) -> None:
    edit(document, -29.0, "Change defocus", drag=1)
    edit(document, -28.0, "Change defocus", drag=1)
    document.apply_preset("defocus-disc")
    labels = [step.label for step in document.project.history]
    assert labels[0] == "Change defocus"
    assert len(labels) == 2
    document.undo_stack.undo()
    assert [step.label for step in document.project.history] == ["Change defocus"]


def test_view_state_is_neither_a_step_nor_dirt_and_survives_undo(document: Document) -> None:
    edit(document, -20.0)
    document.undo_stack.setClean()
    document.set_view("psf.log", True)
    assert not document.dirty
    document.undo_stack.undo()
    assert document.view("psf.log", False) is True
    assert document.view("nothing", 3) == 3


def test_a_preset_keeps_sensor_and_distance(document: Document) -> None:
    from studio.optics.parameters import set_value

    document.edit_design(set_value(set_value(document.design, "sensor.noise", 0.05), "object_distance_m", 2.0), "x")
    document.apply_preset("paper-literal")
    assert document.design.zernike_um == preset("paper-literal").zernike_um
    assert document.design.sensor.noise == 0.05
    assert document.design.object_distance_m == 2.0


def test_an_unknown_preset_changes_nothing(document: Document) -> None:
    with pytest.raises(DesignError):
        document.apply_preset("no-such-lens")
    assert document.undo_stack.count() == 0


def test_solve_focus_takes_the_distance_of_the_design_by_default(document: Document) -> None:
    document.solve_focus(0.5)
    assert z4(document) == pytest.approx(focus_coefficient_um(LensDesign(), 0.5))
    document.solve_focus()
    assert z4(document) == pytest.approx(focus_coefficient_um(LensDesign(), 1.0))
    assert "Focus at 1 m" in document.undo_stack.undoText()


def test_saving_cleans_only_what_was_saved(document: Document) -> None:
    edit(document, -20.0)
    before = document.revision
    edit(document, -21.0)
    document.mark_saved(Path("a.odr"), before)
    assert document.dirty
    document.undo_stack.undo()  # the old clean state is not in the file any more
    document.undo_stack.undo()
    assert document.dirty
    document.mark_saved(Path("a.odr"), document.revision)
    assert not document.dirty
    assert document.name == "a"


def test_dirt_is_announced(document: Document) -> None:
    said: list[bool] = []
    document.dirty_changed.connect(said.append)
    edit(document, -20.0)
    document.undo_stack.undo()
    assert said == [True, False]


def test_replacing_starts_over_and_raises_the_revision(document: Document, qtbot) -> None:
    edit(document, -20.0)
    revision = document.revision
    with qtbot.waitSignals([document.project_replaced, document.design_changed, document.path_changed]):
        document.replace_project(Project(), Path("b.odr"))
    assert document.undo_stack.count() == 0
    assert not document.dirty
    assert document.revision > revision
    document.replace_project(Project(), dirty=True)
    assert document.dirty
    assert document.name == "untitled"


def test_undo_is_bounded(document: Document) -> None:
    for step in range(UNDO_LIMIT + 20):
        edit(document, -20.0 + step * 0.01)
    assert document.undo_stack.count() == UNDO_LIMIT


def test_a_variant_is_kept_restored_and_undone_beside_the_edits_of_the_lens(document: Document, qtbot) -> None:
    with qtbot.waitSignal(document.variants_changed):
        document.edit_variants(variants.keep(document.project, "begun"))
    edit(document, -20.0)
    document.restore_variant("begun")
    assert document.design == LensDesign()
    labels = [step.label for step in document.project.history]
    assert labels == ["Keep variant begun", "Change defocus", "Restore variant begun"]
    for _ in range(2):
        document.undo_stack.undo()
    assert [variant.name for variant in document.project.variants] == ["begun"]
    document.undo_stack.undo()
    assert document.project.variants == ()
    assert document.project.history == ()


def test_notes_of_one_run_are_one_step_and_none_when_nothing_is_left(document: Document) -> None:
    document.edit_variants(variants.keep(document.project, "begun"))
    for text in ("a", "ab"):
        document.edit_variants(variants.note(document.project, "begun", text), run=1)
    assert document.undo_stack.count() == 2
    assert [step.label for step in document.project.history] == ["Keep variant begun", "Note on variant begun"]
    document.edit_variants(variants.note(document.project, "begun", ""), run=1)
    assert document.undo_stack.count() == 1


def test_a_change_of_variants_needs_saving(document: Document) -> None:
    revision = document.revision
    document.edit_variants(variants.keep(document.project, "begun"))
    assert document.revision > revision
    document.mark_saved(Path("a.odr"), revision)
    assert document.dirty
