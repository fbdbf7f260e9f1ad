"""The welcome page: where a project comes from. Shown from the Help menu, and when there is none to show."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from studio.gui.background import Background
from studio.gui.dialogs import APP_NAME
from studio.gui.icons import APP_ICON, icon
from studio.gui.opening import reason, saved_when
from studio.gui.theme import SPACING
from studio.gui.widgets.choice_button import ChoiceButton
from studio.gui.widgets.labels import TokenLabel
from studio.gui.widgets.quantity import on_screen
from studio.optics.presets import PRESETS
from studio.project import store
from studio.project.store import ProjectError
from studio.resources import project_path

if TYPE_CHECKING:
    from studio.gui.main_window import MainWindow

_COLUMN_PX = 42 * SPACING
_TWO_COLUMNS_PX = 2 * _COLUMN_PX + 16 * SPACING
_LOGO_PX = 48


class WelcomePage(QScrollArea):
    """Covers the docks of `window` until a project is opened, Escape is pressed or it is closed."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("welcome")
        self.setAccessibleName("Welcome")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._examples: dict[Path, ChoiceButton] = {}
        self._notes: dict[Path, str] = {}
        self._reader = Background("welcome", self)
        window.installEventFilter(self)
        window.document.project_replaced.connect(self.hide)
        self.hide()

    def open(self) -> None:
        """Show it with what there is now: files come and go."""
        self.setGeometry(self._room())
        self._renew()
        self.show()
        self.raise_()
        self.findChildren(QPushButton, "choice")[0].setFocus()
        if not self._reader.busy:
            self._reader.run(partial(_notes, list(self._examples)), self._describe, lambda _: None)

    def stop(self) -> None:
        """Nothing is delivered any more: the window goes away."""
        self._reader.abandon()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._room())
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and self.isVisible():
            QTimer.singleShot(0, self, self._renew)  # the page must not go while its colours are being changed
        super().changeEvent(event)

    @Slot()
    def _renew(self) -> None:
        self.setWidget(self._make_page())  # the page before is deleted by this

    def _room(self) -> QRect:
        """Where the docks are: below the tool bar, beside the rail, above the status bar."""
        window = self._window
        left, top = window.rail.geometry().right() + 1, window.rail.y()
        return QRect(left, top, window.width() - left, window.statusBar().y() - top)

    def _make_page(self) -> QWidget:
        begin = self._section("Open")
        self._examples = {}
        for path in _examples():
            about = self._notes.get(path, "An example to look around in")
            self._examples[path] = self._choice(_title(path), about, "portrait", self._opener(path))
            begin.addWidget(self._examples[path])
        begin.addWidget(self._choice("Open a project ...", "Or drop an .odr file on the window", "open", self._open))
        recent = self._section("Recent")
        for path in self._window.settings.recent:
            about = f"{path.parent}, saved {saved_when(path)}"
            recent.addWidget(self._choice(path.stem, about, "new", self._opener(path)))
        if not self._window.settings.recent:
            recent.addWidget(TokenLabel("Projects you open or save are listed here."))
        new = self._section("New from a preset")
        for name, row in PRESETS.items():
            begin_with = partial(self._window.files.new, name)
            new.addWidget(self._choice(on_screen(row.title), on_screen(row.source), "lens", begin_with))
        page = QWidget()
        page.setAutoFillBackground(True)
        room = QVBoxLayout(page)
        room.setContentsMargins(5 * SPACING, 4 * SPACING, 5 * SPACING, 3 * SPACING)
        room.setSpacing(3 * SPACING)
        room.addLayout(self._make_head())
        left = QVBoxLayout()
        left.setSpacing(3 * SPACING)
        left.addLayout(begin)
        left.addLayout(recent)
        left.addStretch(1)
        new.addStretch(1)
        columns = QHBoxLayout() if self.width() >= _TWO_COLUMNS_PX else QVBoxLayout()
        columns.setSpacing(6 * SPACING)
        columns.addLayout(left, 1)
        columns.addLayout(new, 1)
        room.addLayout(columns, 1)
        return page

    def _make_head(self) -> QHBoxLayout:
        logo = QLabel()
        logo.setPixmap(icon(APP_ICON, "accent").pixmap(_LOGO_PX, _LOGO_PX))
        title = QLabel(APP_NAME)
        title.setObjectName("welcome-title")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(title)
        words.addWidget(TokenLabel("Shape a lens that takes the identity away at capture, and see what it leaves."))
        tour = QPushButton(icon("tour"), " Take the tour")
        tour.clicked.connect(self._take_tour)
        close = QPushButton("Close")
        close.setToolTip("Back to the project that is open (Escape)")
        close.clicked.connect(self.hide)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACING)
        row.addWidget(logo)
        row.addLayout(words, 1)
        row.addWidget(tour)
        row.addWidget(close)
        return row

    @staticmethod
    def _section(title: str) -> QVBoxLayout:
        heading = QLabel(title)
        heading.setObjectName("heading")
        column = QVBoxLayout()
        column.setSpacing(SPACING // 2)
        column.addWidget(heading)
        return column

    @staticmethod
    def _choice(title: str, about: str, drawing: str, run: Callable[[], object]) -> ChoiceButton:
        button = ChoiceButton(title, about, icon(drawing, "accent"))
        button.clicked.connect(lambda: run())
        return button

    def _opener(self, path: Path) -> Callable[[], None]:
        return partial(self._window.files.open_path, path)

    def _describe(self, notes: dict[Path, str]) -> None:
        self._notes = notes
        for path, about in notes.items():
            if path in self._examples:
                self._examples[path].tell(about)

    @Slot()
    def _open(self) -> None:
        self._window.files.open()

    @Slot()
    def _take_tour(self) -> None:
        self.hide()
        self._window.tour.begin()


def _examples() -> list[Path]:
    try:
        return sorted(project_path().glob("*.odr"))
    except FileNotFoundError:
        return []


def _notes(paths: list[Path]) -> dict[Path, str]:
    """What is written about each project. Runs in the worker."""
    notes = {}
    for path in paths:
        try:
            notes[path] = " ".join(store.load(path).notes.split()) or "An example without a note"
        except ProjectError as error:
            notes[path] = reason(path, error)
    return notes


def _title(path: Path) -> str:
    return path.stem.replace("-", " ").capitalize()
