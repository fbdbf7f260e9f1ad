"""What parts of the window have to tell, as toasts, with the way back where there is one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from studio.gui.document import Document
from studio.gui.toasts import Kind, Toast, ToastAction, Toasts
from studio.gui.workspaces import Workspaces
from studio.jobs.process import Job


class Notices(QObject):
    """Slots for the signals of files, workspaces and docks."""

    def __init__(self, document: Document, toasts: Toasts, workspaces: Workspaces) -> None:
        super().__init__(toasts)
        self._toasts, self._workspaces = toasts, workspaces
        self._of_project: list[Toast] = []
        document.project_replaced.connect(self._forget_project)
        workspaces.layout_removed.connect(self._layout_removed)
        workspaces.layout_refused.connect(self._layout_refused)

    @Slot(str)
    def warn(self, text: str) -> None:
        self._toasts.show(text, "warning")

    @Slot(object)
    def copy_saved(self, path: Path) -> None:
        folder = QUrl.fromLocalFile(str(path.parent))
        show = ToastAction("Show folder", lambda: QDesktopServices.openUrl(folder))
        self._toasts.show(f"Copy saved: {path.name}", "success", show)

    @Slot(str, object)
    def unsaved_found(self, said: str, look: Callable[[], object]) -> None:
        self._toasts.show(said, "warning", ToastAction("Look", look), stays=True)

    @Slot(str, object)
    def removed(self, said: str, put_back: Callable[[], object]) -> None:
        self._tell_of_project(said, "info", ToastAction("Undo", put_back))

    @Slot(str, object)
    def run_finished(self, said: str, apply: Callable[[], object]) -> None:
        self._tell_of_project(said, "success", ToastAction("Apply lens", apply))

    def _tell_of_project(self, said: str, kind: Kind, action: ToastAction) -> None:
        """`action` changes the project that is open now, and must not outlive it."""
        toast = self._toasts.show(said, kind, action)
        self._of_project = [*(t for t in self._toasts.shown if t in self._of_project), toast]

    @Slot()
    def _forget_project(self) -> None:
        for toast in self._of_project:
            if toast in self._toasts.shown:
                toast.end()
        self._of_project.clear()

    @Slot(object, str)
    def job_failed(self, job: Job | None, reason: str) -> None:
        self._toasts.show(f"{job.request.title} failed: {reason}" if job else reason, "error")

    @Slot(str, QByteArray)
    def _layout_removed(self, name: str, state: QByteArray) -> None:
        undo = ToastAction("Undo", lambda: self._workspaces.keep_layout(name, state))
        self._toasts.show(f"Layout “{name}” removed", action=undo)

    @Slot(str)
    def _layout_refused(self, name: str) -> None:
        self.warn(f"Layout “{name}” is of another version of the studio and does not fit. Arrange the docks anew.")
