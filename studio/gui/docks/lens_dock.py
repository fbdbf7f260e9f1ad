"""The Lens dock: presets, surface, geometry, glass and sensor, each with its unit, and what follows from them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDockWidget,
    QFrame,
    QGridLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.capture.pipeline import LivePsf
from studio.gui.docks.lens_glass import GlassSection
from studio.gui.docks.lens_terms import FIRST_TERM, TermsSection
from studio.gui.docks.lens_warnings import Concern, design_concerns, psf_concerns
from studio.gui.docks.parameters import parameter_row
from studio.gui.document import Document
from studio.gui.pace import Pace
from studio.gui.theme import SPACING
from studio.gui.widgets.hints import hint
from studio.gui.widgets.labels import ElidedLabel, NumberLabel, TokenLabel
from studio.gui.widgets.quantity import format_length, on_screen
from studio.gui.widgets.section import Section
from studio.gui.widgets.slider_row import SliderRow
from studio.gui.widgets.warning_strip import WarningStrip
from studio.optics.lens import LensDesign, blur_disc_m, full_rms_waves, wavefront_rms_waves
from studio.optics.metrics import rms_spot_m
from studio.optics.presets import PRESETS

WARN_EVERY_MS = 250  # they take 2 ms, too much for each step of a drag
_GEOMETRY = ("aperture_diameter_mm", "sensor_distance_mm", "object_distance_m")
_SENSOR = ("sensor.pixels", "sensor.pitch_um", "sensor.noise", "sensor.bits", "sensor.full_well_electrons")
_READINGS = (
    ("f_number", "f-number", "Sensor distance over aperture diameter"),
    ("defocus", "Defocus disc", "Geometric disc of the defocus alone at the object distance, of the sensor window"),
    ("spot", "RMS spot", "RMS diameter of the geometric spot on the sensor at the object distance, all terms, green"),
    ("wavefront", "RMS wavefront", "Optical path against a perfect focus at the object distance, defocus included"),
)


class LensDock(QDockWidget):
    """Edits the design of `document`. `dragging` is True from a slider's press to its release."""

    dragging = Signal(bool)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__("Lens", parent)
        self._document = document
        self._rows: dict[str, SliderRow] = {}
        self._sections: list[Section] = []  # one that is folded has no rows before it is opened
        self._psf_concerns: tuple[Concern, ...] = ()
        self._warn = Pace(self._show_warnings, self, WARN_EVERY_MS)
        self.setAccessibleName("Lens")
        self.terms = TermsSection(document)
        self.terms.dragging.connect(self.dragging)
        self.glass = GlassSection(document)
        self.glass.dragging.connect(self.dragging)
        self._sections.append(self.glass)
        column = self._make_page()
        column.addLayout(self._make_presets())
        column.addWidget(self._make_readings())
        column.addWidget(self.terms)
        column.addWidget(self._make_section("Aperture and distances", _GEOMETRY))
        column.addWidget(
            self._make_section("Piston and tilts", [f"zernike.{j}" for j in range(1, FIRST_TERM)], folded=True)
        )
        column.addWidget(self.glass)
        column.addWidget(self._make_section("Sensor", _SENSOR, folded=True))
        column.addStretch(1)
        self._fit_width()
        document.design_changed.connect(self._follow)
        document.project_replaced.connect(self._forget_psf)
        self._follow(document.design)

    @property
    def rows(self) -> dict[str, SliderRow]:
        """Every row by the key of its parameter."""
        for section in self._sections:
            section.fill()
        return self._rows | self.glass.by_key | {f"zernike.{j}": row for j, row in self.terms.terms.items()}

    # Parts

    def _make_page(self) -> QVBoxLayout:
        """What scrolls above the warnings, empty and in its place: a full page is styled anew wherever it is put."""
        page = QWidget()
        self.setWidget(page)
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.warnings = WarningStrip()
        outer = QVBoxLayout(page)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._scroll, 1)
        outer.addWidget(self.warnings)
        self._content = QWidget()
        self._scroll.setWidget(self._content)
        column = QVBoxLayout(self._content)
        column.setContentsMargins(3 * SPACING // 2, SPACING, SPACING // 2, SPACING)
        column.setSpacing(SPACING)
        return column

    def _fit_width(self) -> None:
        self._content.ensurePolished()
        bar_px = self._scroll.verticalScrollBar().sizeHint().width()
        self._scroll.setMinimumWidth(self._content.minimumSizeHint().width() + bar_px)

    def _make_presets(self) -> QVBoxLayout:
        self.presets = QComboBox(placeholderText="Lens of your own")
        self.presets.setAccessibleName("Preset")
        self.presets.setAccessibleDescription(
            "Replaces the lens by a preset; sensor, object distance and what is locked stay"
        )
        self.presets.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for name, row in PRESETS.items():
            self.presets.addItem(on_screen(row.title), name)
            tip_role = Qt.ItemDataRole.ToolTipRole
            self.presets.setItemData(self.presets.count() - 1, on_screen(row.source), tip_role)
        self.presets.activated.connect(self._apply_preset)
        self.source = ElidedLabel()
        self.source.setAccessibleName("Source of the preset")
        column = QVBoxLayout()
        column.setSpacing(SPACING // 2)
        column.addWidget(self.presets)
        column.addWidget(self.source)
        return column

    def _make_readings(self) -> QStackedWidget:
        """Figures of the lens; a perfect image has none, and the way back to the lens takes their place."""
        figures = QWidget()
        grid = QGridLayout(figures)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        self.readings: dict[str, NumberLabel] = {}
        for place, (key, title, tip) in enumerate(_READINGS):
            reading = NumberLabel("")
            reading.setAccessibleName(title)
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
        self.use_lens = QPushButton("Use the lens below")
        hint(self.use_lens, "Ends the perfect image, so that the values below count again")
        self.use_lens.clicked.connect(self._use_lens)
        way_back = QWidget()
        column = QVBoxLayout(way_back)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.use_lens, alignment=Qt.AlignmentFlag.AlignLeft)
        self._figures = QStackedWidget()
        self._figures.addWidget(figures)
        self._figures.addWidget(way_back)
        self._figures.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        return self._figures

    def _make_section(self, title: str, keys: tuple[str, ...] | list[str], *, folded: bool = False) -> Section:
        def fill() -> None:
            for key in keys:
                row = parameter_row(self._document, key)
                row.dragging.connect(self.dragging)
                self._rows[key] = row
                section.rows.addWidget(row)

        section = Section(title, folded=True, fill=fill)
        section.fold(folded)
        self._sections.append(section)
        return section

    # What the user does

    @Slot(int)
    def _apply_preset(self, place: int) -> None:
        self._document.apply_preset(self.presets.itemData(place))

    @Slot()
    def _use_lens(self) -> None:
        self._document.edit_design(replace(self._document.design, ideal=False), "Use the lens")

    # What follows the document

    @Slot(object)
    def show_psf(self, result: LivePsf) -> None:
        """Take the warnings of a PSF that was computed."""
        if result.revision == self._document.revision:
            self._psf_concerns = psf_concerns(result)
            self._warn.request()

    @Slot()
    def _forget_psf(self) -> None:
        self._psf_concerns = ()
        self._warn.request()

    @Slot(object)
    def _follow(self, design: LensDesign) -> None:
        self._figures.setCurrentIndex(1 if design.ideal else 0)
        self._show_preset(design)
        self._show_readings(design)
        self._warn.request()

    def _show_preset(self, design: LensDesign) -> None:
        name = matching_preset(design)
        self.presets.setCurrentIndex(self.presets.findData(name) if name else -1)
        self.source.setText(on_screen(PRESETS[name].source) if name else "Differs from every preset.")
        self.presets.setToolTip(self.source.toolTip())

    def _show_readings(self, design: LensDesign) -> None:
        self.readings["f_number"].setText(f"f/{design.f_number:.1f}")
        if design.ideal:
            return
        self.readings["defocus"].setText(f"{blur_disc_m(design) / design.sensor.window_m:.1%}")
        self.readings["spot"].setText(format_length(rms_spot_m(design)))
        self.readings["wavefront"].setText(f"{full_rms_waves(design):.2f} waves")
        tip = f"{_READINGS[-1][2]}; green waves.\nWithout defocus (Z5 and up): {wavefront_rms_waves(design):.2f} waves"
        hint(self.readings["wavefront"], tip)

    def _show_warnings(self) -> None:
        concerns = (*design_concerns(self._document.design), *self._psf_concerns)
        self.warnings.show_warnings([(on_screen(c.text), on_screen(c.detail)) for c in concerns])


def matching_preset(design: LensDesign) -> str | None:
    """Name of the preset that `design` is, apart from sensor and object distance; None when there is none."""
    return "ideal" if design.ideal else _presets_by_lens().get(_levelled(design))


@cache
def _presets_by_lens() -> dict[LensDesign, str]:
    return {_levelled(row.build()): name for name, row in PRESETS.items()}


def _levelled(design: LensDesign) -> LensDesign:
    plain = LensDesign()
    return replace(design, sensor=plain.sensor, object_distance_m=plain.object_distance_m)
