"""The window: docks, menus and what ties them to the document. Pictures get the room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QActionGroup, QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QMainWindow, QMenu, QToolBar, QWidget

from studio.gui import theme
from studio.gui.actions import ACTIONS, build_actions, tint
from studio.gui.dialogs import APP_NAME, NOTICE, Dialogs, Problem
from studio.gui.docks.lens_dock import LensDock
from studio.gui.docks.live_dock import LiveDock
from studio.gui.docks.psf_dock import PsfDock
from studio.gui.document import Document
from studio.gui.files import Files
from studio.gui.icons import APP_ICON, icon
from studio.gui.live import LiveController
from studio.gui.settings import LAYOUT_VERSION, Settings
from studio.optics.lens import DesignError
from studio.optics.presets import PRESETS, RANDOM_PREFIX
from studio.project.model import Project

DEFAULT_SIZE = (1280, 800)
MESSAGE_MS = 6000
_SIDE_PX = (408, 480)  # narrowest and widest column of the lens and the PSF
_MENUS = ("File", "Edit", "Lens", "View", "Help")


class MainWindow(QMainWindow):
    """Owns the document, the live view and the files; closing it ends them all."""

    def __init__(self, settings: Settings, dialogs: Callable[[QWidget], Dialogs] = Dialogs) -> None:
        super().__init__()
        self._settings = settings
        self._may_close = False
        self._showing_problem = False
        self.dialogs = dialogs(self)
        self.document = Document(Project(), self)
        self.live = LiveController(self.document, self)
        self.files = Files(self.document, settings, self.dialogs, self)
        self.setObjectName("main-window")
        self.setAccessibleName(APP_NAME)
        self.setWindowIcon(icon(APP_ICON))
        self.setAcceptDrops(True)
        self._actions = build_actions(self)
        self._docks = self._make_docks()
        self._make_menus()
        self._make_toolbar()
        self._make_status_bar()
        self._connect()
        tint(self._actions)
        self.resize(*DEFAULT_SIZE)
        self.reset_layout()
        self._restore_layout()
        self._show_title()

    # Parts

    def _make_docks(self) -> tuple[QDockWidget, ...]:
        self.setDockOptions(
            QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AnimatedDocks
        )
        lens_dock = LensDock(self.document)
        lens_dock.dragging.connect(self.live.set_draft)
        docks = (LiveDock(self.document, self.live), lens_dock, PsfDock(self.document, self.live))
        for dock, name in zip(docks, ("live", "lens", "psf"), strict=True):
            dock.setObjectName(f"dock-{name}")  # saved layouts go by this name
            dock.widget().setAutoFillBackground(True)
        return docks

    def _make_menus(self) -> None:
        self._recent_menu = QMenu("Open &recent", self)
        menus = {name: self.menuBar().addMenu(f"&{name}") for name in _MENUS}
        self._add_docks_and_themes(menus["View"])
        for row in ACTIONS:
            menu = menus[row.menu]
            if row.group_start and not menu.isEmpty():
                menu.addSeparator()
            if row.id == "random-lens":
                self._add_presets(menu, self.document.apply_preset)
            menu.addAction(self._actions[row.id])
            if row.id == "new":
                self._add_presets(menu.addMenu("New &from preset"), self.files.new)
            elif row.id == "open":
                menu.addMenu(self._recent_menu)
        self._fill_recent()

    @staticmethod
    def _add_presets(menu: QMenu, choose: Callable[[str], None]) -> None:
        for name, row in PRESETS.items():
            action = menu.addAction(row.title)
            action.setStatusTip(row.source)
            action.triggered.connect(lambda _=False, name=name: choose(name))

    def _add_docks_and_themes(self, menu: QMenu) -> None:
        for dock in self._docks:
            menu.addAction(dock.toggleViewAction())
        menu.addSeparator()
        themes = menu.addMenu("&Theme")
        group = QActionGroup(themes)
        for choice, text in (("system", "Follow the system"), ("light", "Light"), ("dark", "Dark")):
            action = themes.addAction(text)
            action.setCheckable(True)
            action.setChecked(choice == self._settings.theme)
            action.triggered.connect(lambda _=False, choice=choice: self._choose_theme(choice))
            group.addAction(action)

    def _make_toolbar(self) -> None:
        bar = QToolBar("Main toolbar", self)
        bar.setObjectName("main-toolbar")
        bar.setAccessibleName("Main toolbar")
        bar.setMovable(False)
        bar.setIconSize(QSize(18, 18))
        bar.toggleViewAction().setEnabled(False)
        for row in ACTIONS:
            if row.toolbar:
                if row.group_start:
                    bar.addSeparator()
                bar.addAction(self._actions[row.id])
                bar.widgetForAction(self._actions[row.id]).setAccessibleName(row.text.replace("&", ""))
        self.addToolBar(bar)

    def _make_status_bar(self) -> None:
        self.statusBar().setAccessibleName("Status")
        self.statusBar().setSizeGripEnabled(False)
        notice = QLabel(NOTICE)
        notice.setAccessibleName(NOTICE)
        self.statusBar().addPermanentWidget(notice)

    def _connect(self) -> None:
        stack = self.document.undo_stack
        stack.canUndoChanged.connect(self._actions["undo"].setEnabled)
        stack.canRedoChanged.connect(self._actions["redo"].setEnabled)
        stack.undoTextChanged.connect(self._show_undo_text)
        stack.redoTextChanged.connect(self._show_redo_text)
        self._actions["undo"].setEnabled(False)
        self._actions["redo"].setEnabled(False)
        self.document.dirty_changed.connect(self.setWindowModified)
        self.document.path_changed.connect(self._show_title)
        self.files.busy_changed.connect(self._set_busy)
        self.files.recent_changed.connect(self._fill_recent)
        self.files.message.connect(self._show_message)

    # What the actions call

    def random_lens(self) -> None:
        seed = self.dialogs.ask_random_seed()
        if seed is not None:
            self.document.apply_preset(f"{RANDOM_PREFIX}{seed}")

    def solve_focus(self) -> None:
        try:
            self.document.solve_focus()
        except DesignError as error:
            self._show_message(f"No focus: {error}")

    def set_full_screen(self, on: bool) -> None:
        self.showFullScreen() if on else self.showNormal()

    def reset_layout(self) -> None:
        """The live view large on the left, the lens over the PSF on the right."""
        live, lens, psf = self._docks
        for dock in self._docks:  # all out first: three docks in one column would make the window taller
            dock.setFloating(False)
            self.removeDockWidget(dock)
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, live)
        self.splitDockWidget(live, lens, Qt.Orientation.Horizontal)
        self.splitDockWidget(lens, psf, Qt.Orientation.Vertical)
        for dock in self._docks:
            dock.show()
        width, height = self.width(), self.height()
        side = min(max(width // 3, _SIDE_PX[0]), _SIDE_PX[1])
        self.resizeDocks([live, lens], [width - side, side], Qt.Orientation.Horizontal)
        self.resizeDocks([lens, psf], [height * 60 // 100, height * 40 // 100], Qt.Orientation.Vertical)

    def show_problem(self, report: str) -> None:
        """An error of our own. One dialog at a time: a fault that repeats must not bury the window."""
        if self._showing_problem:
            return
        self._showing_problem = True
        try:
            self.dialogs.show_problem(
                Problem(
                    "Something went wrong inside the studio.",
                    report.strip().splitlines()[-1],
                    "The project is still open.",
                    "Save it, preferably under another name, and send the report to the developers.",
                    details=report,
                )
            )
        finally:
            self._showing_problem = False

    def _choose_theme(self, choice: str) -> None:
        self._settings.theme = choice
        theme.apply(cast(QApplication, QApplication.instance()), choice)

    # What follows the document

    @Slot(object)
    def _show_title(self, _path: Path | None = None) -> None:
        copy = "" if self.document.path else " (not saved yet)"
        self.setWindowTitle(f"{self.document.name}[*]{copy} - {APP_NAME}")
        self.setWindowModified(self.document.dirty)

    @Slot(str)
    def _show_undo_text(self, text: str) -> None:
        self._actions["undo"].setText(f"&Undo {text}".strip())

    @Slot(str)
    def _show_redo_text(self, text: str) -> None:
        self._actions["redo"].setText(f"&Redo {text}".strip())

    @Slot(bool)
    def _set_busy(self, busy: bool) -> None:
        for name in ("new", "open", "save", "save-as", "save-copy"):
            self._actions[name].setEnabled(not busy)

    @Slot(str)
    def _show_message(self, text: str) -> None:
        self.statusBar().showMessage(text, MESSAGE_MS)

    @Slot()
    def _fill_recent(self) -> None:
        self._recent_menu.clear()
        for path in self._settings.recent:
            action = self._recent_menu.addAction(f"{path.stem}   {path.parent}")
            action.triggered.connect(lambda _=False, path=path: self.files.open_path(path))
        self._recent_menu.setEnabled(not self._recent_menu.isEmpty())

    # Events

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            tint(self._actions)
        elif event.type() == QEvent.Type.WindowStateChange:
            self._actions["full-screen"].setChecked(self.isFullScreen())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_project(event) and not self.files.busy:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped_project(event)
        if path is not None:
            event.acceptProposedAction()
            QTimer.singleShot(0, self, lambda: self.files.open_path(path))  # not inside the other program's drag

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close or not (self.files.saving or self.document.dirty):
            self._end()
            event.accept()
        elif self.files.saving:
            event.ignore()
            self.files.when_saved(self.close)
        else:
            event.ignore()
            self.files.when_settled(self._close_now)

    def _close_now(self) -> None:
        self._may_close = True
        QTimer.singleShot(0, self, self.close)

    def _end(self) -> None:
        self.live.stop()
        self.files.close()
        if not self.isFullScreen():
            self._settings.set_layout(self.saveGeometry(), self.saveState(LAYOUT_VERSION))
        self._settings.flush()

    def _restore_layout(self) -> None:
        layout = self._settings.layout()
        if layout is not None:
            geometry, state = layout
            self.restoreGeometry(geometry)
            self.restoreState(state, LAYOUT_VERSION)


def _dropped_project(event: QDropEvent) -> Path | None:
    """The one local `.odr` file that is being dragged, or None."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return paths[0] if len(paths) == 1 and paths[0].suffix.lower() == ".odr" else None
