"""The point spread function of a lens: its phase, the PSF in three colours, Strehl ratios and window energy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil

import numpy as np

from studio.optics.arrays import Array, namespace
from studio.optics.lens import RANGES, DesignError, LensDesign, check_integer, check_number
from studio.optics.propagation import PixelFilter, Propagator
from studio.optics.psf_grid import PsfGrid, choose_grid, slopes
from studio.optics.rays import RayTracer
from studio.optics.zernike import cartesian_basis

RAYS_ABOVE_SAMPLES = 256
"""Drafts that would need a larger pupil grid are traced as rays instead."""
ENERGY_WARNING = 0.98
LEAST_ENERGY = 5e-3
"""Share of the light below which a window is refused: errors of the grid, up to 2e-3, would be what it shows."""
TAIL_AIRY_UNITS = 10.0
"""Wavelengths times f-number beyond the geometric spot that hold 98 % of a diffraction pattern's light."""


@dataclass(frozen=True)
class Psf:
    """PSF of three colours; `values` (3, K, K) float32 in R, G, B order, each colour sums to 1.

    A value is the integral over its pixel. The optical axis is the centre of pixel (K // 2, K // 2); rows grow with
    +y and columns with +x. `window_energy` is the share of the light inside the window before normalising, `strehl`
    the peak inside the window relative to the unaberrated lens (NaN in a draft traced by rays), each for (R, G, B).
    """

    values: np.ndarray
    pitch_m: float
    wavelengths_m: tuple[float, ...]
    window_energy: tuple[float, ...]
    strehl: tuple[float, ...]
    grid: PsfGrid
    warnings: tuple[str, ...]


def phase_polynomials(design: LensDesign, zernike_um: Array, object_distance_m: Array) -> Array:
    """Pupil phase as polynomials (D, 3, P, P) float64, in waves: W = sum M[p, q] y^p x^q on the unit disc.

    Lens height and both quadratic terms are joined before anything is sampled:
    W = (n - 1) h / lambda + r^2 (1/d + 1/z) / (2 lambda). `zernike_um` (J,) and `object_distance_m` (D,) are numpy
    or torch arrays of float64; gradients pass.
    """
    xp = namespace(zernike_um)
    lens, quadratic = (
        xp.asarray(values, dtype=zernike_um.dtype, device=zernike_um.device)
        for values in _phase_maps(
            zernike_um.shape[0], design.refractive_indices, design.wavelengths_m, design.aperture_radius_m
        )
    )
    vergence = 1.0 / object_distance_m + 1.0 / design.sensor_distance_m
    return xp.tensordot(zernike_um, lens, axes=1) + vergence[:, None, None, None] * quadratic


@lru_cache(maxsize=8)
def _phase_maps(
    terms: int, indices: tuple[float, ...], wavelengths_m: tuple[float, ...], radius_m: float
) -> tuple[np.ndarray, np.ndarray]:
    """Waves per um of each Zernike term (J, 3, P, P), and waves per dioptre of vergence (3, P, P)."""
    basis = cartesian_basis(terms)
    wavelengths = np.array(wavelengths_m)[:, None, None]
    lens = basis[:, None] * (1e-6 * (np.array(indices)[:, None, None] - 1.0) / wavelengths)
    rho_squared = np.zeros(basis.shape[1:])
    rho_squared[0, 2] = rho_squared[2, 0] = 1.0
    return lens, rho_squared * radius_m**2 / (2.0 * wavelengths)


def window_for(design: LensDesign, *, object_distance_m: float | None = None, pitch_m: float | None = None) -> int:
    """Pixels (odd) of a centred window that holds the geometric spot of every colour and its diffraction tails."""
    pitch = _pitch(design, pitch_m)
    if design.ideal:
        return 33
    distance_m = design.object_distance_m if object_distance_m is None else _distance(object_distance_m)
    polynomials = phase_polynomials(design, np.array(design.zernike_um), np.array([distance_m]))[0]
    half_m = 0.0
    for polynomial, wavelength in zip(polynomials, design.wavelengths_m, strict=True):
        ray_scale_m = wavelength * design.sensor_distance_m / design.aperture_radius_m
        half_m = max(half_m, slopes(polynomial).largest * ray_scale_m + TAIL_AIRY_UNITS * wavelength * design.f_number)
    return 2 * ceil(half_m / pitch) + 1


class PsfEngine:
    """Computes PSFs and keeps the matrices of the last grid, so that a lens being edited costs only the transform."""

    def __init__(self, memory_limit_bytes: int | None = None) -> None:
        self._memory_limit_bytes = memory_limit_bytes
        self._key: tuple = ()
        self._propagator: Propagator | None = None
        self._tracer: RayTracer | None = None

    def __call__(
        self,
        design: LensDesign,
        *,
        object_distance_m: float | None = None,
        size: int = 64,
        pitch_m: float | None = None,
        pupil_samples: int | None = None,
        draft: bool = False,
        fast: bool = False,
        strehl: bool = True,
    ) -> Psf:
        """See `psf`; without `strehl` the ratios, which take a quarter of the time, are NaN."""
        distances_m = (design.object_distance_m if object_distance_m is None else object_distance_m,)
        return next(
            self.at_distances(
                design,
                distances_m,
                size=size,
                pitch_m=pitch_m,
                pupil_samples=pupil_samples,
                draft=draft,
                fast=fast,
                strehl=strehl,
            )
        )

    def at_distances(
        self,
        design: LensDesign,
        object_distances_m: Iterable[float],
        *,
        size: int = 64,
        pitch_m: float | None = None,
        pupil_samples: int | None = None,
        draft: bool = False,
        fast: bool = False,
        strehl: bool = True,
    ) -> Iterator[Psf]:
        """PSFs of several object distances on one grid, that of the steepest, each computed when it is asked for.

        The options are those of a call.
        """
        distances_m = [_distance(d) for d in object_distances_m]
        pitch = _pitch(design, pitch_m)
        size = check_integer("size", size, 1, 16384, "px")
        if design.ideal:
            for _ in distances_m:
                yield _perfect_psf(design, size, pitch)
            return
        window_px = size + 1 - size % 2  # odd, so that the axis is the centre of a pixel
        polynomials = phase_polynomials(design, np.array(design.zernike_um), np.array(distances_m))
        grid, pixel_filter, warnings = choose_grid(
            design,
            polynomials,
            window_px,
            pitch,
            pupil_samples=pupil_samples,
            draft=draft,
            fast=fast,
            memory_limit_bytes=self._memory_limit_bytes,
        )
        traced = grid.draft and grid.pupil_samples > RAYS_ABOVE_SAMPLES
        if traced:
            grid = replace(grid, reason="draft: rays instead of waves")
        for distance_m, colours in zip(distances_m, polynomials, strict=True):
            if traced:
                shares, ratios = self._traced(design, colours, grid)
            else:
                shares, ratios = self._propagated(design, colours, grid, pixel_filter, strehl)
            shares = shares[:, :size, :size]
            too_little = energy_warning(design, shares.sum(axis=(1, 2)).min(), size, pitch, distance_m)
            values, shares_of_light = normalise(shares)
            energy = tuple(float(e) for e in shares_of_light)
            yield Psf(values, pitch, design.wavelengths_m, energy, ratios, grid, warnings + too_little)

    def _propagated(
        self, design: LensDesign, polynomials: np.ndarray, grid: PsfGrid, pixel_filter: PixelFilter, with_strehl: bool
    ) -> tuple[np.ndarray, tuple[float, ...]]:
        """Shares of light per pixel (3, K, K) and Strehl ratios (NaN without `with_strehl`) by wave optics."""
        propagator = self._prepare(design, grid, pixel_filter)
        shares = np.empty((3, grid.window_px, grid.window_px), np.float32)
        strehl = []
        for colour, polynomial in enumerate(polynomials):
            pupil = propagator.pupil(polynomial)
            field = propagator.field(pupil, colour)
            shares[colour] = propagator.intensity(field)
            strehl.append(propagator.strehl(pupil, field, colour) if with_strehl else float("nan"))
        return shares, tuple(strehl)

    def _traced(
        self, design: LensDesign, polynomials: np.ndarray, grid: PsfGrid
    ) -> tuple[np.ndarray, tuple[float, ...]]:
        """The same by ray optics; rays know no Strehl ratio (NaN)."""
        if self._tracer is None:
            self._tracer = RayTracer()
        scales_m = [w * design.sensor_distance_m / design.aperture_radius_m for w in design.wavelengths_m]
        spots = [
            self._tracer.spot(polynomial, scale_m, grid.pitch_m, grid.window_px)
            for polynomial, scale_m in zip(polynomials, scales_m, strict=True)
        ]
        return np.stack(spots), (float("nan"),) * 3

    def _prepare(self, design: LensDesign, grid: PsfGrid, pixel_filter: PixelFilter) -> Propagator:
        geometry = (design.aperture_radius_m, design.sensor_distance_m, design.wavelengths_m)
        key = (*geometry, grid.pitch_m, grid.window_px, grid.pupil_samples, pixel_filter)
        if self._propagator is None or key != self._key:
            self._propagator = make_propagator(design, grid, pixel_filter)
            self._key = key
        return self._propagator


def psf(
    design: LensDesign,
    *,
    object_distance_m: float | None = None,
    size: int = 64,
    pitch_m: float | None = None,
    pupil_samples: int | None = None,
    draft: bool = False,
    fast: bool = False,
) -> Psf:
    """The PSF of `design` over `size` x `size` pixels of `pitch_m` (default: the sensor's).

    `object_distance_m` defaults to the design's. `pupil_samples` overrides the grid (a warning tells when it is too
    coarse). `fast` relaxes the bound on the L1 error from 2e-3 to 1e-2 for steep lenses and wide windows: the pupil
    grid only keeps repeats out, and pixels may be averaged from fewer samples; a warning tells where even that is not
    met. `draft` accepts far more grain, or rays, for speed, unless the lens is done as quickly without
    (`grid.draft`). Raises DesignError for values out of range, for a window with less than LEAST_ENERGY of the light
    of a colour, and for grids that memory cannot hold, with the estimate, before anything is allocated.
    """
    return PsfEngine()(
        design,
        object_distance_m=object_distance_m,
        size=size,
        pitch_m=pitch_m,
        pupil_samples=pupil_samples,
        draft=draft,
        fast=fast,
    )


def energy_warning(
    design: LensDesign, share: float, size: int, pitch_m: float, object_distance_m: float
) -> tuple[str, ...]:
    """What to say of a window that holds `share` of the light; DesignError when that is too little for any use."""
    if share >= ENERGY_WARNING:
        return ()
    needed_px = window_for(design, object_distance_m=object_distance_m, pitch_m=pitch_m)
    if share >= LEAST_ENERGY:
        return (f"the window of {size} px holds only {share:.1%} of the light; {needed_px} px would hold the spot",)
    raise DesignError(
        f"the window of {size} px holds {max(share, 0.0):.1g} of the light, too little to be measured; "
        f"{needed_px} px would hold the spot"
    )


def normalise(shares: Array) -> tuple[Array, Array]:
    """Colours (..., K, K) that sum to 1, and the shares of light (...) they had; tiny negative ripple is cut off."""
    xp = namespace(shares)
    shares = xp.clip(shares, 0.0, None)
    energy = xp.sum(shares, axis=(-2, -1))
    return shares / energy[..., None, None], energy


def make_propagator(
    design: LensDesign, grid: PsfGrid, pixel_filter: PixelFilter, *, double_precision: bool = False
) -> Propagator:
    """The matrices of `grid` for the geometry of `design`."""
    return Propagator(
        aperture_radius_m=design.aperture_radius_m,
        sensor_distance_m=design.sensor_distance_m,
        wavelengths_m=design.wavelengths_m,
        pitch_m=grid.pitch_m,
        window_px=grid.window_px,
        pupil_samples=grid.pupil_samples,
        pixel_filter=pixel_filter,
        double_precision=double_precision,
    )


def _distance(object_distance_m: float) -> float:
    return check_number("object_distance_m", object_distance_m, *RANGES["object_distance_m"])


def _pitch(design: LensDesign, pitch_m: float | None) -> float:
    return check_number("pitch_m", design.sensor.pitch_m if pitch_m is None else pitch_m, 1e-8, 1e-2, "m")


def _perfect_psf(design: LensDesign, size: int, pitch_m: float) -> Psf:
    values = np.zeros((3, size, size), np.float32)
    values[:, size // 2, size // 2] = 1.0
    ones = (1.0, 1.0, 1.0)
    grid = PsfGrid(0, 0, size, pitch_m, values.nbytes, "perfect image: nothing is propagated")
    return Psf(values, pitch_m, design.wavelengths_m, ones, ones, grid, ())
