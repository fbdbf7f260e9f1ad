"""The PSF dock: the point spread function as a picture, and how much light is where."""

from __future__ import annotations

from math import isnan

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QDockWidget, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from studio.capture.pipeline import LivePsf
from studio.gui.document import Document
from studio.gui.live import LiveController
from studio.gui.theme import SPACING
from studio.gui.widgets.labels import NumberLabel, TokenLabel
from studio.gui.widgets.picture_panel import PicturePanel
from studio.gui.widgets.psf_view import LOG_DECADES, PsfView
from studio.gui.widgets.segments import Choice, Segments
from studio.optics.lens import COLOURS
from studio.optics.psf import Psf

CHANNEL_KEY, LOG_KEY = "psf.channel", "psf.log"
ALL_COLOURS = "rgb"
STALE_AFTER_MS = 200
_SMALLEST_SHARE = 0.001


class PsfDock(QDockWidget):
    """Shows what `live` computes for the design of `document`."""

    def __init__(self, document: Document, live: LiveController, parent: QWidget | None = None) -> None:
        super().__init__("PSF", parent)
        self._document = document
        self.setAccessibleName("PSF")
        self.view = PsfView()
        self.channels = Segments(
            "Colours",
            (
                Choice(ALL_COLOURS, "RGB", "All three colours on one scale"),
                *(Choice(c, c[0].upper(), f"{c.capitalize()} alone, on a scale of its own") for c in COLOURS),
            ),
        )
        self.scale = Segments(
            "Scale",
            (
                Choice("linear", "Linear", "Brightness in proportion to the light"),
                Choice("log", "Log", f"The upper {LOG_DECADES} decades of the light"),
            ),
        )
        self.warning = TokenLabel(token="warning")
        self.warning.setWordWrap(True)
        self.warning.setAccessibleName("PSF warnings")
        self.warning.hide()

        controls = QHBoxLayout()
        controls.addWidget(self.channels)
        controls.addStretch(1)
        controls.addWidget(self.scale)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(controls)
        column.addWidget(PicturePanel(self.view, self._make_figures()), 1)
        column.addWidget(self.warning)
        self.setWidget(content)

        self._late = QTimer(self, singleShot=True, interval=STALE_AFTER_MS)
        self._late.timeout.connect(self._mark_stale)
        self.channels.chosen.connect(self._choose_channel)
        self.scale.chosen.connect(self._choose_scale)
        document.design_changed.connect(self._expect)
        document.project_replaced.connect(self._restore)
        live.psf_ready.connect(self._show)
        self._restore()

    def _make_figures(self) -> QWidget:
        """A row a colour; wide enough for any figure, so that nothing moves when one changes."""
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * SPACING)
        grid.setVerticalSpacing(SPACING)
        grid.setColumnStretch(0, 1)
        right = Qt.AlignmentFlag.AlignRight
        for place, (title, tip) in enumerate(
            (
                ("Strehl", "Peak, relative to the lens without aberrations"),
                ("Light", "Share of the light inside the picture"),
            ),
            1,
        ):
            caption = TokenLabel(title)
            caption.setToolTip(tip)
            grid.addWidget(caption, 0, place, alignment=right)
        self.strehl: list[NumberLabel] = []
        self.energy: list[NumberLabel] = []
        for line, colour in enumerate(COLOURS, 1):
            strehl, energy = NumberLabel("–"), NumberLabel("–")
            strehl.setAccessibleName(f"Strehl ratio, {colour}")
            energy.setAccessibleName(f"Light in the window, {colour}")
            for label, widest in ((strehl, _share(0.0)), (energy, f"{1.0:.1%}")):
                label.setMinimumWidth(label.fontMetrics().horizontalAdvance(widest))
                label.setAlignment(right)
            grid.addWidget(TokenLabel(colour.capitalize(), f"channel_{colour}"), line, 0)
            grid.addWidget(strehl, line, 1, alignment=right)
            grid.addWidget(energy, line, 2, alignment=right)
            self.strehl.append(strehl)
            self.energy.append(energy)
        return table

    @Slot(str)
    def _choose_channel(self, key: str) -> None:
        self._document.set_view(CHANNEL_KEY, key)
        self._show_as()

    @Slot(str)
    def _choose_scale(self, key: str) -> None:
        self._document.set_view(LOG_KEY, key == "log")
        self._show_as()

    @Slot()
    def _restore(self) -> None:
        self.channels.choose(str(self._document.view(CHANNEL_KEY, ALL_COLOURS)))
        self.scale.choose("log" if self._document.view(LOG_KEY, False) is True else "linear")
        self._show_as()

    def _show_as(self) -> None:
        channel = self.channels.choice
        index = None if channel == ALL_COLOURS else COLOURS.index(channel)
        self.view.show_as(index, self.scale.choice == "log")

    @Slot()
    def _expect(self) -> None:
        if not self._late.isActive():
            self._late.start()

    @Slot()
    def _mark_stale(self) -> None:
        self.view.set_stale(True)

    @Slot(object)
    def _show(self, result: LivePsf) -> None:
        if result.revision == self._document.revision:
            self._late.stop()
        else:
            self._late.start()
        self.view.show_psf(result.psf, draft=result.draft, error=result.error or "")
        self._show_figures(result.psf)

    def _show_figures(self, psf: Psf | None) -> None:
        for place in range(3):
            self.strehl[place].setText(_share(psf.strehl[place]) if psf else "–")
            self.energy[place].setText(f"{psf.window_energy[place]:.1%}" if psf else "–")
        warnings = psf.warnings if psf else ()
        self.warning.setText("\n".join(text[:1].upper() + text[1:] for text in warnings))
        self.warning.setVisible(bool(warnings))
        grid = psf.grid if psf else None
        self.view.setToolTip(
            f"{grid.window_px} x {grid.window_px} px of {grid.pitch_m * 1e6:g} µm; {grid.reason}" if grid else ""
        )


def _share(value: float) -> str:
    if isnan(value):
        return "–"  # a draft traced by rays knows none
    return f"{value:.3f}" if value >= _SMALLEST_SHARE else f"< {_SMALLEST_SHARE:g}"
