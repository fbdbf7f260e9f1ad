"""How runs went: what leaks, what is read, the losses, and the terms of the lens, over batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from studio.exchange.run_figure import PANELS, TERMS_TITLE, Curves, moved_terms
from studio.gui.theme import SPACING
from studio.gui.widgets.curve_plot import Axis, Curve, CurvePlot, Line, LineKey
from studio.gui.widgets.labels import ElidedLabel

COLOURS = ("accent", "channel_green", "channel_red", "channel_blue", "warning")
"""Of the runs that are compared, in their order."""
_LEAST_PX = (152, 88)
_LINES = {"solid": Line(2.0), "dashed": Line(2.0, (4.0, 3.0)), "dotted": Line(2.0, (1.0, 2.0))}


class RunCurves(QWidget):
    """Four plots of up to five runs, a colour each, and one of the lens of the first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(SPACING)
        self.plots: list[CurvePlot] = []
        for number, panel in enumerate(PANELS):
            box, plot = _titled(panel.title, {words: _LINES[style] for words, style in panel.curves.values()})
            self.plots.append(plot)
            grid.addWidget(box, number // 3, number % 3)
        box, self.terms = _titled(TERMS_TITLE, {})
        grid.addWidget(box, 1, 1, 1, 2)
        self.show_runs([])

    def show_runs(self, runs: Sequence[Curves]) -> None:
        """Draw `runs`; only the first has its lens shown."""
        shown = runs[: len(COLOURS)]
        for panel, plot in zip(PANELS, self.plots, strict=True):
            found = [
                Curve(f"{name} {number}", run[name][:, 0], run[name][:, 1], COLOURS[number], _LINES[style])
                for number, run in enumerate(shown)
                for name, (_, style) in panel.curves.items()
                if name in run and len(run[name])
            ]
            _show(plot, found, panel.ends)
        terms = moved_terms(shown[0]) if shown else {}
        lines = [
            Curve(name, points[:, 0], points[:, 1], colour, _LINES["solid"])
            for (name, points), colour in zip(terms.items(), COLOURS, strict=False)
        ]
        _show(self.terms, lines, None)


def _titled(title: str, lines: Mapping[str, Line]) -> tuple[QWidget, CurvePlot]:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(SPACING // 2)
    column.addWidget(ElidedLabel(title, "text"))
    plot = CurvePlot(title)
    plot.setMinimumSize(*_LEAST_PX)
    column.addWidget(plot, 1)
    if lines:
        key = LineKey(lines)
        key.setMinimumWidth(_LEAST_PX[0])
        column.addWidget(key)
    return box, plot


def _show(plot: CurvePlot, curves: list[Curve], ends: tuple[float, float] | None) -> None:
    if not curves:
        plot.show_message("Nothing yet", "Figures appear as the run goes on")
        return
    values = np.concatenate([curve.y for curve in curves])
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    if ends is not None:
        low, high = max(min(low, ends[0]), -1.0), max(high, ends[1])
    margin = 0.05 * (high - low) or 0.5
    last = max(float(curve.x[-1]) for curve in curves)
    plot.show_curves(Axis("Batches", 0.0, max(last, 1.0)), Axis("", low - margin, high + margin), curves)
