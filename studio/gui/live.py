"""The live pipeline as Qt objects see it: settings follow the document, results arrive in the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from studio.capture.pipeline import LivePipeline, LiveSettings, SourceState
from studio.gui.document import Document
from studio.optics.baselines import NONE, Baseline


class LiveController(QObject):
    """Owns one `LivePipeline`. However fast its threads call, at most one wake-up event waits in the GUI thread."""

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
        self._started = False
        self._oldest_revision = 0
        self._wake_under_way = threading.Lock()
        self._woken.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._pipeline = pipeline_factory(on_frame=self._wake, on_psf=self._wake, on_state=self._wake)
        self._state = self._pipeline.state
        document.design_changed.connect(self._send_settings)
        document.project_replaced.connect(self._forget_frames)

    @property
    def state(self) -> SourceState:
        return self._state

    @property
    def source(self) -> str:
        """The source asked for last; "" before the first."""
        return self._source

    @property
    def baseline(self) -> Baseline:
        return self._baseline

    def set_source(self, spec: str) -> None:
        """Open `spec`, also when it is the one in force: that is how a failed source is tried again."""
        self._source = spec
        if self._started:
            self._pipeline.change_source(spec)
        else:
            self._started = True
            self._send_settings()
            self._pipeline.start(spec)
        self.source_changed.emit(spec)

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
        """Hold the picture; it still follows the lens."""
        self._pipeline.set_frozen(frozen)

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End every thread; False when one hangs in a driver and was left behind. `set_source` starts again."""
        self._started = False
        return self._pipeline.stop(timeout_s)

    @Slot()
    def _send_settings(self) -> None:
        document = self._document
        self._pipeline.set_settings(
            LiveSettings(document.design, self._baseline, self._draft, revision=document.revision)
        )

    @Slot()
    def _forget_frames(self) -> None:
        """A frame through the lens of the project before must not show: that lens may have hidden nothing."""
        self._oldest_revision = self._document.revision

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
