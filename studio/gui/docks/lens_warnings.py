"""What speaks against a lens as it stands: light beside the sensor, a surface that is hard to cut."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import atan, degrees, pi

import numpy as np

from studio.capture.pipeline import LivePsf
from studio.optics.lens import LensDesign
from studio.optics.metrics import surface
from studio.optics.psf import window_for
from studio.optics.zernike import cartesian_basis, noll_to_nm, rms_norm

MAX_SLOPE_DEG = 15.0
MAX_DEPARTURE_UM = 100.0
_MAP_SAMPLES = 48


@dataclass(frozen=True)
class Concern:
    """One warning: a line for the panel, and what is behind it."""

    text: str
    detail: str


def design_concerns(design: LensDesign) -> tuple[Concern, ...]:
    """What can be said of `design` without computing a PSF; nothing of a perfect image."""
    if design.ideal:
        return ()
    found = []
    window_px = window_for(design)
    if window_px > design.sensor.pixels:
        found.append(
            Concern(
                f"Truncated: the blur is {window_px} px wide, the sensor {design.sensor.pixels}",
                "The blur of a point, with its diffraction tails, is wider than the sensor, so light falls beside it. "
                "Weaken the terms, bring the sensor nearer, or enlarge it.",
            )
        )
    slope_deg = steepest_slope_deg(design)
    if slope_deg > MAX_SLOPE_DEG:
        found.append(
            Concern(
                f"Not makeable: slope of {slope_deg:.0f}°, more than {MAX_SLOPE_DEG:g}°",
                f"Steepest slope of the surface against a plane. The limit of {MAX_SLOPE_DEG:g}° is our choice: about "
                "what the front clearance of common diamond tools allows. Weaken the terms or widen the aperture.",
            )
        )
    departure_um = departure_from_round_um(design)
    if departure_um > MAX_DEPARTURE_UM:
        found.append(
            Concern(
                f"Hard to make: {departure_um:.0f} µm out of round, more than {MAX_DEPARTURE_UM:g} µm",
                "Peak to valley of the terms that depend on the angle. The limit is our choice: fast tool servos of "
                "diamond lathes reach some tens of µm, beyond that a slow slide servo or milling is needed.",
            )
        )
    return tuple(found)


def psf_concerns(result: LivePsf) -> tuple[Concern, ...]:
    """What the computation of the PSF warned of: aliasing, a truncated window, or that it cannot be done."""
    if result.error:
        return (Concern("The PSF cannot be computed", result.error),)
    warnings = result.psf.warnings if result.psf and not result.draft else ()
    return tuple(Concern(text[:1].upper() + text[1:], "Said by the computation of the PSF.") for text in warnings)


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


def departure_from_round_um(design: LensDesign) -> float:
    """Peak to valley (um) of the terms that depend on the angle, tilts left out; 0 when clearly within the limit."""
    orders = [noll_to_nm(j) for j in range(1, len(design.zernike_um) + 1)]
    terms = [a if n > 1 and m else 0.0 for a, (n, m) in zip(design.zernike_um, orders, strict=True)]
    bound_um = 2.0 * sum(abs(a) * rms_norm(n, m) for a, (n, m) in zip(terms, orders, strict=True))
    if bound_um <= MAX_DEPARTURE_UM:
        return 0.0
    return surface(replace(design, zernike_um=tuple(terms)), _MAP_SAMPLES).peak_to_valley
