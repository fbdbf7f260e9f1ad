"""What two lenses do, on one scale: PSFs, captures of one frame, MTFs and what differs. Runs in any thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil, isnan, log10

import numpy as np

from studio.exchange.psf_picture import LOG_DECADES, psf_picture
from studio.faces.pictures import Frame
from studio.optics.frames import LIVE_MEMORY_BYTES, FrameRenderer
from studio.optics.lens import DesignError, LensDesign, blur_disc_m
from studio.optics.metrics import Mtf, encircling_diameter_m, mtf, rms_spot_m
from studio.optics.psf import Psf, PsfEngine, window_for
from studio.optics.quantity import shown_unit
from studio.project.variants import differences

SHARE = 0.8
LARGEST_PX, LARGEST_DRAFT_PX = 129, 65
_SMALLEST_PX = 33
MTF_POINTS = 513  # enough for a strong defocus, of which only the lowest frequencies are left
_GREEN = 1


@dataclass(frozen=True)
class Side:
    """What one lens does."""

    design: LensDesign
    psf: Psf
    diameter_m: float
    """Circle that holds SHARE of the green light; NaN when the window has less."""
    capture: Frame
    mtf: Mtf


@dataclass(frozen=True)
class Row:
    """A line of the table: what it is, and its value for each of the two."""

    title: str
    first: str
    second: str


@dataclass(frozen=True)
class Comparison:
    """Both PSFs have one window and one pitch; both captures are of one frame."""

    first: Side
    second: Side
    rows: tuple[Row, ...]
    draft: bool


def compare(
    first: LensDesign,
    second: LensDesign,
    scene: Frame,
    draft: bool = False,
    wanted: Callable[[], bool] = lambda: True,
) -> Comparison | None:
    """Both lenses on `scene` (H, W, 3); None once `wanted` says no. DesignError names the lens (A or B) it is about."""
    designs = (first, second)
    pitch_m = min(design.sensor.pitch_m for design in designs)
    needed_px = [max(_SMALLEST_PX, ceil(window_for(d) * d.sensor.pitch_m / pitch_m)) for d in designs]
    sides = []
    for name, design, own_px in zip("AB", designs, needed_px, strict=True):
        if not wanted():
            return None
        try:
            # pixels wide enough for the other lens may be too coarse to measure this one
            own = _psf(design, own_px, pitch_m, draft)
            capture = FrameRenderer(design, *scene.shape[:2], draft=draft)(scene)
            curves = mtf(design, points=MTF_POINTS)
        except DesignError as error:
            raise DesignError(f"{name}: {error}") from None
        sides.append(Side(design, own, encircling_diameter_m(own, SHARE), capture, curves))
    for place, own_px in enumerate(needed_px):
        if own_px < max(needed_px):
            shared = _psf(designs[place], max(needed_px), pitch_m, draft)
            sides[place] = replace(sides[place], psf=shared)
    return Comparison(sides[0], sides[1], _figures(*sides) + parameter_rows(first, second), draft)


def _psf(design: LensDesign, needed_px: int, pitch_m: float, draft: bool) -> Psf:
    """Over `needed_px` of `pitch_m`, joined to larger ones where they are too many."""
    binning = ceil(needed_px / (LARGEST_DRAFT_PX if draft else LARGEST_PX))
    size = 2 * (needed_px // (2 * binning)) + 1
    return PsfEngine(LIVE_MEMORY_BYTES)(design, size=size, pitch_m=binning * pitch_m, draft=draft, fast=True)


def parameter_rows(first: LensDesign, second: LensDesign) -> tuple[Row, ...]:
    """The parameters that differ, with their units."""
    rows = []
    for difference in differences(first, second):
        unit = shown_unit(difference.parameter.unit)
        title = difference.parameter.label + (f" ({unit})" if unit else "")
        rows.append(Row(title[:1].upper() + title[1:], _value(difference.first), _value(difference.second)))
    return tuple(rows)


def _figures(first: Side, second: Side) -> tuple[Row, ...]:
    rows = []
    for title, figure in (
        ("RMS spot, all terms (µm)", _spot),
        ("Disc of the defocus alone (µm)", _defocus_disc),
        ("Strehl ratio, green", _strehl),
        (f"{SHARE:.0%} of green light within (µm)", _diameter),
    ):
        rows.append(Row(title, figure(first), figure(second)))
    return tuple(rows)


def _spot(side: Side) -> str:
    return _um(rms_spot_m(side.design))


def _defocus_disc(side: Side) -> str:
    return "–" if side.design.ideal else _um(blur_disc_m(side.design))


def _strehl(side: Side) -> str:
    strehl = side.psf.strehl[_GREEN]
    return "–" if isnan(strehl) else f"{strehl:.3g}"  # a draft traced by rays knows none


def _diameter(side: Side) -> str:
    return _um(side.diameter_m)


def _um(length_m: float) -> str:
    return "–" if isnan(length_m) else f"{float(f'{length_m * 1e6:.3g}'):g}"


def _value(value: float | int | str | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value or "as entered"
    return f"{value:.6g}".replace("-", "−")


def psf_pair(first: Psf, second: Psf, scale: str) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (K, K, 3) uint8 of two PSFs: "linear" or "log" in one range of colours, or logarithmic "each"."""
    if scale == "each":
        return psf_picture(first.values, log=True), psf_picture(second.values, log=True)
    size = first.values.shape[-1]
    both = np.concatenate([first.values, second.values], axis=-1)
    together = psf_picture(both, log=scale == "log", decades=joint_decades(first, second))
    return together[:, :size], together[:, size:]


def joint_decades(first: Psf, second: Psf) -> int:
    """Decades from the brighter peak down to LOG_DECADES below the dimmer one, which would be black on fewer."""
    peaks = [float(psf.values.max()) for psf in (first, second)]
    return LOG_DECADES + ceil(log10(max(peaks) / min(peaks)))


def describe_scale(first: Psf, second: Psf, scale: str) -> str:
    """What the brightness in `psf_pair` means, for people."""
    if scale == "each":
        return f"A and B on a scale each, {LOG_DECADES} decades of light: compare shapes, not brightness."
    if scale == "log":
        return f"One scale for both: {joint_decades(first, second)} decades of light."
    return "One scale for both, in proportion to the light."
