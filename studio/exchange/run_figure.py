"""Curves of training runs as files: a figure (PNG, SVG, PDF) or numbers (CSV). Loads matplotlib when it draws."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from studio.project import atomic

Curves = Mapping[str, np.ndarray]
"""(N, 2) by name: batch and value."""
PICTURES = (".png", ".svg", ".pdf")
CSV = ".csv"
MOST_TERMS = 5
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9")  # Okabe and Ito: apart for every colour vision
_SIZE_INCHES = (10.0, 6.0)
_DPI = 200
_STYLES = {"solid": "-", "dashed": "--", "dotted": ":"}


@dataclass(frozen=True)
class Panel:
    """One plot: which curves it draws, each with its words and its style, and the ends of its axis, if fixed."""

    title: str
    curves: Mapping[str, tuple[str, str]]
    ends: tuple[float, float] | None = None


PANELS = (
    Panel("Leak (AUC)", {"adversary_auc": ("adversary", "solid"), "held_out_auc": ("SFace", "dashed")}, (0.45, 1.0)),
    Panel("Expression", {"expression_r2": ("R²", "solid"), "expression_accuracy": ("accuracy", "dashed")}, (0.0, 1.0)),
    Panel("Simulated severity", {"severity_mae": ("MAE", "solid"), "severity_rmse": ("RMSE", "dashed")}),
    Panel("Loss of the reader", {"loss.utility": ("training", "solid"), "loss.lens_utility": ("lens", "dotted")}),
)
TERMS_TITLE = "Zernike terms that moved most (µm)"


def moved_terms(run: Curves) -> dict[str, np.ndarray]:
    """The Zernike terms that moved most, the first one most of all, as (N, 2): batch and change in um."""
    terms = {name: curve for name, curve in run.items() if name.startswith("zernike.") and len(curve)}
    moved = sorted(terms, key=lambda name: -float(np.ptp(terms[name][:, 1])))[:MOST_TERMS]
    return {name: terms[name] - [0.0, terms[name][0, 1]] for name in moved}


def write_runs(
    runs: Sequence[tuple[str, Curves]], path: Path, progress: Callable[[float], object] = lambda _share: None
) -> None:
    """Write the curves of named runs in the format of `path`'s suffix. The file appears whole or not at all.

    `progress(share)` is called while it is written and may raise. OSError, with the file's name, when it cannot be.
    """
    content = csv_text(runs).encode() if path.suffix.lower() == CSV else figure_bytes(runs, path.suffix[1:].lower())
    try:
        atomic.write(path, content, verify=lambda _: None, progress=progress)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def csv_text(runs: Sequence[tuple[str, Curves]]) -> str:
    """One line a point: run, curve, batch, value."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("run", "curve", "batch", "value"))
    for name, curves in runs:
        for curve, points in curves.items():
            table.writerows((name, curve, f"{step:g}", repr(value)) for step, value in points.tolist())
    return text.getvalue()


def figure_bytes(runs: Sequence[tuple[str, Curves]], kind: str) -> bytes:
    """The plots of PANELS with a colour for each run, and the terms of the first one."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"svg.fonttype": "none", "pdf.fonttype": 42, "font.size": 9}):
        figure = Figure(figsize=_SIZE_INCHES, layout="constrained")
        places = figure.subplots(2, 3).ravel()
        for panel, axes in zip(PANELS, places, strict=False):
            draw_panel(axes, panel, runs)
        _draw_terms(places[len(PANELS)], runs)
        _name_runs(places[-1], [name for name, _ in runs])
        content = io.BytesIO()
        figure.savefig(content, format=kind, dpi=_DPI)
    return content.getvalue()


def draw_panel(axes: Any, panel: Panel, runs: Sequence[tuple[str, Curves]]) -> None:
    """Draw one plot of several runs into matplotlib axes."""
    for number, (_, curves) in enumerate(runs):
        colour = _COLOURS[number % len(_COLOURS)]
        for name, (words, style) in panel.curves.items():
            if name in curves:
                line = _STYLES[style]
                axes.plot(*curves[name].T, line, color=colour, label=words if number == 0 else "_")
    if panel.ends is not None:
        low, high = axes.get_ylim()
        axes.set_ylim(min(low, panel.ends[0]), max(high, panel.ends[1]))
    _finish(axes, panel.title)


def _draw_terms(axes: Any, runs: Sequence[tuple[str, Curves]]) -> None:
    terms = moved_terms(runs[0][1]) if runs else {}
    for (name, points), colour in zip(terms.items(), _COLOURS, strict=False):
        axes.plot(*points.T, color=colour, label=name.replace("zernike.", "Z"))
    _finish(axes, TERMS_TITLE)


def _finish(axes: Any, title: str) -> None:
    axes.set_title(title)
    axes.set_xlabel("Batches")
    axes.grid(alpha=0.3)
    if axes.lines:
        axes.legend(frameon=False)


def _name_runs(axes: Any, names: Sequence[str]) -> None:
    axes.axis("off")
    for number, name in enumerate(names):
        axes.plot([], [], color=_COLOURS[number % len(_COLOURS)], label=name)
    if names:
        axes.legend(loc="center left", frameon=False, title="Runs; figures of validation people")
