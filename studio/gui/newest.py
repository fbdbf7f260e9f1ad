"""Work that follows the user: one piece at a time off the GUI thread, and of what is asked meanwhile the newest."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot

from studio.gui.background import Background
from studio.optics.lens import DesignError

Work = Callable[[Callable[[], bool]], Any]
"""Is given a function that tells, between steps, whether the result is still wanted."""
FOLLOW_REST = 9.0
"""For work that follows a drag: a tenth of a core for each, the rest for the live picture."""
_LONGEST_REST_S = 0.3


class NewestWork(QObject):
    """Lives in the GUI thread, where `show(result)` and `refuse(one line)` are called.

    It has no Qt parent, so that a thread that outlives a deleted widget still finds it. After each piece it rests,
    `rest` times as long as that took.
    """

    def __init__(
        self, name: str, show: Callable[[Any], None], refuse: Callable[[str], None], *, rest: float = 0.0
    ) -> None:
        super().__init__()
        self._show, self._refuse = show, refuse
        self._waiting: Work | None = None
        self._wanted = threading.Event()
        self._background = Background(name)
        self._rest = rest
        self._resting = QTimer(self, singleShot=True)
        self._resting.timeout.connect(self._go_on)

    @property
    def busy(self) -> bool:
        """Something is under way or waits."""
        return self._background.busy or self._waiting is not None

    def request(self, work: Work) -> None:
        """Run `work` now, or next when something is under way; a piece that still waits is dropped."""
        if self._background.busy or self._resting.isActive():
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
        self._resting.stop()
        self._background.abandon()
        return self._background.wait(timeout_s)

    def _start(self, work: Work) -> None:
        self._wanted = wanted = threading.Event()
        wanted.set()
        started_s = time.monotonic()

        def run() -> tuple[threading.Event, float, Any, str]:
            try:
                result, reason = work(wanted.is_set), ""
            except DesignError as error:
                result, reason = None, str(error)
            return wanted, time.monotonic() - started_s, result, reason

        self._background.run(run, self._ended, self._refuse_project)

    @Slot()
    def _go_on(self) -> None:
        if self._waiting is not None:
            work, self._waiting = self._waiting, None
            self._start(work)

    def _ended(self, outcome: tuple[threading.Event, float, Any, str]) -> None:
        wanted, took_s, result, error = outcome
        if self._rest:
            self._resting.start(round(1000 * min(self._rest * took_s, _LONGEST_REST_S)))
        else:
            self._go_on()
        if not wanted.is_set():
            return
        if error:
            self._refuse(error)
        else:
            self._show(result)

    @staticmethod
    def _refuse_project(error: Exception) -> None:
        raise error  # optics does not touch project files
