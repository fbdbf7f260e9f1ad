"""The strip of the live view that tells whether recognisers still know the face behind the lens."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from studio.faces import models
from studio.gui.document import Document
from studio.gui.icons import icon
from studio.gui.live import LiveController
from studio.gui.meter import LiveMeter, Measured
from studio.gui.model_fetch import command_line, missing
from studio.gui.theme import SPACING
from studio.gui.widgets.buttons import tool_button
from studio.gui.widgets.meter_bars import MeterBars

METER_KEY = "live.meter"
_ENROL, _FORGET = "Enrol me", "Forget me"
_TIPS = {
    _ENROL: "Compares captures with your face of this moment too; it stays in memory and is forgotten with the window",
    _FORGET: "Forgets the enrolled face",
}


class MeterStrip(QWidget):
    """`button` switches it, and belongs into another row. Whoever owns the strip calls `stop` before the end."""

    def __init__(
        self, document: Document, live: LiveController, parent: QWidget, meter: LiveMeter | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._wanted = self._enrolled = False
        self.meter = meter or LiveMeter(self)
        self.button = tool_button("Meter", "Whether recognisers still know the face: twice a second", checkable=True)
        self.bars = MeterBars()
        self.enrol_button = QPushButton(_ENROL)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(self.bars, 1)
        row.addWidget(self.enrol_button)
        self.button.toggled.connect(self._switch)
        self.enrol_button.clicked.connect(self._enrol)
        self.meter.measured.connect(self._show)
        live.frame_ready.connect(self.meter.add)
        document.project_replaced.connect(self._restore)
        self._show_icons()
        self._show_enrolled(False)
        self._restore()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the helper for good; False when its thread is still busy after `timeout_s`."""
        return self.meter.stop(timeout_s)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.meter.set_on(False)  # nobody sees it: nothing is measured, and nobody stays known

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_icons()
        super().changeEvent(event)

    @Slot(bool)
    def _switch(self, on: bool) -> None:
        self._document.set_view(METER_KEY, on)
        self._set_wanted(on)

    @Slot()
    def _restore(self) -> None:
        on = self._document.view(METER_KEY, False) is True
        self.button.blockSignals(True)
        self.button.setChecked(on)
        self.button.blockSignals(False)
        self._set_wanted(on)

    def _set_wanted(self, on: bool) -> None:
        self._wanted = on
        self.setVisible(on)
        self._follow()

    def _follow(self) -> None:
        absent = missing([*models.RECOGNISERS, "yunet"])
        nothing = "yunet" in absent or len(absent) == len(models.RECOGNISERS)
        if self._wanted and self.isVisible() and not nothing and not self.meter.on:
            self.bars.show_message("Starting …")
            self.meter.set_on(True)
        elif nothing:
            self.bars.show_message(f"No recogniser is installed: {command_line(absent)}")
        if not self._wanted or nothing:
            self.meter.set_on(False)
        self._show_enrolled(False)
        self.enrol_button.setVisible(not nothing)

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

    def _show_icons(self) -> None:
        self.button.setIcon(icon("meter"))
