"""The wall of baselines as Qt objects see it: while it is open, every frame is asked for in all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from studio.capture.pipeline import LiveFrame
from studio.capture.wall import WALL, WallRenderer, shrink
from studio.faces.pictures import Frame
from studio.gui.document import Document
from studio.gui.newest import NewestWork
from studio.optics.baselines import Baseline

_REST = 0.5
"""A third of the time for the live picture, however slow the machine."""


@dataclass(frozen=True)
class WallPictures:
    """Small uint8 RGB pictures of one frame; `clear` is for whoever holds the button."""

    clear: Frame
    lens: Frame
    baselines: tuple[Frame, ...]


class LiveWall(QObject):
    """Renders `baselines` in a thread that exists only while a frame is under way; the newest frame wins."""

    ready = Signal(object)  # WallPictures
    refused = Signal(str)  # one line: why there are no pictures

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._render = WallRenderer()
        self._work: NewestWork | None = None
        self._frame: LiveFrame | None = None
        self._open = False
        self.baselines: tuple[Baseline, ...] = WALL

    def set_open(self, shown: bool) -> None:
        """A closed wall costs nothing."""
        self._open = shown
        if shown:
            self._request()
        elif self._work is not None:
            self._work.cancel()

    def set_baselines(self, baselines: Sequence[Baseline]) -> None:
        self.baselines = tuple(baselines)
        self._request()

    def forget(self) -> None:
        """What was on screen belongs to another source or lens."""
        self._frame = None
        if self._work is not None:
            self._work.cancel()

    def stop(self, timeout_s: float = 2.0) -> bool:
        work, self._work = self._work, None
        return work is None or work.stop(timeout_s)

    @Slot(object)
    def add(self, frame: LiveFrame) -> None:
        self._frame = frame
        self._request()

    def _request(self) -> None:
        frame, baselines, design, render = self._frame, self.baselines, self._document.design, self._render
        if not self._open or frame is None:
            return
        if self._work is None:
            self._work = NewestWork("live-wall", self._show, self.refused.emit, rest=_REST)

        def work(_wanted: Callable[[], bool]) -> WallPictures:
            pictures = render(frame.clear, design, baselines, frame.number)
            return WallPictures(shrink(frame.clear), shrink(frame.capture), pictures)

        self._work.request(work)

    def _show(self, pictures: WallPictures) -> None:
        self.ready.emit(pictures)
