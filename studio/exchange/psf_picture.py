"""What is drawn of a PSF: its picture in colours and its cross-section."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from studio.optics.psf import Psf

LOG_DECADES = 4
GREY = "grey"
_CV2_MAPS = {"viridis": cv2.COLORMAP_VIRIDIS, "cividis": cv2.COLORMAP_CIVIDIS, "magma": cv2.COLORMAP_MAGMA}
COLOUR_MAPS = (GREY, *_CV2_MAPS)
"""Brightness grows evenly along each of them, so they read the same for every kind of colour vision."""
PEAK, AXIS = "peak", "axis"


@dataclass(frozen=True)
class PsfLook:
    """How a PSF is drawn; `channel` is 0 red, 1 green, 2 blue or None for all three."""

    channel: int | None = None
    log: bool = False
    colour_map: str = GREY
    """One of COLOUR_MAPS, for a single channel."""


def psf_picture(
    values: np.ndarray,
    channel: int | None = None,
    log: bool = False,
    colour_map: str = GREY,
    decades: float = LOG_DECADES,
) -> np.ndarray:
    """`values` (3, K, K) of a PSF as uint8 RGB (K, K, 3); row 0 is on top, as in a video frame.

    All colours share the scale of the highest peak among them; a single `channel` (0 red, 1 green, 2 blue) takes
    its colours from `colour_map` on a scale of its own. `log` spreads the uppermost `decades` over them.
    """
    levels = np.rint(psf_shares(values, channel, log, decades) * 255.0).astype(np.uint8)
    if channel is not None and colour_map != GREY:
        return colour_table(colour_map)[levels[0]]
    return np.ascontiguousarray(np.broadcast_to(levels.transpose(1, 2, 0), (*levels.shape[1:], 3)))


def psf_shares(
    values: np.ndarray, channel: int | None = None, log: bool = False, decades: float = LOG_DECADES
) -> np.ndarray:
    """Brightness from 0 to 1, (3, K, K) or (1, K, K) for a single `channel`."""
    shown = values if channel is None else values[channel : channel + 1]
    share = shown / max(float(shown.max()), 1e-30)
    if log:
        return 1.0 + np.log10(np.maximum(share, 10.0**-decades)) / decades
    return share


@lru_cache
def colour_table(colour_map: str) -> np.ndarray:
    """RGB (256, 3) uint8 of one of COLOUR_MAPS; ValueError for any other."""
    if colour_map not in COLOUR_MAPS:
        raise ValueError(f"colour map {colour_map!r} is unknown; known are {', '.join(COLOUR_MAPS)}")
    levels = np.arange(256, dtype=np.uint8)[:, None]
    if colour_map == GREY:
        return np.repeat(levels, 3, axis=1)
    return np.ascontiguousarray(cv2.applyColorMap(levels, _CV2_MAPS[colour_map])[:, 0, ::-1])


def extent_um(psf: Psf) -> tuple[float, float]:
    """Where the picture begins and ends along x (and y), um from the optical axis."""
    size, pitch_um = psf.values.shape[-1], psf.pitch_m * 1e6
    return -(size // 2 + 0.5) * pitch_um, (size - size // 2 - 0.5) * pitch_um


@dataclass(frozen=True)
class CrossSection:
    """Light along the row and the column through one pixel, in shares of the brightest pixel shown."""

    positions_um: np.ndarray
    """(K,) from the optical axis."""
    along_x: np.ndarray
    """(C, K) for the C colours shown."""
    along_y: np.ndarray
    row: int
    column: int


def cross_section(psf: Psf, channel: int | None = None, through: str = PEAK) -> CrossSection:
    """Through the brightest pixel shown (`PEAK`) or through the optical axis (`AXIS`)."""
    shares = psf_shares(psf.values, channel)
    size = shares.shape[-1]
    row, column = (size // 2, size // 2)
    if through == PEAK:
        _, row, column = (int(i) for i in np.unravel_index(int(shares.argmax()), shares.shape))
    positions_um = (np.arange(size) - size // 2) * (psf.pitch_m * 1e6)
    return CrossSection(positions_um, shares[:, row], shares[:, :, column], row, column)
