"""The strip of the live view that tells whether recognisers still know the face behind the lens."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from studio.faces import models
from studio.gui.docks.live_strip import LiveStrip
from studio.gui.document import Document
from studio.gui.live import LiveController
from studio.gui.meter import LiveMeter, Measured
from studio.gui.model_fetch import command_line, missing
from studio.gui.theme import SPACING
from studio.gui.widgets.meter_bars import MeterBars

METER_KEY = "live.meter"
_ENROL, _FORGET = "Enrol me", "Forget me"
_TIPS = {
    _ENROL: "Compares captures with your face of this moment too; it stays in memory and is forgotten with the window",
    _FORGET: "Forgets the enrolled face",
}
_SWITCH_TIP = "Whether recognisers still know the face: twice a second"


class MeterStrip(LiveStrip):
    """Whoever owns the strip calls `stop` before the end."""

    def __init__(
        self, document: Document, live: LiveController, parent: QWidget, meter: LiveMeter | None = None
    ) -> None:
        super().__init__(document, METER_KEY, "Meter", _SWITCH_TIP, "meter", parent)
        self._enrolled = False
        self.meter = meter or LiveMeter(self)
        self.bars = MeterBars()
        self.enrol_button = QPushButton(_ENROL)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(self.bars, 1)
        row.addWidget(self.enrol_button)
        self.enrol_button.clicked.connect(self._enrol)
        self.meter.measured.connect(self._show)
        live.frame_ready.connect(self.meter.add)
        self._show_enrolled(False)
        self.restore()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the helper for good; False when its thread is still busy after `timeout_s`."""
        return self.meter.stop(timeout_s)

    def begin(self) -> None:
        absent = missing([*models.RECOGNISERS, "yunet"])
        nothing = "yunet" in absent or len(absent) == len(models.RECOGNISERS)
        self.enrol_button.setVisible(not nothing)
        if nothing:
            self.end()
            self.bars.show_message(f"No recogniser is installed: {command_line(absent)}")
        elif not self.meter.on:
            self.bars.show_message("Starting …")
            self.meter.set_on(True)
            self._show_enrolled(False)

    def end(self) -> None:
        self.meter.set_on(False)  # nobody sees it: nothing is measured, and nobody stays known
        self._show_enrolled(False)

    @Slot()
    def _enrol(self) -> None:
        if self._enrolled:
            self.meter.forget()
        else:
            self.meter.enrol()
        self.enrol_button.setEnabled(False)  # until the next frame has it

    @Slot(object)
    def _show(self, measured: Measured) -> None:
        if measured.problem:
            self.bars.show_message(measured.problem)
        elif measured.readings:
            self.bars.show_readings(measured.readings)
        else:
            self.bars.show_message("No face is in the clear picture")
        self._show_enrolled(measured.enrolled)

    def _show_enrolled(self, enrolled: bool) -> None:
        self._enrolled = enrolled
        text = _FORGET if enrolled else _ENROL
        self.enrol_button.setText(text)
        self.enrol_button.setToolTip(_TIPS[text])
        self.enrol_button.setAccessibleDescription(_TIPS[text])
        self.enrol_button.setEnabled(True)
