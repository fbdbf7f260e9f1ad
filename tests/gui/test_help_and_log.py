"""F1 help, the log file and its viewer, About, and progress in the status bar."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from studio.gui import logs
from studio.gui.about import AboutDialog, libraries, licence_notices, version_lines
from studio.gui.docks.help_dock import HelpDock, topics
from studio.gui.docks.log_dock import LogDock
from studio.gui.logs import Logging, RecentLines
from studio.gui.long_work import LongWork
from studio.gui.main_window import MainWindow
from studio.gui.progress import StatusProgress
from studio.optics.presets import preset
from studio.project import store
from studio.project.model import Project
from tests.gui.accessible import unnamed
from tests.gui.conftest import trigger

# Help


def test_every_dock_of_the_window_is_explained(window: MainWindow) -> None:
    docks = {name.removeprefix("dock-") for name in window._docks}
    assert docks - {"help"} <= set(topics())


@pytest.mark.parametrize("name", sorted(topics()))
def test_a_text_has_one_title_and_headings_and_names_no_other_unit_sign(name: str) -> None:
    topic = topics()[name]
    assert topic.title
    assert topic.text.count("\n# ") == 0
    assert len(topic.headings) == len(set(topic.headings)) >= 2


@pytest.mark.parametrize("name", ["lens", "psf", "wavefront", "mtf", "depth"])
def test_optics_texts_give_formula_and_sources(name: str) -> None:
    assert {"Formula", "Sources"} <= set(topics()[name].headings)


def test_f1_explains_the_dock_in_use(window: MainWindow, qtbot) -> None:
    with qtbot.waitActive(window):
        window.activateWindow()
    dock = window.findChild(object, "dock-psf")
    dock.widget().setFocus()
    dock.widget().focusNextChild()
    qtbot.keyClick(window, Qt.Key.Key_F1)
    help_dock = window.findChild(HelpDock)
    assert help_dock.isVisible()
    assert help_dock.topic.currentData() == "psf"
    assert "point spread function" in help_dock.text.toPlainText()
    qtbot.keyClick(window, Qt.Key.Key_F1)  # from inside the help: it stays
    assert help_dock.topic.currentData() == "psf"


def test_help_without_a_dock_in_use_begins_at_the_start(window: MainWindow) -> None:
    focused = QGuiApplication.focusObject()
    if focused is not None:
        focused.clearFocus()
    trigger(window, "help")
    assert window.findChild(HelpDock).topic.currentData() == "start"


def test_a_heading_is_found_and_shown_at_the_top(qtbot) -> None:
    dock = HelpDock()
    qtbot.addWidget(dock)
    dock.resize(320, 240)
    dock.show()
    dock.search.setText("depth: sour")
    qtbot.keyClick(dock.search, Qt.Key.Key_Return)
    assert dock.topic.currentData() == "depth"
    assert dock.text.textCursor().block().text() == "Sources"
    assert dock.text.verticalScrollBar().value() > 0
    assert unnamed(dock.widget()) == []


# Log


@pytest.fixture
def logging_here(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "log"
    logbook = Logging(folder)
    logbook.start()
    yield folder
    logbook.stop()


def test_the_log_file_rotates_and_stays_small(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(logs, "LOG_BYTES", 2000)
    logbook = Logging(tmp_path)
    logbook.start()
    for number in range(200):
        logging.getLogger("studio.test").info("line %d of many", number)
    logbook.stop()
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["studio.log", "studio.log.1", "studio.log.2"]
    assert all(file.stat().st_size <= 2000 for file in files)
    assert "line 199 of many" in files[0].read_text()


def test_a_folder_that_cannot_be_written_costs_only_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    logbook = Logging(tmp_path / "file")
    logbook.start()
    assert any("no log file" in line.text for line in logs.recent.lines(logging.WARNING))
    logbook.stop()


def test_stopping_puts_the_root_logger_back(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = root.level, list(root.handlers)
    logbook = Logging(tmp_path)
    logbook.start()
    logbook.stop()
    assert (root.level, root.handlers) == before


@pytest.fixture
def lines() -> Iterator[RecentLines]:
    handler = RecentLines()
    logger = logging.getLogger("studio.test")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


@pytest.fixture
def log_dock(lines: RecentLines, qtbot) -> LogDock:
    dock = LogDock(lines)
    qtbot.addWidget(dock)
    return dock


def test_the_viewer_follows_filters_and_copies(log_dock: LogDock, qtbot) -> None:
    log = logging.getLogger("studio.test")
    log.info("began")
    log_dock.show()
    worker = threading.Thread(target=log.error, args=("broke <b>down</b>",))
    worker.start()
    worker.join(10)
    qtbot.waitUntil(lambda: "broke <b>down</b>" in log_dock.text.toPlainText())
    assert "began" in log_dock.text.toPlainText()
    qtbot.mouseClick(
        next(b for b in log_dock.level.findChildren(object) if getattr(b, "text", str)() == "Errors"),
        Qt.MouseButton.LeftButton,
    )
    assert "began" not in log_dock.text.toPlainText()
    log_dock.copy.click()
    assert QGuiApplication.clipboard().text().endswith("broke <b>down</b>")
    assert unnamed(log_dock.widget()) == []


def test_the_viewer_rests_while_it_is_out_of_sight(log_dock: LogDock) -> None:
    log_dock.show()
    assert log_dock._look.isActive()
    log_dock.hide()
    assert not log_dock._look.isActive()


# About


def test_about_names_versions_and_licences(window: MainWindow, qtbot) -> None:
    about = AboutDialog("Studio", "Research use only.", window)
    qtbot.addWidget(about)
    assert [about.pages.tabText(n) for n in range(3)] == ["About", "Versions", "Licences"]
    assert {"numpy", "h5py"} <= {name.lower() for name in libraries()}
    assert "numpy" in version_lines()
    assert "Qt" in version_lines()
    notices = licence_notices()
    assert "MIT" in notices
    assert "numpy: " in notices
    assert "Redistribution and use in source and binary forms" in notices
    about.copy.click()
    assert QGuiApplication.clipboard().text() == version_lines()


# Progress


@pytest.fixture
def progress(qtbot) -> StatusProgress:
    progress = StatusProgress()
    qtbot.addWidget(progress)
    progress._patience.setInterval(1)
    return progress


def test_progress_shows_after_a_while_and_can_be_cancelled(progress: StatusProgress, qtbot) -> None:
    cancelled: list[bool] = []
    progress.begin("Opening lens.odr", lambda: cancelled.append(True))
    assert not progress.isVisible()
    qtbot.waitUntil(progress.isVisible)
    assert progress.label.text() == "Opening lens.odr"
    progress.cancel.click()
    assert cancelled == [True]
    progress.end()
    assert not progress.isVisible()


def test_what_ends_soon_never_shows_and_what_cannot_be_stopped_has_no_button(progress: StatusProgress, qtbot) -> None:
    progress.begin("Saving")
    progress.end()
    assert not progress._patience.isActive()
    progress.begin("Saving")
    qtbot.waitUntil(progress.isVisible)
    assert not progress.cancel.isVisible()
    progress.set_share(0.5)
    assert (progress.bar.value(), progress.bar.maximum()) == (50, 100)


def test_of_several_pieces_of_work_the_last_one_begun_is_shown(progress: StatusProgress, qtbot) -> None:
    progress.begin("Saving", of="file")
    progress.begin("Writing the report", lambda: None, of="report")
    progress.set_share(0.25, of="file")
    qtbot.waitUntil(progress.isVisible)
    assert progress.label.text() == "Writing the report"
    assert progress.bar.maximum() == 0
    progress.end(of="report")
    assert progress.label.text() == "Saving"
    assert progress.bar.value() == 25
    assert not progress.cancel.isVisible()
    progress.end(of="file")
    assert not progress.isVisible()


def test_long_work_is_followed_and_cancelled_from_the_status_bar(progress: StatusProgress, qtbot) -> None:
    work, gate = LongWork("test"), threading.Event()
    progress.watch(work)
    made: list[str] = []
    said: list[str] = []

    def make(follow) -> str:
        follow(0.5)
        gate.wait(10)
        follow(None)
        made.append("file")
        return "made"

    work.run("Writing lens.pdf", make, said.append, said.append)
    qtbot.waitUntil(lambda: progress.bar.value() == 50)
    qtbot.waitUntil(progress.isVisible)
    assert progress.label.text() == "Writing lens.pdf …"
    progress.cancel.click()
    gate.set()
    qtbot.waitUntil(lambda: not work.busy)
    assert said == ["Writing lens.pdf was cancelled"]
    assert made == []
    assert not progress.isVisible()
    work.run("Writing lens.pdf", make, said.append, said.append)
    qtbot.waitUntil(lambda: not work.busy)
    assert said[1:] == ["made"]


def test_an_opening_that_takes_long_can_be_cancelled(window: MainWindow, tmp_path: Path, qtbot, monkeypatch) -> None:
    path = tmp_path / "slow.odr"
    store.save(Project(design=preset("paper-literal")), path)
    gate, real, ended = threading.Event(), store.load, threading.Event()

    def slow(path: Path) -> Project:
        gate.wait(10)
        try:
            return real(path)
        finally:
            ended.set()

    monkeypatch.setattr(store, "load", slow)
    before = window.document.project
    window.progress._patience.setInterval(1)
    window.files.open_path(path)
    qtbot.waitUntil(window.progress.isVisible)
    assert "slow.odr" in window.progress.label.text()
    window.progress.cancel.click()
    assert not window.files.busy
    assert not window.progress.isVisible()
    assert window.findChild(object, "action-open").isEnabled()
    gate.set()
    assert ended.wait(10)
    qtbot.waitUntil(lambda: not path.with_name("slow.odr.lock").exists())
    assert window.document.project is before
