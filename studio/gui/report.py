"""Writing a report on the project from the window: a question for the place, and a thread that writes."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from studio.gui.document import Document
from studio.gui.export import Choose, Told, choose_file
from studio.gui.long_work import Follow, LongWork
from studio.project import atomic
from studio.project.model import Project

FORMATS = (".pdf", ".html")
log = logging.getLogger(__name__)


class ReportWriter(QObject):
    """Whoever owns this calls `stop` before the end."""

    told = Signal(str, str)  # what happens, kind of toast

    def __init__(self, document: Document, window: QWidget, choose: Choose = choose_file) -> None:
        super().__init__(window)
        self._document, self._window, self._choose = document, window, choose
        self.work = LongWork("report", self)

    @Slot()
    def write(self) -> None:
        """Ask for a place and write the report there."""
        if self.work.busy:
            self.told.emit("A report is being written already", "warning")
            return
        name = self._document.name
        folder = self._document.path.parent if self._document.path else Path.home()
        path = self._choose(self._window, folder / f"{name}-report{FORMATS[0]}", FORMATS)
        if path is not None:
            self.told.emit(f"Writing {path.name} …", "info")
            work = partial(_write, self._document.project, name, path)
            self.work.run(f"Writing {path.name}", work, self._ended, self._refused)

    def stop(self, timeout_s: float = 2.0) -> bool:
        """Wait for a report that is being written; False when it takes longer than `timeout_s`."""
        return self.work.stop(timeout_s)

    def _ended(self, outcome: Told) -> None:
        log.log(logging.ERROR if outcome[1] == "error" else logging.INFO, outcome[0])
        self.told.emit(*outcome)

    def _refused(self, reason: str) -> None:
        self._ended((reason, "warning"))


def _write(project: Project, name: str, path: Path, follow: Follow) -> Told:
    """Runs in the thread."""
    from studio.report.write import write_report  # matplotlib: not before somebody wants a report

    try:
        write_report(project, name, path, progress=follow)
    except OSError as error:
        return f"{path.name} was not written: {atomic.reason(error)}", "error"
    return f"Wrote {path.name}", "success"
