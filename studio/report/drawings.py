"""The pictures of a report: lens, PSF, training, ROC curves, captures, trade-off. Each draws into a box of a figure.

Colours after Okabe and Ito, with dashes and markers of their own. Loads matplotlib with the figure it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Any

import numpy as np

from studio.evaluation.bootstrap import Interval
from studio.evaluation.reading import Roc, Strip
from studio.exchange.run_figure import PANELS, Curves, draw_panel
from studio.optics.lens import COLOURS, LensDesign
from studio.optics.metrics import mtf, surface
from studio.optics.psf import Psf
from studio.report.blocks import Box
from studio.study.plan import Measure
from studio.study.tradeoff import Scatter

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1)))
_CHANNELS = ("#D55E00", "#009E73", "#0072B2")
_MARKERS = {"gaussian": "s", "defocus": "^", "pixelate": "D", "none": "*"}
_LEGEND_COLUMNS = 3
_LEFT, _BELOW, _BELOW_WITH_LEGEND = 0.075, 0.22, 0.3
"""Room for the words of an axis: a share of the page's width, and of the box' height."""
_FAINTEST = 1e-5  # of a PSF's peak
Sweep = dict[str, list[tuple[float, Interval]]]
"""By attacker: swept values and what it reaches there."""


def across(figure: Any, box: Box, count: int, below: float = _BELOW) -> list[Any]:
    """`count` axes side by side in `box`, with room for their words."""
    left, bottom, width, height = box
    each = width / count
    places = [
        (left + i * each + _LEFT, bottom + below * height, each - _LEFT - 0.01, (0.92 - below) * height)
        for i in range(count)
    ]
    return [figure.add_axes(place) for place in places]


def draw_lens(figure: Any, box: Box, design: LensDesign, psf: Psf) -> None:
    """Surface height, PSF and MTF."""
    height, image, transfer = across(figure, box, 3)
    wave = surface(without_tilt(design), 128)
    shown = height.imshow(wave.values, cmap="cividis", origin="lower", extent=(-1, 1, -1, 1))
    height.set(title="Surface (µm)", xlabel="x / R", ylabel="y / R")
    figure.colorbar(shown, ax=height, fraction=0.046)
    grey = psf.values.mean(0)
    reach = 0.5e6 * psf.pitch_m * grey.shape[-1]
    image.imshow(
        np.log10(np.maximum(grey / grey.max(), _FAINTEST)), cmap="magma", extent=(-reach, reach, -reach, reach)
    )
    image.set(title="PSF, mean of colours (log)", xlabel="µm")
    found = mtf(design)
    for number, name in enumerate(COLOURS):
        look = {"color": _CHANNELS[number], "linestyle": DASHES[number]}
        transfer.plot(found.frequencies_per_mm, found.horizontal[number], label=name, **look)
    transfer.plot(
        found.frequencies_per_mm, found.diffraction_limit[1], color="0.6", linewidth=0.8, label="limit, green"
    )
    transfer.set(title="MTF, across", xlabel="cycles / mm", ylim=(0, 1), xlim=(0, found.nyquist_per_mm))
    transfer.legend(frameon=False)


def draw_training(figure: Any, box: Box, runs: Sequence[tuple[str, Curves]]) -> None:
    """Leak, expression, severity and loss of runs."""
    for axes, panel in zip(across(figure, box, len(PANELS)), PANELS, strict=True):
        draw_panel(axes, panel, runs)


def draw_rocs(figure: Any, box: Box, by_recogniser: dict[str, list[tuple[str, Roc]]]) -> None:
    """One plot a recogniser, one curve a method with its band."""
    places = across(figure, box, len(by_recogniser), _BELOW_WITH_LEGEND)
    for axes, (recogniser, curves) in zip(places, by_recogniser.items(), strict=True):
        axes.plot([0, 1], [0, 1], color="0.6", linewidth=0.8)
        for (name, curve), colour, dash in zip(curves, cycle(PALETTE), cycle(DASHES), strict=False):
            axes.plot(curve.fmr, curve.tmr, color=colour, linestyle=dash, label=name)
            axes.fill_between(curve.fmr, curve.low, curve.high, color=colour, alpha=0.15, linewidth=0)
        axes.set(title=recogniser, xlabel="false match rate", xlim=(0, 1), ylim=(0, 1))
    _legend_below(figure, box, axes)


def draw_sweeps(figure: Any, box: Box, sweeps: dict[str, Sweep]) -> None:
    """AUC over noise and over bits, one line an attacker with its intervals; by what is swept, in words."""
    places = across(figure, box, len(sweeps), _BELOW_WITH_LEGEND)
    for axes, (title, curves) in zip(places, sweeps.items(), strict=True):
        for (name, points), colour, dash in zip(curves.items(), cycle(PALETTE), cycle(DASHES), strict=False):
            values, found = zip(*points, strict=True)
            height = [auc.value for auc in found]
            reach = np.abs([[auc.value - auc.low, auc.high - auc.value] for auc in found]).T
            look = {"color": colour, "linestyle": dash, "elinewidth": 0.6, "capsize": 2, "markersize": 4}
            axes.errorbar(values, height, reach, marker=".", label=name, **look)
        axes.axhline(0.5, color="0.6", linewidth=0.8)
        axes.set(xlabel=title, ylabel="AUC")
    _legend_below(figure, box, axes)


def _legend_below(figure: Any, box: Box, axes: Any) -> None:
    """One legend for all axes of `box`, along its lower edge."""
    handles, names = axes.get_legend_handles_labels()
    where = {"loc": "lower center", "bbox_to_anchor": (box[0] + box[2] / 2, box[1])}
    figure.legend(handles, names, frameon=False, fontsize=6, ncols=min(len(names), _LEGEND_COLUMNS), **where)


def draw_pictures(figure: Any, box: Box, rows: dict[str, np.ndarray]) -> None:
    """A row a name of pictures (P, H, W, 3) uint8."""
    left, bottom, width, height = box
    each = height / max(len(rows), 1)
    for number, (name, pictures) in enumerate(rows.items()):
        low = bottom + height - (number + 1) * each
        figure.text(left, low + each / 2, name, rotation=90, va="center", fontsize=7)
        for place, picture in enumerate(pictures):
            wide = (width - 0.03) / len(pictures)
            axes = figure.add_axes((left + 0.03 + place * wide, low, wide * 0.97, each * 0.97))
            axes.imshow(picture)
            axes.axis("off")


def draw_gallery(figure: Any, box: Box, pictures: dict[str, np.ndarray]) -> None:
    """Pictures (H, W, 3) uint8 side by side, each under its name."""
    left, bottom, width, height = box
    each = width / len(pictures)
    for number, (name, picture) in enumerate(pictures.items()):
        axes = figure.add_axes((left + number * each, bottom, 0.96 * each, 0.85 * height))
        axes.imshow(picture)
        axes.axis("off")
        axes.set_title(name, fontsize=6)


def strip_rows(strip: Strip) -> dict[str, np.ndarray]:
    """The rows of an evaluation's strip that may be shown."""
    rows = {"clear": strip.clear, "captured": strip.captured, "reconstructed": strip.reconstructed}
    return {name: pictures for name, pictures in rows.items() if pictures is not None}


def draw_tradeoff(figure: Any, box: Box, points: Scatter, measures: tuple[Measure, Measure]) -> None:
    """Lenses, their front, baselines and what the paper published, which is never part of a front."""
    (axes,) = across(figure, box, 1)
    _errors(axes, points)
    lenses = points.lenses()
    axes.plot(*points.values[lenses].T, "o", color=PALETTE[0], markersize=4, label="lenses", alpha=0.7)
    best = points.values[points.front]
    best = best[np.argsort(best[:, 0])]
    axes.plot(*best.T, "-", color=PALETTE[0], linewidth=1.2, label="their front")
    for (kind, numbers), colour in zip(points.baselines.items(), cycle(PALETTE[1:]), strict=False):
        name = "no blur" if kind == "none" else kind
        axes.plot(*points.values[numbers].T, marker=_MARKERS[kind], ls=":", color=colour, markersize=5, label=name)
    for mark in points.published:
        axes.plot(*(mark.values[measure.name] for measure in measures), "x", color="0.4", label=mark.name)
    axes.set(xlabel=measures[0].title, ylabel=measures[1].title)
    axes.grid(linewidth=0.3, color="0.8")
    axes.legend(frameon=False, fontsize=7)


def without_tilt(design: LensDesign) -> LensDesign:
    """Without piston and tilts, which are left to the mount."""
    for term in (1, 2, 3):
        design = design.with_zernike(term, 0.0)
    return design


def _errors(axes: Any, points: Scatter) -> None:
    known = np.isfinite(points.low) & np.isfinite(points.high)
    below = np.where(known, np.maximum(points.values - points.low, 0), 0.0)
    above = np.where(known, np.maximum(points.high - points.values, 0), 0.0)
    axes.errorbar(
        *points.values.T,
        xerr=[below[:, 0], above[:, 0]],
        yerr=[below[:, 1], above[:, 1]],
        fmt="none",
        ecolor="0.75",
        elinewidth=0.6,
    )
