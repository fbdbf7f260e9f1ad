"""The menu bar: the table of actions, and between its rows what grows with presets, docks, files and layouts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QDockWidget, QMenu

from studio.gui.actions import ACTIONS
from studio.gui.export import Exporting
from studio.gui.widgets.quantity import on_screen
from studio.optics.presets import PRESETS

if TYPE_CHECKING:
    from studio.gui.main_window import MainWindow

MENUS = ("File", "Edit", "Lens", "Live", "Run", "View", "Help")
THEMES = (("system", "Follow the system"), ("light", "Light"), ("dark", "Dark"))


class Menus(QObject):
    """Fills the menu bar of `window` and keeps its lists of files and layouts up to date."""

    def __init__(self, window: MainWindow, actions: dict[str, QAction], docks: dict[str, QDockWidget]) -> None:
        super().__init__(window)
        self._window = window
        bar = window.menuBar()
        menus = {name: bar.addMenu(f"&{name}") for name in MENUS}
        self._recent = QMenu("Open &recent", menus["File"])
        self._layouts = QMenu("&Layouts", menus["View"])
        for row in ACTIONS:
            menu = menus[row.menu]
            if row.group_start and not menu.isEmpty():
                menu.addSeparator()
            if row.id == "random-lens":
                _add_presets(menu, window.document.apply_preset)
            elif row.id == "freeze":
                menu.addMenu("S&ource").addActions(list(window.live_dock.source.actions_by_source.values()))
                menu.addSeparator()
            elif row.id == "save-layout":
                _add_docks(menu.addMenu("&Docks"), docks)
                menu.addSeparator()
                menu.addMenu(self._themes(menu))
                menu.addMenu(self._layouts)
            menu.addAction(actions[row.id])
            if row.id == "new":
                _add_presets(menu.addMenu("New &from preset"), window.files.new)
            elif row.id == "open":
                menu.addMenu(self._recent)
            elif row.id == "report":
                _add_exports(menu.addMenu("E&xport"), docks)
            elif row.id == "keep-variant":
                menu.addMenu("&Variants").addActions(list(window.variants.actions_by_name.values()))
        window.files.recent_changed.connect(self._fill_recent)
        window.workspaces.layouts_changed.connect(self._fill_layouts)
        self._remove_layout, self._clear_recent = actions["remove-layout"], actions["clear-recent"]
        self._fill_recent()
        self._fill_layouts()

    def _themes(self, parent: QMenu) -> QMenu:
        menu = QMenu("&Theme", parent)
        group = QActionGroup(menu)
        for choice, text in THEMES:
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(choice == self._window.settings.theme)
            action.triggered.connect(lambda _=False, choice=choice: self._window.choose_theme(choice))
            group.addAction(action)
        return menu

    @Slot()
    def _fill_recent(self) -> None:
        self._recent.clear()
        for path in self._window.settings.recent:
            action = self._recent.addAction(f"{path.stem}   {path.parent}".replace("&", "&&"))
            action.triggered.connect(lambda _=False, path=path: self._window.files.open_path(path))
        self._recent.setEnabled(not self._recent.isEmpty())
        self._clear_recent.setEnabled(not self._recent.isEmpty())

    @Slot()
    def _fill_layouts(self) -> None:
        self._layouts.clear()
        for name in self._window.settings.layouts:
            action = self._layouts.addAction(name.replace("&", "&&"))
            action.triggered.connect(lambda _=False, name=name: self._window.workspaces.show_layout(name))
        self._layouts.setEnabled(not self._layouts.isEmpty())
        self._remove_layout.setEnabled(not self._layouts.isEmpty())


def _add_presets(menu: QMenu, choose: Callable[[str], None]) -> None:
    for name, row in PRESETS.items():
        action = menu.addAction(on_screen(row.title))
        action.setStatusTip(on_screen(row.source))
        action.triggered.connect(lambda _=False, name=name: choose(name))


def _add_exports(menu: QMenu, docks: dict[str, QDockWidget]) -> None:
    for dock in docks.values():
        if isinstance(dock, Exporting):
            formats = menu.addMenu(dock.windowTitle())
            formats.addActions(list(dock.export.actions.values()))
            formats.aboutToShow.connect(dock.export.look)


def _add_docks(menu: QMenu, docks: dict[str, QDockWidget]) -> None:
    for dock in docks.values():
        action = dock.toggleViewAction()
        action.setStatusTip(f"Show or hide {dock.windowTitle()}")
        action.triggered.connect(lambda shown, dock=dock: dock.raise_() if shown else None)  # in front of other tabs
        menu.addAction(action)
