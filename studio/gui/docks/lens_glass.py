"""Wavelengths and refractive indices in the Lens dock: as entered, or those of a glass."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from studio.gui.docks.parameter_text import in_words
from studio.gui.docks.parameters import fixed_by_design, parameter_row
from studio.gui.document import Document
from studio.gui.widgets.callout import Callout
from studio.gui.widgets.section import Section
from studio.gui.widgets.slider_row import SliderRow
from studio.optics.glass import GLASSES
from studio.optics.lens import COLOURS, DesignError, LensDesign
from studio.optics.parameters import parameter

_TITLES = {"pmma": "PMMA", "n-bk7": "N-BK7", "fused-silica": "Fused silica"}


class GlassSection(Section):
    """A glass by name shows the indices it gives, which then cannot be entered."""

    dragging = Signal(bool)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__("Wavelengths and glass", folded=True, fill=self._make_rows, parent=parent)
        self._document = document
        self.glass = QComboBox()
        self.glass.setAccessibleName("Glass")
        self.glass.setAccessibleDescription(parameter("glass").meaning)
        self.glass.addItem("Indices as entered", "")
        for name in GLASSES:
            self.glass.addItem(_TITLES.get(name, name), name)
        self.glass.activated.connect(self._choose)
        self.message = Callout(self.glass)
        self.by_key: dict[str, SliderRow] = {}
        self.rows.addWidget(self.glass)
        document.design_changed.connect(self._follow)
        self._follow(document.design)

    def _make_rows(self) -> None:
        for head in ("wavelengths_nm", "refractive_indices"):
            for colour in COLOURS:
                key = f"{head}.{colour}"
                row = parameter_row(self._document, key)
                row.dragging.connect(self.dragging)
                self.by_key[key] = row
                self.rows.addWidget(row)

    @Slot(int)
    def _choose(self, place: int) -> None:
        name = self.glass.itemData(place)
        label = f"Use {self.glass.itemText(place)}" if name else "Use indices as entered"
        try:
            design = replace(self._document.design, glass=name)
        except DesignError as error:
            self._follow(self._document.design)
            self.message.say(f"{in_words(str(error))}.")
        else:
            self._document.edit_design(design, label)

    @Slot(object)
    def _follow(self, design: LensDesign) -> None:
        self.message.say("")
        self.glass.setCurrentIndex(self.glass.findData(design.glass))
        fixed = fixed_by_design(design, "glass")
        self.glass.setEnabled(not fixed)
        self.glass.setToolTip(fixed or parameter("glass").meaning)
