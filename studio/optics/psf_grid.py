"""How finely the pupil and the window are sampled, decided at run time from the lens itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, pi
from typing import NamedTuple

import numpy as np
import psutil

from studio.optics.lens import DesignError, LensDesign, check_integer
from studio.optics.propagation import PixelFilter, coarse_pixel_filter, design_pixel_filter

MIN_PUPIL_SAMPLES = 192
"""Grey-edged grid that keeps the L1 error of a sharp PSF near 1e-3."""
DRAFT_PUPIL_SAMPLES = 96
FAST_NODES = 800
"""Field samples along the window beyond which a fast PSF averages its pixels from fewer samples."""
_RIM_POINTS = 48
_FREE_OF_QUESTION_BYTES = 1 << 26


@dataclass(frozen=True)
class PsfGrid:
    """The sampling that was used and why."""

    pupil_samples: int
    nodes_per_pixel: int
    window_px: int
    pitch_m: float
    memory_bytes: int
    reason: str


@lru_cache(maxsize=16)
def _disc_gradients(order: int) -> np.ndarray:
    """Gradient of a polynomial (P, P), P = `order`, at points over the unit disc, the rim last: (2 T, P * P).

    The first half gives d/dy, the second d/dx.
    """
    rho, theta = np.meshgrid(
        np.linspace(0.25, 1.0, 4), np.arange(_RIM_POINTS) * (2.0 * pi / _RIM_POINTS), indexing="ij"
    )
    exponents = np.arange(order)

    def powers(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        column = values.ravel()[:, None]
        return column**exponents, exponents * column ** np.maximum(exponents - 1, 0)

    (y, dy), (x, dx) = powers(rho * np.sin(theta)), powers(rho * np.cos(theta))
    both = [np.einsum("tp,tq->tpq", dy, x), np.einsum("tp,tq->tpq", y, dx)]
    return np.concatenate(both).reshape(-1, order * order)


class Slopes(NamedTuple):
    """Steepness of a set of phase polynomials over the unit disc, waves per pupil radius."""

    largest: float
    """Largest |dW/dx| or |dW/dy| anywhere: how far rays go along an axis."""
    rim_rms: float
    """RMS gradient along the rim, of the worst polynomial."""


def slopes(polynomials: np.ndarray) -> Slopes:
    """Slopes of `polynomials` (..., P, P)."""
    order = polynomials.shape[-1]
    gradients = (_disc_gradients(order) @ polynomials.reshape(-1, order * order).T).reshape(
        2, -1, polynomials.size // order**2
    )
    rim = (gradients[:, -_RIM_POINTS:] ** 2).sum(axis=0).mean(axis=0)
    return Slopes(float(np.abs(gradients).max()), float(np.sqrt(rim.max())))


def samples_without_repeats(slope_waves: float, window_waves: float) -> int:
    """Pupil samples that keep the repeats of the sampled field out of the window.

    A sampled pupil repeats its field every lambda z N / (2R). The spot reaches `slope_waves` and the window half of
    `window_waves` (both in units of lambda z / R), so N / 2 has to exceed slope + window / 2; a tenth more and 32
    samples are for diffraction tails. Window energy cannot reveal a repeat that falls inside.
    """
    return _rounded(1.1 * (2.0 * slope_waves + window_waves) + 32.0)


def samples_for_edge(rim_slope_waves: float) -> int:
    """Pupil samples that keep the L1 error below 2e-3 although the edge of the aperture cuts through cells.

    The phase turns across a cut cell; measured on defocus up to 45 waves per radius and on random terms up to 4 waves
    RMS, 40 + 13 times the RMS slope along the rim suffices.
    """
    return _rounded(40.0 + 13.0 * rim_slope_waves)


def _rounded(samples: float) -> int:
    return 16 * ceil(samples / 16.0)


def choose_grid(
    design: LensDesign,
    steepness: Slopes,
    window_px: int,
    pitch_m: float,
    pupil_samples: int | None = None,
    draft: bool = False,
    fast: bool = False,
    memory_limit_bytes: int | None = None,
) -> tuple[PsfGrid, PixelFilter, tuple[str, ...]]:
    shortest = min(design.wavelengths_m)
    unit_m = shortest * design.sensor_distance_m / design.aperture_radius_m
    window_waves = window_px * pitch_m / unit_m
    floor = DRAFT_PUPIL_SAMPLES if draft else MIN_PUPIL_SAMPLES
    needed = max(floor, samples_without_repeats(steepness.largest, window_waves))
    if not (fast or draft):
        needed = max(needed, samples_for_edge(steepness.rim_rms))
    reason = f"{needed} pupil samples: the least that keeps the edge of the aperture accurate"
    if needed > floor:
        window_um = window_px * pitch_m * 1e6
        reason = f"{needed} pupil samples: slope {steepness.largest:.0f} waves per radius, window {window_um:.0f} um"
    warnings: tuple[str, ...] = ()
    if pupil_samples is not None:
        pupil_samples = check_integer("pupil_samples", pupil_samples, 16, 1 << 20)
        pupil_samples += pupil_samples % 2
        if pupil_samples < needed:
            warnings = (f"pupil grid of {pupil_samples} is too coarse: {needed} are needed, ghost copies may appear",)
        reason = f"{pupil_samples} pupil samples: chosen by the caller ({needed} needed)"
        needed = pupil_samples
    # twice that of the field: intensity is the autocorrelation of a field limited to +-R / (lambda z)
    cutoff_per_m = 2.0 * design.aperture_radius_m / (shortest * design.sensor_distance_m)
    if draft:
        pixel_filter = coarse_pixel_filter(max(1, min(2, ceil(cutoff_per_m * pitch_m))))
    else:
        pixel_filter = design_pixel_filter(pitch_m, cutoff_per_m)
    if fast and window_px * pixel_filter.per_pixel > FAST_NODES:
        pixel_filter = coarse_pixel_filter(max(1, FAST_NODES // window_px))
    memory = _memory_bytes(needed, window_px, pixel_filter)
    limit = _FREE_OF_QUESTION_BYTES if memory_limit_bytes is None else memory_limit_bytes
    if memory > limit and memory_limit_bytes is None:
        limit = psutil.virtual_memory().available // 2  # asking takes as long as a small PSF
    if memory > limit:
        raise DesignError(
            f"this PSF needs {memory / 2**30:.1f} GiB ({needed} pupil samples, window {window_px} px), "
            f"more than the {limit / 2**30:.1f} GiB it may use; reduce the coefficients or the window"
        )
    grid = PsfGrid(needed, pixel_filter.per_pixel, window_px, pitch_m, memory, reason)
    return grid, pixel_filter, warnings


def _memory_bytes(pupil_samples: int, window_px: int, pixel_filter: PixelFilter) -> int:
    """Estimate of the largest amount held at once: phase, pupil, kernels, fields, pixel sums."""
    n, k = pupil_samples, window_px
    m = k * pixel_filter.per_pixel + 2 * pixel_filter.overlap
    pupil = n * n * (3 * 8 + 4 * 4 + 2 * 8)
    kernels = 3 * 2 * (m // 2) * (n // 2) * 4 + 2 * m * n * 8
    fields = 4 * m * n * 8 + 4 * m * m * 8
    return pupil + kernels + fields + 12 * k * m + 36 * k * k
