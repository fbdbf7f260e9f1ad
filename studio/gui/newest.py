"""Work that follows the user: one piece at a time off the GUI thread, and of what is asked meanwhile the newest."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Slot

from studio.gui.background import Background
from studio.optics.lens import DesignError

Work = Callable[[Callable[[], bool]], Any]
"""Is given a function that tells, between steps, whether the result is still wanted."""


class NewestWork(QObject):
    """Lives in the GUI thread, where `show(result)` and `refuse(one line)` are called.

    It has no Qt parent, so that a thread that outlives a deleted widget still finds it.
    """

    def __init__(self, name: str, show: Callable[[Any], None], refuse: Callable[[str], None]) -> None:
        super().__init__()
        self._show, self._refuse = show, refuse
        self._waiting: Work | None = None
        self._wanted = threading.Event()
        self._background = Background(name)

    @property
    def busy(self) -> bool:
        return self._background.busy

    def request(self, work: Work) -> None:
        """Run `work` now, or next when something is under way; a piece that still waits is dropped."""
        if self._background.busy:
            self._waiting = work
        else:
            self._start(work)

    @Slot()
    def cancel(self) -> None:
        """Want nothing any more; what is under way ends at its next step and is not shown."""
        self._waiting = None
        self._wanted.clear()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """Cancel and wait for the thread, for good; False when it is still busy after `timeout_s`."""
        self.cancel()
        self._background.abandon()
        return self._background.wait(timeout_s)

    def _start(self, work: Work) -> None:
        self._wanted = wanted = threading.Event()
        wanted.set()

        def run() -> tuple[threading.Event, Any, str]:
            try:
                return wanted, work(wanted.is_set), ""
            except DesignError as error:
                return wanted, None, str(error)

        self._background.run(run, self._ended, self._refuse_project)

    def _ended(self, outcome: tuple[threading.Event, Any, str]) -> None:
        wanted, result, error = outcome
        if self._waiting is not None:
            work, self._waiting = self._waiting, None
            self._start(work)
        if not wanted.is_set():
            return
        if error:
            self._refuse(error)
        else:
            self._show(result)

    @staticmethod
    def _refuse_project(error: Exception) -> None:
        raise error  # optics does not touch project files
