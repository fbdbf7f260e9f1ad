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

        def landing(y: np.ndarray, x: np.ndarray) -> np.ndarray:
            gradient = (y @ phase_polynomial @ x.T).ravel()[self._inside]
            return np.floor(gradient * to_pixels + window_px / 2).astype(np.int64)

        rows, columns = landing(slopes, powers), landing(powers, slopes)
        hit = (rows >= 0) & (rows < window_px) & (columns >= 0) & (columns < window_px)
        cells = rows[hit] * window_px + columns[hit]
        counts = np.bincount(cells, self._weights[hit], window_px * window_px)
        return counts.reshape(window_px, window_px).astype(np.float32)
