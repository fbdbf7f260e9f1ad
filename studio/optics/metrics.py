"""What designers read off a lens: wavefront, MTF and encircled energy. Numpy only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, pi, sqrt

import numpy as np

from studio.optics.lens import RANGES, DesignError, LensDesign, check_number
from studio.optics.memory import memory_shortage
from studio.optics.psf import Psf, phase_polynomials
from studio.optics.psf_grid import gentler_lens, gradients_at, samples_without_repeats, slopes
from studio.optics.sensor import fast_length
from studio.optics.zernike import cartesian_basis

MTF_POINTS = 129
MTF_MEMORY_BYTES = 1 << 28
_LEAST_PUPIL_SAMPLES = 256
_SUBSAMPLES = 4  # per pixel and axis, for circles that cut through pixels


@dataclass(frozen=True)
class Wavefront:
    """A map over the aperture, rows growing with +y, and the Zernike terms (Noll, RMS 1) that it is the sum of."""

    values: np.ndarray
    """(N, N) float64, NaN outside the aperture."""
    terms: np.ndarray
    """(J,) float64; entry j - 1 belongs to Noll term j."""
    rms: float
    """About the mean: sqrt of the sum of the squared terms from 2 on (Noll 1976, eq. 4)."""
    peak_to_valley: float
    """Highest minus lowest value, the rim included."""


def surface(design: LensDesign, samples: int = 256) -> Wavefront:
    """Height of the surface, um: h = sum a_j Z_j over `samples` x `samples` points."""
    return _wavefront(np.array(design.zernike_um), samples)


def opd(
    design: LensDesign, samples: int = 256, *, colour: int = 1, object_distance_m: float | None = None
) -> Wavefront:
    """Optical path difference at the aperture, waves of `colour` (0 red, 1 green, 2 blue); positive is late.

    W = (n - 1) h / lambda + r^2 (1/d + 1/z) / (2 lambda), with d the object distance (default: the design's) and z
    the sensor distance, so that a lens in focus shows 0. Since r^2 = R^2 (Z4 / sqrt(3) + 1) / 2, the quadratic part
    is a defocus term. Piston and tilts are left out: they only shift the image. DesignError for a distance out of
    range.
    """
    distance_m = _distance_m(design, object_distance_m)
    wavelength_m = design.wavelengths_m[colour]
    terms = np.array(design.zernike_um) * (1e-6 * (design.refractive_indices[colour] - 1.0) / wavelength_m)
    vergence = 1.0 / distance_m + 1.0 / design.sensor_distance_m
    terms[3] += design.aperture_radius_m**2 * vergence / (4.0 * sqrt(3.0) * wavelength_m)
    terms[:3] = 0.0
    return _wavefront(terms, samples)


def _wavefront(terms: np.ndarray, samples: int) -> Wavefront:
    polynomial = np.tensordot(terms, cartesian_basis(len(terms)), axes=1)
    axis = (2.0 * np.arange(samples) + 1.0) / samples - 1.0
    values = np.polynomial.polynomial.polygrid2d(axis, axis, polynomial)
    values[axis[:, None] ** 2 + axis**2 > 1.0] = np.nan
    angle = np.linspace(0.0, 2.0 * pi, 4 * samples, endpoint=False)
    rim = np.polynomial.polynomial.polyval2d(np.sin(angle), np.cos(angle), polynomial)
    highest = max(np.nanmax(values), rim.max())
    lowest = min(np.nanmin(values), rim.min())
    return Wavefront(values, terms, float(np.linalg.norm(terms[1:])), float(highest - lowest))


def rms_spot_m(design: LensDesign, *, object_distance_m: float | None = None, colour: int = 1) -> float:
    """RMS diameter (m) of the geometric spot about its centroid, all terms counted: 2 sqrt(mean |r - mean r|^2).

    A ray from the pupil point p meets the sensor lambda z / R times the slope of W there away from the axis, with W
    in waves over the unit disc. A plain defocus disc of diameter D has D / sqrt(2). 0 for a perfect image;
    DesignError for a distance out of range.
    """
    distance_m = _distance_m(design, object_distance_m)
    if design.ideal:
        return 0.0
    waves = phase_polynomials(design, np.array(design.zernike_um), np.array([distance_m]))[0, colour]
    gradients, weights = _disc_slopes(waves.shape[0])
    slopes_yx = gradients @ waves.ravel()
    variance = (weights * (slopes_yx - (slopes_yx @ weights)[:, None]) ** 2).sum()
    scale_m = design.wavelengths_m[colour] * design.sensor_distance_m / design.aperture_radius_m
    return 2.0 * sqrt(variance) * scale_m


@lru_cache(maxsize=4)
def _disc_slopes(order: int) -> tuple[np.ndarray, np.ndarray]:
    """Matrices (2, N, order^2) that give a polynomial's dW/dy and dW/dx, and weights (N,) that average their squares.

    The N points on the unit disc and the weights integrate the squares exactly.
    """
    nodes, shares = np.polynomial.legendre.leggauss(order)  # in the squared radius, over which area is even
    angles = 2 * order
    theta = np.arange(angles) * (2.0 * pi / angles)
    rho = np.sqrt((nodes[:, None] + 1.0) / 2.0)
    weights = np.repeat(shares / (2.0 * angles), angles)
    return gradients_at(order, rho, theta), weights


@dataclass(frozen=True)
class Mtf:
    """Contrast that lens and pixel leave to a sine pattern, 1 at frequency 0, colours in R, G, B order."""

    frequencies_per_mm: np.ndarray
    """(F,) cycles per mm on the sensor."""
    horizontal: np.ndarray
    """(3, F): the pattern varies along x."""
    vertical: np.ndarray
    """(3, F): the pattern varies along y."""
    diffraction_limit: np.ndarray
    """(3, F): a lens without aberrations before the same pixel."""
    pixel: np.ndarray
    """(F,): the pixel alone, sinc(f pitch); the other curves contain it."""
    nyquist_per_mm: float
    """Half a cycle a pixel; finer patterns come out as coarser ones."""


def mtf(design: LensDesign, *, object_distance_m: float | None = None, points: int = MTF_POINTS) -> Mtf:
    """MTF of lens and pixel up to the cut-off of the shortest wavelength or one cycle a pixel.

    The lens' part is the autocorrelation of the pupil at shifts of lambda z f (Goodman, Introduction to Fourier
    Optics, section 6.3), not the transform of a PSF in pixels, which folds frequencies above Nyquist back. Raises
    DesignError for a distance out of range and for lenses too steep for MTF_MEMORY_BYTES.
    """
    distance_m = _distance_m(design, object_distance_m)
    pitch_m = design.sensor.pitch_m
    nyquist_per_m = 0.5 / pitch_m
    cutoffs_per_m = [2.0 * design.aperture_radius_m / (w * design.sensor_distance_m) for w in design.wavelengths_m]
    highest_per_m = min(max(*cutoffs_per_m, 1.1 * nyquist_per_m), 2.0 * nyquist_per_m)
    frequencies_per_m = np.linspace(0.0, highest_per_m, points)
    pixel = np.sinc(frequencies_per_m * pitch_m)
    limit = np.stack([diffraction_mtf(frequencies_per_m / cutoff) for cutoff in cutoffs_per_m])
    if design.ideal:
        horizontal = vertical = np.ones_like(limit)
    else:
        polynomials = phase_polynomials(design, np.array(design.zernike_um), np.array([distance_m]))[0]
        advice = gentler_lens(design)
        step_shares = [frequencies_per_m[1] / cutoff for cutoff in cutoffs_per_m]
        horizontal, vertical = (
            np.stack([_pupil_mtf(p, 2.0 * s, points, advice) for p, s in zip(turned, step_shares, strict=True)])
            for turned in (polynomials, polynomials.swapaxes(-2, -1))
        )
    return Mtf(
        frequencies_per_m * 1e-3, horizontal * pixel, vertical * pixel, limit * pixel, pixel, nyquist_per_m * 1e-3
    )


def diffraction_mtf(share_of_cutoff: np.ndarray) -> np.ndarray:
    """MTF of a circular pupil without aberrations: 2/pi (acos v - v sqrt(1 - v^2)), v = f lambda z / 2R <= 1."""
    share = np.minimum(share_of_cutoff, 1.0)
    return (2.0 / pi) * (np.arccos(share) - share * np.sqrt(1.0 - share**2))


def _pupil_mtf(polynomial: np.ndarray, shift: float, points: int, advice: str) -> np.ndarray:
    """|autocorrelation| (points,) of exp(2 pi i W) on the unit disc at multiples of `shift` along x, 1 at shift 0.

    Rows lie at Chebyshev's points in y, which integrate a disc exactly. From one row to the next, products of the
    pupil with its shifted self only turn by the terms that mix x and y, so those alone set the number of rows.
    `advice` closes the message of a refusal.
    """
    slope = slopes(polynomial).largest
    mixed = polynomial.copy()
    mixed[0] = mixed[:, 0] = 0.0
    rows = 96 + ceil(8.0 * slopes(mixed).largest)
    needed = max(_LEAST_PUPIL_SAMPLES, samples_without_repeats(slope, 2.0 * slope))
    stride = ceil(shift * needed / 2.0)  # samples to one step of frequency
    step = shift / stride
    half = ceil(1.0 / step)
    if shortage := memory_shortage(rows * half * 2 * 80, MTF_MEMORY_BYTES):
        raise DesignError(f"the MTF of this lens needs {shortage} ({slope:.0f} waves of slope); {advice}")
    x = (np.arange(-half, half) + 0.5) * step
    theta = np.arange(1, rows + 1) * (pi / (rows + 1))
    y, chord = np.cos(theta)[:, None], np.sin(theta)[:, None]
    waves = np.polynomial.polynomial.polygrid2d(y[:, 0], x, polynomial)
    amplitude = np.clip((chord - np.abs(x)) / step + 0.5, 0.0, 1.0)  # share of the cell inside the disc
    waves -= np.rint(waves)  # in float64; only then is the phase narrowed
    angle = (2.0 * pi * waves).astype(np.float32)
    pupil = np.empty(angle.shape, np.complex64)
    pupil.real, pupil.imag = np.cos(angle), np.sin(angle)
    pupil *= amplitude.astype(np.float32)
    spectrum = np.fft.fft(pupil, 2 * fast_length(len(x)))
    power = ((spectrum.real**2 + spectrum.imag**2) * chord).sum(axis=0)
    correlation = np.abs(np.fft.ifft(power)[: len(x)])
    lags = np.arange(points) * stride
    inside = lags < len(x)
    result = np.zeros(points)
    result[inside] = correlation[lags[inside]] / correlation[0]
    return result


def encircled_energy(psf: Psf) -> tuple[np.ndarray, np.ndarray]:
    """Radii (B,) in m, and per colour (3, B) the share of all light within each of them.

    Circles lie about the centroid of their colour and light is spread evenly within a pixel. Light outside the
    window counts as missing, so the curves end at the window energy.
    """
    size = psf.values.shape[-1]
    step_m = psf.pitch_m / _SUBSAMPLES
    pixel_axis = np.arange(size) - size // 2
    fine_axis = ((np.arange(size * _SUBSAMPLES) + 0.5) / _SUBSAMPLES - 0.5 - size // 2)[None]
    bins = ceil(sqrt(2.0) * size * _SUBSAMPLES) + 1
    shares = np.zeros((3, bins + 1))
    for colour, values in enumerate(psf.values.astype(np.float64)):
        row, column = values.sum(1) @ pixel_axis, values.sum(0) @ pixel_axis
        radius = np.hypot(fine_axis.T - row, fine_axis - column) * _SUBSAMPLES
        weights = np.repeat(np.repeat(values, _SUBSAMPLES, 0), _SUBSAMPLES, 1) / _SUBSAMPLES**2
        rings = np.bincount(radius.astype(int).ravel(), weights.ravel(), minlength=bins)
        shares[colour, 1:] = np.cumsum(rings) * psf.window_energy[colour]
    return np.arange(bins + 1) * step_m, shares


def encircling_diameter_m(psf: Psf, share: float = 0.8, colour: int = 1) -> float:
    """Diameter of the circle about the centroid that holds `share` of the light of `colour`; NaN when none does."""
    radii_m, shares = encircled_energy(psf)
    if shares[colour, -1] < share:
        return float("nan")
    return 2.0 * float(np.interp(share, shares[colour], radii_m))


def _distance_m(design: LensDesign, object_distance_m: float | None) -> float:
    if object_distance_m is None:
        return design.object_distance_m
    return check_number("object_distance_m", object_distance_m, *RANGES["object_distance_m"])
