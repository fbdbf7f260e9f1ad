"""Recording of what the live view shows as capture; the clear frame is neither kept nor handed on here."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from studio.capture.pipeline import LiveFrame
from studio.capture.recorder import Outcome, Progress, Recorder, RecordingError, save_still
from studio.capture.rendering import LEAST_BLUR_SHARE
from studio.faces.pictures import Frame
from studio.gui.background import Background

WATCH_EVERY_MS = 250
HIDES_TOO_LITTLE = (
    f"this blur is less than {LEAST_BLUR_SHARE:.0%} of the picture (RMS diameter; our choice) and leaves a face that "
    "anyone recognises; blur more, or allow clear faces with the switch beside Record"
)
CONSENT_ENDED = "clear faces are no longer allowed"

log = logging.getLogger(__name__)


class LiveRecording(QObject):
    """At most one recording at a time; ends by itself when it can no longer go on.

    Captures that hide hardly anything of a face are recorded only while `consent` is given: never at the start, and
    nothing stores it.
    """

    consent_changed = Signal(bool)
    progressed = Signal(object)  # Progress, several times a second
    ended = Signal(object)  # Outcome
    still_saved = Signal(str, str)  # what became of a still, and the token of its colour
    _finished = Signal(object)  # from the recorder's thread

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._recorder: Recorder | None = None
        self._capture: Frame | None = None
        self._hides = True
        self._consent = False
        self._problem = ""
        self._recorded_s = 0.0  # when a capture was recorded last
        self._still = Background("live-still", self)
        self._watch = QTimer(self, interval=WATCH_EVERY_MS)
        self._watch.timeout.connect(self._follow_screen)
        self._finished.connect(self._conclude)

    @property
    def active(self) -> bool:
        """From `start` until `ended`."""
        return self._recorder is not None

    @property
    def consent(self) -> bool:
        """Whether the user allows captures to be written that show who it is."""
        return self._consent

    @Slot(bool)
    def set_consent(self, given: bool) -> None:
        if given == self._consent:
            return
        self._consent = given
        if not self._may_keep:
            self._break_off(CONSENT_ENDED)
        self.consent_changed.emit(given)

    @property
    def _may_keep(self) -> bool:
        return self._hides or self._consent

    def start(self, path: Path) -> None:
        """Record into `path`, beginning with the capture on screen; RecordingError says in one line why not."""
        if not self._may_keep:
            raise RecordingError(HIDES_TOO_LITTLE)
        self._problem, self._recorded_s = "", 0.0
        self._recorder = Recorder(path, on_end=self._finished.emit)
        log.info("recording the capture: %s", path)
        self._follow_screen()
        self._watch.start()

    def save_still(self, path: Path) -> None:
        """Write the capture on screen as PNG; `still_saved` follows."""
        capture = self._capture
        if capture is None or self._still.busy:
            return
        if self._may_keep:
            self._still.run(lambda: _try_still(path, capture), lambda said: self._say_of_still(*said), _raise)
        else:
            self._say_of_still(f"Nothing was saved: {HIDES_TOO_LITTLE}.", "error")

    def end(self) -> None:
        """Finish what is being recorded; returns at once, `ended` follows."""
        if self._recorder is not None:
            self._recorder.end()

    def discard(self) -> None:
        """The same, and keep nothing of it."""
        if self._recorder is not None:
            self._recorder.discard()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """Finish and wait for all that is being written; False when it takes longer."""
        self._watch.stop()
        recorded = self._recorder is None or self._recorder.finish(timeout_s) is not None
        return self._still.wait(timeout_s) and recorded

    @Slot(object)
    def add(self, frame: LiveFrame) -> None:
        self._capture, self._hides = frame.capture, frame.hides
        if self._recorder is None:
            return
        if self._may_keep:
            self._record(frame.capture)
        else:
            self._break_off(HIDES_TOO_LITTLE)

    def _break_off(self, problem: str) -> None:
        self._problem = self._problem or problem
        self.end()

    def forget(self) -> None:
        """The picture on screen goes away, and with it what was being recorded."""
        self._capture, self._hides = None, True
        self.end()

    @Slot()
    def _follow_screen(self) -> None:
        """What is on screen goes on being recorded while it is frozen, or nothing new comes."""
        if self._recorder is None:
            return
        silent_s = time.monotonic() - self._recorded_s
        if self._capture is not None and self._may_keep and silent_s >= WATCH_EVERY_MS / 1e3:
            self._record(self._capture)
        self.progressed.emit(self._recorder.progress)

    def _record(self, capture: Frame) -> None:
        assert self._recorder is not None
        self._recorded_s = time.monotonic()
        self._recorder.add(capture, self._recorded_s)

    @Slot(object)
    def _conclude(self, outcome: Outcome) -> None:
        self._recorder = None
        self._watch.stop()
        problem = outcome.problem or self._problem
        told = Outcome(outcome.path, outcome.progress, problem)
        _note(*describe_outcome(told))
        self.ended.emit(told)

    def _say_of_still(self, text: str, token: str) -> None:
        _note(text, token)
        self.still_saved.emit(text, token)


def describe_progress(progress: Progress) -> str:
    """ "0:07, 3.4 MB" """
    minutes, seconds = divmod(int(progress.seconds), 60)
    return f"{minutes}:{seconds:02d}, {progress.size_bytes / 1e6:.1f} MB"


def describe_outcome(outcome: Outcome) -> tuple[str, str]:
    """What to say of a recording that has ended, and the token of its colour."""
    problem = outcome.problem[:1].upper() + outcome.problem[1:]
    if outcome.path is None:
        return f"Nothing was recorded. {problem}.", "error"
    said = f"Recorded {outcome.path.name}: {describe_progress(outcome.progress)}"
    if outcome.progress.left_out:
        said += f", {outcome.progress.left_out} frames left out: the disk or the processor was too slow"
    return (f"{said}. {problem}.", "warning") if problem else (f"{said}.", "success")


def _note(text: str, token: str) -> None:
    log.log({"success": logging.INFO, "error": logging.ERROR}.get(token, logging.WARNING), text)


def _try_still(path: Path, capture: Frame) -> tuple[str, str]:
    try:
        save_still(path, capture)
    except RecordingError as error:
        return f"{error}.", "error"
    return f"Saved {path.name}.", "success"


def _raise(error: Exception) -> None:
    raise error
