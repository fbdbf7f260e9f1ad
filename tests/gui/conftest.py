"""Every window test runs without a display, without the user's own folders and without a dialog."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QWidget

from studio.gui import theme
from studio.gui.dialogs import Problem, QuietDialogs
from studio.gui.document import Document
from studio.gui.jobs import Jobs
from studio.gui.main_window import MainWindow
from studio.gui.settings import Settings
from studio.project.model import Project
from tests.gui.leaks import Leaks
from tests.gui.played_jobs import Played


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Said by the offscreen platform at every window and dialog; it tells nothing about ours.
    for item in items:
        item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", extend=True))


@pytest.fixture(autouse=True)
def private_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))


@pytest.fixture(autouse=True)
def no_leaks(qapp: QApplication, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that leaves a thread, a running timer or a window behind, and names the place it came from."""
    leaks = Leaks()
    leaks.watch(monkeypatch)
    yield
    _close_what_qtbot_holds(request.node)
    assert leaks.found() == []


def _close_what_qtbot_holds(test: pytest.Item) -> None:
    """pytest-qt closes its widgets after all fixtures; here they are closed in time to be looked at."""
    for widget, _ in getattr(test, "qt_widgets", []):
        if (shown := widget()) is not None and shiboken6.isValid(shown):
            shown.close()
            shown.deleteLater()
    test.qt_widgets = []


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings")


@pytest.fixture
def document(qapp: QApplication) -> Document:
    return Document(Project())


@pytest.fixture
def dressed(qapp: QApplication):
    """The function `theme.apply` for this application; the plain look comes back afterwards."""
    yield lambda choice: theme.apply(qapp, choice)
    theme.apply(qapp, "system")


class ScriptedDialogs(QuietDialogs):
    """Answers from attributes and writes down what was asked."""

    def __init__(self, parent: QWidget) -> None:
        self.problems: list[Problem] = []
        super().__init__(parent, self.problems)
        self.asked: list[str] = []
        self.unsaved = "cancel"
        self.read_only = False
        self.recover = "cancel"
        self.recording = "cancel"
        self.running = "go on"
        self.cancel_run = False
        self.consent = False
        self.overwrite_changed = False
        self.seed: int | None = None
        self.place: Path | None = None
        self.notes: str | None = None
        self.layout_name = ""
        self.way_out = False

    def ask_unsaved(self, name):
        self.asked.append(f"unsaved {name}")
        return self.unsaved

    def ask_read_only(self, name, why):
        self.asked.append(f"read only: {why}")
        return self.read_only

    def ask_recover(self, name, what):
        self.asked.append(f"recover {name}: {what}")
        return self.recover

    def ask_recording(self):
        self.asked.append("recording")
        return self.recording

    def ask_running(self, titles):
        self.asked.append(f"running: {', '.join(titles)}")
        return self.running

    def ask_cancel_run(self, title):
        self.asked.append(f"cancel {title}")
        return self.cancel_run

    def ask_consent(self):
        self.asked.append("consent")
        return self.consent

    def ask_overwrite_changed(self, text):
        self.asked.append(f"changed: {text}")
        return self.overwrite_changed

    def ask_random_seed(self):
        return self.seed

    def ask_notes(self, notes):
        return self.notes

    def ask_layout_name(self, existing):
        return self.layout_name

    def choose_layout(self, existing):
        return self.layout_name

    def show_problem(self, problem):
        super().show_problem(problem)
        return self.way_out

    def choose_open(self, folder):
        return self.place

    def choose_save(self, suggestion, title=""):
        self.asked.append(f"save as {suggestion.name}")
        return self.place


@pytest.fixture
def played(monkeypatch) -> Played:
    """Jobs live and die as the test says."""
    return Played(monkeypatch)


@pytest.fixture
def jobs(played, document, qtbot) -> Iterator[Jobs]:
    made = Jobs(document)
    yield made
    assert made.stop()


@pytest.fixture
def dialogs(qtbot) -> ScriptedDialogs:
    parent = QWidget()
    qtbot.addWidget(parent)
    return ScriptedDialogs(parent)


@pytest.fixture
def open_window(settings: Settings) -> Iterator[Callable[[], MainWindow]]:
    """Opens windows that the test closes. They are deleted: what is only hidden is styled anew with every theme."""
    opened: list[MainWindow] = []

    def open_one() -> MainWindow:
        opened.append(MainWindow(settings, ScriptedDialogs))
        opened[-1].show()
        return opened[-1]

    yield open_one
    for window in opened:
        window.deleteLater()


@pytest.fixture
def window(settings: Settings, qtbot) -> Iterator[MainWindow]:
    window = MainWindow(settings, ScriptedDialogs)
    window.show()
    window.files.new()
    yield window
    window.dialogs.unsaved = "discard"
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    window.deleteLater()


def trigger(window: MainWindow, name: str) -> None:
    window.findChild(object, f"action-{name}").trigger()
