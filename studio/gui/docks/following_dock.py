"""A dock whose picture of the lens is computed in a thread, while it is in view and no longer."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QWidget

from studio.capture.pipeline import LivePsf
from studio.gui.document import Document
from studio.gui.newest import FOLLOW_REST, NewestWork, Work

STALE_AFTER_MS = 600
"""Longer than the rest between two results during a drag, so that the mark does not flicker."""


class FollowingDock(QDockWidget):
    """Subclasses say in `_request` what is to be computed, and show, refuse and mark as stale.

    What is on screen counts as stale once `_subject` has been another for STALE_AFTER_MS. Whoever owns the dock calls
    `stop` before the end.
    """

    def __init__(self, title: str, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._document = document
        self._work = NewestWork(title.lower().replace(" ", "-"), self._take, self._give_up, rest=FOLLOW_REST)
        self._late = QTimer(self, singleShot=True, interval=STALE_AFTER_MS)
        self._late.timeout.connect(self._mark_late)
        self._shown_subject: object = None
        self.setAccessibleName(title)
        self.destroyed.connect(self._work.cancel)
        document.design_changed.connect(self._expect)

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the thread for good; False when it is still busy after `timeout_s`."""
        self._late.stop()
        return self._work.stop(timeout_s)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._expect()
        self._request()

    def hideEvent(self, event: QHideEvent) -> None:
        self._late.stop()
        self._work.cancel()
        super().hideEvent(event)

    def _compute(self, work: Work) -> None:
        """Run `work` for the subject of this moment."""
        subject = self._subject()
        self._work.request(lambda wanted: (subject, work(wanted)))

    @Slot(object)
    def _follow(self, result: LivePsf) -> None:
        if self.isVisible():
            self._request(result.draft)

    @Slot()
    def _expect(self) -> None:
        if not self.isVisible():
            return
        if self._shown_subject == self._subject():  # an edit may have been taken back
            self._late.stop()
            self._set_stale(False)
        elif not self._late.isActive():
            self._late.start()

    @Slot()
    def _mark_late(self) -> None:
        self._set_stale(True)

    def _take(self, outcome: tuple[object, Any]) -> None:
        self._shown_subject, result = outcome
        self._late.stop()
        self._set_stale(False)
        self._expect()
        self._show(result)

    def _give_up(self, reason: str) -> None:
        self._late.stop()
        self._set_stale(False)
        self._shown_subject = None
        self._refuse(reason)

    # For subclasses

    def _subject(self) -> object:
        """What the picture is of; two that are equal have one picture."""
        return self._document.design

    def _request(self, draft: bool = False) -> None:
        raise NotImplementedError

    def _show(self, result: Any) -> None:
        raise NotImplementedError

    def _refuse(self, reason: str) -> None:
        raise NotImplementedError

    def _set_stale(self, stale: bool) -> None:
        """Mark what is on screen as that of another lens than it should be, or as up to date."""
        raise NotImplementedError
