"""The live pipeline as Qt objects see it: settings follow the document, results arrive in the GUI thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from studio.capture.pipeline import LivePipeline, LiveSettings, SourceState
from studio.gui.document import Document
from studio.gui.recording import LiveRecording
from studio.gui.wall import LiveWall
from studio.optics.baselines import NONE, Baseline

_TOLD = {"streaming": logging.INFO, "lost": logging.WARNING, "failed": logging.ERROR}  # what the log is told

log = logging.getLogger(__name__)


class LiveController(QObject):
    """Owns one `LivePipeline` and what records it and compares it with other blurs.

    No source is opened before the document has announced a project: a face must not be seen, nor captured, without
    the lens that is meant for it. However fast the threads call, at most one wake-up waits in the GUI thread.
    """

    frame_ready = Signal(object)  # LiveFrame
    psf_ready = Signal(object)  # LivePsf
    state_changed = Signal(object)  # SourceState
    source_changed = Signal(str)
    baseline_changed = Signal(object)  # Baseline
    _woken = Signal()

    def __init__(
        self,
        document: Document,
        parent: QObject | None = None,
        *,
        pipeline_factory: Callable[..., LivePipeline] = LivePipeline,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._baseline = NONE
        self._draft = False
        self._source = ""
        self._started = self._has_project = False
        self._oldest_revision = 0
        self._wake_under_way = threading.Lock()
        self._woken.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._pipeline = pipeline_factory(on_frame=self._wake, on_psf=self._wake, on_state=self._wake)
        self._state = self._pipeline.state
        self.recording = LiveRecording(self)
        self.wall = LiveWall(document, self)
        document.design_changed.connect(self._send_settings)
        document.revised.connect(self._send_settings)  # a PSF under way is still the one of the newest revision
        document.project_replaced.connect(self._begin_project)
        self.frame_ready.connect(self.recording.add)
        self.frame_ready.connect(self.wall.add)
        self.state_changed.connect(self._note_state)

    @property
    def state(self) -> SourceState:
        return self._state

    @property
    def source(self) -> str:
        """The source asked for last; "" before the first."""
        return self._source

    @property
    def has_project(self) -> bool:
        """Whether the document has announced a project; the source waits for it."""
        return self._has_project

    @property
    def baseline(self) -> Baseline:
        return self._baseline

    def set_source(self, spec: str) -> None:
        """Open `spec`, also when it is the one in force: that is how a failed source is tried again.

        May be called at any time; before there is a project the source is remembered and opened with it.
        """
        self._source = spec
        self.recording.forget()
        self.wall.forget()
        if self._has_project:
            self._open()
        self.source_changed.emit(spec)

    def _open(self) -> None:
        if self._started:
            self._pipeline.change_source(self._source)
        else:
            self._started = True
            self._send_settings()
            self._pipeline.start(self._source or None)

    def set_baseline(self, baseline: Baseline) -> None:
        if baseline != self._baseline:
            self._baseline = baseline
            self._send_settings()
            self.baseline_changed.emit(baseline)

    @Slot(bool)
    def set_draft(self, draft: bool) -> None:
        """Coarse and quick while something is being dragged."""
        if draft != self._draft:
            self._draft = draft
            self._send_settings()

    def set_frozen(self, frozen: bool) -> None:
        """Hold the picture, and a recorded source; the capture still follows the lens."""
        self._pipeline.set_frozen(frozen)

    # Of a recorded source

    def step(self, steps: int) -> None:
        """Go on by so many frames of a clip or pictures of a folder; back when negative."""
        self._pipeline.transport.step(steps)

    def seek(self, number: int) -> None:
        self._pipeline.transport.seek(number)

    def set_loop(self, loop: bool) -> None:
        """Begin again at the end of a recorded source, or stay there."""
        self._pipeline.transport.set_loop(loop)

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End every thread; False when one hangs in a driver and was left behind. `set_source` starts again.

        What is being recorded is finished first.
        """
        self._started = False
        recorded = self.recording.stop(timeout_s)
        walled = self.wall.stop(timeout_s)
        return self._pipeline.stop(timeout_s) and recorded and walled

    @Slot()
    def _send_settings(self) -> None:
        document = self._document
        self._pipeline.set_settings(
            LiveSettings(document.design, self._baseline, self._draft, revision=document.revision)
        )

    @Slot()
    def _begin_project(self) -> None:
        # A frame through the lens of the project before must not show: that lens may have hidden nothing.
        self._oldest_revision = self._document.revision
        self.recording.forget()
        self.wall.forget()
        if not self._has_project:
            self._has_project = True
            self._open()

    @Slot(object)
    def _note_state(self, state: SourceState) -> None:
        if state.phase != "streaming":
            self.recording.end()
        if state.phase in _TOLD:
            said = " ".join((state.phase, state.message)).strip()
            log.log(_TOLD[state.phase], "source %s: %s", self._source or "built in", said)

    def _wake(self) -> None:
        # Called from any thread. The lock is held from the emission until the event is delivered.
        if self._wake_under_way.acquire(blocking=False):
            self._woken.emit()

    @Slot()
    def _deliver(self) -> None:
        self._wake_under_way.release()  # first: what comes from now on wakes us again
        state = self._pipeline.state
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)
        psf = self._pipeline.take_psf()
        if psf is not None:
            self.psf_ready.emit(psf)
        frame = self._pipeline.take_frame()
        if frame is not None and frame.revision >= self._oldest_revision:
            self.frame_ready.emit(frame)
