"""How runs went: what leaks, what is read, the losses, and the terms of the lens, over batches."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from studio.exchange.run_figure import PANELS, TERMS_TITLE, Curves, moved_terms
from studio.gui.theme import SPACING, tokens
from studio.gui.widgets.curve_plot import Axis, Curve, CurvePlot, Line, LineKey
from studio.gui.widgets.labels import ElidedLabel

COLOURS = ("accent", "channel_green", "channel_red", "channel_blue", "warning")
"""Of the runs that are compared, in their order."""
_LEAST_PX = (152, 88)
_THREE_ACROSS_PX = 560
_LINES = {"solid": Line(2.0), "dashed": Line(2.0, (4.0, 3.0)), "dotted": Line(2.0, (1.0, 2.0))}


class RunCurves(QWidget):
    """Four plots of up to five runs, a colour each, and one of the lens of the first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACING)
        self._across = 0
        lines = [{words: _LINES[style] for words, style in panel.curves.values()} for panel in PANELS]
        titled = [_titled(panel.title, LineKey(key)) for panel, key in zip(PANELS, lines, strict=True)]
        self.term_names = _Names()
        titled.append(_titled(TERMS_TITLE, self.term_names))
        self._boxes = [box for box, _ in titled]
        *self.plots, self.terms = [plot for _, plot in titled]
        self._arrange(3)
        self.show_runs([])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(3 if event.size().width() >= _THREE_ACROSS_PX else 2)

    def _arrange(self, across: int) -> None:
        """So many plots in a row; the terms, which come last, take what is left of theirs."""
        if across == self._across:
            return
        self._across = across
        for number, box in enumerate(self._boxes):
            row, column = divmod(number, across)
            self._grid.addWidget(box, row, column, 1, across - column if box is self._boxes[-1] else 1)

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
        self.term_names.show_names([(curve.name.replace("zernike.", "Z"), curve.token) for curve in lines])


class _Names(QLabel):
    """Which colour is whose."""

    def __init__(self) -> None:
        super().__init__()
        self._names: Sequence[tuple[str, str]] = ()
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAccessibleName("Terms shown")

    def show_names(self, names: Sequence[tuple[str, str]]) -> None:
        """Each with the token of its colour."""
        self._names = names
        coloured = [f'<span style="color:{getattr(tokens(), token)}">{escape(name)}</span>' for name, token in names]
        self.setText("&nbsp;&nbsp; ".join(coloured))
        self.setAccessibleDescription(", ".join(name for name, _ in names))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_names"):
            self.show_names(self._names)


def _titled(title: str, key: QWidget) -> tuple[QWidget, CurvePlot]:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(SPACING // 2)
    column.addWidget(ElidedLabel(title, "text"))
    plot = CurvePlot(title)
    plot.setMinimumSize(*_LEAST_PX)
    column.addWidget(plot, 1)
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
