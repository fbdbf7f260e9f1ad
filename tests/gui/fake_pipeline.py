"""A live pipeline without threads: it remembers what it was told and delivers what a test puts in."""

from __future__ import annotations

import numpy as np

from studio.capture.pipeline import LiveFrame, LivePsf, LiveSettings, SourceState
from studio.capture.replay import Transport
from studio.optics.psf import Psf, psf


class FakePipeline:
    def __init__(self, *, on_frame, on_psf, on_state) -> None:
        self.on_frame, self.on_psf, self.on_state = on_frame, on_psf, on_state
        self.state = SourceState("closed")
        self.settings: list[LiveSettings] = []
        self.sources: list[str] = []
        self.transport = Transport()
        self.started = self.frozen = self.stopped = False
        self._frame: LiveFrame | None = None
        self._psf: LivePsf | None = None

    def start(self, spec=None) -> None:
        self.started = True
        if spec is not None:
            self.sources.append(spec)

    def change_source(self, spec) -> None:
        self.sources.append(spec)

    def set_settings(self, settings) -> None:
        self.settings.append(settings)

    def set_frozen(self, frozen) -> None:
        self.frozen = frozen

    def stop(self, timeout_s=2.0) -> bool:
        self.stopped = True
        return True

    def take_frame(self) -> LiveFrame | None:
        frame, self._frame = self._frame, None
        return frame

    def take_psf(self) -> LivePsf | None:
        result, self._psf = self._psf, None
        return result

    # What the tests do

    def put_frame(self, frame: LiveFrame) -> None:
        self._frame = frame
        self.on_frame()

    def put_psf(self, result: LivePsf) -> None:
        self._psf = result
        self.on_psf()

    def put_state(self, phase, message="") -> None:
        self.state = SourceState(phase, message)
        self.on_state()


CLEAR_COLOUR = (250, 20, 30)
CAPTURE_COLOUR = (10, 200, 90)


def live_frame(**changes) -> LiveFrame:
    """A clear frame of one colour and a capture of another, 64 x 48."""
    clear = np.full((48, 64, 3), CLEAR_COLOUR, np.uint8)
    capture = np.full((48, 64, 3), CAPTURE_COLOUR, np.uint8)
    values = {"revision": 0, "draft": False, "index": 0, "fps": 29.97, "latency_ms": 12.3, "dropped": 4}
    return LiveFrame(clear, capture, **{**values, **changes})


def live_psf(design, revision=0, *, size=33, draft=False, error=None) -> LivePsf:
    computed: Psf | None = None if error else psf(design, size=size)
    return LivePsf(computed, error, revision, draft)
