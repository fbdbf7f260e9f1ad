"""PSFs, captures, MTFs and the table of two lenses, in two columns where there is room for them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from studio.gui.comparison import Row
from studio.gui.theme import SPACING, number_font
from studio.gui.widgets.curve_plot import Axis, Curve, CurvePlot, Line, LineKey, Mark
from studio.gui.widgets.hints import hint
from studio.gui.widgets.labels import TokenLabel
from studio.gui.widgets.mtf_plot import half_contrast_per_mm
from studio.gui.widgets.picture_pair import NAMES, TOKENS, PicturePair
from studio.gui.widgets.segments import Choice, Segments
from studio.optics.lens import COLOURS
from studio.optics.metrics import Mtf

LINES = {"Horizontal": Line(2.0), "Vertical": Line(2.0, (1.5, 2.0))}
_TWO_COLUMNS_PX = 640
_MOST_ROWS = 14  # the table scrolls from there on
_PLOT_PX = 200
_SQUASHED = 0.05  # of the axis: curves that fall earlier get a logarithmic one


class ComparisonSheet(QWidget):
    """A and B have a colour each; the same colour means the same lens in pictures, curves and table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.psfs = PicturePair("PSFs of A and B", smooth=False)
        self.scale = TokenLabel()
        self.scale.setWordWrap(True)
        self.scale.setAccessibleName("Scale of the PSFs")
        self.captures = PicturePair("Captures of one frame by A and B", smooth=True)
        self.plot = CurvePlot("MTFs of A and B")
        self.plot.setMinimumHeight(_PLOT_PX)
        self.colour = Segments("Colour of the MTFs", [Choice(c, c[0].upper(), f"MTF in {c}") for c in COLOURS])
        self._mtfs: tuple[Mtf, Mtf] | None = None
        self._key = QWidget()
        key = QHBoxLayout(self._key)
        key.setContentsMargins(0, 0, 0, 0)
        key.addWidget(LineKey(LINES))
        key.addStretch(1)
        key.addWidget(self.colour)
        self.table = _Table()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACING)
        self._columns = 0
        self._arrange(1)

    def set_stale(self, stale: bool) -> None:
        """Fade what is of other lenses than it should be."""
        for part in (self.psfs, self.captures, self.plot):
            part.set_stale(stale)

    def show_mtfs(self, first: Mtf, second: Mtf) -> None:
        self._mtfs = first, second
        self._draw_mtfs()

    def show_colour(self, colour: str) -> None:
        """Curves of "red", "green" or "blue"; any other word changes nothing."""
        self.colour.choose(colour)
        self._draw_mtfs()

    def _draw_mtfs(self) -> None:
        if self._mtfs is None:
            return
        first, second = self._mtfs
        colour = COLOURS.index(self.colour.choice)
        curves = [
            Curve(f"{name} {kind.lower()}", mtf.frequencies_per_mm[1:], values[colour][1:], token, line)
            for name, token, mtf in zip(NAMES, TOKENS, (first, second), strict=True)
            for (kind, line), values in zip(LINES.items(), (mtf.horizontal, mtf.vertical), strict=True)
        ]
        highest = max(float(mtf.frequencies_per_mm[-1]) for mtf in (first, second))
        lowest = min(float(mtf.frequencies_per_mm[1]) for mtf in (first, second))
        spread = min(half_contrast_per_mm(mtf, colour) for mtf in (first, second)) < _SQUASHED * highest
        x = Axis("Spatial frequency on the sensor (cycles/mm)", lowest if spread else 0.0, highest, spread)
        marks = [Mark("Nyquist", n) for n in sorted({first.nyquist_per_mm, second.nyquist_per_mm})]
        self.plot.show_curves(x, Axis(f"Contrast, {COLOURS[colour]}", 0.0, 1.0), reversed(curves), marks)
        self.plot.setAccessibleDescription(
            f"{COLOURS[colour]}, up to {highest:.0f} cycles/mm; mean contrast up to Nyquist: "
            + ", ".join(f"{name} {_mean(mtf, colour):.2f}" for name, mtf in zip(NAMES, (first, second), strict=True))
        )

    def show_rows(self, rows: Sequence[Row]) -> None:
        self.table.show_rows(rows)

    def show_without_pictures(self, rows: Sequence[Row]) -> None:
        """One of the two cannot be computed."""
        self._mtfs = None
        self.scale.setText("")
        for pair in (self.psfs, self.captures):
            pair.show_message("No picture")
        self.plot.show_message("No curves")
        self.table.show_rows(rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange(2 if self.width() >= _TWO_COLUMNS_PX else 1)
        super().resizeEvent(event)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.psfs.minimumSizeHint().width(), super().minimumSizeHint().height())

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        top = Qt.AlignmentFlag.AlignTop
        grid = self._grid
        parts: tuple[QWidget, ...] = (self.psfs, self.scale, self.captures, self._key, self.plot, self.table)
        for part in parts:
            grid.removeWidget(part)
        if columns == 2:
            grid.addWidget(self.psfs, 0, 0)
            grid.addWidget(self.captures, 0, 1)
            grid.addWidget(self.scale, 1, 0)
            grid.addWidget(self._key, 2, 0)
            grid.addWidget(self.plot, 3, 0)
            grid.addWidget(self.table, 1, 1, 3, 1, top)
        else:
            for row, part in enumerate(parts):
                grid.addWidget(part, row, 0)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, columns - 1)
        grid.setRowStretch(len(parts), 1)


class _Table(QTableWidget):
    """As tall as its rows."""

    def __init__(self) -> None:
        super().__init__(0, 3)
        self.setAccessibleName("Figures, and the parameters that differ")
        hint(self, "What follows from the two lenses, and every parameter in which they differ")
        self.setHorizontalHeaderLabels(["", *NAMES])
        self.verticalHeader().hide()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setFont(number_font(self.font()))
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)

    def show_rows(self, rows: Sequence[Row]) -> None:
        self.setRowCount(len(rows))
        for line, row in enumerate(rows):
            for column, text in enumerate((row.title, row.first, row.second)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(line, column, item)
        line_px = self.fontMetrics().height() + SPACING
        self.verticalHeader().setDefaultSectionSize(line_px)
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + min(len(rows), _MOST_ROWS) * line_px + 4)


def _mean(mtf: Mtf, colour: int) -> float:
    below = mtf.frequencies_per_mm <= mtf.nyquist_per_mm
    return float((mtf.horizontal[colour][below].mean() + mtf.vertical[colour][below].mean()) / 2)
