"""Lenses and measures that several tests of the PSF share."""

import numpy as np

from studio.optics.lens import LensDesign


def aberrated(seed: int, waves_rms: float = 0.53) -> LensDesign:
    """Focused lens with random terms 5-15 of the given total OPD RMS in green."""
    zernike_um = np.array(LensDesign().zernike_um)
    random = np.random.default_rng(seed).normal(size=11)
    zernike_um[4:] = random / np.linalg.norm(random) * waves_rms * 0.55 / 0.493
    return LensDesign(zernike_um=tuple(zernike_um.tolist()))


def l1_error(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a - b).sum(axis=(1, 2)).max())
