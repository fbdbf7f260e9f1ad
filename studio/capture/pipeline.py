"""The live view without a window: source, lens, capture. Nothing queues: of frames and settings the newest wins."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2

from studio.capture.reader import Limits, TimedFrame, one_line
from studio.capture.rendering import LivePsf, LiveRenderer, LiveSettings, NumberedRenderer
from studio.capture.replay import Place, Recorded, Transport, open_live
from studio.capture.slot import NewestSlot
from studio.capture.sources import FrameSource
from studio.capture.stream import CaptureStream, SourceState
from studio.faces.pictures import Frame
from studio.optics.psf import Psf

__all__ = ["LiveFrame", "LivePipeline", "LivePsf", "LiveSettings", "SourceState"]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LiveFrame:
    """A clear frame and its capture, both uint8 RGB (H, W, 3), and the figures of the moment."""

    clear: Frame
    capture: Frame
    revision: int
    """Of the settings behind `capture`."""
    draft: bool
    index: int
    fps: float
    latency_ms: float
    """From the source (or, for a redrawn frame, from the new settings) to the finished capture."""
    dropped: int
    """Frames so far that came too fast to be rendered, and captures that nobody took."""
    number: int = 0
    """Of the clear frame in its source; it decides the noise."""
    place: Place | None = None
    """In a recorded source."""
    hides: bool = True
    """False for a blur so small that the capture is hardly less than the clear frame."""


class LivePipeline:
    """One worker thread between a `CaptureStream` and who shows the results.

    The callbacks carry nothing and come from any thread: take the newest with `take_frame`, `take_psf` and `state`.
    """

    def __init__(
        self,
        *,
        on_frame: Callable[[], None],
        on_psf: Callable[[], None],
        on_state: Callable[[], None],
        opener: Callable[[str], FrameSource | Recorded] = open_live,
        limits: Limits | None = None,
        renderer_factory: Callable[..., NumberedRenderer] = NumberedRenderer,
        psf_function: Callable[..., Psf] | None = None,
    ) -> None:
        self._on_frame, self._on_psf, self._on_state = on_frame, on_psf, on_state
        self._wake = threading.Event()
        self._frames: NewestSlot[TimedFrame] = NewestSlot(self._wake)
        self._settings: NewestSlot[LiveSettings] = NewestSlot(self._wake)
        self._captures: NewestSlot[LiveFrame] = NewestSlot()
        self._psfs: NewestSlot[LivePsf] = NewestSlot()
        self._stream = CaptureStream(self._frames, self._state_changed, opener=opener, limits=limits)
        self._frozen = False
        self._failure = ""
        self._worker: threading.Thread | None = None
        self._stop_worker = threading.Event()
        # the worker's own
        self._renderer = LiveRenderer(renderer_factory, psf_function)
        self._applied: LivePsf | None = None
        self._last_psf: LivePsf | None = None
        self._shown: TimedFrame | None = None
        self._redraw = False
        self._delivered_s: deque[float] = deque(maxlen=240)
        self._index = 0

    @property
    def state(self) -> SourceState:
        """The source's state; "failed" with the reason as well when rendering broke down."""
        return SourceState("failed", self._failure) if self._failure else self._stream.state

    @property
    def transport(self) -> Transport:
        """Steps, jumps and the loop of a recorded source."""
        return self._stream.transport

    def start(self, spec: str | None = None) -> None:
        """Begin work, with the source `spec` or, without one, on PSFs alone."""
        if self._worker is None:
            self._stop_worker = threading.Event()
            self._worker = threading.Thread(
                target=self._work, args=(self._stop_worker,), name="live-worker", daemon=True
            )
            self._worker.start()
        if spec is not None:
            self.change_source(spec)

    def change_source(self, spec: str) -> None:
        """Let go of the source and open `spec`; returns at once."""
        self._failure = ""
        self._stream.open(spec)
        self._captures.take()

    def set_settings(self, settings: LiveSettings) -> None:
        """Render with `settings` from now on; before `start` they wait for it."""
        self._settings.put(settings)

    def set_frozen(self, frozen: bool) -> None:
        """Hold the clear frame that is shown, a recorded source with it; new settings still redraw it."""
        self._frozen = frozen
        self.transport.set_playing(not frozen)
        self._wake.set()

    def take_frame(self) -> LiveFrame | None:
        """The newest capture, once; None when there is nothing new."""
        return self._captures.take()

    def take_psf(self) -> LivePsf | None:
        """The newest PSF or its error, once; None when there is nothing new."""
        return self._psfs.take()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End every thread, within `timeout_s`; False when one hangs in a driver and had to be left behind."""
        worker, self._worker = self._worker, None
        deadline_s = time.monotonic() + timeout_s
        self._stop_worker.set()
        self._wake.set()
        released = self._stream.stop(timeout_s)
        if worker is not None:
            worker.join(max(0.0, deadline_s - time.monotonic()))
            released = released and not worker.is_alive()
        self._captures.take()
        return released

    def _state_changed(self) -> None:
        self._wake.set()  # a frame that waits to be redrawn is redrawn once the source is lost
        self._on_state()

    # The worker's thread

    def _work(self, stop: threading.Event) -> None:
        # Measured at 640 x 480: a second OpenCV thread makes frames no faster and costs 15 % more processor time.
        cv2.setNumThreads(1)
        while True:
            self._wake.wait()
            self._wake.clear()
            if stop.is_set():
                self._shown = None
                return
            try:
                self._step()
            except Exception as error:
                log.exception("the live view failed")
                self._failure = f"the live view failed: {one_line(error)}"
                self._on_state()

    def _step(self) -> None:
        started_s = time.monotonic()
        settings = self._settings.take()
        if settings is not None:
            self._redraw = True
            self._recover()
            self._applied = self._renderer.apply(settings)
            self._put_psf(self._applied)
        if self._shown is not None and self._shown.order != self._stream.order:
            self._shown = None
        newest = self._frames.take()
        if self._failure:
            return
        # a recorded source holds still by itself, and what comes from it was asked for
        if newest is not None and (newest.place or not (self._frozen and self._shown)):
            self._shown = newest
            self._render(newest, newest.taken_s)
        elif self._shown is not None and self._redraw and self._no_frame_comes:
            self._render(self._shown, started_s)

    @property
    def _no_frame_comes(self) -> bool:
        return self._frozen or self.transport.resting or self._stream.state.phase != "streaming"

    def _recover(self) -> None:
        if self._failure:
            self._failure = ""
            self._on_state()

    def _put_psf(self, result: LivePsf) -> None:
        self._last_psf = result
        self._psfs.put(result)
        self._on_psf()

    def _render(self, shown: TimedFrame, since_s: float) -> None:
        self._redraw = False
        capture = self._renderer.render(shown.frame, shown.number)
        if self._applied is not None and self._last_psf is not None:
            error = self._applied.error or self._renderer.problem
            if error != self._last_psf.error:  # a problem of this frame alone, which is told and taken back
                self._put_psf(replace(self._applied, error=error))
        used = self._renderer.used
        if capture is None or used is None or shown.order != self._stream.order:
            return
        now_s = time.monotonic()
        live = LiveFrame(
            clear=shown.frame,
            capture=capture,
            revision=used.revision,
            draft=self._renderer.draft,
            index=self._index,
            fps=self._count_delivery(now_s),
            latency_ms=(now_s - since_s) * 1e3,
            dropped=self._frames.dropped + self._captures.dropped,
            number=shown.number,
            place=shown.place,
            hides=self._renderer.hides,
        )
        self._index += 1
        self._captures.put(live)
        self._on_frame()

    def _count_delivery(self, now_s: float) -> float:
        """Captures a second over the last second, this one included."""
        times = self._delivered_s
        times.append(now_s)
        while now_s - times[0] > 1.0:
            times.popleft()
        return (len(times) - 1) / (now_s - times[0]) if now_s > times[0] else 0.0
