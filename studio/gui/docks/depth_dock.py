"""The "Through depth" dock: how the PSF changes with the distance of the face."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil, isclose, isnan
from typing import cast

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.exchange.psf_picture import LOG_DECADES, psf_picture
from studio.gui.docks.following_dock import FollowingDock
from studio.gui.document import Document
from studio.gui.live import LiveController
from studio.gui.theme import SPACING
from studio.gui.widgets.depth_tiles import DepthTile, DepthTiles
from studio.gui.widgets.labels import TokenLabel
from studio.gui.widgets.pictures import to_image
from studio.gui.widgets.quantity import format_length
from studio.optics.frames import LIVE_MEMORY_BYTES
from studio.optics.lens import LensDesign
from studio.optics.metrics import encircling_diameter_m
from studio.optics.psf import Psf, PsfEngine, window_for

DISTANCES_M = (0.33, 0.5, 1.0, 2.0)
SHARE = 0.8
_LARGEST_PX, _LARGEST_DRAFT_PX = 129, 65
_SMALLEST_PX = 17


@dataclass(frozen=True)
class DepthSeries:
    psfs: tuple[Psf, ...]
    diameters_m: tuple[float, ...]
    """Circles about the centroid that hold SHARE of the green light."""
    draft: bool


class DepthDock(FollowingDock):
    """Four PSFs on one scale, computed in a thread while the dock is in view; a click sets the object distance.

    Whoever owns the dock calls `stop` before the end.
    """

    def __init__(self, document: Document, live: LiveController, parent: QWidget | None = None) -> None:
        super().__init__("Through depth", document, parent)
        self._engine = PsfEngine(LIVE_MEMORY_BYTES)  # used by the one thread of `_work` only
        self.strip = DepthTiles(DISTANCES_M)
        self.caption = TokenLabel("Computing …")
        self.caption.setWordWrap(True)
        self.caption.setAccessibleName("Scale")
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addWidget(self.strip, 1)
        column.addWidget(self.caption)
        self.setWidget(content)
        for tile in self.strip.tiles:
            tile.clicked.connect(self._choose)
        document.design_changed.connect(self._mark_current)
        live.psf_ready.connect(self._follow)
        self._mark_current()

    def _request(self, draft: bool = False) -> None:
        design, engine = self._document.design, self._engine
        self._compute(lambda wanted: depth_series(design, engine, draft, wanted))

    @Slot()
    def _choose(self) -> None:
        distance_m = cast(DepthTile, self.sender()).distance_m
        design = replace(self._document.design, object_distance_m=distance_m)
        self._document.edit_design(design, "Change object distance")

    @Slot()
    def _mark_current(self) -> None:
        for tile in self.strip.tiles:
            tile.setChecked(isclose(tile.distance_m, self._document.design.object_distance_m, rel_tol=1e-3))

    def _subject(self) -> object:
        return replace(self._document.design, object_distance_m=DISTANCES_M[0])  # it has distances of its own

    def _show(self, series: DepthSeries | None) -> None:
        if series is None:
            return  # nobody wanted it any more
        width_px = series.psfs[0].values.shape[-1]
        together = psf_picture(np.concatenate([p.values for p in series.psfs], axis=-1), log=True)
        for number, (tile, psf, diameter_m) in enumerate(
            zip(self.strip.tiles, series.psfs, series.diameters_m, strict=True)
        ):
            image = to_image(together[:, number * width_px : (number + 1) * width_px])
            tile.show_psf(image, (_diameter(diameter_m), _strehl(psf.strehl[1])))
        side_um = width_px * series.psfs[0].pitch_m * 1e6
        self.caption.set_token("muted")
        self.caption.setText(
            f"{'Draft. ' if series.draft else ''}One scale: {side_um:.0f} µm wide, {LOG_DECADES} decades of light. "
            f"Figures for green: Ø that holds {SHARE:.0%} of the light, Strehl ratio."
        )

    def _refuse(self, reason: str) -> None:
        for tile in self.strip.tiles:
            tile.show_psf(None, ("", ""))
        self.caption.set_token("error")
        self.caption.setText(reason[:1].upper() + reason[1:])

    def _set_stale(self, stale: bool) -> None:
        for tile in self.strip.tiles:
            tile.set_stale(stale)


def depth_series(
    design: LensDesign, engine: PsfEngine, draft: bool = False, wanted: Callable[[], bool] = lambda: True
) -> DepthSeries | None:
    """PSFs of `design` at DISTANCES_M over one window at one pitch; None once `wanted` says no.

    Raises DesignError for a lens that memory cannot hold.
    """
    needed_px = max(window_for(design, object_distance_m=d) for d in DISTANCES_M)
    binning = ceil(needed_px / (_LARGEST_DRAFT_PX if draft else _LARGEST_PX))
    size = 2 * (max(needed_px, _SMALLEST_PX) // (2 * binning)) + 1
    psfs: list[Psf] = []
    pitch_m = binning * design.sensor.pitch_m
    for psf in engine.at_distances(design, DISTANCES_M, size=size, pitch_m=pitch_m, draft=draft, fast=True):
        if not wanted():
            return None
        psfs.append(psf)
    return DepthSeries(tuple(psfs), tuple(encircling_diameter_m(p, SHARE) for p in psfs), draft)


def _diameter(diameter_m: float) -> str:
    return "" if isnan(diameter_m) else f"Ø {format_length(diameter_m)}"


def _strehl(value: float) -> str:
    if isnan(value):
        return ""  # a draft traced by rays knows none
    return f"Strehl {value:.3f}" if value >= 1e-3 else "Strehl < 0.001"
