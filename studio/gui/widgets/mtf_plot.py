"""MTF curves. Importing this loads pyqtgraph, which takes some tenths of a second: do it when a plot is wanted."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.gui.theme import SPACING, tokens
from studio.optics.lens import COLOURS
from studio.optics.metrics import Mtf

pg.setConfigOptions(imageAxisOrder="row-major", antialias=True)

_STYLES: dict[str, tuple[float, tuple[float, ...] | None]] = {  # width and dashes of each kind of line
    "Horizontal": (2.0, None),
    "Vertical": (2.5, (0.5, 2.5)),
    "Diffraction limit": (1.0, (8.0, 5.0)),
}

_SAMPLE_PX = 3 * SPACING


class MtfPlot(pg.PlotWidget):
    """Contrast over spatial frequency: a colour each, two directions, the diffraction limit and Nyquist."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("MTF curves")
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setMouseEnabled(False, False)
        item.showGrid(x=True, y=True, alpha=0.15)
        item.getAxis("bottom").enableAutoSIPrefix(False)
        item.setYRange(0.0, 1.0, padding=0.04)
        self.curves = {(kind, colour): item.plot() for colour in COLOURS for kind in _STYLES}
        self._nyquist = pg.InfiniteLine(
            angle=90,
            label="Nyquist",  # along the line, above any curve that a pixel lets through
            labelOpts={"position": 0.45, "rotateAxis": (1, 0), "anchors": [(0.5, 1), (0.5, 1)]},
        )
        item.addItem(self._nyquist)
        self._recolour()

    def show_mtf(self, mtf: Mtf) -> None:
        for place, colour in enumerate(COLOURS):
            for kind, values in zip(_STYLES, (mtf.horizontal, mtf.vertical, mtf.diffraction_limit), strict=True):
                self.curves[kind, colour].setData(mtf.frequencies_per_mm, values[place])
        self._nyquist.setPos(mtf.nyquist_per_mm)
        self.setXRange(0.0, float(mtf.frequencies_per_mm[-1]), padding=0.0)

    def show_colours(self, shown: tuple[str, ...]) -> None:
        for (_, colour), curve in self.curves.items():
            curve.setVisible(colour in shown)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_nyquist"):
            self._recolour()

    def _recolour(self) -> None:
        colours = tokens()
        self.setBackground(colours.plot_background)
        item = self.getPlotItem()
        for name, text in (("bottom", "Spatial frequency on the sensor (cycles/mm)"), ("left", "Contrast")):
            axis = item.getAxis(name)
            axis.setLabel(text, color=colours.muted)
            axis.setPen(colours.muted)  # the grid takes it too, faint
            axis.setTextPen(colours.muted)
        for (kind, colour), curve in self.curves.items():
            curve.setPen(_pen(kind, getattr(colours, f"channel_{colour}")))
        self._nyquist.setPen(pg.mkPen(colours.accent, width=1.5))
        self._nyquist.label.setColor(QColor(colours.accent))


class LineKey(QWidget):
    """What the kinds of line mean, in a row; a legend inside the plot would cover curves of a small dock."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Kinds of line")
        self.setAccessibleDescription("solid horizontal, dotted vertical, dashed diffraction limit")

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        words = sum(metrics.horizontalAdvance(kind) + _SAMPLE_PX + 3 * SPACING for kind in _STYLES)
        return QSize(words - 2 * SPACING, metrics.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        metrics, x = self.fontMetrics(), 0
        for kind in _STYLES:
            painter.setPen(_pen(kind, tokens().text))
            painter.drawLine(x, self.height() // 2, x + _SAMPLE_PX, self.height() // 2)
            x += _SAMPLE_PX + SPACING
            painter.setPen(QColor(tokens().muted))
            painter.drawText(x, (self.height() + metrics.ascent() - metrics.descent()) // 2, kind)
            x += metrics.horizontalAdvance(kind) + 2 * SPACING


def _pen(kind: str, colour: str) -> QPen:
    width, dash = _STYLES[kind]
    pen = pg.mkPen(colour, width=width, dash=dash)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen
