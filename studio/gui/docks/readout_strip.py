"""The strip of the live view that tells what a trained network reads from the captures."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.capture.pipeline import LiveFrame
from studio.gui.docks.live_strip import LiveStrip
from studio.gui.document import Document
from studio.gui.frame_helper import Answer, FrameHelper, HelperProcess
from studio.gui.live import LiveController
from studio.gui.model_fetch import command_line, missing
from studio.gui.theme import SPACING, number_font
from studio.gui.widgets.labels import ElidedLabel, TokenLabel
from studio.optics.baselines import NONE, Baseline
from studio.project.records import Run
from studio.training.readout import MODULE, NOTICE, Readout, newest_reader, packed

READOUT_KEY = "live.readout"
_SWITCH_TIP = "What the newest trained network reads from the captures: expression and simulated severity"
_LEAST_SHARE = 0.7
"""Of its size in training: a smaller face is more blurred, for its size, than any that the network has seen."""


class ReadoutStrip(LiveStrip):
    """Whoever owns the strip calls `stop` before the end."""

    def __init__(self, document: Document, live: LiveController, parent: QWidget) -> None:
        super().__init__(document, READOUT_KEY, "Readouts", _SWITCH_TIP, "readout", parent)
        self._live = live
        self._run: Run | None = None
        self.helper = FrameHelper("readouts", self)
        self.said, self.doubts = ElidedLabel(token="text"), ElidedLabel(token="warning")
        self.said.setFont(number_font(self.said.font()))
        self.said.setAccessibleName("What the network reads")
        self.doubts.setAccessibleName("Why it may be worth little")
        below = QHBoxLayout()
        below.setSpacing(SPACING)
        below.addWidget(TokenLabel(NOTICE))
        below.addWidget(self.doubts, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING // 2)
        column.addWidget(self.said)
        column.addLayout(below)
        self.helper.answered.connect(self._show)
        live.frame_ready.connect(self._look)
        document.records_changed.connect(self._follow)
        self.restore()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the helper for good; False when its thread is still busy after `timeout_s`."""
        return self.helper.stop(timeout_s)

    def begin(self) -> None:
        run, absent = newest_reader(self._document.project.runs), missing(["yunet"])
        if run is None or absent:
            self.end()
            why = command_line(absent) if absent else "no trained network is in this project: train one (Train)"
            self._say(f"Nothing can be read: {why}")
        elif run is not self._run or not self.helper.on:
            self._run = run
            self._say("Starting …")
            self.helper.start(HelperProcess(MODULE, packed(run)))

    def end(self) -> None:
        self.helper.end()
        self._run = None

    @Slot(object)
    def _look(self, frame: LiveFrame) -> None:
        self.helper.add(frame, {})

    @Slot(object)
    def _show(self, answer: Answer) -> None:
        if "problem" in answer:
            self._say(f"Nothing can be read: {answer['problem']}")
        elif self._run is not None:
            readout = Readout.from_answer(answer)
            other_lens = self._document.design != self._run.design
            self._say(in_words(readout), doubts_about(readout, self._run, other_lens, self._live.baseline))

    def _say(self, text: str, doubts: Sequence[str] = ()) -> None:
        self.said.setText(text)
        self.doubts.setText(". ".join(doubts))


def in_words(readout: Readout) -> str:
    """One line: "happiness 82 %, neutral 9 %   severity 21 of 63   jawOpen 0.63, ...\""""
    if not readout.frames:
        return "No face is in the clear picture"
    parts = []
    if readout.expression:
        parts.append(", ".join(f"{name} {100 * share:.0f} %" for name, share in readout.expression))
    if readout.severity is not None:
        parts.append(f"simulated severity {readout.severity:.0f} of 63")
    if readout.units:
        parts.append(", ".join(f"{name} {value:.2f}" for name, value in readout.units))
    return "   ·   ".join(parts)


def doubts_about(readout: Readout, run: Run, other_lens: bool, baseline: Baseline) -> list[str]:
    """Why the readings may be worth little: sentences without a full stop."""
    doubts = []
    trained = str(run.config.get("baseline", NONE))
    if trained != str(baseline):
        doubts.append(f"The network learned behind {'the lens' if trained == str(NONE) else trained}, not behind this")
    elif other_lens and baseline == NONE:
        doubts.append(f"The network of {run.label or run.id} learned behind another lens")
    if readout.frames and readout.face_share < _LEAST_SHARE:
        doubts.append(f"The face has {100 * readout.face_share:.0f} % of the size it had in training: come closer")
    return doubts
