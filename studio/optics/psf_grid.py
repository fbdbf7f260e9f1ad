"""How finely the pupil and the window are sampled, decided at run time from the lens itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, isfinite, pi, sqrt
from typing import NamedTuple

import numpy as np

from studio.optics.lens import RANGES, DesignError, LensDesign, check_integer, focus_coefficient_um
from studio.optics.memory import memory_shortage
from studio.optics.propagation import PixelFilter, coarse_pixel_filter, design_pixel_filter
from studio.optics.zernike import cartesian_basis

MIN_PUPIL_SAMPLES = 192
"""Grey-edged grid that keeps the L1 error of a sharp PSF near 1e-3."""
DRAFT_PUPIL_SAMPLES = 96
FAST_NODES = 800
"""Field samples along the window beyond which a fast PSF averages its pixels from fewer samples."""
FAST_SPOT_PX = 32
"""Narrower spots keep all their samples in a fast PSF: they lose the most."""
DRAFT_NODES = 256
"""Field samples along the window up to which a lens without steep slopes needs no draft: it is done as quickly."""
_NARROW_WINDOW_WAVES = 28.0
_FINE_PITCH_WAVES = 0.4
_RIM_POINTS = 48


@dataclass(frozen=True)
class PsfGrid:
    """The sampling that was used and why."""

    pupil_samples: int
    nodes_per_pixel: int
    window_px: int
    pitch_m: float
    memory_bytes: int
    reason: str
    draft: bool = False
    """Whether accuracy was given up for speed because a draft was enough."""


@lru_cache(maxsize=16)
def _disc_gradients(order: int) -> np.ndarray:
    """Gradient of a polynomial (P, P), P = `order`, at points over the unit disc, the rim last: (2 T, P * P).

    The first half gives d/dy, the second d/dx.
    """
    rho, theta = np.linspace(0.25, 1.0, 4)[:, None], np.arange(_RIM_POINTS) * (2.0 * pi / _RIM_POINTS)
    return gradients_at(order, rho, theta).reshape(-1, order * order)


def gradients_at(order: int, rho: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Matrices (2, T, order^2) that give d/dy and d/dx of a polynomial at T points, `rho` (R, 1) by `theta` (A,)."""
    exponents = np.arange(order)

    def powers(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        column = values.ravel()[:, None]
        return column**exponents, exponents * column ** np.maximum(exponents - 1, 0)

    (y, dy), (x, dx) = powers(rho * np.sin(theta)), powers(rho * np.cos(theta))
    both = [np.einsum("tp,tq->tpq", dy, x), np.einsum("tp,tq->tpq", y, dx)]
    return np.stack(both).reshape(2, -1, order * order)


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


def samples_for_accuracy(steepness: Slopes, window_waves: float, pitch_waves: float) -> int:
    """Pupil samples that keep the L1 error below 2e-3, for a window and a pitch in units of lambda z / R.

    The edge of the aperture cuts through cells. The phase turns across such a cell, which fine pixels show best, and a
    cell weakens the diffraction tails that a wide window holds; those of the repeats reach into the window, too.
    Measured on defocus up to 400 waves per radius, random terms up to 4 waves RMS and windows up to 990 units.
    """
    edge = max(MIN_PUPIL_SAMPLES, 40.0 + 13.0 * steepness.rim_rms)
    if pitch_waves < _FINE_PITCH_WAVES:
        edge *= 1.35
    edge = sqrt(edge**2 + 400.0 * max(0.0, window_waves - _NARROW_WINDOW_WAVES))
    return _rounded(max(edge, 1.1 * samples_without_repeats(steepness.largest, window_waves)))


def _rounded(samples: float) -> int:
    return 16 * ceil(samples / 16.0)


def rays_cross(polynomials: np.ndarray) -> bool:
    """Whether light of some of `polynomials` (..., P, P) reaches one point of the sensor from several of the pupil.

    It then interferes to fringes much finer than the spot. Rays keep their order while the Hessian of the phase keeps
    its sign and stays well away from 0.
    """
    rho, theta = np.meshgrid(np.linspace(0.0, 1.0, 9), np.arange(_RIM_POINTS) * (2.0 * pi / _RIM_POINTS))
    y, x = rho * np.sin(theta), rho * np.cos(theta)
    order = polynomials.shape[-1]
    for polynomial in polynomials.reshape(-1, order, order):
        along_y = np.polynomial.polynomial.polyder(polynomial, axis=0)
        along_x = np.polynomial.polynomial.polyder(polynomial, axis=1)
        yy, xy, xx = (
            np.polynomial.polynomial.polyval2d(y, x, np.polynomial.polynomial.polyder(first, axis=axis))
            for first, axis in ((along_y, 0), (along_y, 1), (along_x, 1))
        )
        determinant = yy * xx - xy**2
        if not (determinant.min() > 100.0 or determinant.max() < -100.0):
            return True
    return False


def choose_grid(
    design: LensDesign,
    polynomials: np.ndarray,
    window_px: int,
    pitch_m: float,
    *,
    pupil_samples: int | None = None,
    draft: bool = False,
    fast: bool = False,
    memory_limit_bytes: int | None = None,
) -> tuple[PsfGrid, PixelFilter, tuple[str, ...]]:
    """The coarsest sampling that serves all of the phase `polynomials` (..., P, P), and warnings where it falls short.

    The options are those of `studio.optics.psf.psf`; `window_px` is odd. Raises DesignError for grids that memory
    (half of what is free, or `memory_limit_bytes`) cannot hold, with the estimate and what would help, and for a phase
    that is not finite.
    """
    steepness = slopes(polynomials)
    if not isfinite(steepness.largest):
        raise DesignError("the phase of the lens is not finite; check its coefficients")
    shortest = min(design.wavelengths_m)
    unit_m = shortest * design.sensor_distance_m / design.aperture_radius_m
    window_waves = window_px * pitch_m / unit_m
    # twice that of the field: intensity is the autocorrelation of a field limited to +-R / (lambda z)
    cutoff_per_m = 2.0 * design.aperture_radius_m / (shortest * design.sensor_distance_m)
    warnings: list[str] = []

    without_repeats = samples_without_repeats(steepness.largest, window_waves)
    exact = samples_for_accuracy(steepness, window_waves, pitch_m / unit_m)
    needed = max(MIN_PUPIL_SAMPLES, without_repeats) if fast else exact
    if needed < 40.0 + 7.0 * steepness.rim_rms and window_waves < 2.0 * steepness.rim_rms:
        warnings.append(
            f"fast: {needed} pupil samples may leave an error above 1 % in a window narrower than the spot; "
            f"{exact} would not"
        )
    pixel_filter = design_pixel_filter(pitch_m, cutoff_per_m)
    fewer = max(3, FAST_NODES // window_px)
    if fast and fewer < pixel_filter.per_pixel and 2.0 * steepness.largest * unit_m > FAST_SPOT_PX * pitch_m:
        if rays_cross(polynomials):
            warnings.append(
                f"fast: the mean of {fewer} samples a pixel instead of {pixel_filter.per_pixel} leaves grain, "
                "an error that may exceed 1 %"
            )
        pixel_filter = coarse_pixel_filter(fewer)
    draft = draft and (needed > MIN_PUPIL_SAMPLES or window_px * pixel_filter.per_pixel > DRAFT_NODES)
    if draft:
        needed = max(DRAFT_PUPIL_SAMPLES, without_repeats)
        pixel_filter = coarse_pixel_filter(max(1, min(2, ceil(cutoff_per_m * pitch_m))))
        warnings = []

    if needed > (DRAFT_PUPIL_SAMPLES if draft else MIN_PUPIL_SAMPLES):
        window_um = window_px * pitch_m * 1e6
        reason = f"{needed} pupil samples: slope {steepness.largest:.0f} waves per radius, window {window_um:.0f} um"
    else:
        reason = f"{needed} pupil samples: the least that keeps the edge of the aperture accurate"
    if pupil_samples is not None:
        pupil_samples = check_integer("pupil_samples", pupil_samples, 16, 1 << 20)
        pupil_samples += pupil_samples % 2
        if pupil_samples < needed:
            warnings = [f"pupil grid of {pupil_samples} is too coarse: {needed} are needed, ghost copies may appear"]
        reason = f"{pupil_samples} pupil samples: chosen by the caller ({needed} needed)"
        needed = pupil_samples

    memory = _memory_bytes(needed, window_px, pixel_filter)
    if shortage := memory_shortage(memory, memory_limit_bytes):
        if pupil_samples is not None:
            advice = "reduce pupil_samples"
        elif needed > 2 * samples_without_repeats(0.0, window_waves):
            advice = gentler_lens(design)
        else:
            advice = "reduce the window"
        raise DesignError(f"this PSF needs {shortage} ({needed} pupil samples, window {window_px} px); {advice}")
    grid = PsfGrid(needed, pixel_filter.per_pixel, window_px, pitch_m, memory, reason, draft)
    return grid, pixel_filter, tuple(warnings)


def gentler_lens(design: LensDesign) -> str:
    """Which parameter makes the phase of `design` steep and which way to turn it, for messages."""
    focus_um = focus_coefficient_um(design, design.object_distance_m)
    away_um = np.array(design.zernike_um)
    away_um[3] -= focus_um
    basis = cartesian_basis(len(away_um))
    steepness = np.abs(_disc_gradients(basis.shape[-1]) @ basis.reshape(len(basis), -1).T).max(axis=0)
    j = int(np.argmax(steepness * np.abs(away_um))) + 1
    target_um = focus_um if j == 4 else 0.0
    if abs(target_um) > RANGES["zernike"][1]:  # no surface focuses such a beam
        return "reduce aperture_diameter_mm or increase sensor_distance_mm"
    return f"bring zernike.{j} = {design.zernike_um[j - 1]:g} um closer to {target_um:.4g} um"


def _memory_bytes(pupil_samples: int, window_px: int, pixel_filter: PixelFilter) -> int:
    """Estimate of the largest amount held at once: phase, pupil, kernels, fields, pixel sums."""
    n, k = pupil_samples, window_px
    m = k * pixel_filter.per_pixel + 2 * pixel_filter.overlap
    pupil = n * n * (3 * 8 + 4 * 4 + 2 * 8)
    kernels = 3 * 2 * (m // 2) * (n // 2) * 4 + 2 * m * n * 8
    fields = 4 * m * n * 8 + 4 * m * m * 8
    return pupil + kernels + fields + 12 * k * m + 36 * k * k
