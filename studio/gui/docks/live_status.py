"""The line below the live picture: what the source does, and how fast it all runs."""

from __future__ import annotations

import time

from PySide6.QtCore import QElapsedTimer, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from studio.capture.pipeline import LiveFrame, SourceState
from studio.gui.theme import SPACING
from studio.gui.widgets.frame_times import FrameTimes
from studio.gui.widgets.labels import ElidedLabel, NumberLabel, TokenLabel
from studio.gui.widgets.where_room import WhereRoom

FIGURES_EVERY_MS = 250
PHASES = {  # what is said of a source, and the colour of its dot
    "closed": ("No source", "muted"),
    "opening": ("Opening", "warning"),
    "streaming": ("Streaming", "success"),
    "lost": ("Lost", "error"),
    "retrying": ("Trying again", "warning"),
    "failed": ("Failed", "error"),
}
_ROOM_FOR_TIMES = QSize(584, 0)  # of the dock's inside


class LiveStatus(QWidget):
    """`again` is emitted when the user wants the source opened once more."""

    again = Signal()

    def __init__(self, around: QWidget) -> None:
        super().__init__(around)
        self._figures_age = QElapsedTimer()
        self.dot = TokenLabel("●")
        self.state = ElidedLabel(token="text")
        self.state.setAccessibleName("State of the source")
        self.retry = QPushButton("Try again")
        self.retry.setAccessibleDescription("Opens the source again")
        self.retry.clicked.connect(self.again)
        self.times = FrameTimes()
        self.fps, self.latency, self.dropped = NumberLabel(), NumberLabel(), NumberLabel()
        self.setMinimumHeight(self.retry.sizeHint().height())  # nothing moves when it comes
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(self.dot)
        row.addWidget(self.state, 1)
        row.addWidget(self.retry)
        plot = QHBoxLayout()
        plot.addWidget(self.times)
        row.addWidget(WhereRoom(plot, around, _ROOM_FOR_TIMES))
        for label, name, tip, widest in (
            (self.fps, "Frames per second", "Captures a second", "00.0 fps"),
            (self.latency, "Latency", "From the source to the finished capture", "000 ms"),
            (self.dropped, "Dropped frames", "Frames that came too fast to be shown", "0000 dropped"),
        ):
            label.setAccessibleName(name)
            label.setToolTip(tip)
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            label.setMinimumWidth(label.fontMetrics().horizontalAdvance(widest))
            row.addWidget(label)

    @Slot(object)
    def show_frame(self, frame: LiveFrame) -> None:
        self.times.add(time.monotonic())
        if not self._figures_age.isValid() or self._figures_age.hasExpired(FIGURES_EVERY_MS):
            self._figures_age.start()
            self.fps.setText(f"{frame.fps:.1f} fps")
            self.latency.setText(f"{frame.latency_ms:.0f} ms")
            self.dropped.setText(f"{frame.dropped} dropped")

    def show_state(self, state: SourceState, *, in_a_word: bool = False) -> None:
        """`in_a_word` where the picture says the rest already."""
        word, token = PHASES[state.phase]
        streaming = state.phase == "streaming"
        whole = f"{word}: {state.message}" if state.message else word
        self.dot.set_token(token)
        self.state.setText(word if in_a_word else whole)
        self.state.setToolTip(whole)
        self.retry.setVisible(state.phase in ("lost", "retrying", "failed"))
        for label in (self.fps, self.latency, self.dropped):
            label.setVisible(streaming)  # without frames there is nothing to say, and what went wrong needs the room
            if not streaming:
                label.setText("")
        if not streaming:
            self.times.interrupt()
            self._figures_age.invalidate()
