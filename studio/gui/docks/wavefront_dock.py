"""The Wavefront dock: the lens' surface or the optical path behind it, as a map, in figures and term by term."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDockWidget, QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from studio.gui.document import Document
from studio.gui.pace import Pace
from studio.gui.theme import SPACING
from studio.gui.widgets.aperture_view import ApertureView
from studio.gui.widgets.labels import NumberLabel, TokenLabel
from studio.gui.widgets.segments import Choice, Segments
from studio.gui.widgets.term_bars import TermBars
from studio.optics.lens import COLOURS
from studio.optics.metrics import opd, surface

RENEW_EVERY_MS = 100
QUANTITY_KEY, COLOUR_KEY = "wavefront.quantity", "wavefront.colour"
HEIGHT, OPD = "height", "opd"
MAP_SAMPLES = 128
_LEAST_LIMIT = {HEIGHT: 0.01, OPD: 0.05}  # um and waves; a scale below that would show rounding errors
_UNITS = {HEIGHT: "µm", OPD: "waves"}


class WavefrontDock(QDockWidget):
    """Follows the design of `document` while it is in view."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__("Wavefront", parent)
        self._document = document
        self._pace = Pace(self._renew, self, RENEW_EVERY_MS)
        self.setAccessibleName("Wavefront")
        self.quantity = Segments(
            "Quantity",
            (
                Choice(HEIGHT, "Height", "Height of the lens surface, µm"),
                Choice(OPD, "OPD", "Optical path difference to a perfect focus at the object distance, waves"),
            ),
        )
        self.colour = Segments(
            "Colour", (Choice(c, c[0].upper(), f"Waves of {c} light, through the index for {c}") for c in COLOURS)
        )
        self.view = ApertureView()
        self.view.setAccessibleName("Map over the aperture")
        self.bars = TermBars()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        column.setSpacing(SPACING)
        controls = QHBoxLayout()
        controls.addWidget(self.quantity)
        controls.addStretch(1)
        controls.addWidget(self.colour)
        column.addLayout(controls)
        column.addLayout(self._make_figures())
        column.addWidget(self.view, 3)
        self._table = self._make_table()
        column.addWidget(self._table, 2)
        self.setWidget(content)
        self.quantity.chosen.connect(self._choose_quantity)
        self.colour.chosen.connect(self._choose_colour)
        document.design_changed.connect(self._follow)
        document.project_replaced.connect(self._restore)
        self._restore()

    def _make_figures(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACING)
        self.rms, self.peak_to_valley = NumberLabel(), NumberLabel()
        self.about = TokenLabel()
        for place, (title, label, tip) in enumerate(
            (
                ("RMS", self.rms, "Root mean square about the mean, over the aperture"),
                ("P–V", self.peak_to_valley, "Peak to valley: highest minus lowest value"),
            )
        ):
            label.setAccessibleName(tip)
            caption = TokenLabel(title)
            for part in (caption, label):
                part.setToolTip(tip)
            grid.addWidget(caption, 0, 2 * place)
            grid.addWidget(label, 0, 2 * place + 1)
        grid.addWidget(self.about, 0, 5, alignment=Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(4, 1)
        return grid

    def _make_table(self) -> QScrollArea:
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName("Zernike terms")
        scroll.setAccessibleDescription("A bar for each term that is not 0")
        holder = QWidget()
        rows = QVBoxLayout(holder)
        rows.setContentsMargins(0, 0, SPACING, 0)
        rows.setSpacing(0)
        rows.addWidget(self.bars)
        rows.addStretch(1)
        scroll.setWidget(holder)
        scroll.setMinimumWidth(holder.minimumSizeHint().width() + scroll.verticalScrollBar().sizeHint().width())
        return scroll

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._renew()

    @Slot(str)
    def _choose_quantity(self, key: str) -> None:
        self._document.set_view(QUANTITY_KEY, key)
        self._renew()

    @Slot(str)
    def _choose_colour(self, key: str) -> None:
        self._document.set_view(COLOUR_KEY, key)
        self._renew()

    @Slot()
    def _restore(self) -> None:
        self.quantity.choose(str(self._document.view(QUANTITY_KEY, HEIGHT)))
        self.colour.choose(str(self._document.view(COLOUR_KEY, "green")))
        self._follow()

    @Slot()
    def _follow(self) -> None:
        if self.isVisible():
            self._pace.request()

    def _renew(self) -> None:
        design, quantity = self._document.design, self.quantity.choice
        self.colour.setVisible(quantity == OPD)
        self.bars.setVisible(not design.ideal)
        if design.ideal:
            self.view.show_message("A perfect image has no surface", "Choose a lens in the Lens dock")
            for label in (self.rms, self.peak_to_valley):
                label.setText("–")
            self.about.setText("")
            return
        colour = COLOURS.index(self.colour.choice)
        wavefront = surface(design, MAP_SAMPLES) if quantity == HEIGHT else opd(design, MAP_SAMPLES, colour=colour)
        unit = _UNITS[quantity]
        self.view.show_map(wavefront.values, unit, _LEAST_LIMIT[quantity])
        self.bars.show_terms(wavefront.terms, unit, _LEAST_LIMIT[quantity])
        self._table.setMaximumHeight(self.bars.sizeHint().height() + SPACING)  # what few terms leave is the map's
        self.rms.setText(f"{wavefront.rms:.3f} {unit}")
        self.peak_to_valley.setText(f"{wavefront.peak_to_valley:.3f} {unit}")
        at = f"{design.wavelengths_nm[colour]:g} nm, {design.object_distance_m:g} m"
        self.about.setText(at if quantity == OPD else "")
