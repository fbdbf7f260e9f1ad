"""What speaks against a lens as it stands: light beside the sensor, a surface that is hard to cut."""

from __future__ import annotations

from dataclasses import dataclass

from studio.capture.pipeline import LivePsf
from studio.optics.lens import LensDesign
from studio.optics.makeable import MAX_DEPARTURE_UM, MAX_SLOPE_DEG, departure_from_round_um, steepest_slope_deg
from studio.optics.psf import window_for


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
