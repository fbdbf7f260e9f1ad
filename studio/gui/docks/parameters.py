"""How lens parameters appear in the docks: their useful range, and editors tied to the document."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from studio.gui.docks.parameter_text import in_words, parameter_text, short_name
from studio.gui.document import Document
from studio.gui.widgets.quantity import format_quantity
from studio.gui.widgets.slider import SoftRange
from studio.gui.widgets.slider_row import TAG_WIDTH_PX, SliderRow
from studio.optics.lens import DesignError, LensDesign
from studio.optics.parameters import get_value, parameter, set_value

SOFT_RANGES = {
    "aperture_diameter_mm": SoftRange(1.0, 8.0, 0.05),
    "sensor_distance_mm": SoftRange(10.0, 100.0, 0.5),
    "object_distance_m": SoftRange(0.2, 5.0, 0.05, decimals=2, log=True),
    "sensor.pixels": SoftRange(256, 2048, 16, decimals=0),
    "sensor.pitch_um": SoftRange(1.0, 10.0, 0.05),
    "sensor.noise": SoftRange(0.0, 0.1, 0.001),
    "sensor.bits": SoftRange(1, 12, 1, decimals=0),
    "sensor.full_well_electrons": SoftRange(0.0, 20000.0, 100.0, decimals=0),
    "wavelengths_nm": SoftRange(400.0, 700.0, 1.0, decimals=1),
    "refractive_indices": SoftRange(1.3, 1.9, 0.001, decimals=4),
    "zernike.2": SoftRange(-60.0, 60.0, 0.5, decimals=2),
    "zernike.3": SoftRange(-60.0, 60.0, 0.5, decimals=2),
    "zernike.4": SoftRange(-60.0, 0.0, 0.05, decimals=2),
}
TERM_TITLE_WIDTH_PX = 112
TITLE_WIDTH_PX = TERM_TITLE_WIDTH_PX + TAG_WIDTH_PX + 4  # so that all sliders begin at one place
_TERM = SoftRange(-3.0, 3.0, 0.01)
_DEFAULT = LensDesign()


def parameter_row(
    document: Document, key: str, title: str = "", *, title_width_px: int = 0, reset_button: bool = True
) -> SliderRow:
    """A slider and number for `key` that edits the document and follows it; `title` may shorten its label."""
    row = parameter(key)
    is_term = key.startswith("zernike.")
    reset_to = float(get_value(_DEFAULT, key))
    soft = SOFT_RANGES.get(key) or SOFT_RANGES.get(key.partition(".")[0], _TERM)
    editor = SliderRow(
        title or short_name(row.label),
        row.unit,
        soft,
        name=row.label,
        tag=f"Z{key.partition('.')[2]}" if is_term else "",
        meaning=f"{parameter_text(key)}\nDouble-click the name: {format_quantity(reset_to, soft.decimals, row.unit)}",
        low=row.low,
        high=row.high,
        reset_to=reset_to,
        title_width_px=title_width_px or (TERM_TITLE_WIDTH_PX if is_term else TITLE_WIDTH_PX),
        buttons=reset_button,
    )
    binding = ParameterBinding(document, key, editor)
    editor.lock_asked.connect(binding.set_locked)
    return editor


class ParameterBinding(QObject):
    """Ties an editor to one key of the design; lives as long as the editor."""

    def __init__(self, document: Document, key: str, editor: SliderRow) -> None:
        super().__init__(editor)
        self._document, self._key, self._editor = document, key, editor
        name = parameter(key).label
        self._locked = key in document.locked
        self._label = f"Change {name if name.split(',')[0].isupper() else name[0].lower() + name[1:]}"
        editor.edited.connect(self._edit)
        document.design_changed.connect(self._follow)
        document.locks_changed.connect(self._follow_locks)
        document.project_replaced.connect(self._follow_locks)
        self._follow(document.design)

    @Slot(bool)
    def set_locked(self, locked: bool) -> None:
        self._document.set_locked(self._key, locked)

    @Slot(float, object)
    def _edit(self, value: float, run: int | None) -> None:
        try:
            design = set_value(self._document.design, self._key, value)
        except DesignError as error:
            self._editor.refuse(in_words(str(error)))
        else:
            self._document.edit_design(design, self._label, run)

    @Slot(object)
    def _follow(self, design: LensDesign) -> None:
        self._editor.set_value(float(get_value(design, self._key)))
        self._fix(design)

    @Slot()
    def _follow_locks(self) -> None:
        self._locked = self._key in self._document.locked
        self._fix(self._document.design)

    def _fix(self, design: LensDesign) -> None:
        reason = "Locked: press the lock beside it to change it." if self._locked else ""
        reason = fixed_by_design(design, self._key) or reason
        self._editor.set_fixed(reason, locked=self._locked)


def fixed_by_design(design: LensDesign, key: str) -> str:
    """Why `key` has no say in `design`, with the way out; "" when it has."""
    head = key.partition(".")[0]
    if design.ideal and head in ("zernike", "glass", "refractive_indices"):
        return "A perfect image has no lens: press “Use the lens” first."
    if design.glass and head == "refractive_indices":
        return f"Computed for {design.glass}: choose “Indices as entered” to set it."
    return ""
