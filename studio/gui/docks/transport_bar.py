"""The bar below the live picture: hold it, go through a recorded source, and keep what the capture shows."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QSize, QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.capture.pipeline import LiveFrame
from studio.capture.recorder import (
    COMPACT_SUFFIXES,
    LOSSLESS_SUFFIXES,
    Outcome,
    Progress,
    RecordingError,
)
from studio.capture.replay import Place
from studio.gui.docks.consent_switch import ConsentSwitch
from studio.gui.icons import icon
from studio.gui.live import LiveController
from studio.gui.place import choose_place
from studio.gui.recording import describe_outcome, describe_progress
from studio.gui.theme import SPACING
from studio.gui.widgets.buttons import tool_button
from studio.gui.widgets.hints import hint
from studio.gui.widgets.labels import NumberLabel
from studio.gui.widgets.slider import Slider, SoftRange
from studio.gui.widgets.where_room import WhereRoom

FREEZE_TIP = "Freeze the picture; it still follows the lens"
RECORD_TIP = "Record the capture as a clip or as stills; the clear picture is never recorded"
RECORDINGS = {
    **{f"Clip, compact, {suffix[1:].upper()} (*{suffix})": suffix for suffix in COMPACT_SUFFIXES},
    **{f"Clip, lossless, {suffix[1:].upper()} (*{suffix})": suffix for suffix in LOSSLESS_SUFFIXES},
    "A folder of stills, PNG (*)": "",
}
STILLS = {"PNG (*.png)": ".png"}
_ROOM_FOR_TIME = QSize(400, 0)  # of the bar


class TransportBar(QWidget):
    """Says with `told(text, kind)` what became of a recording or a still; the kinds are those of toasts."""

    told = Signal(str, str)

    def __init__(self, live: LiveController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._live = live
        self._place: Place | None = None
        self.freeze = tool_button("Freeze", FREEZE_TIP, checkable=True)
        self.back = tool_button("Step back", "One frame of a clip or picture of a folder back; , does the same")
        self.forward = tool_button("Step forward", "One frame of a clip or picture of a folder on; . does the same")
        self.loop = tool_button("Loop", "Begin again at the end", checkable=True)
        self.loop.setChecked(True)
        self.position = Slider("Position in the recorded source", SoftRange(0, 1, 1, decimals=0))
        hint(self.position, "Drag or use the arrow keys to go through the clip or folder")
        self.time = NumberLabel(token="muted")
        self.time.setAccessibleName("Position")
        self.taken = NumberLabel(token="error")
        self.taken.setAccessibleName("Recording")
        self.still = tool_button("Save still", "Save the capture on screen as a PNG picture")
        self.consent = ConsentSwitch(live.recording)
        self.record = tool_button("Record", RECORD_TIP)
        self._recorded_only: tuple[QWidget, ...] = (self.back, self.forward, self.loop, self.position, self.time)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING // 2)
        for button in (self.freeze, self.back, self.forward, self.loop):
            row.addWidget(button)
        row.addWidget(self.position, 4)
        time = QHBoxLayout()
        time.addWidget(self.time)
        row.addWidget(WhereRoom(time, self, _ROOM_FOR_TIME))
        row.addStretch(1)
        for widget in (self.taken, self.consent, self.still, self.record):
            row.addWidget(widget)
        self._connect()
        self._show_icons()
        self.show_place(None)
        self.enable(False)

    def _connect(self) -> None:
        recording = self._live.recording
        self.freeze.toggled.connect(self._freeze)
        self.back.clicked.connect(self.step_back)
        self.forward.clicked.connect(self.step_forward)
        self.loop.toggled.connect(self._live.set_loop)
        self.position.valueChanged.connect(self._seek)
        self.still.clicked.connect(self._save_still)
        self.record.clicked.connect(self._start_or_stop)
        recording.progressed.connect(self._show_progress)
        recording.ended.connect(self._show_outcome)
        recording.still_saved.connect(self.told)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_icons()
        super().changeEvent(event)

    # What follows the live view

    @Slot(object)
    def show_frame(self, frame: LiveFrame) -> None:
        self.enable(True)
        if frame.place != self._place:
            self.show_place(frame.place)

    def show_place(self, place: Place | None) -> None:
        """Where a recorded source is; None for one that is not recorded."""
        self._place = place
        for widget in self._recorded_only:
            widget.setVisible(place is not None)
        if place is None:
            return
        self.position.setVisible(place.length > place.stride)
        self.position.soft = SoftRange(0, max(place.length - 1, 1), place.stride, decimals=0)
        if not self.position.isSliderDown():
            self.position.show_value(place.number)
        self.time.setText(describe_place(place))

    def enable(self, has_picture: bool) -> None:
        """Only what is on screen can be kept."""
        self.still.setEnabled(has_picture)
        self.record.setEnabled(has_picture or self._live.recording.active)

    # What the user does

    @Slot()
    def step_back(self) -> None:
        self._step(-1)

    @Slot()
    def step_forward(self) -> None:
        self._step(1)

    def _step(self, steps: int) -> None:
        if self._place is not None:
            self.freeze.setChecked(True)  # a step that is played over at once is of no use
            self._live.step(steps)

    @Slot(bool)
    def _freeze(self, frozen: bool) -> None:
        self._live.set_frozen(frozen)
        self._show_icons()

    @Slot()
    def _seek(self) -> None:
        self._live.seek(round(self.position.value_here))

    @Slot()
    def _save_still(self) -> None:
        path = choose_place(self, "Save the capture", _pictures() / "capture.png", STILLS)
        if path is not None:
            self._live.recording.save_still(path)

    @Slot()
    def _start_or_stop(self) -> None:
        recording = self._live.recording
        if recording.active:
            recording.end()
            return
        path = choose_place(self, "Record the capture", _pictures() / "capture.mp4", RECORDINGS)
        if path is None:
            return
        try:
            recording.start(path)
        except RecordingError as error:
            self.told.emit(f"{str(error)[:1].upper()}{str(error)[1:]}.", "error")
        else:
            self._show_icons()

    # What is recorded

    @Slot(object)
    def _show_progress(self, progress: Progress) -> None:
        self.taken.setText(f"● {describe_progress(progress)}")

    @Slot(object)
    def _show_outcome(self, outcome: Outcome) -> None:
        self.taken.setText("")
        self._show_icons()
        self.told.emit(*describe_outcome(outcome))

    def _show_icons(self) -> None:
        for button, name in (
            (self.back, "step-back"),
            (self.forward, "step-forward"),
            (self.loop, "loop"),
            (self.still, "still"),
        ):
            button.setIcon(icon(name))
        self.freeze.setIcon(icon("play" if self.freeze.isChecked() else "freeze"))
        recording = self._live.recording.active
        self.record.setIcon(icon("record-stop" if recording else "record", "error"))
        self.record.setAccessibleName("Stop recording" if recording else "Record")
        hint(self.record, "End the recording and keep it" if recording else RECORD_TIP)


def describe_place(place: Place) -> str:
    """ "0:03.4 / 0:12.0" in a clip, "3 / 12" among pictures."""
    if place.stride > 1:
        return f"{place.number // place.stride + 1} / {place.length // place.stride}"
    ends = (place.number, place.length) if place.length else (place.number,)
    return " / ".join(f"{int(n / place.fps // 60)}:{n / place.fps % 60:04.1f}" for n in ends)


def _pictures() -> Path:
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    return Path(place) if Path(place).is_dir() else Path.home()
