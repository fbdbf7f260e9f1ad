"""The command palette: everything in the menus, found by a few letters, run from the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from studio.gui.actions import ACTIONS
from studio.gui.command_palette import CommandPalette
from studio.gui.fuzzy import fit
from studio.gui.main_window import MainWindow
from studio.optics.presets import PRESETS, preset


@pytest.fixture
def palette(window: MainWindow, qtbot) -> CommandPalette:
    with qtbot.waitActive(window):
        window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.command_palette.isVisible()
    return window.command_palette


def titles(palette: CommandPalette) -> list[str]:
    return [command.title for command in palette.shown]


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("save", "Save layout", "Autosave"),
        ("lay", "Reset layout", "Display"),
        ("sf", "Sf lens", "Solve focus"),
        ("op", "Open", "Open recent projects"),
        ("slf", "Solve focus", "Save the last of"),
    ],
)
def test_a_closer_match_fits_better(query: str, better: str, worse: str) -> None:
    first, second = fit(query, better), fit(query, worse)
    assert first is not None
    assert second is not None
    assert first > second


def test_letters_in_another_order_do_not_fit() -> None:
    assert fit("sf", "focus") is None
    assert fit("focus solve", "Solve focus") is not None  # words may come in any order
    assert fit("", "anything") is not None


def test_it_offers_actions_presets_docks_and_layouts(window: MainWindow, tmp_path: Path, qtbot) -> None:
    window.dialogs.layout_name = "Desk"
    window.workspaces.save_layout()
    window.dialogs.place = tmp_path / "mine.odr"
    window.files.save_as()
    qtbot.waitUntil(lambda: not window.files.busy)
    window.command_palette.open()
    places = {(command.place, command.title.split("  ")[0]) for command in window.command_palette.shown}
    assert {(row.menu, row.text.replace("&", "")) for row in ACTIONS} <= places
    assert {("View › Docks", "Wavefront"), ("View › Layouts", "Desk"), ("View › Theme", "Dark")} <= places
    assert ("File › Open recent", "mine") in places
    assert {
        ("Live › Source", "Camera 0"),
        ("Lens › Variants", "Rename"),
        ("File › Export › PSF", "SVG figure …"),
    } <= places
    assert len([place for place, _ in places if place == "File › New from preset"]) == len(PRESETS)


def test_enter_runs_the_chosen_command_and_the_focus_returns(window: MainWindow, qtbot) -> None:
    field = next(f for f in window.findChildren(QLineEdit) if f.isVisible() and f.isEnabled())
    with qtbot.waitActive(window):
        window.activateWindow()
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window.command_palette
    assert palette.query.hasFocus()
    qtbot.keyClicks(palette.query, "literal lens")
    assert palette.shown[0].place == "Lens"
    qtbot.keyClick(palette.query, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert window.document.design.zernike_um == preset("paper-literal").zernike_um
    assert QApplication.focusWidget() is field


def test_arrows_choose_and_escape_closes(palette: CommandPalette, qtbot) -> None:
    qtbot.keyClicks(palette.query, "layout")
    first = palette.list.currentRow()
    qtbot.keyClick(palette.query, Qt.Key.Key_Down)
    assert palette.list.currentRow() == first + 1
    assert palette.tip.text() == palette.shown[first + 1].tip
    qtbot.keyClick(palette.query, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_what_cannot_be_used_comes_last_and_does_nothing(palette: CommandPalette, window: MainWindow, qtbot) -> None:
    qtbot.keyClicks(palette.query, "undo")
    assert titles(palette)[-1] == "Undo"
    palette.list.setCurrentRow(palette.list.count() - 1)
    assert "Not possible" in palette.tip.text()
    qtbot.keyClick(palette.query, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_nothing_found_says_so(palette: CommandPalette, qtbot) -> None:
    qtbot.keyClicks(palette.query, "qqqq")
    assert palette.shown == []
    assert "Nothing fits" in palette.tip.text()
    qtbot.keyClick(palette.query, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_it_goes_when_the_focus_goes_elsewhere(palette: CommandPalette, window: MainWindow) -> None:
    next(f for f in window.findChildren(QLineEdit) if f is not palette.query and f.isVisible()).setFocus()
    assert not palette.isVisible()
