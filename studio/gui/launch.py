"""From a command line to a running window, and from there to an exit code."""

from __future__ import annotations

import logging
import os
import sys
import threading
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import (
    QBuffer,
    QIODevice,
    QMessageLogContext,
    QObject,
    Qt,
    QTimer,
    QtMsgType,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication
from threadpoolctl import threadpool_limits

from studio.allocator import keep_freed_memory
from studio.capture.pipeline import SourceState
from studio.gui import theme
from studio.gui.crash import CrashGuard, previous_crash, versions
from studio.gui.dialogs import APP_NAME, Problem, QuietDialogs
from studio.gui.interrupt import InterruptWatch
from studio.gui.logs import Logging
from studio.gui.main_window import MainWindow
from studio.gui.settings import Settings
from studio.gui.toasts import ToastAction
from studio.project import atomic
from studio.project.places import user_folder

FIRST_FRAME_S = 30.0
SWITCH_INTERVAL_S = 0.5e-3

log = logging.getLogger(__name__)


def prepare_process() -> None:
    """Settings of the whole process that a live view wants: frames' memory is kept, BLAS runs on one thread.

    A second BLAS thread makes a PSF hardly faster and takes the core that the capture thread and the UI need. The
    live worker asks for the interpreter after each call of numpy and cv2; at the usual 5 ms a turn it waits for the
    window so often that a drag falls from 28 to 22 frames a second.
    """
    keep_freed_memory()
    threadpool_limits(limits=1, user_api="blas")
    sys.setswitchinterval(SWITCH_INTERVAL_S)


def launch(file: Path | None, source: str | None, screenshot: Path | None, after_s: float) -> int:
    """Show the window on `file` (or the example) until it is closed; with `screenshot`, until that is written.

    There is a display, or none is needed: see `studio.display`.

    Returns the exit code: 0, 1 for a failure, 2 for a project or source that cannot be opened (screenshots only:
    with a user at hand the window says so and stays).
    """
    prepare_process()
    qInstallMessageHandler(_log_qt)
    app = QApplication([sys.argv[0]])
    app.setApplicationName(APP_NAME)
    app.setDesktopFileName("opticaldr-studio")
    code = _take_picture(app, file, source, screenshot, after_s) if screenshot else _work(app, file, source)
    if threading.active_count() > 1:
        _end_now(code)
    return code


def _end_now(code: int) -> None:
    """End without the interpreter's farewell: HDF5 crashes when a thread is still reading a file during that."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _work(app: QApplication, file: Path | None, source: str | None) -> int:
    settings = Settings()
    theme.apply(app, settings.theme)
    crashes = user_folder() / "crashes"
    earlier = previous_crash(crashes)
    guard = CrashGuard(crashes)
    guard.install()
    logbook = Logging()
    logbook.start()
    log.info("started: %s", versions())
    try:
        window = MainWindow(settings)
        window.fit_screen()
        guard.reported.connect(window.show_problem)
        _show_first(window, file, source)
        if earlier:
            _tell_of_crash(window, earlier)
        interrupts = InterruptWatch(window)
        try:
            return app.exec()
        finally:
            interrupts.remove()
    finally:
        log.info("ended")
        logbook.stop()
        guard.remove()


def _show_first(window: MainWindow, file: Path | None, source: str | None) -> None:
    if source is not None:
        window.live.set_source(source)  # it begins once a project is open; before the dock asks for its own
    window.show()
    if file is not None:
        window.files.open_path(file, then=partial(_settle_in, window))
    else:
        window.files.open_example(then=partial(_settle_in, window))


def _settle_in(window: MainWindow) -> None:
    window.files.offer_unsaved()
    window.tour.offer()


def _tell_of_crash(window: MainWindow, report: str) -> None:
    log.warning("the session before crashed:\n%s", report)
    problem = Problem(
        "The studio ended unexpectedly last time.",
        "It crashed; the report says where.",
        "Saved projects are as they were; unsaved work is offered for recovery.",
        "Send the report to the developers.",
        details=report,
    )
    details = ToastAction("Details", lambda: window.dialogs.show_problem(problem))
    window.toasts.show(f"{problem.happened} {problem.kept}", "error", details)


def _take_picture(app: QApplication, file: Path | None, source: str | None, target: Path, after_s: float) -> int:
    """A picture of the window as a newcomer sees it: default layout, nothing stored, no dialog."""
    problems: list[Problem] = []
    with TemporaryDirectory() as folder:
        settings = Settings(Path(folder))
        theme.apply(app, settings.theme)
        window = MainWindow(settings, lambda parent: QuietDialogs(parent, problems))
        settings.tour_offered = True
        shooter = Screenshot(window, target, after_s, problems)
        _show_first(window, file, source)
        code = app.exec()
        window.close()
    return _fail(shooter.failure, code) if shooter.failure else code


class Screenshot(QObject):
    """Waits for the first live frame and `after_s` more seconds, writes the picture, ends the application."""

    def __init__(self, window: MainWindow, target: Path, after_s: float, problems: list[Problem]) -> None:
        super().__init__(window)
        self.failure = ""
        self._window, self._target, self._problems = window, target, problems
        self._delay = QTimer(self, singleShot=True, interval=round(after_s * 1000))
        self._delay.timeout.connect(self._shoot)
        self._limit = QTimer(self, singleShot=True, interval=round(FIRST_FRAME_S * 1000))
        self._limit.timeout.connect(self._too_late)
        self._limit.start()
        window.live.frame_ready.connect(self._framed)
        window.live.state_changed.connect(self._source_changed)
        # queued: the problem is told after the work has ended
        window.files.busy_changed.connect(self._file_work_changed, Qt.ConnectionType.QueuedConnection)

    @Slot(object)
    def _framed(self, _frame: object) -> None:
        if self._limit.isActive() and not self._window.files.busy:
            self._limit.stop()
            self._delay.start()

    @Slot(object)
    def _source_changed(self, state: SourceState) -> None:
        if state.phase == "failed":
            self._end(state.message, 2)

    @Slot(bool)
    def _file_work_changed(self, busy: bool) -> None:
        if self._problems and not busy:
            self._end(self._problems[0].details or str(self._problems[0]), 2)

    @Slot()
    def _too_late(self) -> None:
        state = self._window.live.state
        self._end(f"no live frame within {FIRST_FRAME_S:g} s: {state.phase} {state.message}".strip(), 1)

    @Slot()
    def _shoot(self) -> None:
        png = QBuffer()
        png.open(QIODevice.OpenModeFlag.WriteOnly)
        self._window.grab().save(png, "PNG")
        try:
            atomic.write(self._target, bytes(png.data().data()), verify=lambda _: None)
        except OSError as error:
            self._end(f"{self._target}: cannot be written: {atomic.reason(error)}", 1)
        else:
            self._end("", 0)

    def _end(self, failure: str, code: int) -> None:
        self.failure = failure
        QApplication.exit(code)


def _log_qt(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Qt's own messages join the log."""
    if text.startswith("This plugin does not support"):
        return  # the offscreen platform, at every window and dialog: of no use to anyone
    levels = {QtMsgType.QtDebugMsg: logging.DEBUG, QtMsgType.QtInfoMsg: logging.INFO}
    log.log(levels.get(kind, logging.WARNING), "Qt: %s", text)


def _fail(text: str, code: int) -> int:
    sys.stderr.write(f"opticaldr: {text}\n")
    return code
