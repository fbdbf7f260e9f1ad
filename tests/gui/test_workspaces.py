"""Workspaces: what each shows, that each is remembered as it was left, and arrangements with a name."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.capture.replay import Place
from studio.gui.docks.transport_bar import TransportBar
from studio.gui.main_window import MainWindow
from studio.gui.settings import Settings
from studio.gui.widgets.dock_scroll import DockScroll
from studio.gui.workspaces import LAYOUT_VERSION, WORKSPACES, bring_up
from tests.gui.conftest import trigger

SHOWN = {
    "live": {"dock-live", "dock-lens", "dock-psf"},
    "design": {"dock-live", "dock-lens", "dock-psf", "dock-wavefront", "dock-mtf", "dock-depth"},
    "compare": {"dock-variants", "dock-compare", "dock-lens", "dock-psf"},
    "privacy": {"dock-privacy", "dock-privacy-curves", "dock-privacy-faces", "dock-data", "dock-lens", "dock-live"},
    "train": {"dock-train", "dock-lens", "dock-psf", "dock-live"},
    "tradeoff": {"dock-tradeoff", "dock-lens", "dock-psf", "dock-live"},
}
EVERY_DOCK = set().union(*SHOWN.values()) | {"dock-history", "dock-help", "dock-log"}


def docks(window: MainWindow) -> dict[str, QDockWidget]:
    return {dock.objectName(): dock for dock in window.findChildren(QDockWidget)}


def shown(window: MainWindow) -> set[str]:
    """Docks that are open; one behind another tab counts."""
    return {name for name, dock in docks(window).items() if not dock.isHidden()}


def button(window: MainWindow, title: str) -> QToolButton:
    rail = window.findChild(QToolBar, "rail")
    return next(b for b in rail.findChildren(QToolButton) if b.text() == title)


def test_the_face_has_most_of_the_first_workspace(window: MainWindow, qtbot) -> None:
    assert set(docks(window)) == EVERY_DOCK
    assert shown(window) == SHOWN["live"]
    live = docks(window)["dock-live"]
    qtbot.waitUntil(lambda: live.width() > window.width() // 2)
    areas = {name: docks(window)[name].width() * docks(window)[name].height() for name in SHOWN["live"]}
    assert areas["dock-live"] > areas["dock-lens"] + areas["dock-psf"]


def test_the_pictures_have_most_of_the_design_workspace(window: MainWindow, qtbot) -> None:
    trigger(window, "workspace-design")
    assert shown(window) == SHOWN["design"]
    QApplication.processEvents()
    sizes = {name: dock.width() * dock.height() for name, dock in docks(window).items() if dock.isVisible()}
    assert min(sizes["dock-psf"], sizes["dock-wavefront"]) > sizes["dock-live"]
    assert docks(window)["dock-lens"].height() > 0.8 * window.height()


@pytest.mark.parametrize("workspace", [w.id for w in WORKSPACES])
@pytest.mark.parametrize("size", [(1024, 700), (1280, 800), (1366, 700), (1920, 1080)])
def test_nothing_forces_the_window_beyond_its_size(dressed, window: MainWindow, workspace: str, size, qtbot) -> None:
    dressed("dark")
    window.resize(*size)
    trigger(window, f"workspace-{workspace}")
    trigger(window, "reset-layout")
    with qtbot.waitSignal(window.live.psf_ready, timeout=10_000):  # figures and warnings are on screen
        window.document.apply_preset("paper-literal")
    window.findChild(TransportBar).show_place(Place(50, 30_000, 1, 25.0))  # as of a long clip
    QApplication.processEvents()
    assert (window.width(), window.height()) == size
    for name in SHOWN[workspace]:
        dock = docks(window)[name]
        if not dock.visibleRegion().isEmpty():  # not behind a tab
            assert window.rect().contains(dock.geometry()), name
            needed = needs(dock)  # no scroll bar in the usual arrangement
            assert dock.widget().width() >= needed.width(), name
            assert dock.widget().height() >= needed.height(), name


@pytest.mark.parametrize("workspace", [w.id for w in WORKSPACES])
def test_no_dock_makes_the_window_grow(window: MainWindow, workspace: str, qtbot) -> None:
    """Also with what was arranged for a large window, and with everything open at once."""
    window.resize(1920, 1080)
    trigger(window, f"workspace-{workspace}")
    trigger(window, "reset-layout")
    QApplication.processEvents()
    window.resize(1024, 700)
    QApplication.processEvents()
    assert (window.width(), window.height()) == (1024, 700)
    for dock in docks(window).values():
        dock.show()
        QApplication.processEvents()
        assert (window.width(), window.height()) == (1024, 700), dock.objectName()


@pytest.mark.parametrize("workspace", [w.id for w in WORKSPACES])
def test_help_and_log_get_their_room_and_give_it_back(window: MainWindow, workspace: str, qtbot) -> None:
    trigger(window, f"workspace-{workspace}")
    QApplication.processEvents()
    before = sizes(window)
    help_dock, log_dock = docks(window)["dock-help"], docks(window)["dock-log"]
    trigger(window, "help")
    qtbot.waitUntil(lambda: help_dock.width() == 320)
    trigger(window, "log")
    qtbot.waitUntil(lambda: log_dock.height() >= 176)
    log_dock.close()
    help_dock.close()
    qtbot.waitUntil(lambda: sizes(window) == before)


def sizes(window: MainWindow) -> dict[str, tuple[int, int]]:
    """Of the docks in front, to the few pixels that a layout rounds."""
    return {
        name: (round(dock.width(), -1), round(dock.height(), -1))
        for name, dock in docks(window).items()
        if not dock.visibleRegion().isEmpty()
    }


def needs(dock: QDockWidget) -> QSize:
    """What the content of a dock needs to be seen whole."""
    content = dock.widget()
    return content.widget().minimumSizeHint() if isinstance(content, DockScroll) else content.minimumSizeHint()


def test_the_rail_and_its_keys_switch(window: MainWindow, qtbot) -> None:
    assert button(window, "Live").isChecked()
    qtbot.mouseClick(button(window, "Design"), Qt.MouseButton.LeftButton)
    assert shown(window) == SHOWN["design"]
    assert not button(window, "Live").isChecked()
    with qtbot.waitActive(window):
        window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert shown(window) == SHOWN["live"]
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert button(window, "Live").isChecked()  # pressed twice, it stays


def test_each_workspace_is_remembered_as_it_was_left(window: MainWindow) -> None:
    docks(window)["dock-psf"].close()
    trigger(window, "workspace-design")
    docks(window)["dock-mtf"].close()
    trigger(window, "workspace-live")
    assert shown(window) == SHOWN["live"] - {"dock-psf"}
    trigger(window, "workspace-design")
    assert shown(window) == SHOWN["design"] - {"dock-mtf"}
    trigger(window, "reset-layout")
    assert shown(window) == SHOWN["design"]
    trigger(window, "workspace-live")
    assert shown(window) == SHOWN["live"] - {"dock-psf"}  # the other one was not touched


def test_the_next_session_begins_where_this_one_ended(open_window, qtbot) -> None:
    first = open_window()
    docks(first)["dock-psf"].close()
    trigger(first, "workspace-design")
    docks(first)["dock-depth"].close()
    first.close()
    second = open_window()
    assert button(second, "Design").isChecked()
    assert shown(second) == SHOWN["design"] - {"dock-depth"}
    trigger(second, "workspace-live")
    assert shown(second) == SHOWN["live"] - {"dock-psf"}
    second.close()


def test_the_compare_dock_is_in_front_from_the_first_moment(open_window, settings: Settings, qtbot) -> None:
    settings.workspace = "compare"
    window = open_window()
    qtbot.waitUntil(lambda: not docks(window)["dock-compare"].visibleRegion().isEmpty())
    assert docks(window)["dock-psf"].visibleRegion().isEmpty()
    window.close()


def test_what_was_stored_and_does_not_fit_gives_the_usual_arrangement(open_window, settings: Settings, qtbot) -> None:
    settings.workspace = "of a later version"
    settings.set_arrangement("live", QByteArray(b"nonsense"))
    window = open_window()
    assert button(window, "Live").isChecked()
    assert shown(window) == SHOWN["live"]
    window.close()


@pytest.mark.parametrize("name", sorted(EVERY_DOCK - SHOWN["live"]))
def test_a_dock_shown_from_the_menu_comes_to_the_front(window: MainWindow, name: str, qtbot) -> None:
    dock = docks(window)[name]
    dock.toggleViewAction().trigger()
    qtbot.waitUntil(lambda: not dock.visibleRegion().isEmpty())
    assert not dock.isFloating()


def test_f6_goes_round_the_docks_in_sight(window: MainWindow, qtbot) -> None:
    with qtbot.waitActive(window):
        window.activateWindow()
    bring_up(docks(window)["dock-live"])
    been = []
    for _ in range(4):
        trigger(window, "next-dock")
        been.append(next(n for n, d in docks(window).items() if d.isAncestorOf(QApplication.focusWidget())))
    assert been == ["dock-lens", "dock-psf", "dock-live", "dock-lens"]
    trigger(window, "previous-dock")
    assert docks(window)["dock-live"].isAncestorOf(QApplication.focusWidget())


def layouts(window: MainWindow) -> list[str]:
    menu = next(m for m in window.findChildren(QMenu) if m.title() == "&Layouts")
    return [action.text() for action in menu.actions()]


def test_a_dock_that_an_older_layout_does_not_know_stays_out_of_sight(
    window: MainWindow, settings: Settings, monkeypatch
) -> None:
    history = docks(window)["dock-history"]
    history.setObjectName("dock-of-no-older-version")
    older = window.saveState(LAYOUT_VERSION)
    history.setObjectName("dock-history")
    settings.set_arrangement("design", older)
    history.show()
    trigger(window, "workspace-design")
    assert shown(window) == SHOWN["live"]  # as it was stored, and nothing besides


def test_a_layout_of_another_version_says_so_and_changes_nothing(window: MainWindow, settings: Settings) -> None:
    settings.set_layout("old", window.saveState(LAYOUT_VERSION - 1))
    docks(window)["dock-psf"].close()
    window.workspaces.show_layout("old")
    assert shown(window) == SHOWN["live"] - {"dock-psf"}
    assert "does not fit" in window.toasts.shown[-1].text


def test_every_workspace_has_a_key_and_a_place_on_the_rail(window: MainWindow) -> None:
    for number, workspace in enumerate(WORKSPACES, 1):
        action = window.findChild(object, f"action-workspace-{workspace.id}")
        assert action.shortcut().toString() == f"Alt+{number}"
        assert button(window, workspace.title).accessibleName() == f"Workspace {workspace.title}"


def test_layouts_with_a_name(window: MainWindow) -> None:
    remove = window.findChild(object, "action-remove-layout")
    assert not remove.isEnabled()
    trigger(window, "save-layout")  # cancelled
    assert layouts(window) == []
    docks(window)["dock-psf"].close()
    window.dialogs.layout_name = "Face & lens"
    trigger(window, "save-layout")
    assert layouts(window) == ["Face && lens"]
    trigger(window, "reset-layout")
    window.workspaces.show_layout("Face & lens")
    assert shown(window) == SHOWN["live"] - {"dock-psf"}
    remove.trigger()
    assert layouts(window) == []
    assert not remove.isEnabled()


def test_a_dock_scrolls_below_what_its_content_needs_and_not_before(qtbot) -> None:
    dock, content = QDockWidget("Figures"), QWidget()
    qtbot.addWidget(dock)
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 0, 0, 0)
    plot, text = QWidget(), QLabel("wrapped words " * 8)
    plot.setMinimumSize(100, 100)
    plot.sizeHint = lambda: QSize(300, 400)
    plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    text.setWordWrap(True)
    column.addWidget(plot, 1)
    column.addWidget(text)
    scroll = DockScroll(content, dock)
    dock.setWidget(scroll)
    scroll.resize(300, 250)
    dock.resize(300, 280)
    dock.show()
    qtbot.waitUntil(lambda: content.size() == scroll.viewport().size())
    assert (scroll.verticalScrollBar().maximum(), scroll.horizontalScrollBar().maximum()) == (0, 0)
    plot.setMinimumSize(100, 500)
    qtbot.waitUntil(lambda: scroll.verticalScrollBar().maximum() > 0)
    assert scroll.horizontalScrollBar().maximum() == 0
