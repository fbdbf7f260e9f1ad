"""A dock whose picture of the lens is computed in a thread, while it is in view and no longer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QWidget

from studio.capture.pipeline import LivePsf
from studio.gui.newest import FOLLOW_REST, NewestWork


class FollowingDock(QDockWidget):
    """Subclasses say in `_request` what is to be computed. Whoever owns the dock calls `stop` before the end."""

    def __init__(
        self,
        title: str,
        show: Callable[[Any], None],
        refuse: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self._work = NewestWork(title.lower().replace(" ", "-"), show, refuse, rest=FOLLOW_REST)
        self.setAccessibleName(title)
        self.destroyed.connect(self._work.cancel)

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the thread for good; False when it is still busy after `timeout_s`."""
        return self._work.stop(timeout_s)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._request()

    def hideEvent(self, event: QHideEvent) -> None:
        self._work.cancel()
        super().hideEvent(event)

    @Slot(object)
    def _follow(self, result: LivePsf) -> None:
        if self.isVisible():
            self._request(result.draft)

    def _request(self, draft: bool = False) -> None:
        raise NotImplementedError
