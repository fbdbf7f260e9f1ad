"""What the lens of a run does to people: its surface, its PSF, and captures of synthetic people, made in a thread."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from studio.exchange.psf_picture import psf_picture
from studio.gui.newest import NewestWork
from studio.optics.frames import LIVE_MEMORY_BYTES, FrameRenderer
from studio.optics.lens import DesignError, LensDesign
from studio.optics.metrics import surface
from studio.optics.psf import PsfEngine, window_for

PEOPLE = 4
SIDE_PX = 128
_PSF_PX, _LEAST_PSF_PX, _MAP_SAMPLES = 65, 17, 96


@dataclass(frozen=True)
class RunPictures:
    """What there is to see of one lens; `error` says in one line why there is nothing."""

    design: LensDesign
    surface_um: np.ndarray | None = None
    """(N, N), NaN outside the aperture."""
    psf: np.ndarray | None = None
    """(K, K, 3) uint8, logarithmic."""
    captures: tuple[np.ndarray, ...] = ()
    """(S, S, 3) uint8 each, of synthetic people."""
    error: str = ""


def make_pictures(design: LensDesign) -> RunPictures:
    """Any thread."""
    try:
        renderer = FrameRenderer(design, SIDE_PX, SIDE_PX, draft=True)
        captures = tuple(renderer(person).copy() for person in people())
        needed_px = max(window_for(design), _LEAST_PSF_PX)
        binning = -(-needed_px // _PSF_PX)
        size = 2 * (needed_px // (2 * binning)) + 1
        psf = PsfEngine(LIVE_MEMORY_BYTES)(design, size=size, pitch_m=binning * design.sensor.pitch_m, fast=True)
        height = None if design.ideal else surface(design, _MAP_SAMPLES).values
        return RunPictures(design, height, psf_picture(psf.values, log=True), captures)
    except DesignError as error:
        return RunPictures(design, error=str(error))


@lru_cache(maxsize=1)
def people() -> tuple[np.ndarray, ...]:
    """A few of the validation people of the built-in cohort, (S, S, 3) uint8; none where it is not installed."""
    from studio.faces.cohort.faces import pictures, shipped
    from studio.faces.face_set import FacesError

    try:
        faces = pictures(shipped()).split("validation")
    except FacesError:
        return ()
    _, first = np.unique(faces.identities, return_index=True)
    return tuple(_square(faces.read(int(number))) for number in first[:PEOPLE])


def _square(picture: np.ndarray) -> np.ndarray:
    side = min(picture.shape[:2])
    top, left = ((length - side) // 2 for length in picture.shape[:2])
    return cv2.resize(picture[top : top + side, left : left + side], (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)


class PicturesOfRuns(QObject):
    """Of the lenses asked for the newest is served; lives in the GUI thread. Its owner calls `stop` in the end."""

    ready = Signal(object)  # RunPictures

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = NewestWork("run-pictures", self._show, self._refuse, rest=2.0)
        self._wanted: LensDesign | None = None

    def ask(self, design: LensDesign | None) -> None:
        """Have pictures of `design` made, unless they were the last ones asked for."""
        if design == self._wanted:
            return
        self._wanted = design
        if design is None:
            self._work.cancel()
        else:
            self._work.request(partial(_make, design))

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the thread for good; False when it is still busy after `timeout_s`."""
        return self._work.stop(timeout_s)

    @Slot(object)
    def _show(self, pictures: RunPictures) -> None:
        if pictures.design == self._wanted:
            self.ready.emit(pictures)

    @staticmethod
    def _refuse(text: str) -> None:
        raise RuntimeError(text)  # pictures carry their refusal


def _make(design: LensDesign, _wanted: object) -> RunPictures:
    return make_pictures(design)
