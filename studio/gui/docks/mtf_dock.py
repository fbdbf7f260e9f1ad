"""The MTF dock: how much contrast lens and pixel leave to patterns of every fineness."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from studio.gui.docks.following_dock import FollowingDock
from studio.gui.document import Document
from studio.gui.live import LiveController
from studio.gui.theme import SPACING
from studio.gui.widgets.curve_plot import LineKey
from studio.gui.widgets.labels import ElidedLabel, NumberLabel
from studio.gui.widgets.mtf_plot import LINES, MtfPlot, half_contrast_per_mm
from studio.gui.widgets.segments import Choice, Segments
from studio.optics.lens import COLOURS, DesignError, LensDesign
from studio.optics.metrics import MTF_POINTS, Mtf, mtf
from studio.optics.psf import window_for

CHANNEL_KEY, LOG_KEY = "mtf.channel", "mtf.log"
ALL_COLOURS = "rgb"
_READINGS_TIP = (
    "Contrast that patterns along x / along y keep, from 0 to 1: under the mouse, else at half of Nyquist, "
    "where a pattern repeats every four pixels"
)
_HALF_TIP = "MTF50: the coarsest pattern that keeps no more than half of its contrast"
_POINTS_IN_MAIN_LOBE = 3
_MOST_POINTS, _MOST_DRAFT_POINTS = 2049, 257


class MtfDock(FollowingDock):
    """Computed in a thread, at the pace of `live` and only while the dock is in view.

    Whoever owns the dock calls `stop` before the end.
    """

    def __init__(self, document: Document, live: LiveController, parent: QWidget | None = None) -> None:
        super().__init__("MTF", document, parent)
        self._mtf: Mtf | None = None
        self._pointed_per_mm: float | None = None
        self.channels = Segments(
            "Colours",
            (
                Choice(ALL_COLOURS, "RGB", "All three colours"),
                *(Choice(c, c[0].upper(), f"{c.capitalize()} alone") for c in COLOURS),
            ),
        )
        self.scale = Segments(
            "Frequencies",
            (
                Choice("linear", "Linear f", "Frequencies evenly spaced"),
                Choice("log", "Log f", "Low frequencies spread out: for a strong defocus, which leaves no others"),
            ),
        )
        self.plot = MtfPlot()
        controls = QHBoxLayout()
        controls.addWidget(self.channels)
        controls.addStretch(1)
        controls.addWidget(self.scale)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(controls)
        column.addWidget(self.plot, 1)
        column.addWidget(LineKey(LINES))
        column.addLayout(self._make_readings())
        self.setWidget(content)
        self.channels.chosen.connect(self._choose_channel)
        self.scale.chosen.connect(self._choose_scale)
        self.plot.pointed.connect(self._point)
        document.project_replaced.connect(self._restore)
        live.psf_ready.connect(self._follow)
        self._restore()

    def _make_readings(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACING)
        grid.setVerticalSpacing(SPACING // 2)
        grid.setColumnStretch(0, 1)
        self.caption, half = ElidedLabel(), ElidedLabel("50% at (cycles/mm)")  # the figures' room comes first
        self.readings = [NumberLabel("–", f"channel_{c}") for c in COLOURS]
        self.half_contrast = [NumberLabel("–", f"channel_{c}") for c in COLOURS]
        for row, (title, labels, spoken, tip) in enumerate(
            (
                (self.caption, self.readings, "Contrast, horizontal and vertical", _READINGS_TIP),
                (half, self.half_contrast, "Frequency of half contrast, cycles/mm", _HALF_TIP),
            )
        ):
            grid.addWidget(title, row, 0)
            for place, (label, colour) in enumerate(zip(labels, COLOURS, strict=True)):
                label.setAccessibleName(f"{spoken}, {colour}")
                label.setToolTip(tip)
                grid.addWidget(label, row, 1 + place, alignment=Qt.AlignmentFlag.AlignRight)
        return grid

    def _request(self, draft: bool = False) -> None:
        design, log = self._document.design, self.scale.choice == "log"
        self._compute(lambda _wanted: _mtf_of(design, mtf_points(design, log, draft)))

    @Slot(str)
    def _choose_channel(self, key: str) -> None:
        self._document.set_view(CHANNEL_KEY, key)
        self._show_channels()

    @Slot(str)
    def _choose_scale(self, key: str) -> None:
        self._document.set_view(LOG_KEY, key == "log")
        self.plot.set_log(key == "log")
        self._request()  # with the points that this scale wants

    @Slot()
    def _restore(self) -> None:
        self.channels.choose(str(self._document.view(CHANNEL_KEY, ALL_COLOURS)))
        self.scale.choose("log" if self._document.view(LOG_KEY, False) is True else "linear")
        self.plot.set_log(self.scale.choice == "log")
        self._show_channels()

    def _show_channels(self) -> None:
        chosen = self.channels.choice
        shown = COLOURS if chosen == ALL_COLOURS else (chosen,)
        self.plot.show_colours(shown)
        for labels in (self.readings, self.half_contrast):
            for colour, label in zip(COLOURS, labels, strict=True):
                label.setVisible(colour in shown)

    @Slot(object)
    def _point(self, frequency_per_mm: float | None) -> None:
        self._pointed_per_mm = frequency_per_mm
        self._show_readings()

    def _show(self, result: Mtf) -> None:
        self._mtf = result
        self.plot.show_mtf(result)
        self._show_readings()
        for place, label in enumerate(self.half_contrast):
            label.setText(f"{half_contrast_per_mm(result, place):.3g}")
        pitch_um = self._document.design.sensor.pitch_um
        self.plot.setToolTip(f"Lens and pixel together; the pixel alone is sinc(f x {pitch_um:g} µm)")

    def _show_readings(self) -> None:
        if self._mtf is None:
            return
        half_nyquist = self._mtf.nyquist_per_mm / 2.0
        at_per_mm = half_nyquist if self._pointed_per_mm is None else self._pointed_per_mm
        what = "Half Nyquist" if self._pointed_per_mm is None else "Pointer"
        self.caption.setText(f"{what}, {at_per_mm:.3g}/mm")  # short: it has 140 px in the design workspace
        spoken = []
        for place, colour in enumerate(COLOURS):
            across, down = (
                float(np.interp(at_per_mm, self._mtf.frequencies_per_mm, curves[place]))
                for curves in (self._mtf.horizontal, self._mtf.vertical)
            )
            self.readings[place].setText(f"{across:.2f} / {down:.2f}")
            spoken.append(f"{colour} {across:.2f} horizontal and {down:.2f} vertical")
        self.plot.setAccessibleDescription(f"{what}, {at_per_mm:.3g} cycles/mm: {', '.join(spoken)}")

    def _refuse(self, reason: str) -> None:
        self._mtf = None
        self.plot.show_message("This lens has no MTF", reason[:1].upper() + reason[1:])
        self.caption.setText("")
        for label in (*self.readings, *self.half_contrast):
            label.setText("–")

    def _set_stale(self, stale: bool) -> None:
        self.plot.set_stale(stale)


def _mtf_of(design: LensDesign, points: int) -> Mtf:
    try:
        return mtf(design, points=points)
    except DesignError:
        if points == MTF_POINTS:
            raise
        return mtf(design)  # memory may hold a coarser one


def mtf_points(design: LensDesign, log: bool, draft: bool = False) -> int:
    """Frequencies to compute: on a logarithmic axis enough to draw what a wide blur leaves at the lowest ones."""
    if not log:
        return MTF_POINTS
    wanted = _POINTS_IN_MAIN_LOBE * window_for(design)  # in pixels; frequencies end at one cycle a pixel
    return min(max(wanted, MTF_POINTS), _MOST_DRAFT_POINTS if draft else _MOST_POINTS)
