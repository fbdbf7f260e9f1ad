"""The PSF dock: the point spread function as a picture, and how much light is where."""

from __future__ import annotations

from math import isnan

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import QDockWidget, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from studio.capture.pipeline import LivePsf
from studio.exchange.psf_picture import GREY, LOG_DECADES, PEAK, PsfLook, cross_section
from studio.gui.docks.psf_export import PsfExport
from studio.gui.document import Document
from studio.gui.icons import icon
from studio.gui.live import LiveController
from studio.gui.theme import SPACING
from studio.gui.widgets.buttons import tool_button
from studio.gui.widgets.colour_map_button import ColourMapButton
from studio.gui.widgets.labels import NumberLabel, TokenLabel
from studio.gui.widgets.picture_panel import PicturePanel
from studio.gui.widgets.psf_view import KEYS_TEXT, PsfView
from studio.gui.widgets.section_panel import SectionPanel
from studio.gui.widgets.segments import Choice, Segments
from studio.gui.widgets.zoom import Zoom, zoom_from
from studio.optics.lens import COLOURS
from studio.optics.psf import Psf

CHANNEL_KEY, LOG_KEY, MAP_KEY, ZOOM_KEY = "psf.channel", "psf.log", "psf.colour_map", "psf.zoom"
SECTION_KEY, THROUGH_KEY = "psf.section", "psf.section_through"
ALL_COLOURS = "rgb"
STALE_AFTER_MS = 200
_SMALLEST_SHARE = 0.001


class PsfDock(QDockWidget):
    """Shows what `live` computes for the design of `document`. Whoever owns the dock calls `stop` before the end."""

    def __init__(self, document: Document, live: LiveController, parent: QWidget | None = None) -> None:
        super().__init__("PSF", parent)
        self._document = document
        self._psf: Psf | None = None
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
        self.colour_map = ColourMapButton()
        self.section = SectionPanel()
        self.section_button = tool_button("Cross-section", "Light along a row and a column", checkable=True)
        self.section_button.setIconSize(QSize(16, 16))
        self.export = PsfExport(document, lambda: self.look, self)
        self.outcome = TokenLabel()
        self.outcome.setWordWrap(True)
        self.outcome.setAccessibleName("Outcome of the export")
        self.outcome.hide()
        self.warning = TokenLabel(token="warning")
        self.warning.setWordWrap(True)
        self.warning.setAccessibleName("PSF warnings")
        self.warning.hide()

        controls = QHBoxLayout()
        controls.setSpacing(2)
        controls.addWidget(self.channels)
        controls.addWidget(self.colour_map)
        controls.addStretch(1)
        for control in (self.scale, self.section_button, self.export.button):
            controls.addWidget(control)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(controls)
        self._panel = PicturePanel(self.view, self._make_figures(), self.section)
        column.addWidget(self._panel, 1)
        column.addWidget(self.warning)
        column.addWidget(self.outcome)
        self.setWidget(content)

        self._late = QTimer(self, singleShot=True, interval=STALE_AFTER_MS)
        self._late.timeout.connect(self._mark_stale)
        self.channels.chosen.connect(self._choose_channel)
        self.scale.chosen.connect(self._choose_scale)
        self.colour_map.chosen.connect(self._choose_map)
        self.section_button.clicked.connect(self._choose_section)
        self.section.chosen.connect(self._choose_through)
        self.view.zoomed.connect(self._keep_zoom)
        self.export.told.connect(self._tell)
        document.design_changed.connect(self._expect)
        document.project_replaced.connect(self._restore)
        live.psf_ready.connect(self._show)
        self._tint()
        self._restore()

    @property
    def look(self) -> PsfLook:
        """How the PSF is drawn."""
        channel = self.channels.choice
        index = None if channel == ALL_COLOURS else COLOURS.index(channel)
        return PsfLook(index, self.scale.choice == "log", self.colour_map.choice)

    def stop(self, timeout_s: float = 2.0) -> bool:
        """Wait for an export under way; False when it takes longer than `timeout_s`."""
        return self.export.stop(timeout_s)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "export"):
            self._tint()
        super().changeEvent(event)

    def _tint(self) -> None:
        self.section_button.setIcon(icon("cross-section"))
        self.export.tint()

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

    @Slot(str)
    def _choose_map(self, name: str) -> None:
        self._document.set_view(MAP_KEY, name)
        self._show_as()

    @Slot(bool)
    def _choose_section(self, shown: bool) -> None:
        self._document.set_view(SECTION_KEY, shown)
        self._panel.show_plot(shown)
        self._show_section()

    @Slot(str)
    def _choose_through(self, key: str) -> None:
        self._document.set_view(THROUGH_KEY, key)
        self._show_section()

    @Slot(object)
    def _keep_zoom(self, zoom: Zoom) -> None:
        self._document.set_view(ZOOM_KEY, [zoom.factor, zoom.x, zoom.y])

    @Slot(str, str)
    def _tell(self, text: str, token: str) -> None:
        self.outcome.set_token(token)
        self.outcome.setText(text)
        self.outcome.show()

    @Slot()
    def _restore(self) -> None:
        view = self._document.view
        self.channels.choose(str(view(CHANNEL_KEY, ALL_COLOURS)))
        self.scale.choose("log" if view(LOG_KEY, False) is True else "linear")
        self.colour_map.choose(str(view(MAP_KEY, GREY)))
        self.section.through.choose(str(view(THROUGH_KEY, PEAK)))
        self.section_button.setChecked(view(SECTION_KEY, False) is True)
        self._panel.show_plot(self.section_button.isChecked())
        self.view.set_zoom(zoom_from(view(ZOOM_KEY)))
        self.outcome.hide()
        self._show_as()

    def _show_as(self) -> None:
        look = self.look
        self.colour_map.setVisible(look.channel is not None)
        self.view.show_as(look.channel, look.log, look.colour_map)
        self._show_section()

    def _show_section(self) -> None:
        if not self.section_button.isChecked():
            self.view.show_section(None)
        elif self._psf is None:
            self.view.show_section(None)
            self.section.plot.show_message("No cross-section without a PSF")
        else:
            look = self.look
            section = cross_section(self._psf, look.channel, self.section.through.choice)
            self.section.show_section(section, look.channel, look.log)
            self.view.show_section((section.row, section.column))

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
        self._psf = result.psf
        self.view.show_psf(result.psf, draft=result.draft, error=result.error or "")
        self._show_section()
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
            f"{grid.window_px} x {grid.window_px} px of {grid.pitch_m * 1e6:g} µm; {grid.reason}\n{KEYS_TEXT}"
            if grid
            else ""
        )


def _share(value: float) -> str:
    if isnan(value):
        return "–"  # a draft traced by rays knows none
    return f"{value:.3f}" if value >= _SMALLEST_SHARE else f"< {_SMALLEST_SHARE:g}"
