"""Figures of an evaluation for print: ROC and DET curves with their bands, sweeps, a strip of pictures.

Colours after Okabe and Ito, each with a dash of its own, so that nobody needs to tell colours apart. Importing this
module loads matplotlib; the window does so in a worker, when somebody exports.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from scipy.stats import norm

from studio.evaluation.reading import NOTICE, SWEPT, Cell, Roc, Strip, cells, roc, spoken, sweep
from studio.project import atomic
from studio.project.records import Evaluation

FORMATS = (".png", ".svg", ".pdf")
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1)))  # one fewer than colours: pairs repeat late
_DET_LIMITS = (1e-3, 0.5)
_DET_TICKS = (0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
_EMBED: dict[Any, Any] = {
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "font.size": 9,
    "savefig.dpi": 200,
    "svg.hashsalt": "opticaldr",
}
_SIZE_IN = (5.2, 4.6)


@dataclass(frozen=True)
class Line:
    """A curve of a figure and what its legend says."""

    label: str
    curve: Roc


def roc_lines(record: Evaluation, chosen: Sequence[Cell] | None = None, before: str = "") -> list[Line]:
    """The ROC curves that `record` holds of `chosen` cells (all without any), with their AUC in the legend."""
    lines = []
    for cell in cells(record) if chosen is None else chosen:
        curve = roc(record, cell)
        if curve is not None:
            control = f"{cell.control}: " if cell.control else ""
            lines.append(Line(f"{before}{control}{spoken(cell)}\nAUC {cell.auc}", curve))
    return lines


def roc_figure(lines: Sequence[Line]) -> Figure:
    """True matches over false ones, with chance as a diagonal."""
    figure, axes = _figure("False match rate", "True match rate")
    axes.plot([0, 1], [0, 1], color="0.6", linewidth=0.8, label="chance")
    for line, style in zip(lines, _styles(), strict=False):
        axes.plot(line.curve.fmr, line.curve.tmr, label=line.label, **style)
        _band(axes, line.curve.fmr, line.curve.low, line.curve.high, style)
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    return _finished(figure, axes)


def det_figure(lines: Sequence[Line]) -> Figure:
    """False non-matches over false matches on normal deviates, as ISO/IEC 19795-1 draws them."""
    figure, axes = _figure("False match rate (%)", "False non-match rate (%)")
    for line, style in zip(lines, _styles(), strict=False):
        x = _deviate(line.curve.fmr)
        axes.plot(x, _deviate(1 - line.curve.tmr), label=line.label, **style)
        _band(axes, x, _deviate(1 - line.curve.high), _deviate(1 - line.curve.low), style)
    low, high = norm.ppf(_DET_LIMITS)
    ticks, names = norm.ppf(_DET_TICKS), [f"{100 * tick:g}" for tick in _DET_TICKS]
    axes.set(xlim=(low, high), ylim=(low, high), aspect="equal")
    axes.set_xticks(ticks, names)
    axes.set_yticks(ticks, names)
    return _finished(figure, axes)


def sweep_figure(record: Evaluation, kind: str) -> Figure:
    """AUC over NOISE or BITS, a line for each attacker."""
    figure, axes = _figure(SWEPT[kind], "AUC")
    axes.axhline(0.5, color="0.6", linewidth=0.8, label="chance")
    for (name, points), style in zip(sweep(cells(record), kind).items(), _styles(), strict=False):
        x = [value for value, _ in points]
        axes.plot(x, [auc.value for _, auc in points], marker="o", markersize=3, label=name, **style)
        _band(axes, x, [auc.low for _, auc in points], [auc.high for _, auc in points], style)
    axes.set(ylim=(0.4, 1.0))
    return _finished(figure, axes)


def strip_figure(pictures: Strip, clear: np.ndarray | None = None) -> Figure:
    """A column for each person: clear (where it may be shown), captured, best reconstruction."""
    shown = {"clear": pictures.clear if clear is None else clear, "captured": pictures.captured}
    shown["reconstructed"] = pictures.reconstructed
    rows = {name: row for name, row in shown.items() if row is not None}
    people = len(pictures.captured)
    figure = Figure(figsize=(0.9 * people + 0.4, 0.95 * len(rows) + 0.2), layout="constrained")
    places = figure.subplots(len(rows), people, squeeze=False)
    for (name, row), line in zip(rows.items(), places, strict=True):
        line[0].set_ylabel(name)
        for picture, axes in zip(row, line, strict=True):
            axes.imshow(picture)
            axes.set(xticks=[], yticks=[])
    figure.supxlabel(NOTICE, fontsize=6)
    return figure


def save(figure: Figure, path: Path, progress: Callable[[float], object] = lambda _share: None) -> Path:
    """Write `figure` in the format that the name asks for (one of FORMATS, PNG otherwise), whole or not at all.

    Fonts are embedded, nothing in the file depends on the day. `progress(share)` is called while it is written and may
    raise. OSError with the file's name when it cannot be written.
    """
    target = path if path.suffix.lower() in FORMATS else path.with_name(f"{path.name}{FORMATS[0]}")
    suffix = target.suffix.lower()[1:]
    dated = {"svg": "Date", "pdf": "CreationDate"}.get(suffix)
    content = io.BytesIO()
    with mpl.rc_context(_EMBED):
        figure.savefig(content, format=suffix, metadata={dated: None} if dated else None)
    try:
        atomic.write(target, content.getvalue(), verify=lambda _: None, progress=progress)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from error
    return target


def _figure(x: str, y: str) -> tuple[Figure, Any]:
    with mpl.rc_context(_EMBED):
        figure = Figure(figsize=_SIZE_IN, layout="constrained")
        axes = figure.subplots()
    axes.set(xlabel=x, ylabel=y)
    axes.grid(linewidth=0.3, color="0.8")
    return figure, axes


def _finished(figure: Figure, axes: Any) -> Figure:
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", fontsize=7, ncols=2, frameon=False)
    figure.suptitle(NOTICE, fontsize=6)
    return figure


def _styles() -> Any:
    return (
        {"color": c, "linestyle": d, "linewidth": 1.4} for c, d in zip(cycle(_COLOURS), cycle(_DASHES), strict=False)
    )


def _band(axes: Any, x: Any, low: Any, high: Any, style: dict[str, Any]) -> None:
    axes.fill_between(x, low, high, color=style["color"], alpha=0.15, linewidth=0)


def _deviate(rates: np.ndarray) -> np.ndarray:
    return norm.ppf(np.clip(rates, _DET_LIMITS[0] / 10, 1 - _DET_LIMITS[0] / 10))
