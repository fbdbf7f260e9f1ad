"""The window: docks, menus and what ties them to the document. Pictures get the room."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, cast, runtime_checkable

from PySide6.QtCore import QChildEvent, QEvent, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QActionGroup, QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLabel,
    QLayout,
    QMainWindow,
    QTabBar,
    QTabWidget,
    QToolBar,
    QWidget,
)

from studio.gui import theme
from studio.gui.actions import ACTIONS, build_actions, tint
from studio.gui.command_palette import CommandPalette
from studio.gui.dialogs import APP_NAME, NOTICE, Dialogs, Problem
from studio.gui.docks.compare_dock import CompareDock
from studio.gui.docks.data_dock import DataDock
from studio.gui.docks.depth_dock import DepthDock
from studio.gui.docks.help_dock import START, HelpDock
from studio.gui.docks.history_dock import HistoryDock
from studio.gui.docks.lens_dock import LensDock
from studio.gui.docks.live_dock import LiveDock
from studio.gui.docks.log_dock import LogDock
from studio.gui.docks.mtf_dock import MtfDock
from studio.gui.docks.parameter_text import in_words
from studio.gui.docks.privacy_curves_dock import PrivacyCurvesDock
from studio.gui.docks.privacy_dock import PrivacyDock
from studio.gui.docks.privacy_faces_dock import PrivacyFacesDock
from studio.gui.docks.psf_dock import PsfDock
from studio.gui.docks.source_button import source_of
from studio.gui.docks.tradeoff_dock import TradeoffDock
from studio.gui.docks.train_dock import TrainDock
from studio.gui.docks.variants_dock import VariantsDock
from studio.gui.docks.wavefront_dock import WavefrontDock
from studio.gui.document import Document
from studio.gui.evaluations import Evaluations
from studio.gui.export import Exporting
from studio.gui.files import Files
from studio.gui.icons import APP_ICON, icon
from studio.gui.jobs import Jobs
from studio.gui.leaving import leave
from studio.gui.live import LiveController
from studio.gui.menus import Menus
from studio.gui.notices import Notices
from studio.gui.progress import StatusProgress, Watchable
from studio.gui.recording_end import RecordingEnd
from studio.gui.report import ReportWriter
from studio.gui.settings import Settings
from studio.gui.studies import Studies
from studio.gui.theme import SPACING
from studio.gui.toasts import Toasts
from studio.gui.tour import Tour
from studio.gui.welcome import WelcomePage
from studio.gui.widgets.dock_scroll import DockScroll
from studio.gui.widgets.status_bar import StatusBar
from studio.gui.workspaces import WORKSPACES, Workspaces, bring_up
from studio.optics.lens import DesignError
from studio.optics.presets import RANDOM_PREFIX
from studio.project.model import Project

DEFAULT_SIZE = QSize(1280, 800)
FRAME = QSize(2 * SPACING, 5 * SPACING)  # about what a desktop draws around a window
MESSAGE_MS = 6000
END_S = 1.5


@runtime_checkable
class _Working(Protocol):
    """A part with threads or timers of its own: they end with the window."""

    def stop(self, timeout_s: float) -> object: ...


class MainWindow(QMainWindow):
    """Owns the document, the live view and the files; closing it ends them all."""

    def __init__(self, settings: Settings, dialogs: Callable[[QWidget], Dialogs] = Dialogs) -> None:
        super().__init__()
        self.settings = settings
        self._may_close = False
        self._showing_problem = False
        self.dialogs = dialogs(self)
        self.document = Document(Project(), self)
        self.live = LiveController(self.document, self)
        self.jobs = Jobs(self.document, self)
        self.report = ReportWriter(self.document, self)
        self.evaluations = Evaluations(self.document, self.jobs, self)
        self.studies = Studies(self.document, self.jobs, self)
        self._recording_end = RecordingEnd(self.live.recording, self.dialogs, self.close, self)
        self.files = Files(self.document, settings, self.dialogs, self)
        self.setObjectName("main-window")
        self.setAccessibleName(APP_NAME)
        self.setWindowIcon(icon(APP_ICON))
        self.setAcceptDrops(True)
        self._docks = self._make_docks()
        self.workspaces = Workspaces(self, self._docks, settings, self.dialogs)
        self.toasts, self.tour = Toasts(self), Tour(self)
        self._notices = Notices(self.document, self.toasts, self.workspaces)
        self.command_palette, self.welcome = CommandPalette(self), WelcomePage(self)
        self.progress = StatusProgress()
        self._actions = build_actions(self)
        self._menus = Menus(self, self._actions, self._docks)
        self._make_toolbar()
        self.rail = self._make_rail()
        self._make_status_bar()
        self._connect()
        tint(self._actions)
        self._place()
        self.workspaces.begin()
        self._show_title()

    # Parts

    def _make_docks(self) -> dict[str, QDockWidget]:
        self.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.South)
        document, live = self.document, self.live
        lens_dock = LensDock(document)
        lens_dock.dragging.connect(live.set_draft)
        live.psf_ready.connect(lens_dock.show_psf)
        self.lens_terms = lens_dock.terms
        self.variants, compare = VariantsDock(document), CompareDock(document, live)
        self.variants.compare_wanted.connect(compare.begin)
        self._help, self._log = HelpDock(), LogDock()
        self._data_dock = DataDock(document, self.settings)
        self.live_dock = LiveDock(document, live)
        self.train_dock = TrainDock(document, self.jobs, self.dialogs.ask_cancel_run)
        self.privacy_dock = PrivacyDock(document, self.evaluations)
        self.tradeoff_dock = TradeoffDock(document, self.studies, self.evaluations)
        self.tradeoff_dock.scoring_begun.connect(self._show_privacy)
        docks: dict[str, QDockWidget] = {
            "live": self.live_dock,
            "lens": lens_dock,
            "psf": PsfDock(document, live),
            "wavefront": WavefrontDock(document),
            "mtf": MtfDock(document, live),
            "depth": DepthDock(document, live),
            "variants": self.variants,
            "compare": compare,
            "privacy": self.privacy_dock,
            "data": self._data_dock,
            "privacy-curves": PrivacyCurvesDock(document, self.evaluations),
            "privacy-faces": PrivacyFacesDock(self.evaluations),
            "train": self.train_dock,
            "tradeoff": self.tradeoff_dock,
            "history": HistoryDock(document),
            "help": self._help,
            "log": self._log,
        }
        for name, dock in docks.items():
            dock.setObjectName(f"dock-{name}")  # saved layouts go by this name
            dock.widget().setAutoFillBackground(True)
            if dock is not lens_dock:  # which scrolls by itself, and never sideways
                dock.setWidget(DockScroll(dock.widget(), dock))
        return docks

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

    def _make_rail(self) -> QToolBar:
        rail = QToolBar("Workspaces", self)
        rail.setObjectName("rail")
        rail.setAccessibleName("Workspaces")
        rail.setMovable(False)
        cast(QLayout, rail.layout()).setContentsMargins(0, 0, 0, 0)  # made for a tool bar without this one's name
        rail.setIconSize(QSize(24, 24))
        rail.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        rail.toggleViewAction().setEnabled(False)
        group = QActionGroup(rail)
        for workspace in WORKSPACES:
            action = self._actions[f"workspace-{workspace.id}"]
            group.addAction(action)
            rail.addAction(action)
            rail.widgetForAction(action).setAccessibleName(f"Workspace {workspace.title}")
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, rail)
        return rail

    def _make_status_bar(self) -> None:
        bar = StatusBar(self)
        self.setStatusBar(bar)
        bar.add_lasting(self.progress)
        notice = QLabel(NOTICE)
        notice.setAccessibleName(NOTICE)
        bar.add_lasting(notice)

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
        self.files.saved_share.connect(self.progress.set_share)
        self.workspaces.changed.connect(self._mark_workspace)
        self.files.message.connect(self._show_message)
        self.files.warned.connect(self._notices.warn)
        self.privacy_dock.told.connect(self.toasts.show)
        self.privacy_dock.removed.connect(self._notices.removed)
        self.train_dock.run_finished.connect(self._notices.run_finished)
        self.train_dock.runs_removed.connect(self._notices.removed)
        self.jobs.failed.connect(self._notices.job_failed)
        works = [dock.export.work for dock in self._docks.values() if isinstance(dock, Exporting)]
        watched: list[Watchable] = [self.report.work, self.privacy_dock.form.fetch.work, self._data_dock]
        for work in (*works, *watched):
            self.progress.watch(work)
        self.report.told.connect(self.toasts.show)
        self.files.unsaved_found.connect(self._notices.unsaved_found)
        self.files.copied.connect(self._notices.copy_saved)
        self.files.nothing_open.connect(self.welcome.open)
        self.variants.removed.connect(self._notices.removed)
        self.live_dock.told.connect(self.toasts.show)
        self.lens_terms.told.connect(self.toasts.show)
        self.live_dock.transport.consent.wanted.connect(self._ask_consent)

    def fit_screen(self) -> None:
        """Shrink to what the screen has room for, with the frame that a desktop draws around a window."""
        self.resize(self.size().boundedTo(self.screen().availableSize() - FRAME))

    # What the actions call

    def random_lens(self) -> None:
        seed = self.dialogs.ask_random_seed()
        if seed is not None:
            self.document.apply_preset(f"{RANDOM_PREFIX}{seed}")

    def edit_notes(self) -> None:
        notes = self.dialogs.ask_notes(self.document.project.notes)
        if notes is not None:
            self.document.edit_notes(notes)

    def solve_focus(self) -> None:
        try:
            self.document.solve_focus()
        except DesignError as error:
            self._notices.warn(f"No focus. {in_words(str(error))}.")

    def show_help(self) -> None:
        """Explain the dock that has the focus, or the studio when none has."""
        focused = QApplication.focusWidget()
        while focused is not None and not isinstance(focused, QDockWidget):
            focused = focused.parentWidget()
        if focused is not self._help:
            names = {dock: name for name, dock in self._docks.items()}
            self._help.show_topic(names[focused] if isinstance(focused, QDockWidget) else START)
        bring_up(self._help)

    def show_log(self) -> None:
        bring_up(self._log)

    def set_full_screen(self, on: bool) -> None:
        self.showFullScreen() if on else self.showNormal()

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

    def choose_theme(self, choice: str) -> None:
        self.settings.theme = choice
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
        if not busy:
            self.progress.end()
        elif self.files.opening:
            self.progress.begin(f"Opening {self.files.opening}", self.files.cancel_opening)
        elif self.files.saving:
            self.progress.begin("Saving", self.files.cancel_saving)
        else:
            self.progress.begin("Looking for unsaved work", self.files.cancel_looking)

    @Slot(str)
    def _show_message(self, text: str) -> None:
        self.statusBar().showMessage(text, MESSAGE_MS)

    @Slot()
    def _show_privacy(self) -> None:
        self.workspaces.switch("privacy")

    @Slot()
    def _ask_consent(self) -> None:
        if self.dialogs.ask_consent():
            self.live.recording.set_consent(True)

    @Slot(str)
    def _mark_workspace(self, workspace_id: str) -> None:
        self._actions[f"workspace-{workspace_id}"].setChecked(True)

    # Events

    def childEvent(self, event: QChildEvent) -> None:
        if event.polished() and isinstance(event.child(), QTabBar):  # Qt makes them where docks share a place
            cast(QTabBar, event.child()).setAccessibleName("Docks in this place")
        super().childEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            tint(self._actions)
        elif event.type() == QEvent.Type.WindowStateChange:
            self._actions["full-screen"].setChecked(self.isFullScreen())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        path = _dropped(event)
        if path is not None and (_is_project(path) or source_of(path)):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped(event)
        if path is not None:
            event.acceptProposedAction()
            QTimer.singleShot(0, self, lambda: self._take(path))  # not inside the other program's drag

    def _take(self, path: Path) -> None:
        """Open a project; videos and pictures become the source of the live view."""
        if _is_project(path):
            self.files.open_path(path)
        else:
            bring_up(self.live_dock)
            self.live_dock.choose_source(source_of(path))

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.live.recording.active:
            event.ignore()
            self._recording_end.ask()
        elif self._may_close or not (self.files.saving or self.document.dirty):
            if not leave(self.jobs, self.dialogs):
                self._may_close = False
                event.ignore()
                return
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
        """Everything is told to stop, and waited for END_S at most; threads that take longer end with the process."""
        end_s = time.monotonic() + END_S
        docks = [dock for dock in self._docks.values() if isinstance(dock, _Working)]
        parts: list[_Working] = [self.live, self.jobs, self.report, *docks]
        for part in parts:
            part.stop(max(0.0, end_s - time.monotonic()))
        self.files.close()
        self._log.end()
        self.progress.clear()
        self.tour.end()
        self.welcome.stop()
        if not self.isFullScreen():
            self.settings.geometry = self.saveGeometry()
        self.workspaces.store()
        self.settings.flush()

    def _place(self) -> None:
        self.resize(DEFAULT_SIZE)
        if self.settings.geometry is not None:
            self.restoreGeometry(self.settings.geometry)


def _dropped(event: QDropEvent) -> Path | None:
    """The one local file or folder that is being dragged, or None."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return paths[0] if len(paths) == 1 else None


def _is_project(path: Path) -> bool:
    return path.suffix.lower() == ".odr"
