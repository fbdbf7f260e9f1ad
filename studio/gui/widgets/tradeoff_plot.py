"""The plane of privacy and utility: trials, their front, baselines, published marks and the working limit.

Importing this module loads pyqtgraph, which takes a while: do so when the plot is first shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.gui.theme import tokens
from studio.study.plan import Measure
from studio.study.tradeoff import Scatter

_SYMBOLS = {"gaussian": "s", "defocus": "t", "pixelate": "d", "none": "h"}
_LENS_PX, _BASELINE_PX, _RING_PX = 10, 9, 18


@cache
def _brush(colour: str, opacity: float) -> QBrush:
    """One and the same for all points of a kind: pyqtgraph draws a symbol anew for every other brush."""
    made = QColor(colour)
    made.setAlphaF(opacity)
    return QBrush(made)


class _Box(pg.ViewBox):
    """Drags move the view; with Shift held they mark a rectangle."""

    brushed = Signal(QRectF)

    def mouseDragEvent(self, ev, axis=None):
        if not ev.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            super().mouseDragEvent(ev, axis)
            return
        ev.accept()
        begun, now = ev.buttonDownPos(), ev.pos()
        self.updateScaleBox(begun, now)
        if ev.isFinish():
            self.rbScaleBox.hide()
            self.brushed.emit(self.childGroup.mapRectFromParent(QRectF(begun, now).normalized()))


class TradeoffPlot(QWidget):
    """Shows a `Scatter`; tells which trial the pointer is on, which one is clicked, and what a rectangle marks."""

    hovered = Signal(str)
    """A trial's id; "" when the pointer leaves."""
    chosen = Signal(str)
    brushed = Signal(list)
    """Ids within the rectangle."""
    limit_changed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._box = _Box()
        self.plot = pg.PlotWidget(viewBox=self._box)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot)
        self._scatter: Scatter | None = None
        self._measures: tuple[Measure, Measure] | None = None
        self._shown: set[str] | None = None
        self.setAccessibleName("Privacy against utility")
        self.plot.setAccessibleName("Plot")
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self._front = pg.PlotCurveItem()
        self._bars = [pg.ErrorBarItem(beam=0) for _ in range(2)]
        self._lines: list[pg.PlotDataItem] = []
        self._marks = pg.ScatterPlotItem(symbol="x", size=11, pxMode=True)
        self._lenses = pg.ScatterPlotItem(hoverable=True, pxMode=True)
        self._baselines = pg.ScatterPlotItem(hoverable=True, pxMode=True)
        self._ring = pg.ScatterPlotItem(size=_RING_PX, pxMode=True)
        self.limit = pg.InfiniteLine(angle=90, movable=True)
        for item in (*self._bars, self._front, self._marks, self._baselines, self._lenses):
            self.plot.addItem(item)
        for item in (self._ring, self.limit):
            self.plot.addItem(item, ignoreBounds=True)
        self.limit.setVisible(False)
        for points in (self._lenses, self._baselines):
            points.sigHovered.connect(self._hover)
            points.sigClicked.connect(self._click)
        self.limit.sigPositionChanged.connect(self._move_limit)
        self._box.brushed.connect(self._brush)
        self._recolour()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._recolour()
        super().changeEvent(event)

    def show_scatter(self, scatter: Scatter, measures: tuple[Measure, Measure], intervals: bool) -> None:
        """Draw `scatter`; better is always up and to the left."""
        axes_changed = measures != self._measures
        self._scatter, self._measures = scatter, measures
        self.plot.invertY(not measures[1].more_is_better)
        for axis, measure in zip(("bottom", "left"), measures, strict=True):
            better = "more is better" if measure.more_is_better else "less is better"
            self.plot.setLabel(axis, f"{measure.title} ({better})")
        for bars, column in zip(self._bars, range(2), strict=True):
            self._show_bars(bars, column, intervals)
        self._draw()
        if axes_changed:
            self.plot.autoRange(padding=0.08)

    def show_only(self, ids: Sequence[str] | None) -> None:
        """Fade all but these trials; None brings all back."""
        shown = None if ids is None else set(ids)
        if shown != self._shown:
            self._shown = shown
            self._draw()

    def ring(self, number: int | None) -> None:
        """Put a ring round one point."""
        at = [] if number is None or self._scatter is None else [tuple(self._scatter.values[number])]
        self._ring.setData(pos=at)

    def set_limit(self, value: float | None) -> None:
        """Show the working limit at `value`; None hides it."""
        self.limit.setVisible(value is not None)
        if value is not None:
            self.limit.setValue(value)

    # Drawing

    def _draw(self) -> None:
        if self._scatter is None:
            return
        scatter, colours = self._scatter, tokens()
        lenses = scatter.lenses()
        self._lenses.setData(
            pos=scatter.values[lenses],
            data=[scatter.trials[i].id for i in lenses],
            symbol=["star" if scatter.trials[i].pinned else "o" for i in lenses],
            size=[_LENS_PX * (1.7 if scatter.trials[i].pinned else 1.0) for i in lenses],
            brush=[self._fill(colours.accent, i, 1.0 if scatter.front[i] else 0.45) for i in lenses],
            pen=pg.mkPen(colours.plot_background),
            hoverPen=pg.mkPen(colours.text, width=2),
        )
        numbers = [i for curve in scatter.baselines.values() for i in curve]
        kinds = [kind for kind, curve in scatter.baselines.items() for _ in curve]
        self._baselines.setData(
            pos=scatter.values[numbers],
            data=[scatter.trials[i].id for i in numbers],
            symbol=[_SYMBOLS.get(kind, "o") for kind in kinds],
            size=_BASELINE_PX,
            brush=[self._fill(colours.warning, i, 0.9) for i in numbers],
            pen=pg.mkPen(colours.plot_background),
            hoverPen=pg.mkPen(colours.text, width=2),
        )
        self._draw_lines(scatter)
        best = scatter.values[scatter.front]
        best = best[np.argsort(best[:, 0])]
        self._front.setData(best[:, 0], best[:, 1])
        self._marks.setData(
            pos=[tuple(mark.values[m.name] for m in self._measures or ()) for mark in scatter.published],
            pen=pg.mkPen(colours.muted, width=2),
        )

    def _draw_lines(self, scatter: Scatter) -> None:
        for line in self._lines:
            self.plot.removeItem(line)
        dashed = pg.mkPen(tokens().warning, width=1, style=Qt.PenStyle.DashLine)
        self._lines = [
            self.plot.plot(scatter.values[curve, 0], scatter.values[curve, 1], pen=dashed)
            for curve in scatter.baselines.values()
            if len(curve) > 1
        ]

    def _show_bars(self, bars: pg.ErrorBarItem, column: int, shown: bool) -> None:
        scatter = self._scatter
        assert scatter is not None
        known = np.isfinite(scatter.low[:, column]) & np.isfinite(scatter.high[:, column])
        drawn = shown and bool(known.any())
        bars.setVisible(drawn)  # empty ones would pull the axes to 0
        if not drawn:
            return
        values = scatter.values[known]
        below = values[:, column] - scatter.low[known, column]
        above = scatter.high[known, column] - values[:, column]
        ends = {"left": below, "right": above} if column == 0 else {"bottom": below, "top": above}
        bars.setData(x=values[:, 0], y=values[:, 1], **ends)

    def _fill(self, colour: str, number: int, opacity: float) -> QBrush:
        faded = self._shown is not None and self._scatter and self._scatter.trials[number].id not in self._shown
        return _brush(colour, 0.12 if faded else opacity)

    def _recolour(self) -> None:
        colours = tokens()
        self.plot.setBackground(colours.plot_background)
        for name in ("bottom", "left"):
            axis = self.plot.getAxis(name)
            axis.enableAutoSIPrefix(False)
            axis.setPen(colours.muted)
            axis.setTextPen(colours.text)
        faint = QColor(colours.muted)
        faint.setAlphaF(0.55)
        for bars in self._bars:
            bars.setOpts(pen=pg.mkPen(faint))
        self._front.setPen(pg.mkPen(colours.accent, width=2))
        self._ring.setPen(pg.mkPen(colours.text, width=2))
        self._ring.setBrush(None)
        self.limit.setPen(pg.mkPen(colours.success, width=2, style=Qt.PenStyle.DashLine))
        self.limit.setHoverPen(pg.mkPen(colours.success, width=3))
        self._draw()

    # The pointer

    @Slot(object, object, object)
    def _hover(self, _item: object, points: Sequence[pg.SpotItem], _event: object) -> None:
        self.hovered.emit(points[0].data() if len(points) else "")

    @Slot(object, object, object)
    def _click(self, _item: object, points: Sequence[pg.SpotItem], _event: object) -> None:
        self.chosen.emit(points[0].data())

    @Slot(QRectF)
    def _brush(self, area: QRectF) -> None:
        if self._scatter is not None:
            values = self._scatter.values
            inside = [i for i, (x, y) in enumerate(values) if area.contains(QPointF(x, y))]
            self.brushed.emit([self._scatter.trials[i].id for i in inside])

    @Slot(object)
    def _move_limit(self, line: pg.InfiniteLine) -> None:
        self.limit_changed.emit(float(line.value()))
