"""The Live dock: the picture, where it comes from, what stands in its way, and how fast it runs."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PySide6.QtCore import QElapsedTimer, QEvent, QSize, Qt, Slot
from PySide6.QtGui import QAction, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.capture.pipeline import LiveFrame, LivePsf, SourceState
from studio.capture.sources import DEFAULT_SOURCE
from studio.gui.docks.baseline_picker import BaselinePicker, describe_baseline
from studio.gui.docks.parameters import parameter_row
from studio.gui.document import Document
from studio.gui.icons import icon
from studio.gui.live import LiveController
from studio.gui.theme import SPACING
from studio.gui.widgets.buttons import tool_button
from studio.gui.widgets.frame_view import CAPTURE, MODES, SIDE_BY_SIDE, WIPE, FrameView
from studio.gui.widgets.labels import NumberLabel, TokenLabel
from studio.gui.widgets.segments import Choice, Segments
from studio.gui.widgets.where_room import WhereRoom

MODE_KEY, DIVIDER_KEY, SOURCE_KEY, BASELINE_KEY = "live.mode", "live.divider", "live.source", "live.baseline"
CAMERAS = 3
VIDEO_FILTER = "Videos (*.mp4 *.avi *.mov *.mkv *.webm);;All files (*)"
FIGURES_EVERY_MS = 250
_TITLE_WIDTH_PX = 64
_ROOM_FOR_CONTROLS = QSize(464, 400)  # of the dock's inside; below that the picture has it all
_PHASES = {  # what is said of a source, and the colour of its dot
    "closed": ("No source", "muted"),
    "opening": ("Opening", "warning"),
    "streaming": ("Streaming", "success"),
    "lost": ("Lost", "error"),
    "retrying": ("Trying again", "warning"),
    "failed": ("Failed", "error"),
}


class LiveDock(QDockWidget):
    """Shows what `live` delivers. Starts the default source when it is first shown and none was asked for."""

    def __init__(self, document: Document, live: LiveController, parent: QWidget | None = None) -> None:
        super().__init__("Live", parent)
        self._document, self._live = document, live
        self._lens_refused = self._draft = False
        self._figures_age = QElapsedTimer()
        self.setAccessibleName("Live")
        self.view = FrameView()
        self.baseline = BaselinePicker(live, _TITLE_WIDTH_PX)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(self._make_strip())
        column.addWidget(self.view, 1)
        column.addWidget(WhereRoom(self._make_controls(), content, _ROOM_FOR_CONTROLS))
        column.addLayout(self._make_status())
        self.setWidget(content)
        self._connect()
        self._restore_view()
        self._show_icons()
        self._show_source(live.source)
        self._show_state(live.state)

    # Parts

    def _make_strip(self) -> QHBoxLayout:
        self.source = QPushButton()
        self.source.setAccessibleName("Source of the live picture")
        self.source.setToolTip("Where the live picture comes from")
        self.source.setMenu(self._make_source_menu())
        self.mode = Segments(
            "View",
            (
                Choice(CAPTURE, "Capture alone", "The capture alone", "capture"),
                Choice(SIDE_BY_SIDE, "Side by side", "The clear picture and the capture side by side", "side-by-side"),
                Choice(WIPE, "Wipe", "The capture wiped against the clear picture", "wipe"),
            ),
        )
        self.reveal = QPushButton(" Hold to reveal")  # the style leaves no room after the icon
        self.reveal.setAccessibleName("Hold to reveal")
        self.reveal.setToolTip("Shows the clear picture while held; Space does the same")
        self.reveal.setAccessibleDescription(self.reveal.toolTip())
        self.freeze = tool_button("Freeze", "Freeze the picture; it still follows the lens", checkable=True)
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(self.source)
        row.addStretch(1)
        for widget in (self.mode, self.reveal, self.freeze):
            row.addWidget(widget)
        return row

    def _make_source_menu(self) -> QMenu:
        menu = QMenu("Source", self)
        self.source_actions = {DEFAULT_SOURCE: menu.addAction("Portrait")}
        for number in range(CAMERAS):
            self.source_actions[f"camera:{number}"] = menu.addAction(f"Camera {number}")
        menu.addSeparator()
        self.source_actions["clip"] = menu.addAction("Video clip ...")
        self.source_actions["folder"] = menu.addAction("Folder of pictures ...")
        for spec, action in self.source_actions.items():
            action.setData(spec)
        return menu

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

    def _make_status(self) -> QHBoxLayout:
        self.dot = TokenLabel("●")
        self.state = TokenLabel(token="text")
        self.state.setAccessibleName("State of the source")
        self.state.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.state.setWordWrap(True)
        self.retry = QPushButton("Try again")
        self.retry.setAccessibleDescription("Opens the source again")
        self.fps, self.latency, self.dropped = NumberLabel(), NumberLabel(), NumberLabel()
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(self.dot)
        row.addWidget(self.state, 1)
        row.addWidget(self.retry)
        for label, name, tip in (
            (self.fps, "Frames per second", "Captures a second"),
            (self.latency, "Latency", "From the source to the finished capture"),
            (self.dropped, "Dropped frames", "Frames that came too fast to be shown"),
        ):
            label.setAccessibleName(name)
            label.setToolTip(tip)
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            label.setMinimumWidth(9 * SPACING)
            row.addWidget(label)
        return row

    def _connect(self) -> None:
        self.source.menu().triggered.connect(self._choose_source)
        self.mode.chosen.connect(self._choose_mode)
        self.view.divider_changed.connect(self._keep_divider)
        self.reveal.pressed.connect(self._reveal)
        self.reveal.released.connect(self._conceal)
        self.freeze.toggled.connect(self._freeze)
        self.retry.clicked.connect(self._try_again)
        self.baseline.chosen.connect(self._keep_baseline)
        for row in (self.distance, self.noise, self.bits):
            row.dragging.connect(self._live.set_draft)
        cast(QApplication, QApplication.instance()).focusChanged.connect(self._focus_moved)
        self._document.project_replaced.connect(self._restore)
        self._live.frame_ready.connect(self._show_frame)
        self._live.psf_ready.connect(self._note_psf)
        self._live.state_changed.connect(self._show_state)
        self._live.source_changed.connect(self._show_source)
        self._live.baseline_changed.connect(self._show_chips)

    # Events

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._live.source:
            self._live.set_source(DEFAULT_SOURCE)

    def hideEvent(self, event: QHideEvent) -> None:
        self._conceal()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_icons()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Space:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self._reveal()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Space:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat():
            self._conceal()

    # What the user does

    @Slot(QAction)
    def _choose_source(self, action: QAction) -> None:
        spec = action.data()
        if spec == "clip":
            path = QFileDialog.getOpenFileName(self, "Video clip", "", VIDEO_FILTER)[0]
            spec = f"clip:{path}" if path else ""
        elif spec == "folder":
            path = QFileDialog.getExistingDirectory(self, "Folder of pictures")
            spec = f"folder:{path}" if path else ""
        if spec:
            self._document.set_view(SOURCE_KEY, spec)
            self.view.clear_frames()
            self._live.set_source(spec)

    @Slot(str)
    def _choose_mode(self, mode: str) -> None:
        self._document.set_view(MODE_KEY, mode)
        self.view.set_mode(mode)

    @Slot(float)
    def _keep_divider(self, share: float) -> None:
        self._document.set_view(DIVIDER_KEY, share)

    @Slot(object)
    def _keep_baseline(self, baseline: object) -> None:
        self._document.set_view(BASELINE_KEY, str(baseline))

    @Slot()
    def _reveal(self) -> None:
        self.view.set_revealed(True)

    @Slot()
    def _conceal(self) -> None:
        self.view.set_revealed(False)

    @Slot()
    def _focus_moved(self) -> None:
        # A Space let go in another window is never heard of here. The button sees to itself: it loses its press with
        # the focus, and a press that activates the window moves the focus while it is held.
        if not self.reveal.isDown():
            self._conceal()

    @Slot(bool)
    def _freeze(self, frozen: bool) -> None:
        self._live.set_frozen(frozen)
        self._show_icons()

    @Slot()
    def _try_again(self) -> None:
        self._live.set_source(self._live.source)

    # What follows the document and the live view

    @Slot()
    def _restore(self) -> None:
        self.view.clear_frames()  # a frame through the lens before must not pass for one through this lens
        self._restore_view()
        spec = str(self._document.view(SOURCE_KEY, DEFAULT_SOURCE))
        # What was chosen by hand stays, and no file switches on a camera.
        restorable = self._live.source in ("", DEFAULT_SOURCE) and not spec.startswith("camera")
        if restorable and spec != self._live.source:
            self._live.set_source(spec)

    def _restore_view(self) -> None:
        mode = self._document.view(MODE_KEY, CAPTURE)
        self.mode.choose(mode)
        self.view.set_mode(mode if mode in MODES else CAPTURE)
        divider = self._document.view(DIVIDER_KEY, 0.5)
        self.view.set_divider(float(divider) if isinstance(divider, int | float) else 0.5)
        self.baseline.restore(str(self._document.view(BASELINE_KEY, "none")))

    @Slot(object)
    def _show_frame(self, frame: LiveFrame) -> None:
        self.view.set_frames(frame.clear, frame.capture)
        self._draft = frame.draft
        self._show_chips()
        if not self._figures_age.isValid() or self._figures_age.hasExpired(FIGURES_EVERY_MS):
            self._figures_age.start()
            self.fps.setText(f"{frame.fps:.1f} fps")
            self.latency.setText(f"{frame.latency_ms:.0f} ms")
            self.dropped.setText(f"{frame.dropped} dropped")

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
        self.view.set_chips(tuple(chips))

    @Slot(object)
    def _show_state(self, state: SourceState) -> None:
        word, token = _PHASES[state.phase]
        self.dot.set_token(token)
        self.state.setText(f"{word}: {state.message}" if state.message else word)
        self.retry.setVisible(state.phase in ("lost", "retrying", "failed"))
        advice = "\nChoose another source, or try again." if state.phase == "failed" else ""
        self.view.set_message(word, state.message + advice, "error" if token == "error" else "text")
        self.view.set_notice("" if state.phase in ("streaming", "closed") else word)
        if state.phase != "streaming":
            self._figures_age.invalidate()
            for label, text in ((self.fps, "– fps"), (self.latency, "– ms"), (self.dropped, "– dropped")):
                label.setText(text)

    @Slot(str)
    def _show_source(self, spec: str) -> None:
        self.source.setText(describe_source(spec))

    def _show_icons(self) -> None:
        for spec, action in self.source_actions.items():
            action.setIcon(icon(spec.partition(":")[0]))
        self.freeze.setIcon(icon("play" if self.freeze.isChecked() else "freeze"))
        self.reveal.setIcon(icon("eye"))


def describe_source(spec: str) -> str:
    """`spec` for people: "Portrait", "Camera 0", the name of a clip or folder."""
    kind, _, rest = spec.partition(":")
    if kind == "camera":
        return f"Camera {rest}"
    if kind in ("clip", "folder"):
        return Path(rest).name or rest
    return spec.capitalize() or "No source"
