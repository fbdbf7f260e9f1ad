"""The MTF dock: how much contrast lens and pixel leave to patterns of every fineness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QVBoxLayout, QWidget

from studio.gui.document import Document
from studio.gui.live import LiveController
from studio.gui.newest import NewestWork
from studio.gui.theme import SPACING
from studio.gui.widgets.labels import NumberLabel, TokenLabel
from studio.gui.widgets.segments import Choice, Segments
from studio.optics.lens import COLOURS
from studio.optics.metrics import Mtf, mtf

if TYPE_CHECKING:
    from studio.gui.widgets.mtf_plot import MtfPlot

CHANNEL_KEY = "mtf.channel"
ALL_COLOURS = "rgb"


class MtfDock(QDockWidget):
    """Computed in a thread, at the pace of `live` and only while the dock is in view.

    Whoever owns the dock calls `stop` before the end.
    """

    def __init__(self, document: Document, live: LiveController, parent: QWidget | None = None) -> None:
        super().__init__("MTF", parent)
        self._document = document
        self._work = NewestWork("mtf", self._show, self._refuse)
        self.plot: MtfPlot | None = None
        self.setAccessibleName("MTF")
        self.channels = Segments(
            "Colours",
            (
                Choice(ALL_COLOURS, "RGB", "All three colours"),
                *(Choice(c, c[0].upper(), f"{c.capitalize()} alone") for c in COLOURS),
            ),
        )
        self.message = TokenLabel(token="error")
        self.message.setWordWrap(True)
        self.message.setAccessibleName("MTF problem")
        self.message.hide()
        self.caption = TokenLabel()
        self.caption.setToolTip("The contrast of horizontal / vertical patterns at half the Nyquist frequency")
        self.readings = [NumberLabel("–", f"channel_{c}") for c in COLOURS]
        figures = QHBoxLayout()
        figures.setSpacing(2 * SPACING)
        figures.addWidget(self.caption)
        figures.addStretch(1)
        for colour, label in zip(COLOURS, self.readings, strict=True):
            label.setAccessibleName(f"Contrast at half Nyquist, {colour}, horizontal and vertical")
            figures.addWidget(label)
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        self._column.setSpacing(SPACING)
        self._column.addWidget(self.channels, alignment=Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self.message)
        self._column.addLayout(figures)
        self.setWidget(content)
        self.channels.chosen.connect(self._choose_channel)
        document.project_replaced.connect(self._restore)
        live.psf_ready.connect(self._follow)
        self.destroyed.connect(self._work.cancel)
        self._restore()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the thread for good; False when it is still busy after `timeout_s`."""
        return self._work.stop(timeout_s)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.plot is None:
            self._make_plot()
        self._request()

    def hideEvent(self, event: QHideEvent) -> None:
        self._work.cancel()
        super().hideEvent(event)

    def _make_plot(self) -> None:
        from studio.gui.widgets.mtf_plot import LineKey, MtfPlot  # slow to import; the window shows without it

        self.plot = MtfPlot()
        self._column.insertWidget(2, self.plot, 1)
        self._column.insertWidget(3, LineKey())
        self._show_channels()

    @Slot()
    def _follow(self) -> None:
        if self.isVisible():
            self._request()

    def _request(self) -> None:
        design = self._document.design
        self._work.request(lambda _wanted: mtf(design))

    @Slot(str)
    def _choose_channel(self, key: str) -> None:
        self._document.set_view(CHANNEL_KEY, key)
        self._show_channels()

    @Slot()
    def _restore(self) -> None:
        self.channels.choose(str(self._document.view(CHANNEL_KEY, ALL_COLOURS)))
        self._show_channels()

    def _show_channels(self) -> None:
        chosen = self.channels.choice
        shown = COLOURS if chosen == ALL_COLOURS else (chosen,)
        if self.plot is not None:
            self.plot.show_colours(shown)
        for colour, label in zip(COLOURS, self.readings, strict=True):
            label.setVisible(colour in shown)

    def _show(self, result: Mtf) -> None:
        assert self.plot is not None  # it is there before anything is asked for
        self.message.hide()
        self.plot.show()
        self.plot.show_mtf(result)
        half = result.nyquist_per_mm / 2.0
        self.caption.setText(f"At {half:.0f} cycles/mm")
        spoken = []
        for place, colour in enumerate(COLOURS):
            across, down = (
                float(np.interp(half, result.frequencies_per_mm, curves[place]))
                for curves in (result.horizontal, result.vertical)
            )
            self.readings[place].setText(f"{across:.2f} / {down:.2f}")
            spoken.append(f"{colour} {across:.2f} horizontal and {down:.2f} vertical")
        self.plot.setAccessibleDescription(f"{self.caption.text()}: {', '.join(spoken)}")
        pitch_um = self._document.design.sensor.pitch_um
        self.plot.setToolTip(f"Lens and pixel together; the pixel alone is sinc(f x {pitch_um:g} µm)")

    def _refuse(self, reason: str) -> None:
        assert self.plot is not None
        self.plot.hide()
        self.message.setText(reason[:1].upper() + reason[1:])
        self.message.show()
        self.caption.setText("")
        for label in self.readings:
            label.setText("–")
