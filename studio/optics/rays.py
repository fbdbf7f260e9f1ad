"""Geometric spots: where the rays of a steep lens land. Cheap, and close to the PSF where blur dwarfs diffraction."""

from __future__ import annotations

import numpy as np

from studio.optics.propagation import aperture_coverage

RAYS_ACROSS = 224


class RayTracer:
    """Keeps the pupil's rays between calls."""

    def __init__(self, rays_across: int = RAYS_ACROSS) -> None:
        self._pupil = (2 * np.arange(rays_across) + 1) / rays_across - 1.0
        coverage = aperture_coverage(rays_across)
        self._inside = np.flatnonzero(coverage)
        self._weights = coverage.ravel()[self._inside] / coverage.sum()

    def spot(self, phase_polynomial: np.ndarray, ray_scale_m: float, pitch_m: float, window_px: int) -> np.ndarray:
        """Share of the light per pixel, (K, K) float32, of the phase W = sum M[p, q] y^p x^q in waves.

        A ray through rho lands at `ray_scale_m` times the gradient of W, ray_scale = lambda z / R: the stationary
        point of the diffraction integral.
        """
        order = phase_polynomial.shape[-1]
        exponents = np.arange(order)
        powers = self._pupil[:, None] ** exponents
        slopes = exponents * self._pupil[:, None] ** np.maximum(exponents - 1, 0)
        to_pixels = ray_scale_m / pitch_m

        def landing(y: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            """Pixel before each ray's place along one axis, and the share that falls to the next one."""
            place = (y @ phase_polynomial @ x.T).ravel()[self._inside] * to_pixels + window_px // 2
            before = np.floor(place)
            return before.astype(np.int64), place - before

        row, past_row = landing(slopes, powers)
        column, past_column = landing(powers, slopes)
        # a ray is shared by the four pixels around it, or the grid of rays would beat with the grid of pixels
        side = window_px + 4  # two pixels more all around catch what lands outside
        row, column = np.clip(row, -2, window_px), np.clip(column, -2, window_px)
        cell = (row + 2) * side + column + 2
        counts = np.zeros(side * side)
        for step, share in (
            (0, (1.0 - past_row) * (1.0 - past_column)),
            (1, (1.0 - past_row) * past_column),
            (side, past_row * (1.0 - past_column)),
            (side + 1, past_row * past_column),
        ):
            counts += np.bincount(cell + step, self._weights * share, len(counts))
        return counts.reshape(side, side)[2:-2, 2:-2].astype(np.float32)
