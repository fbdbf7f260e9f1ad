"""Whether a surface can be cut: its steepest slope, and how far it is out of round. Both limits are our choice."""

from __future__ import annotations

from dataclasses import replace
from math import atan, degrees, pi

import numpy as np

from studio.optics.lens import LensDesign
from studio.optics.metrics import surface
from studio.optics.zernike import cartesian_basis, noll_to_nm, rms_norm

MAX_SLOPE_DEG = 15.0
"""About what the front clearance of common diamond tools allows."""
MAX_DEPARTURE_UM = 100.0
"""Fast tool servos of diamond lathes reach some tens of um; beyond that a slow slide servo or milling is needed."""
_MAP_SAMPLES = 48


def steepest_slope_deg(design: LensDesign) -> float:
    """Largest slope of the surface, degrees; piston and tilts are left to the mount."""
    heights_um = np.array(design.zernike_um)
    heights_um[:3] = 0.0
    polynomial = np.tensordot(heights_um, cartesian_basis(len(heights_um)), axes=1)  # of y (rows) and x, unit disc
    rho, theta = np.meshgrid(np.linspace(0.0, 1.0, 9), np.arange(72) * (2.0 * pi / 72))
    exponents = np.arange(len(polynomial))
    (y, dy), (x, dx) = (
        (column**exponents, exponents * column ** np.maximum(exponents - 1, 0))
        for column in ((rho * np.sin(theta)).reshape(-1, 1), (rho * np.cos(theta)).reshape(-1, 1))
    )
    gradient = np.hypot(((dy @ polynomial) * x).sum(1), ((y @ polynomial) * dx).sum(1))
    return degrees(atan(float(gradient.max()) * 1e-6 / design.aperture_radius_m))


def departure_from_round_um(design: LensDesign, limit_um: float = MAX_DEPARTURE_UM) -> float:
    """Peak to valley (um) of the terms that depend on the angle, tilts left out; 0 when clearly within `limit_um`."""
    orders = [noll_to_nm(j) for j in range(1, len(design.zernike_um) + 1)]
    terms = [a if n > 1 and m else 0.0 for a, (n, m) in zip(design.zernike_um, orders, strict=True)]
    bound_um = 2.0 * sum(abs(a) * rms_norm(n, m) for a, (n, m) in zip(terms, orders, strict=True))
    if bound_um <= limit_um:
        return 0.0
    return surface(replace(design, zernike_um=tuple(terms)), _MAP_SAMPLES).peak_to_valley
