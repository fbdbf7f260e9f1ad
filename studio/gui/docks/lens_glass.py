"""Wavelengths and refractive indices in the Lens dock: as entered, or those of a glass."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QSizePolicy, QWidget

from studio.gui.docks.parameter_text import in_words
from studio.gui.docks.parameters import fixed_by_design, parameter_field
from studio.gui.document import Document
from studio.gui.theme import SPACING
from studio.gui.widgets.callout import Callout
from studio.gui.widgets.labels import TokenLabel
from studio.gui.widgets.number_field import NumberField
from studio.gui.widgets.section import Section
from studio.optics.glass import GLASSES
from studio.optics.lens import COLOURS, DesignError, LensDesign
from studio.optics.parameters import parameter

_TITLES = {"pmma": "PMMA", "n-bk7": "N-BK7", "fused-silica": "Fused silica"}


class GlassSection(Section):
    """A glass by name shows the indices it gives, which then cannot be entered."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__("Wavelengths and glass", folded=True, parent=parent)
        self._document = document
        self.glass = QComboBox()
        self.glass.setAccessibleName("Glass")
        self.glass.setAccessibleDescription(parameter("glass").meaning)
        self.glass.addItem("Indices as entered", "")
        for name in GLASSES:
            self.glass.addItem(_TITLES.get(name, name), name)
        self.glass.activated.connect(self._choose)
        self.message = Callout(self.glass)
        self.fields: dict[str, NumberField] = {}
        self.rows.addWidget(self.glass)
        self.rows.addLayout(self._make_fields())
        document.design_changed.connect(self._follow)
        self._follow(document.design)

    def _make_fields(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(SPACING // 2)
        for line, (title, head) in enumerate((("Wavelength", "wavelengths_nm"), ("Index", "refractive_indices")), 1):
            grid.addWidget(QLabel(title), line, 0)
            for place, colour in enumerate(COLOURS, 1):
                field = parameter_field(self._document, f"{head}.{colour}")
                field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
                field.setMinimumWidth(8 * SPACING)
                field.refused.connect(Callout(field).say)
                self.fields[f"{head}.{colour}"] = field
                grid.addWidget(field, line, place)
        for place, colour in enumerate(COLOURS, 1):
            caption = TokenLabel(colour.capitalize(), f"channel_{colour}")
            grid.addWidget(caption, 0, place, alignment=Qt.AlignmentFlag.AlignRight)
            grid.setColumnStretch(place, 1)
        return grid

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
