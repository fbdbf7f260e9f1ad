"""The window as a whole: actions, title, docks, drag and drop, and an end that always comes."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QSlider,
    QTabBar,
    QWidget,
)

from studio.gui import main_window, theme
from studio.gui.actions import ACTIONS
from studio.gui.dialogs import NOTICE, Dialogs, Problem
from studio.gui.main_window import MainWindow
from studio.gui.settings import Settings
from studio.optics.presets import preset
from studio.project import store
from studio.project.model import Project
from tests.gui.conftest import trigger


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "lens.odr"
    store.save(Project(design=preset("paper-literal")), path)
    return path


def menu(window: MainWindow, title: str) -> QMenu:
    # Not through QAction.menu(): PySide deletes the menu with the wrapper that this returns.
    return next(m for m in window.findChildren(QMenu) if m.title().replace("&", "") == title)


def change(window: MainWindow) -> None:
    document = window.document
    document.edit_design(document.design.with_zernike(4, -20.0), "Change defocus")


def idle(window: MainWindow, qtbot) -> None:
    qtbot.waitUntil(lambda: not window.files.busy)


def test_a_dock_that_comes_does_not_cover_a_toast(window: MainWindow, qtbot) -> None:
    toast = window.toasts.show("Look here", "error")

    def in_front() -> bool:
        return window.childAt(toast.geometry().center()) in (toast, *toast.findChildren(QWidget))

    qtbot.waitUntil(in_front)
    trigger(window, "log")
    qtbot.waitUntil(in_front)
    trigger(window, "workspace-design")
    qtbot.waitUntil(in_front)


def test_a_message_without_room_ends_in_an_ellipsis(window: MainWindow) -> None:
    bar = window.statusBar()
    bar.showMessage("Saved lens.odr")
    assert bar.shown == "Saved lens.odr"
    bar.showMessage("long " * 100)
    assert bar.shown.endswith("…")
    assert bar.accessibleDescription() == "long " * 100


def test_every_row_of_the_table_is_an_action_in_its_menu(window: MainWindow) -> None:
    titles = [action.text().replace("&", "") for action in window.menuBar().actions()]
    assert titles == ["File", "Edit", "Lens", "Live", "Run", "View", "Help"]
    for row in ACTIONS:
        names = [action.objectName() for action in menu(window, row.menu).actions()]
        assert f"action-{row.id}" in names
    shortcuts = [row.shortcut for row in ACTIONS if row.shortcut]
    assert len(shortcuts) == len(set(shortcuts))


def test_title_and_undo_say_what_happened(window: MainWindow) -> None:
    assert "untitled" in window.windowTitle()
    undo = window.findChild(object, "action-undo")
    assert not undo.isEnabled()
    change(window)
    assert window.isWindowModified()
    assert undo.text() == "&Undo Change defocus"
    trigger(window, "undo")
    assert not window.isWindowModified()
    assert window.findChild(object, "action-redo").isEnabled()


def test_shortcuts_reach_the_document(window: MainWindow, qtbot) -> None:
    with qtbot.waitActive(window):
        window.activateWindow()
    change(window)
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.document.design.zernike_um[3] != -20.0
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert window.document.design.zernike_um[3] == -20.0


def test_lens_menu_applies_presets_and_random_lenses(window: MainWindow) -> None:
    next(a for a in menu(window, "Lens").actions() if "literal" in a.text()).trigger()
    assert window.document.design.zernike_um == preset("paper-literal").zernike_um
    trigger(window, "random-lens")
    assert window.document.undo_stack.count() == 1  # cancelled
    window.dialogs.seed = 7
    trigger(window, "random-lens")
    assert window.document.design.zernike_um == preset("random-zernike:7").zernike_um
    trigger(window, "solve-focus")
    assert window.document.undo_stack.undoText() == "Focus at 1 m"


def test_notes_on_the_project_are_one_step(window: MainWindow) -> None:
    trigger(window, "notes")  # declined
    assert window.document.undo_stack.count() == 0
    window.dialogs.notes = "Lens for the hallway camera"
    trigger(window, "notes")
    trigger(window, "notes")  # the same again
    assert window.document.undo_stack.undoText() == "Edit notes"
    assert window.document.project.history[-1].label == "Edit notes"
    assert window.document.project.notes == "Lens for the hallway camera"
    assert window.isWindowModified()
    trigger(window, "undo")
    assert window.document.project.notes == ""
    assert not window.isWindowModified()


def test_theme_choice_is_applied_and_remembered(window: MainWindow, settings: Settings, dressed) -> None:
    dressed("dark")
    next(a for a in menu(window, "Theme").actions() if a.text() == "Light").trigger()
    assert theme.tokens() is theme.LIGHT
    assert settings.theme == "light"


def test_save_as_and_recent_files(window: MainWindow, tmp_path: Path, qtbot) -> None:
    change(window)
    window.dialogs.place = tmp_path / "mine.odr"
    trigger(window, "save-as")
    assert not window.findChild(object, "action-save").isEnabled()  # while it is under way
    idle(window, qtbot)
    assert window.findChild(object, "action-save").isEnabled()
    assert window.windowTitle().startswith("mine[*]")
    assert not window.isWindowModified()
    recent = menu(window, "Open recent").actions()
    assert [a.text().split()[0] for a in recent] == ["mine"]


def drop(window: MainWindow, *paths: Path) -> bool:
    """Drag `paths` over the window and let go; whether it took them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    at, copy = QPointF(50, 50), Qt.DropAction.CopyAction
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at.toPoint(), copy, data, buttons, keys)
    enter.ignore()
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(window, QDropEvent(at, copy, data, buttons, keys))
    return enter.isAccepted()


def test_a_dropped_project_opens(window: MainWindow, saved: Path, qtbot) -> None:
    assert drop(window, saved)
    qtbot.waitUntil(lambda: window.document.path == saved)


@pytest.mark.parametrize(("name", "kind"), [("talk.mp4", "clip"), ("photo.png", "folder"), ("pictures", "folder")])
def test_dropped_pictures_and_videos_become_the_live_source(window, tmp_path: Path, qtbot, name, kind) -> None:
    path = tmp_path / name
    path.touch() if path.suffix else path.mkdir()
    window.workspaces.switch("design")
    assert drop(window, path)
    qtbot.waitUntil(lambda: window.live.source == f"{kind}:{path}")
    assert window.live_dock.isVisible()


def test_other_things_are_not_taken(window: MainWindow, tmp_path: Path, saved: Path) -> None:
    assert not drop(window, tmp_path / "missing.png")
    (tmp_path / "table.csv").touch()
    assert not drop(window, tmp_path / "table.csv")
    assert not drop(window, saved, saved)


def test_the_menu_presses_the_buttons_of_docks(window: MainWindow, qtbot) -> None:
    record, freeze = (window.findChild(object, f"action-{name}") for name in ("record", "freeze"))
    bar = window.live_dock.transport
    bar.enable(False)
    assert not record.isEnabled()
    bar.enable(True)
    assert record.isEnabled()
    window.workspaces.switch("design")
    window.live_dock.hide()
    freeze.trigger()
    assert bar.freeze.isChecked()
    assert freeze.isChecked()
    assert window.live_dock.isVisible()  # what it does is seen there
    bar.freeze.click()
    assert not freeze.isChecked()


def test_views_of_the_live_dock_are_commands(window: MainWindow) -> None:
    trigger(window, "view-wall")
    assert window.live_dock.mode.choice == "wall"
    assert window.document.view("live.mode", "") == "wall"


def test_an_undo_of_one_project_does_not_reach_the_next(window: MainWindow) -> None:
    window.variants.keep()
    window.variants.remove()
    window.toasts.show("Copy saved", "success")
    assert len(window.toasts.shown) == 2
    window.dialogs.unsaved = "discard"
    window.files.new("paper-literal")
    assert [toast.text for toast in window.toasts.shown] == ["Copy saved"]


def test_the_report_of_an_error_is_copied_while_its_dialog_stays(window: MainWindow, qtbot) -> None:
    problem = Problem("It broke.", "Why.", "Kept.", "Do.", details="line 7")
    seen = []

    def copy_and_close() -> None:
        box = QApplication.activeModalWidget()
        copy = next(b for b in box.buttons() if b.text() == "Copy report")
        copy.click()
        seen.append((box.isVisible(), copy.text(), "line 7" in QApplication.clipboard().text()))
        box.reject()

    QTimer.singleShot(0, copy_and_close)
    Dialogs(window).show_problem(problem)
    assert seen == [(True, "Copied", True)]


@pytest.mark.parametrize("answer", ["cancel", "discard", "save"])
def test_closing_with_unsaved_changes_asks(open_window, tmp_path: Path, qtbot, answer: str) -> None:
    window = open_window()
    change(window)
    window.dialogs.unsaved = answer
    window.dialogs.place = tmp_path / "kept.odr"
    window.close()
    if answer == "cancel":
        assert window.isVisible()
        window.dialogs.unsaved = "discard"
        window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert window.dialogs.place.exists() is (answer == "save")
    assert not (tmp_path / "kept.odr.lock").exists()


def test_closing_waits_for_a_save(open_window, saved: Path, qtbot, monkeypatch) -> None:
    window = open_window()
    window.files.open_path(saved)
    idle(window, qtbot)
    change(window)
    gate, real = threading.Event(), store.save
    monkeypatch.setattr(store, "save", lambda *a, **k: gate.wait(10) and real(*a, **k))
    trigger(window, "save")
    window.close()
    assert window.isVisible()
    gate.set()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert store.load(saved).design.zernike_um[3] == -20.0


def test_closing_does_not_wait_for_a_file_that_is_being_read(open_window, saved, qtbot, monkeypatch) -> None:
    window = open_window()
    gate, real = threading.Event(), store.load
    monkeypatch.setattr(store, "load", lambda path: gate.wait(10) and real(path))
    window.files.open_path(saved)
    window.close()
    assert not window.isVisible()
    gate.set()


def test_closing_stops_every_thread(open_window, qtbot) -> None:
    before = set(threading.enumerate())
    window = open_window()
    window.files.new()
    window.live.set_source("portrait")
    with qtbot.waitSignal(window.live.frame_ready, timeout=10_000):
        pass
    window.close()
    assert set(threading.enumerate()) - before == set()


def test_closing_waits_for_all_parts_together_no_longer_than_it_may(open_window, qtbot, monkeypatch) -> None:
    window = open_window()
    clock, given = [100.0], []

    def hang(timeout_s: float) -> bool:
        given.append(timeout_s)
        clock[0] += timeout_s / 2
        return False

    parts = (window.report, *(dock for dock in window.findChildren(QDockWidget) if hasattr(dock, "stop")))
    real = [part.stop for part in parts]
    for part in parts:
        monkeypatch.setattr(part, "stop", hang)
    monkeypatch.setattr(main_window.time, "monotonic", lambda: clock[0])
    window.close()
    monkeypatch.undo()
    assert not window.isVisible()
    assert len(given) >= 8
    assert clock[0] - 100.0 <= main_window.END_S
    assert all(stop(2.0) for stop in real)


def test_an_internal_error_is_shown_once_at_a_time(window: MainWindow) -> None:
    shown = []

    def show(problem) -> None:
        shown.append(problem)
        window.show_problem("again, while the dialog is open")

    window.dialogs.show_problem = show
    window.show_problem("report")
    assert [problem.details for problem in shown] == ["report"]
    window.show_problem("later")
    assert len(shown) == 2


def test_every_control_has_a_name_for_screen_readers(window: MainWindow) -> None:
    controls = [
        w
        for w in window.findChildren(QWidget)
        if w.focusPolicy() != Qt.FocusPolicy.NoFocus and w.isVisibleTo(window) and not w.objectName().startswith("qt_")
    ]
    assert controls
    nameless = [
        f"{type(w).__name__} in {type(w.parent()).__name__}"
        for w in controls
        if not w.accessibleName() and not (isinstance(w, QAbstractButton) and w.text())
    ]
    assert nameless == []


def test_every_control_of_a_dock_says_what_it_is_for(window: MainWindow) -> None:
    controls = [
        widget
        for dock in window.findChildren(QDockWidget)
        for kind in (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox, QSlider, QAbstractItemView)
        for widget in dock.findChildren(kind)
        if not widget.objectName().startswith("qt_")
        and not isinstance(widget, QHeaderView)
        and not isinstance(widget.parent(), QAbstractSpinBox | QTabBar)
    ]
    assert len(controls) > 100
    lists = [box.view() for box in window.findChildren(QComboBox)]
    silent = [
        f"{type(w).__name__} {w.accessibleName() or getattr(w, 'text', str)()} in {type(w.parent()).__name__}"
        for w in controls
        if not (w.toolTip() or w.accessibleDescription() or w.isHidden()) and w not in lists
    ]
    assert silent == []


def test_the_research_notice_is_always_in_sight(window: MainWindow) -> None:
    assert any(label.text() == NOTICE and label.isVisible() for label in window.statusBar().findChildren(QLabel))
