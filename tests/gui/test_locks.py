"""Locked values pass through presets, whatever else these decide."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.gui.document import Document
from studio.gui.locks import known_keys, with_values_of
from studio.optics.lens import DesignError, LensDesign
from studio.optics.presets import preset


@pytest.mark.parametrize("stored", [None, 3, "zernike.4", {"zernike.4": 1}, ["zernike.99", "glass", "ideal", 4, None]])
def test_what_is_no_list_of_numbers_of_a_design_locks_nothing(stored) -> None:
    assert known_keys(stored) == frozenset()


def test_values_are_carried_into_a_glass_and_a_perfect_image() -> None:
    source = replace(LensDesign().with_zernike(5, 0.7), refractive_indices=(1.5, 1.6, 1.7))
    keys = ("zernike.5", "refractive_indices.red", "sensor.noise")
    for target in (LensDesign(glass="pmma"), LensDesign(ideal=True)):
        kept = with_values_of(source, target, keys)
        assert kept.zernike_um[4] == 0.7
        assert (kept.glass, kept.ideal) == (target.glass, target.ideal)
    assert with_values_of(source, LensDesign(), ()) == LensDesign()


def test_a_locked_defocus_is_not_solved_for(document: Document) -> None:
    document.set_locked("zernike.4", True)
    with pytest.raises(DesignError, match="locked"):
        document.solve_focus(0.5)
    document.set_locked("zernike.4", False)
    document.solve_focus(0.5)
    assert document.undo_stack.count() == 1


def test_a_perfect_image_has_no_focus_to_solve_for(document: Document) -> None:
    document.apply_preset("ideal")
    with pytest.raises(DesignError, match="perfect image"):
        document.solve_focus(0.5)


def test_undo_brings_back_a_value_locked_since(document: Document) -> None:
    document.edit_design(document.design.with_zernike(5, 0.7), "Change oblique astigmatism")
    document.set_locked("zernike.5", True)
    document.apply_preset("paper-literal")
    assert document.design.zernike_um[4] == 0.7
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.design == preset("focused-1m")
    assert document.locked == {"zernike.5"}
    assert not document.dirty
