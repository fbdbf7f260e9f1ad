"""One life of a frame source: opened, read at its pace and closed, all on a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import floor

from studio.capture.replay import Place, Recorded, Transport
from studio.capture.sources import FrameSource
from studio.faces.pictures import Frame, SourceError

log = logging.getLogger(__name__)

_RESTING_SIGN_S = 0.5


@dataclass(frozen=True)
class TimedFrame:
    frame: Frame
    taken_s: float
    """When it came from the source, on the clock of `time.monotonic`."""
    number: int
    """In a recorded source its place, otherwise counted from the opening."""
    place: Place | None = None
    """In a recorded source."""
    order: int = 0
    """The `CaptureStream.order` it was read for."""


@dataclass(frozen=True)
class Limits:
    """Patience with a source, in seconds where the name ends in `_s`."""

    open_s: float = 10.0
    """From opening to the first frame."""
    silent_s: float = 3.0
    """A read that takes longer means that the source is lost."""
    misses: int = 10
    """Reads in a row without a frame before a source is lost."""
    miss_pause_s: float = 0.05
    first_retry_s: float = 0.5
    last_retry_s: float = 5.0
    release_s: float = 1.0
    """How long a new source waits for the one before it to let go of its device."""
    stuck_readers: int = 3
    """No new attempt while so many readers hang in their driver."""


class Pace:
    """Beats at a fixed rate from `start_s` on; a late caller misses beats, the rate itself never drifts."""

    def __init__(self, fps: float, start_s: float) -> None:
        self._period_s = 1.0 / fps
        self._due_s = start_s

    def wait_s(self, now_s: float) -> float:
        """Seconds from `now_s` to the next beat."""
        self._due_s += self._period_s
        missed = floor((now_s - self._due_s) / self._period_s)
        if missed > 0:
            self._due_s += missed * self._period_s
        return max(0.0, self._due_s - now_s)


class SourceReader(threading.Thread):
    """Reads `spec` until `leave` is set or the source gives out.

    `on_frame(reader, timed_frame)` and `on_change()` are called from this thread, `on_change` after the first frame and
    at the end. A driver may block the thread for good: then it is left behind and closes the source if it wakes.
    """

    def __init__(
        self,
        spec: str,
        *,
        opener: Callable[[str], FrameSource | Recorded],
        on_frame: Callable[[SourceReader, TimedFrame], None],
        on_change: Callable[[], None],
        transport: Transport,
        limits: Limits,
    ) -> None:
        super().__init__(name="capture-reader", daemon=True)
        self.spec = spec
        self.leave = threading.Event()
        self.opened = False
        self.streaming_from = ""
        """Name of the source once its first frame is there."""
        self.ended = False
        self.problem = ""
        """Why it ended, one line; empty when it was told to leave."""
        self.last_sign_s = time.monotonic()
        self._opener, self._on_frame, self._on_change = opener, on_frame, on_change
        self._transport, self._limits = transport, limits

    def quit(self) -> None:
        """Read no more frame; returns at once."""
        self.leave.set()
        self._transport.changed.set()

    def run(self) -> None:
        try:
            source = self._opener(self.spec)
            self.opened = True
            self.last_sign_s = time.monotonic()
            try:
                if isinstance(source, Recorded):
                    self._replay(source)
                else:
                    self._read(source)
            finally:
                source.close()
        except SourceError as error:
            self.problem = str(error)
        except Exception as error:
            log.exception("source %s failed", self.spec)
            self.problem = f"{self.spec}: {one_line(error)}"
        finally:
            self.ended = True
            self._on_change()

    def _read(self, source: FrameSource) -> None:
        pace = None if source.sets_own_pace else Pace(source.fps, time.monotonic())
        misses = number = 0
        while not self.leave.is_set():
            frame = source.read()
            self._show_life()
            if frame is None:
                misses += 1
                if misses >= self._limits.misses:
                    raise SourceError(f"{source.name} gave no frame {misses} times in a row")
                self.leave.wait(self._limits.miss_pause_s)
                continue
            misses = 0
            self._deliver(source, TimedFrame(frame, time.monotonic(), number))
            number += 1
            if pace is not None:
                self.leave.wait(pace.wait_s(time.monotonic()))

    def _replay(self, source: Recorded) -> None:
        transport, shown = self._transport, -1
        pace = Pace(source.fps, time.monotonic())
        while not self.leave.is_set():
            self._show_life()
            transport.changed.clear()
            number = transport.next(shown, source.length, source.stride)
            transport.rest(number is None)
            if number is None:
                transport.changed.wait(_RESTING_SIGN_S)
                pace = Pace(source.fps, time.monotonic())
                continue
            frame = source.at(number, self._show_life)
            if frame is None:  # the end came earlier than the file says
                shown = source.length - 1
                continue
            shown = number
            place = Place(number, source.length, source.stride, source.fps)
            self._deliver(source, TimedFrame(frame, time.monotonic(), number, place))
            if not self.leave.is_set():
                transport.changed.wait(pace.wait_s(time.monotonic()))
        transport.rest(False)

    def _deliver(self, source: FrameSource | Recorded, frame: TimedFrame) -> None:
        self._on_frame(self, frame)
        if not self.streaming_from:
            self.streaming_from = source.name
            self._on_change()

    def _show_life(self) -> None:
        self.last_sign_s = time.monotonic()


def one_line(error: BaseException) -> str:
    """The error's type and text on a single line, for a status bar."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
