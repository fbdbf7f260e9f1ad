"""The Lens dock: presets, geometry, Zernike terms and glass, each with its unit, and what follows from them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDockWidget,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.gui.docks.parameters import parameter_field, parameter_row
from studio.gui.document import Document
from studio.gui.icons import icon
from studio.gui.theme import SPACING
from studio.gui.widgets.buttons import tool_button
from studio.gui.widgets.labels import NumberLabel, TokenLabel
from studio.gui.widgets.number_field import NumberField
from studio.gui.widgets.section import Section
from studio.gui.widgets.slider_row import SliderRow
from studio.optics.glass import GLASSES
from studio.optics.lens import (
    COLOURS,
    DEFAULT_TERMS,
    MAX_TERMS,
    DesignError,
    LensDesign,
    blur_disc_m,
    wavefront_rms_waves,
)
from studio.optics.parameters import parameter
from studio.optics.presets import PRESETS
from studio.optics.zernike import noll_to_nm

_FIRST_TERM = 4
_GEOMETRY = ("aperture_diameter_mm", "sensor_distance_mm")
_SENSOR = ("sensor.pixels", "sensor.pitch_um", "sensor.full_well_electrons")


class LensDock(QDockWidget):
    """Edits the design of `document`. `dragging` is True from a slider's press to its release."""

    dragging = Signal(bool)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__("Lens", parent)
        self._document = document
        self.rows: dict[str, SliderRow] = {}
        self.setAccessibleName("Lens")
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(3 * SPACING // 2, SPACING, SPACING // 2, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(self._make_presets())
        column.addLayout(self._make_readings())
        column.addWidget(self._make_terms())
        column.addWidget(self._make_geometry())
        column.addWidget(self._make_shifts())
        column.addWidget(self._make_glass())
        column.addWidget(self._make_sensor())
        column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content.ensurePolished()
        scroll.setMinimumWidth(content.minimumSizeHint().width() + scroll.verticalScrollBar().sizeHint().width())
        self.setWidget(scroll)
        document.design_changed.connect(self._follow)
        self._follow(document.design)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_icons()
        super().changeEvent(event)

    # Parts

    def _make_presets(self) -> QVBoxLayout:
        self.presets = QComboBox(placeholderText="Lens of your own")
        self.presets.setAccessibleName("Preset")
        self.presets.setAccessibleDescription("Replaces the lens by a preset; sensor and object distance stay")
        self.presets.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for name, row in PRESETS.items():
            self.presets.addItem(row.title, name)
            self.presets.setItemData(self.presets.count() - 1, row.source, Qt.ItemDataRole.ToolTipRole)
        self.presets.activated.connect(self._apply_preset)
        self.source = TokenLabel()
        self.source.setWordWrap(True)
        self.use_lens = QPushButton("Use the lens below")
        self.use_lens.setAccessibleDescription("Ends the perfect image, so that the values below count again")
        self.use_lens.clicked.connect(self._use_lens)
        column = QVBoxLayout()
        column.setSpacing(SPACING // 2)
        column.addWidget(self.presets)
        column.addWidget(self.source)
        column.addWidget(self.use_lens, alignment=Qt.AlignmentFlag.AlignLeft)
        return column

    def _make_readings(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(0)
        self.readings: dict[str, NumberLabel] = {}
        for place, (key, title, tip) in enumerate(
            (
                ("f_number", "f-number", "Sensor distance over aperture diameter."),
                ("blur", "Blur disc", "Geometric disc of the defocus alone at the object distance, of the window."),
                ("wavefront", "Wavefront", "RMS of the terms from 5 on, in green waves."),
            )
        ):
            reading = NumberLabel("")
            font = reading.font()
            font.setPointSizeF(font.pointSizeF() * 1.25)
            reading.setFont(font)
            caption = TokenLabel(title)
            for label in (reading, caption):
                label.setToolTip(tip)
            grid.addWidget(reading, 0, place)
            grid.addWidget(caption, 1, place)
            grid.setColumnStretch(place, 1)
            self.readings[key] = reading
        return grid

    def _make_geometry(self) -> Section:
        section = Section("Aperture and distance")
        for key in _GEOMETRY:
            section.rows.addWidget(self._row(key))
        return section

    def _make_focus(self) -> QHBoxLayout:
        tip = "Sets the defocus term so that this distance is sharp in green"
        self.focus_distance = NumberField("Distance to focus", "m", decimals=2, step=0.05, low=0.05, high=100.0)
        self.focus_distance.set_hint(tip)
        self.focus_distance.set_value(self._document.design.object_distance_m)
        self.focus_distance.setFixedWidth(9 * SPACING)
        self.focus_distance.edited.connect(self._set_focus_distance)
        self.focus_button = QPushButton("Solve focus for")
        self.focus_button.setToolTip(tip)
        self.focus_button.setAccessibleDescription(tip)
        self.focus_button.clicked.connect(self._solve_focus)
        self.focus_message = TokenLabel(token="error")
        self.focus_message.setWordWrap(True)
        self.focus_message.hide()
        self.focus_distance.refused.connect(self._show_focus_message)
        row = QHBoxLayout()
        row.addWidget(self.focus_button)
        row.addWidget(self.focus_distance)
        row.addStretch(1)
        return row

    def _make_terms(self) -> Section:
        self._terms = Section("Surface (Zernike terms)")
        self.reset_terms = tool_button("Reset all terms", "Reset all terms: focused at 1 m, everything else flat")
        self.reset_terms.clicked.connect(self._reset_terms)
        self._terms.header.addWidget(self.reset_terms)
        self._terms.rows.addLayout(self._make_focus())
        self._terms.rows.addWidget(self.focus_message)
        self.more_terms = QPushButton("More terms")
        self.more_terms.setAccessibleDescription("Shows the terms of the next radial order")
        self.more_terms.clicked.connect(self._add_order)
        self._last_term = _FIRST_TERM - 1
        self._terms.rows.addWidget(self.more_terms, alignment=Qt.AlignmentFlag.AlignLeft)
        self._show_terms_to(DEFAULT_TERMS)
        self._show_icons()
        return self._terms

    def _make_shifts(self) -> Section:
        section = Section("Piston and tilts", folded=True)
        for j in range(1, _FIRST_TERM):
            section.rows.addWidget(self._row(f"zernike.{j}"))
        return section

    def _make_glass(self) -> Section:
        section = Section("Wavelengths and glass", folded=True)
        self.glass = QComboBox()
        self.glass.setAccessibleName("Glass")
        self.glass.setToolTip(parameter("glass").meaning)
        self.glass.addItem("Indices as entered", "")
        for name in GLASSES:
            self.glass.addItem(name.replace("-", " ") if name.islower() else name, name)
        self.glass.activated.connect(self._choose_glass)
        self.glass_message = TokenLabel(token="error")
        self.glass_message.setWordWrap(True)
        self.glass_message.hide()
        self.fields: dict[str, NumberField] = {}
        grid = QGridLayout()
        grid.setSpacing(SPACING // 2)
        for line, (title, head) in enumerate((("Wavelength", "wavelengths_nm"), ("Index", "refractive_indices")), 1):
            grid.addWidget(QLabel(title), line, 0)
            for place, colour in enumerate(COLOURS, 1):
                field = parameter_field(self._document, f"{head}.{colour}")
                field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
                field.setMinimumWidth(8 * SPACING)
                field.refused.connect(self._show_glass_message)
                self.fields[f"{head}.{colour}"] = field
                grid.addWidget(field, line, place)
        for place, colour in enumerate(COLOURS, 1):
            grid.addWidget(TokenLabel(colour.capitalize()), 0, place, alignment=Qt.AlignmentFlag.AlignRight)
            grid.setColumnStretch(place, 1)
        section.rows.addWidget(self.glass)
        section.rows.addLayout(grid)
        section.rows.addWidget(self.glass_message)
        return section

    def _make_sensor(self) -> Section:
        section = Section("Sensor", folded=True)
        for key in _SENSOR:
            section.rows.addWidget(self._row(key))
        return section

    def _row(self, key: str) -> SliderRow:
        row = parameter_row(self._document, key)
        row.dragging.connect(self.dragging)
        self.rows[key] = row
        return row

    def _show_terms_to(self, last: int) -> None:
        for j in range(self._last_term + 1, last + 1):
            self._terms.rows.insertWidget(self._terms.rows.count() - 1, self._row(f"zernike.{j}"))
        self._last_term = max(self._last_term, last)
        self.more_terms.setVisible(self._last_term < MAX_TERMS)

    def _show_icons(self) -> None:
        self.reset_terms.setIcon(icon("reset"))

    # What the user does

    @Slot(int)
    def _apply_preset(self, place: int) -> None:
        self._document.apply_preset(self.presets.itemData(place))

    @Slot()
    def _use_lens(self) -> None:
        self._document.edit_design(replace(self._document.design, ideal=False), "Use the lens")

    @Slot(float, object)
    def _set_focus_distance(self, distance_m: float, _run: int | None) -> None:
        try:
            replace(self._document.design, object_distance_m=distance_m)
        except DesignError as error:
            self.focus_distance.refuse(str(error))
        else:
            self.focus_distance.set_value(distance_m)

    @Slot()
    def _solve_focus(self) -> None:
        try:
            self._document.solve_focus(self.focus_distance.value)
        except DesignError as error:
            self._show_focus_message(str(error))
        else:
            self._show_focus_message("")

    @Slot()
    def _reset_terms(self) -> None:
        design = replace(self._document.design, zernike_um=LensDesign().zernike_um)
        self._document.edit_design(design, "Reset all terms")

    @Slot()
    def _add_order(self) -> None:
        order = noll_to_nm(self._last_term + 1)[0]
        self._show_terms_to(min((order + 1) * (order + 2) // 2, MAX_TERMS))
        self.rows[f"zernike.{self._last_term}"].slider.setFocus()

    @Slot(int)
    def _choose_glass(self, place: int) -> None:
        name = self.glass.itemData(place)
        design = replace(self._document.design, glass=name)
        self._document.edit_design(design, f"Use {self.glass.itemText(place)}" if name else "Use indices as entered")

    @Slot(str)
    def _show_focus_message(self, reason: str) -> None:
        self.focus_message.setText(reason)
        self.focus_message.setVisible(bool(reason))

    @Slot(str)
    def _show_glass_message(self, reason: str) -> None:
        self.glass_message.setText(reason)
        self.glass_message.setVisible(bool(reason))

    # What follows the document

    @Slot(object)
    def _follow(self, design: LensDesign) -> None:
        self._show_terms_to(len(design.zernike_um))
        self.use_lens.setVisible(design.ideal)
        self.glass.setCurrentIndex(self.glass.findData(design.glass))
        self._show_preset(design)
        self._show_readings(design)

    def _show_preset(self, design: LensDesign) -> None:
        name = matching_preset(design)
        self.presets.setCurrentIndex(self.presets.findData(name) if name else -1)
        self.source.setText(PRESETS[name].source if name else "Differs from every preset.")
        self.presets.setToolTip(self.source.text())

    def _show_readings(self, design: LensDesign) -> None:
        if design.ideal:
            blur, wavefront = "none", "none"
        else:
            blur = f"{blur_disc_m(design) / design.sensor.window_m:.1%}"
            wavefront = f"{wavefront_rms_waves(design):.2f} waves"
        self.readings["f_number"].setText(f"f/{design.f_number:.1f}")
        self.readings["blur"].setText(blur)
        self.readings["wavefront"].setText(wavefront)


def matching_preset(design: LensDesign) -> str | None:
    """Name of the preset that `design` is, apart from sensor and object distance; None when there is none."""
    for name, row in PRESETS.items():
        if replace(row.build(), sensor=design.sensor, object_distance_m=design.object_distance_m) == design:
            return name
    return None
