from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLineEdit

from studio.gui import thumbnails as thumbnails_module
from studio.gui.docks.variants_dock import VariantsDock
from studio.gui.document import Document
from studio.gui.thumbnails import Thumbnail
from studio.gui.widgets.pictures import to_image
from studio.optics.presets import preset
from studio.project.model import Project, Variant
from studio.project.variants import LONGEST_NAME
from tests.gui.accessible import unnamed

SHARP, DISC = preset("focused-1m"), preset("defocus-disc")


@pytest.fixture
def document(qapp) -> Document:
    return Document(Project(design=DISC, variants=(Variant("sharp", SHARP, "in focus"), Variant("disc", DISC))))


@pytest.fixture
def made(monkeypatch) -> list:
    """The lenses of which a picture was made, without the time that takes."""
    lenses = []

    def make(design):
        lenses.append(design)
        picture = to_image(np.full((8, 8, 3), 200, np.uint8))
        return Thumbnail(picture, picture, "Ø 40 µm")

    monkeypatch.setattr(thumbnails_module, "make_thumbnail", make)
    return lenses


@pytest.fixture
def dock(document, made, qtbot):
    dock = VariantsDock(document)
    qtbot.addWidget(dock)
    dock.resize(376, 640)
    dock.show()
    qtbot.waitExposed(dock)
    yield dock
    assert dock.stop()


def names(document: Document) -> list[str]:
    return [variant.name for variant in document.project.variants]


def select(dock: VariantsDock, *chosen: str) -> None:
    dock.cards.clearSelection()
    for name in chosen:
        dock.cards.selectionModel().select(dock.model.index_of(name), dock.cards.selectionModel().SelectionFlag.Select)


def selected(dock: VariantsDock) -> list[str]:
    return [index.data() for index in dock.cards.selectionModel().selectedIndexes()]


def enabled(dock: VariantsDock) -> set[str]:
    return {name for name, action in dock.actions_by_name.items() if action.isEnabled()}


def test_a_lens_is_kept_under_the_name_entered(dock, document, qtbot):
    document.edit_design(SHARP.with_zernike(5, 0.4), "Change astigmatism")
    qtbot.keyClicks(dock.name, "tilted  look")
    qtbot.keyClick(dock.name, Qt.Key.Key_Return)
    assert names(document) == ["sharp", "disc", "tilted look"]
    assert document.project.variants[-1].design == document.design
    assert dock.name.text() == ""
    assert selected(dock) == ["tilted look"]
    assert "kept as “tilted look”" in dock.message.text()
    assert document.undo_stack.undoText() == "Keep variant tilted look"
    document.undo_stack.undo()
    assert names(document) == ["sharp", "disc"]
    assert dock.model.rowCount() == 2


def test_without_a_name_the_suggested_one_is_taken(dock, document):
    assert dock.name.placeholderText() == "Variant 3"
    dock.keep_button.click()
    dock.keep_button.click()
    assert names(document)[2:] == ["Variant 3", "Variant 4"]


def test_a_name_that_is_taken_is_refused_and_stays_in_the_field(dock, document, qtbot):
    qtbot.keyClicks(dock.name, "sharp")
    dock.keep_button.click()
    assert names(document) == ["sharp", "disc"]
    assert dock.name.text() == "sharp"
    assert "already" in dock.message.text()
    qtbot.keyClicks(dock.name, "er")
    assert "already" not in dock.message.text()


def test_restoring_is_one_step(dock, document, qtbot):
    select(dock, "sharp")
    dock.cards.setFocus()
    dock.actions_by_name["restore"].trigger()
    assert document.design == SHARP
    assert document.undo_stack.undoText() == "Restore variant sharp"
    document.undo_stack.undo()
    assert document.design == DISC
    place = dock.cards.visualRect(dock.model.index_of("sharp")).center()
    qtbot.mouseClick(dock.cards.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(dock.cards.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert document.design == SHARP


def test_a_name_is_edited_in_its_card(dock, document, qtbot):
    select(dock, "sharp")
    dock.actions_by_name["rename"].trigger()
    editor = dock.cards.viewport().findChild(QLineEdit)
    assert editor.text() == "sharp"
    assert editor.maxLength() == LONGEST_NAME
    editor.selectAll()
    qtbot.keyClicks(editor, "clear")
    dock.thumbnails.ready.emit(SHARP)  # must not undo what is being typed
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(document) == ["clear", "disc"])
    assert selected(dock) == ["clear"]
    assert dock.note.toPlainText() == "in focus"
    document.undo_stack.undo()
    assert names(document) == ["sharp", "disc"]


@pytest.mark.parametrize(("name", "said"), [("disc", "already"), ("  ", "at least one letter")])
def test_a_bad_new_name_keeps_the_old_one_and_says_why(dock, document, name, said):
    assert not dock.model.setData(dock.model.index_of("sharp"), name)
    assert names(document) == ["sharp", "disc"]
    assert said in dock.message.text()
    assert document.undo_stack.count() == 0


def test_a_copy_is_selected(dock, document):
    select(dock, "sharp")
    dock.actions_by_name["duplicate"].trigger()
    assert names(document) == ["sharp", "sharp 2", "disc"]
    assert selected(dock) == ["sharp 2"]


def test_removing_several_is_one_step_that_can_be_undone(dock, document):
    select(dock, "sharp", "disc")
    dock.actions_by_name["remove"].trigger()
    assert names(document) == []
    assert enabled(dock) == set()
    document.undo_stack.undo()
    assert names(document) == ["sharp", "disc"]
    assert document.undo_stack.count() == 1


def test_a_removal_can_be_taken_back_whatever_came_after_it(dock, document, qtbot):
    select(dock, "sharp")
    with qtbot.waitSignal(dock.removed) as told:
        dock.actions_by_name["remove"].trigger()
    said, put_back = told.args
    assert said == "Variant “sharp” removed"
    dock.keep()
    put_back()
    assert names(document) == ["sharp", "disc", "Variant 2"]
    assert document.undo_stack.count() == 3
    put_back()  # they are there
    assert document.undo_stack.count() == 3


def test_variants_move_by_key_and_selection_goes_with_them(dock, document):
    dock.keep()
    select(dock, "sharp")
    dock.actions_by_name["move_on"].trigger()
    assert names(document) == ["disc", "sharp", "Variant 3"]
    assert selected(dock) == ["sharp"]
    assert document.undo_stack.undoText() == "Move variant sharp"
    steps = document.undo_stack.count()
    dock.actions_by_name["move_back"].trigger()
    dock.actions_by_name["move_back"].trigger()  # it is the first already
    assert names(document) == ["sharp", "disc", "Variant 3"]
    assert document.undo_stack.count() == steps + 1
    document.undo_stack.undo()
    assert names(document) == ["disc", "sharp", "Variant 3"]
    assert selected(dock) == ["sharp"]


def test_cards_that_are_dropped_go_where_the_line_showed(dock, document):
    dock.keep()
    select(dock, "sharp", "disc")
    last = dock.cards.visualRect(dock.model.index_of("Variant 3"))
    right = QPointF(last.right() - 2, last.center().y())
    assert dock.cards.gap_at(right.toPoint()) == 3
    assert dock.cards.gap_at(last.center() - QPoint(10, 0)) == 2
    assert dock.cards.viewport().acceptDrops()
    action, button = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton
    mime = dock.model.mimeData([dock.model.index(0, 0)])
    dock.cards.dropEvent(QDropEvent(right, action, mime, button, Qt.KeyboardModifier.NoModifier))
    assert names(document) == ["Variant 3", "sharp", "disc"]
    assert selected(dock) == ["sharp", "disc"]
    assert document.undo_stack.undoText() == "Move 2 variants"


def test_only_what_fits_the_selection_can_be_done(dock):
    assert enabled(dock) == set()
    select(dock, "sharp")
    assert enabled(dock) == set(dock.actions_by_name)
    select(dock, "sharp", "disc")
    assert enabled(dock) == {"compare", "remove", "move_back", "move_on"}


def test_one_is_compared_with_the_current_lens_and_two_with_each_other(dock, qtbot):
    for chosen, wanted in ((("sharp",), ["", "sharp"]), (("disc", "sharp"), ["sharp", "disc"])):
        select(dock, *chosen)
        with qtbot.waitSignal(dock.compare_wanted) as told:
            dock.actions_by_name["compare"].trigger()
        assert told.args == wanted


def test_a_note_is_written_as_it_is_typed_in_one_step(dock, document, qtbot):
    select(dock, "disc")
    dock.activateWindow()
    dock.note.setFocus()
    qtbot.waitUntil(dock.note.hasFocus)
    qtbot.keyClicks(dock.note, "wide")
    assert document.project.variants[1].notes == "wide"
    assert document.undo_stack.count() == 1
    assert [edit.label for edit in document.project.history] == ["Note on variant disc"]
    document.undo_stack.undo()
    assert document.project.variants[1].notes == ""
    assert dock.note.toPlainText() == ""


def test_a_note_belongs_to_the_variant_selected(dock, document):
    assert not dock.note.isEnabled()
    select(dock, "sharp")
    assert dock.note.toPlainText() == "in focus"
    select(dock, "disc")
    assert dock.note.toPlainText() == ""
    select(dock, "sharp", "disc")
    assert not dock.note.isEnabled()
    assert document.undo_stack.count() == 0


def test_changed_variants_make_the_project_dirty_until_saved(dock, document):
    before = document.revision
    dock.keep()
    assert document.dirty
    document.mark_saved(Path("a.odr"), before)
    assert document.dirty
    document.mark_saved(Path("a.odr"), document.revision)
    assert not document.dirty


def test_undoing_a_variant_leaves_the_lens_alone(dock, document):
    dock.keep()
    document.edit_design(SHARP, "Change")
    document.undo_stack.undo()
    document.undo_stack.redo()
    assert document.design == SHARP
    assert names(document) == ["sharp", "disc", "Variant 3"]


def test_the_current_lens_is_marked(dock, document):
    assert [dock.model.is_current(dock.model.index_of(name)) for name in ("sharp", "disc")] == [False, True]
    assert "kept as “disc”" in dock.message.text()
    dock.keep()
    assert "“disc” and 1 more" in dock.message.text()
    document.edit_design(SHARP, "Change")
    assert "kept as “sharp”" in dock.message.text()


def test_selection_and_place_survive_changes_elsewhere(dock, document):
    select(dock, "disc")
    document.edit_design(SHARP, "Change")
    dock.model.setData(dock.model.index_of("sharp"), "clear")
    assert selected(dock) == ["disc"]
    dock.keep()
    select(dock, "disc")
    document.undo_stack.undo()
    assert selected(dock) == ["disc"]


def test_of_many_variants_only_those_in_view_get_a_picture(dock, document, made, qtbot):
    lenses = [SHARP.with_zernike(5, 0.01 * n) for n in range(200)]
    document.replace_project(Project(variants=tuple(Variant(f"v{n}", lens) for n, lens in enumerate(lenses))))
    assert dock.model.rowCount() == 200
    qtbot.waitUntil(lambda: lenses[0] in made and not dock.thumbnails.busy)
    assert len(made) < 40
    assert lenses[-1] not in made
    dock.cards.scrollToBottom()
    qtbot.waitUntil(lambda: lenses[-1] in made and not dock.thumbnails.busy)
    assert len(made) < 80


def test_cards_make_as_many_columns_as_fit(dock, qtbot):
    def columns():
        return len({dock.cards.visualRect(dock.model.index(row, 0)).x() for row in range(2)})

    assert columns() == 2
    dock.cards.resize(200, 400)
    qtbot.waitUntil(lambda: columns() == 1)


def test_begin_keep_asks_for_a_name(dock):
    dock.hide()
    dock.begin_keep()
    assert dock.isVisible()
    assert dock.window().focusWidget() is dock.name


def test_a_reader_hears_what_a_card_shows(dock):
    index = dock.model.index_of("disc")
    assert index.data(Qt.ItemDataRole.AccessibleDescriptionRole).startswith("the current lens, Ø")
    assert "Kept " in index.data(Qt.ItemDataRole.ToolTipRole)


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_the_gallery_paints_in_both_themes(dock, dressed, choice):
    dressed(choice)
    assert not dock.cards.grab().isNull()


def test_all_controls_have_names(dock):
    assert unnamed(dock) == []
