"""MTF curves: a colour each, two directions, the diffraction limit and Nyquist."""

from __future__ import annotations

from math import log10

import numpy as np
from PySide6.QtWidgets import QWidget

from studio.gui.widgets.curve_plot import Axis, Curve, CurvePlot, Line, Mark
from studio.optics.lens import COLOURS
from studio.optics.metrics import Mtf

HORIZONTAL, VERTICAL, LIMIT = "Horizontal", "Vertical", "Diffraction limit"
LINES = {HORIZONTAL: Line(2.0), VERTICAL: Line(2.5, (0.5, 2.0)), LIMIT: Line(1.0, (8.0, 5.0))}
_LOWEST_PER_MM = (0.1, 1.0)  # where the logarithmic axis may begin
_LABEL = "Spatial frequency on the sensor (cycles/mm)"


class MtfPlot(CurvePlot):
    """Contrast over spatial frequency."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("MTF curves", parent)
        self._mtf: Mtf | None = None
        self._shown: tuple[str, ...] = COLOURS
        self._log = False

    def show_mtf(self, mtf: Mtf) -> None:
        self._mtf = mtf
        self._renew()

    def show_colours(self, shown: tuple[str, ...]) -> None:
        self._shown = shown
        self._renew()

    def set_log(self, log: bool) -> None:
        """Spread the low frequencies, which a strong defocus leaves nothing but."""
        self._log = log
        self._renew()

    def show_message(self, title: str, detail: str = "") -> None:
        self._mtf = None
        super().show_message(title, detail)

    def _renew(self) -> None:
        if self._mtf is None:
            return
        mtf = self._mtf
        f = mtf.frequencies_per_mm
        lowest = lowest_per_mm(mtf) if self._log else 0.0
        shown = np.append(lowest, f[f > lowest])  # a logarithmic axis has no place for 0
        kinds = {HORIZONTAL: mtf.horizontal, VERTICAL: mtf.vertical, LIMIT: mtf.diffraction_limit}
        curves = [
            Curve(f"{kind}, {colour}", shown, np.interp(shown, f, values[place]), f"channel_{colour}", line)
            for (kind, values), line in zip(kinds.items(), LINES.values(), strict=True)
            for place, colour in enumerate(COLOURS)
            if colour in self._shown
        ]
        x, y = Axis(_LABEL, lowest, float(f[-1]), self._log), Axis("Contrast", 0.0, 1.0)
        self.show_curves(x, y, reversed(curves), (Mark("Nyquist", mtf.nyquist_per_mm),))


def lowest_per_mm(mtf: Mtf) -> float:
    """A power of ten a little below the frequency at which a colour has lost half of its contrast."""
    half = min(half_contrast_per_mm(mtf, place) for place in range(len(COLOURS)))
    least, most = _LOWEST_PER_MM
    return min(max(10.0 ** int(log10(half / 2.0) // 1), least), most)


def half_contrast_per_mm(mtf: Mtf, colour: int) -> float:
    """Lowest frequency at which `colour` has at most half of its contrast in one of the directions (MTF50)."""
    found = []
    for values in (mtf.horizontal[colour], mtf.vertical[colour]):
        below = values <= 0.5
        end = int(below.argmax()) if below.any() else len(values) - 1
        f0, f1 = mtf.frequencies_per_mm[end - 1 : end + 1]
        v0, v1 = values[end - 1 : end + 1]
        found.append(float(f0 + (f1 - f0) * min(1.0, (v0 - 0.5) / max(v0 - v1, 1e-12))))
    return min(found)
