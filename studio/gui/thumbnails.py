"""Small pictures of lenses, made one by one in a thread: the portrait through the lens, and the PSF."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, isnan

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from studio.exchange.psf_picture import psf_picture
from studio.faces.pictures import SourceError, limit_shorter_side, portrait_path, read_picture
from studio.gui.background import Background
from studio.gui.widgets.pictures import to_image
from studio.gui.widgets.quantity import format_length
from studio.optics.frames import LIVE_MEMORY_BYTES, FrameRenderer
from studio.optics.lens import DesignError, LensDesign
from studio.optics.metrics import rms_spot_m
from studio.optics.psf import PsfEngine, window_for

CAPTURE_PX = 176
PSF_PX = 65
_SMALLEST_PSF_PX = 17
_CACHED = 256
_WAITING = 48  # more than a screen shows; what was scrolled past before is asked for again when it comes back
_LEAST_STREHL = 0.01


@dataclass(frozen=True)
class Thumbnail:
    """Pictures are None where `error` says in one line why the lens has none."""

    capture: QImage | None
    psf: QImage | None
    figures: str
    error: str = ""


def make_thumbnail(design: LensDesign) -> Thumbnail:
    """Capture of the portrait, PSF (logarithmic) and key figures of `design`; any thread."""
    try:
        scene = portrait(CAPTURE_PX)
        capture = FrameRenderer(design, *scene.shape[:2], draft=True)(scene)
        needed_px = max(window_for(design), _SMALLEST_PSF_PX)
        binning = ceil(needed_px / PSF_PX)
        size = 2 * (needed_px // (2 * binning)) + 1
        psf = PsfEngine(LIVE_MEMORY_BYTES)(design, size=size, pitch_m=binning * design.sensor.pitch_m, fast=True)
    except (DesignError, SourceError) as error:
        return Thumbnail(None, None, spot_figure(design), str(error))
    figures = f"{spot_figure(design)}, {strehl_figure(psf.strehl[1])}"
    return Thumbnail(to_image(capture), to_image(psf_picture(psf.values, log=True)), figures)


def spot_figure(design: LensDesign) -> str:
    """RMS diameter of the geometric spot on the sensor, in words."""
    if design.ideal:
        return "No lens"
    spot_m = rms_spot_m(design)
    return "Ø < 1 µm" if spot_m < 0.95e-6 else f"Ø {format_length(spot_m)}"


def strehl_figure(strehl: float) -> str:
    if isnan(strehl):
        return "Strehl –"  # a draft traced by rays knows none
    return f"Strehl {strehl:.3f}" if strehl >= _LEAST_STREHL else f"Strehl <{_LEAST_STREHL:g}"


@lru_cache(maxsize=2)
def portrait(side_px: int) -> np.ndarray:
    """The built-in portrait (H, W, 3) uint8 with a shorter side of `side_px`; SourceError without it."""
    picture = limit_shorter_side(read_picture(portrait_path()), side_px)
    picture.setflags(write=False)
    return picture


class Thumbnails(QObject):
    """Pictures by design, so that equal lenses share one; the newest wish is served first.

    Lives in the GUI thread. Whoever owns it calls `stop` before the end.
    """

    ready = Signal(object)  # LensDesign

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._made: dict[LensDesign, Thumbnail] = {}
        self._waiting: dict[LensDesign, None] = {}  # the newest last
        self._current: LensDesign | None = None
        self._background = Background("thumbnails")

    @property
    def busy(self) -> bool:
        return self._background.busy

    def get(self, design: LensDesign) -> Thumbnail | None:
        """The picture of `design`; None while it is being made, and `ready` tells when it is there."""
        if design in self._made:
            self._made[design] = self._made.pop(design)  # used last, thrown out last
            return self._made[design]
        if design != self._current:
            self._waiting.pop(design, None)
            self._waiting[design] = None
            if len(self._waiting) > _WAITING:
                del self._waiting[next(iter(self._waiting))]
            self._next()
        return None

    @Slot()
    def forget_waiting(self) -> None:
        """Begin nothing more until asked again."""
        self._waiting.clear()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the thread for good; False when it is still busy after `timeout_s`."""
        self.forget_waiting()
        self._background.abandon()
        return self._background.wait(timeout_s)

    def _next(self) -> None:
        if self._waiting and not self._background.busy:
            design, _ = self._waiting.popitem()
            self._current = design
            self._background.run(lambda: make_thumbnail(design), self._keep, self._refuse_project)

    def _keep(self, thumbnail: Thumbnail) -> None:
        design, self._current = self._current, None
        assert design is not None
        self._made[design] = thumbnail
        if len(self._made) > _CACHED:
            del self._made[next(iter(self._made))]
        self.ready.emit(design)
        self._next()

    @staticmethod
    def _refuse_project(error: Exception) -> None:
        raise error  # optics does not touch project files
