"""The cross-section of a PSF: light along the row and the column through its peak or through the optical axis."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.exchange.psf_picture import AXIS, LOG_DECADES, PEAK, CrossSection
from studio.gui.theme import SPACING
from studio.gui.widgets.curve_plot import Axis, Curve, CurvePlot, Line, LineKey
from studio.gui.widgets.segments import Choice, Segments
from studio.optics.lens import COLOURS

ROW, COLUMN = "Row", "Column"
LINES = {ROW: Line(1.5), COLUMN: Line(2.0, (1.0, 2.0))}


class SectionPanel(QWidget):
    """Reports the user's choice with `chosen(PEAK or AXIS)`; `choose` sets it without a signal."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Cross-section")
        self.through = Segments(
            "Cross-section",
            (
                Choice(PEAK, "Peak", "Through the brightest pixel"),
                Choice(AXIS, "Axis", "Through the optical axis"),
            ),
        )
        self.plot = CurvePlot("Cross-section curves")
        header = QHBoxLayout()
        header.addWidget(self.through)
        header.addStretch(1)
        header.addWidget(LineKey(LINES))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addLayout(header)
        column.addWidget(self.plot, 1)
        self.through.chosen.connect(self.chosen)

    def show_section(self, section: CrossSection, channel: int | None, log: bool) -> None:
        colours = COLOURS if channel is None else (COLOURS[channel],)
        positions = section.positions_um
        step_um = float(positions[1] - positions[0]) if len(positions) > 1 else 1.0
        x = Axis("Place on the sensor (µm)", float(positions[0]) - step_um / 2, float(positions[-1]) + step_um / 2)
        y = Axis("Light", 10.0**-LOG_DECADES if log else 0.0, 1.0, log)
        curves = [
            Curve(f"{kind}, {colour}", positions, values, f"channel_{colour}", LINES[kind])
            for kind, lines in ((COLUMN, section.along_y), (ROW, section.along_x))
            for colour, values in zip(colours, lines, strict=True)
        ]
        self.plot.show_curves(x, y, curves)
        self.plot.setAccessibleDescription(
            f"Row and column through {positions[section.column]:.0f} µm, {positions[section.row]:.0f} µm; "
            f"peak {', '.join(f'{c} {v.max():.2g}' for c, v in zip(colours, section.along_x, strict=True))}"
        )
