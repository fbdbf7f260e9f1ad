"""Small pictures of a set of faces as the lens leaves them, made in a thread for those in sight and for no others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from studio.faces.pictures import Frame, limit_shorter_side
from studio.gui.background import Background
from studio.gui.widgets.pictures import to_image
from studio.optics.frames import MIN_SIDE_PX, FrameRenderer
from studio.optics.lens import DesignError, LensDesign
from studio.project.records import ProjectError

SIDE_PX = 96
_BATCH = 6
_CACHED = 600
_WAITING = 200  # more than a screen shows; what was scrolled past is asked for again when it comes back

Read = Callable[[int], Frame]


class _Camera:
    """Captures of pictures of any shape; renderers are kept by shape. One thread at a time."""

    def __init__(self, design: LensDesign) -> None:
        self._design = design
        self._renderers: dict[tuple[int, ...], FrameRenderer] = {}

    def __call__(self, frame: Frame) -> Frame:
        shape = frame.shape[:2]
        if shape not in self._renderers:
            self._renderers[shape] = FrameRenderer(self._design, *shape)
        return self._renderers[shape](frame)


class FaceThumbnails(QObject):
    """Lives in the GUI thread. Whoever owns it calls `stop` before the end."""

    ready = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._read: Read | None = None
        self._camera: _Camera | None = None
        self._made: dict[int, QImage | None] = {}
        self._waiting: dict[int, None] = {}
        self._clear = False
        self._background = Background("face-thumbnails")

    @property
    def busy(self) -> bool:
        return self._background.busy or bool(self._waiting)

    def show(self, read: Read | None, design: LensDesign) -> None:
        """Begin anew with pictures that `read` gives, through `design`."""
        self._read, self._camera = read, _Camera(design)
        self._forget()

    def set_clear(self, clear: bool) -> None:
        """Give clear pictures while `clear`; they are forgotten with it."""
        if clear != self._clear:
            self._clear = clear
            self._forget()

    def get(self, number: int) -> tuple[bool, QImage | None]:
        """Whether picture `number` is known, and its image; none where it cannot be read."""
        if number in self._made:
            return True, self._made[number]
        self._waiting.pop(number, None)
        self._waiting[number] = None
        if len(self._waiting) > _WAITING:
            del self._waiting[next(iter(self._waiting))]
        self._next()
        return False, None

    @Slot()
    def forget_waiting(self) -> None:
        self._waiting.clear()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the thread for good; False when it is still busy after `timeout_s`."""
        self.forget_waiting()
        self._background.abandon()
        return self._background.wait(timeout_s)

    def _forget(self) -> None:
        self._made.clear()
        self._waiting.clear()
        self.ready.emit()

    def _next(self) -> None:
        read, camera = self._read, self._camera
        if not self._waiting or self._background.busy or read is None or camera is None:
            return
        numbers = [self._waiting.popitem()[0] for _ in range(min(_BATCH, len(self._waiting)))]
        wish = (read, camera, self._clear)
        through = None if self._clear else camera
        self._background.run(
            lambda: (wish, _make(read, through, numbers)), lambda made: self._keep(*made), self._refuse
        )

    def _keep(self, wish: tuple[Read, _Camera, bool], made: dict[int, QImage | None]) -> None:
        if wish == (self._read, self._camera, self._clear):  # else they are of another set or another lens
            self._made |= made
            while len(self._made) > _CACHED:
                del self._made[next(iter(self._made))]
            self.ready.emit()
        self._next()

    @staticmethod
    def _refuse(error: ProjectError) -> None:
        raise error  # pictures do not touch project files


def _make(read: Read, camera: _Camera | None, numbers: Sequence[int]) -> dict[int, QImage | None]:
    """Runs in the thread."""
    return {number: _one(read, camera, number) for number in numbers}


def _one(read: Read, camera: _Camera | None, number: int) -> QImage | None:
    try:
        picture = limit_shorter_side(read(number), SIDE_PX)
        if min(picture.shape[:2]) < MIN_SIDE_PX:
            return None
        return to_image(picture if camera is None else camera(np.ascontiguousarray(picture)))
    except (ValueError, OSError, DesignError):  # the tile says that there is nothing to be seen
        return None
