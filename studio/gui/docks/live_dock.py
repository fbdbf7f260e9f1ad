"""The Live dock: the picture, where it comes from, what stands in its way, and how fast it runs."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from studio.capture.pipeline import LiveFrame, LivePsf, SourceState
from studio.capture.sources import DEFAULT_SOURCE
from studio.capture.wall import parse_wall
from studio.gui.docks.baseline_picker import BaselinePicker, describe_baseline
from studio.gui.docks.live_status import PHASES, LiveStatus
from studio.gui.docks.meter_strip import MeterStrip
from studio.gui.docks.parameters import parameter_row
from studio.gui.docks.readout_strip import ReadoutStrip
from studio.gui.docks.source_button import SourceButton
from studio.gui.docks.transport_bar import TransportBar
from studio.gui.document import Document
from studio.gui.icons import icon
from studio.gui.live import LiveController
from studio.gui.theme import SPACING
from studio.gui.views import VIEWS, WALL
from studio.gui.wall import WallPictures
from studio.gui.widgets.frame_view import CAPTURE, MODES, FrameView
from studio.gui.widgets.hints import hint
from studio.gui.widgets.segments import Segments
from studio.gui.widgets.wall_view import WallView
from studio.gui.widgets.where_room import WhereRoom
from studio.gui.widgets.zoom import Zoom, zoom_from
from studio.optics.baselines import Baseline

MODE_KEY, DIVIDER_KEY, SOURCE_KEY, BASELINE_KEY = "live.mode", "live.divider", "live.source", "live.baseline"
ZOOM_KEY, WALL_KEY = "live.zoom", "live.wall"
NO_PROJECT = "No project yet", "Open a project or begin a new one: the picture starts with its lens, never without."
_TITLE_WIDTH_PX = 64
_ROOM_FOR_CONTROLS = QSize(464, 440)  # of the dock's inside; below that the picture has it all
_ROOM_FOR_WORDS_PX = 520
_REVEAL = " Hold to reveal"  # the style leaves no room after the icon


class LiveDock(QDockWidget):
    """Shows what `live` delivers, from the first project on.

    What became of a recording is `told(text, kind)`, for a toast: a line in the dock would move the picture.
    """

    told = Signal(str, str)

    def __init__(self, document: Document, live: LiveController, parent: QWidget | None = None) -> None:
        super().__init__("Live", parent)
        self._document, self._live = document, live
        self._lens_refused = self._draft = False
        self.setAccessibleName("Live")
        self.view, self.wall = FrameView(), WallView(live.wall.baselines)
        self.baseline = BaselinePicker(live, _TITLE_WIDTH_PX)
        content = QWidget()
        self._pictures = QStackedLayout()
        self._pictures.addWidget(self.view)
        self._pictures.addWidget(self.wall)
        column = QVBoxLayout(content)
        column.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        column.setSpacing(SPACING)
        self.meter, self.readout = MeterStrip(document, live, content), ReadoutStrip(document, live, content)
        column.addLayout(self._make_strip())
        self.transport, self.status = TransportBar(live, content), LiveStatus(content)
        column.addLayout(self._pictures, 1)
        column.addWidget(self.meter)
        column.addWidget(self.readout)
        column.addWidget(self.transport)
        column.addWidget(WhereRoom(self._make_controls(), content, _ROOM_FOR_CONTROLS))
        column.addWidget(self.status)
        self.setWidget(content)
        content.installEventFilter(self)
        self._connect()
        self._restore_view()
        self.reveal.setIcon(icon("eye"))
        self.source.show_source(live.source)
        self._show_state(live.state)

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End meter and readouts; False when one is still busy after `timeout_s`."""
        ended = [strip.stop(timeout_s) for strip in (self.meter, self.readout)]
        return all(ended)

    # Parts

    def _make_strip(self) -> QHBoxLayout:
        self.source = SourceButton()
        self.mode = Segments("View", VIEWS)
        self.reveal = QPushButton(_REVEAL)
        self.reveal.setAccessibleName("Hold to reveal")
        hint(self.reveal, "Shows the clear picture while held; Space on the picture does the same")
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(self.source)
        row.addStretch(1)
        row.addWidget(self.mode)
        row.addWidget(self.meter.button)
        row.addWidget(self.readout.button)
        row.addWidget(self.reveal)
        return row

    def _make_controls(self) -> QGridLayout:
        document = self._document
        self.distance, self.noise, self.bits = (
            parameter_row(document, key, title, title_width_px=_TITLE_WIDTH_PX, reset_button=False)
            for key, title in (("object_distance_m", "Distance"), ("sensor.noise", "Noise"), ("sensor.bits", "Bits"))
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * SPACING)
        grid.setVerticalSpacing(SPACING)
        grid.addWidget(self.distance, 0, 0)
        grid.addWidget(self.baseline, 0, 1)
        grid.addWidget(self.noise, 1, 0)
        grid.addWidget(self.bits, 1, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def _connect(self) -> None:
        live = self._live
        self.source.chosen.connect(self.choose_source)
        self.mode.chosen.connect(self.choose_mode)
        self.view.divider_changed.connect(self._keep_divider)
        self.view.zoomed.connect(self._keep_zoom)
        self.wall.edited.connect(self._edit_wall)
        self.reveal.pressed.connect(self._reveal)
        self.reveal.released.connect(self._conceal)
        self.transport.told.connect(self.told)
        self.status.again.connect(self._try_again)
        self.baseline.chosen.connect(self._keep_baseline)
        for row in (self.distance, self.noise, self.bits):
            row.dragging.connect(live.set_draft)
        cast(QApplication, QApplication.instance()).focusChanged.connect(self._focus_moved)
        self._document.project_replaced.connect(self._restore)
        live.frame_ready.connect(self._show_frame)
        live.frame_ready.connect(self.status.show_frame)
        live.frame_ready.connect(self.transport.show_frame)
        live.psf_ready.connect(self._note_psf)
        live.state_changed.connect(self._show_state)
        live.source_changed.connect(self.source.show_source)
        live.baseline_changed.connect(self._show_chips)
        live.recording.consent_changed.connect(self._show_chips)
        live.wall.ready.connect(self._show_wall)
        live.wall.refused.connect(self.wall.refuse)

    # Events

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._live.wall.set_open(self.mode.choice == WALL)

    def hideEvent(self, event: QHideEvent) -> None:
        self._conceal()
        self._live.wall.set_open(False)
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.reveal.setIcon(icon("eye"))
        super().changeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.reveal.setText(_REVEAL if self.widget().width() >= _ROOM_FOR_WORDS_PX else "")
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        on_picture = self.view.hasFocus() or self.wall.hasFocus()
        if event.key() == Qt.Key.Key_Space and on_picture:
            if not event.isAutoRepeat():
                self._reveal()
        elif event.key() == Qt.Key.Key_Comma:
            self.transport.step_back()
        elif event.key() == Qt.Key.Key_Period:
            self.transport.step_forward()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Space:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat():
            self._conceal()

    # What the user does

    @Slot(str)
    def choose_source(self, spec: str) -> None:
        """Show what `spec` names from now on, and keep that with the project."""
        self._document.set_view(SOURCE_KEY, spec)
        self._clear_pictures()
        self._live.set_source(spec)

    @Slot(str)
    def choose_mode(self, mode: str) -> None:
        """Show the frame as `mode` says, one of VIEWS."""
        self.mode.choose(mode)
        self._document.set_view(MODE_KEY, mode)
        self._show_mode(mode)

    @Slot(float)
    def _keep_divider(self, share: float) -> None:
        self._document.set_view(DIVIDER_KEY, share)

    @Slot(object)
    def _keep_zoom(self, zoom: Zoom) -> None:
        self._document.set_view(ZOOM_KEY, [zoom.factor, zoom.x, zoom.y])

    @Slot(object)
    def _keep_baseline(self, baseline: object) -> None:
        self._document.set_view(BASELINE_KEY, str(baseline))

    @Slot(int, object)
    def _edit_wall(self, place: int, baseline: Baseline) -> None:
        baselines = [*self._live.wall.baselines]
        baselines[place] = baseline
        self._document.set_view(WALL_KEY, [str(b) for b in baselines])
        self._show_baselines(tuple(baselines))

    @Slot()
    def _reveal(self) -> None:
        self._set_revealed(True)

    @Slot()
    def _conceal(self) -> None:
        self._set_revealed(False)

    def _set_revealed(self, revealed: bool) -> None:
        self.view.set_revealed(revealed)
        self.wall.set_revealed(revealed)

    @Slot()
    def _focus_moved(self) -> None:
        # A Space let go in another window is never heard of here. The button sees to itself: it loses its press with
        # the focus, and a press that activates the window moves the focus while it is held.
        if not self.reveal.isDown():
            self._conceal()

    @Slot()
    def _try_again(self) -> None:
        self._live.set_source(self._live.source)

    # What follows the document and the live view

    @Slot()
    def _restore(self) -> None:
        self._clear_pictures()  # a frame through the lens before must not pass for one through this lens
        self._restore_view()
        self._show_state(self._live.state)
        spec = str(self._document.view(SOURCE_KEY, DEFAULT_SOURCE))
        if spec.startswith("camera"):  # no file switches on a camera
            spec = DEFAULT_SOURCE
        # What was chosen by hand stays.
        if self._live.source in ("", DEFAULT_SOURCE) and spec != self._live.source:
            self._live.set_source(spec)

    def _restore_view(self) -> None:
        mode = self._document.view(MODE_KEY, CAPTURE)
        mode = mode if mode in (*MODES, WALL) else CAPTURE
        self.mode.choose(mode)
        self._show_mode(mode)
        divider = self._document.view(DIVIDER_KEY, 0.5)
        self.view.set_divider(float(divider) if isinstance(divider, int | float) else 0.5)
        self.view.set_zoom(zoom_from(self._document.view(ZOOM_KEY)))
        self.baseline.restore(str(self._document.view(BASELINE_KEY, "none")))
        self._show_baselines(parse_wall(self._document.view(WALL_KEY)))

    def _show_mode(self, mode: str) -> None:
        if mode != WALL:
            self.view.set_mode(mode)
        shown, hidden = (self.wall, self.view) if mode == WALL else (self.view, self.wall)
        shown.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        hidden.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)  # it needs no room
        self._pictures.setCurrentWidget(shown)
        self._live.wall.set_open(mode == WALL and self.isVisible())

    def _show_baselines(self, baselines: tuple[Baseline, ...]) -> None:
        self.wall.set_baselines(baselines)
        self._live.wall.set_baselines(baselines)

    def _clear_pictures(self) -> None:
        self.view.clear_frames()
        self.wall.clear_frames()
        self.transport.show_place(None)
        self.transport.enable(False)

    @Slot(object)
    def _show_frame(self, frame: LiveFrame) -> None:
        self.view.set_frames(frame.clear, frame.capture)
        self._draft = frame.draft
        self._show_chips()

    @Slot(object)
    def _show_wall(self, pictures: WallPictures) -> None:
        self.wall.show_pictures(pictures.clear, pictures.lens, pictures.baselines)

    @Slot(object)
    def _note_psf(self, result: LivePsf) -> None:
        self._lens_refused = bool(result.error)
        self._show_chips()

    @Slot()
    def _show_chips(self) -> None:
        chips = []
        baseline = describe_baseline(self._live.baseline)
        if baseline:
            chips.append((f"{baseline}, no lens", "text"))
        elif self._lens_refused:
            chips.append(("earlier lens", "error"))
        if self._draft:
            chips.append(("draft", "warning"))
        if self._live.recording.consent:
            chips.append(("clear faces may be recorded", "error"))
        self.view.set_chips(tuple(chips))

    @Slot(object)
    def _show_state(self, state: SourceState) -> None:
        word, token = PHASES[state.phase]
        self.status.show_state(state, in_a_word=not self.view.has_picture and state.phase != "streaming")
        advice = "\nChoose another source, or try again." if state.phase == "failed" else ""
        message = (word, state.message + advice, "error" if token == "error" else "text")
        for picture in (self.view, self.wall):
            picture.set_message(*(message if self._live.has_project else NO_PROJECT))
        self.view.set_notice("" if state.phase in ("streaming", "closed") else word)
