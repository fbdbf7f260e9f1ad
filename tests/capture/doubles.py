"""Stand-ins for cameras, and a way to wait for callbacks without sleeping."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from studio.capture.reader import Limits, TimedFrame
from studio.capture.slot import NewestSlot
from studio.capture.stream import CaptureStream, SourceState
from studio.faces.pictures import Frame
from studio.optics.lens import DesignError, LensDesign

PATIENCE_S = 20.0
PATIENT = Limits(open_s=60, silent_s=60, miss_pause_s=0.001, first_retry_s=0.001, last_retry_s=0.004, release_s=0.05)


def grey_frame(level: int = 0, height: int = 48, width: int = 64) -> Frame:
    return np.full((height, width, 3), level, np.uint8)


class Signal:
    """A callback to hand out; `until` waits for it to make a condition true."""

    def __init__(self) -> None:
        self._called = threading.Condition()

    def __call__(self) -> None:
        with self._called:
            self._called.notify_all()

    def until(self, condition: Callable[[], Any]) -> Any:
        """The first true value of `condition`; fails after PATIENCE_S."""
        deadline_s = time.monotonic() + PATIENCE_S
        with self._called:
            while not (value := condition()):
                # a condition may also turn true without a call, so look again now and then
                self._called.wait(0.02)
                assert time.monotonic() < deadline_s, "the expected did not happen"
            return value


class Camera:
    """Plays `script` and then `last` for ever: arrays are frames, None is a miss, errors are raised, events block."""

    fps = 30.0
    sets_own_pace = True

    def __init__(self, script: Iterable[Any] = (), *, last: Any = None, name: str = "stand-in") -> None:
        self.name = name
        self.closed = threading.Event()
        self._script = iter(script)
        self._last = grey_frame() if last is None else last
        self._pause = threading.Event()

    def read(self) -> Frame | None:
        step = next(self._script, self._last)
        if isinstance(step, threading.Event):
            assert step.wait(PATIENCE_S), "nobody released the stand-in camera"
            return self._last
        if isinstance(step, Exception):
            raise step
        self._pause.wait(0.001)  # a camera delivers at a rate of its own
        return step

    def close(self) -> None:
        self.closed.set()


class PushCamera:
    """Gives the frames that a test pushes, errors too, and misses while there are none."""

    name = "pushed"
    fps = 30.0
    sets_own_pace = True

    def __init__(self) -> None:
        self._steps: queue.Queue[Any] = queue.Queue()

    def push(self, *steps: Any) -> None:
        for step in steps:
            self._steps.put(step)

    def read(self) -> Frame | None:
        try:
            step = self._steps.get(timeout=0.01)
        except queue.Empty:
            return None
        if isinstance(step, Exception):
            raise step
        return step

    def close(self) -> None:
        pass


class Opener:
    """Opens the given things in turn: a source, an error to raise, or an event to wait for and then a source."""

    def __init__(self, *results: Any) -> None:
        self._results = iter(results)
        self.specs: list[str] = []

    def __call__(self, spec: str) -> Any:
        self.specs.append(spec)
        result = next(self._results)
        if isinstance(result, tuple):
            gate, result = result
            assert gate.wait(PATIENCE_S), "nobody let the stand-in open"
        if isinstance(result, Exception):
            raise result
        return result


class StreamProbe:
    """A stream with its slot and every state it went through."""

    def __init__(self, *results: Any, limits: Limits = PATIENT) -> None:
        self.opener = Opener(*results)
        self.slot: NewestSlot[TimedFrame] = NewestSlot()
        self.states: list[SourceState] = []
        self._signal = Signal()
        self.stream = CaptureStream(self.slot, self._record, opener=self.opener, limits=limits)

    def _record(self) -> None:
        self.states.append(self.stream.state)
        self._signal()

    @property
    def phases(self) -> list[str]:
        return [state.phase for state in self.states]

    def until_phases(self, *phases: str) -> None:
        self._signal.until(lambda: self.phases[: len(phases)] == list(phases))

    def until(self, condition: Callable[[], Any]) -> Any:
        return self._signal.until(condition)

    def next_frame(self) -> TimedFrame:
        return self._signal.until(self.slot.take)


class Renderer:
    """Inverts frames, so that a capture is told from a clear frame."""

    def __init__(self, design: LensDesign, shape: tuple[int, int], options: dict[str, Any]) -> None:
        self.design, self.shape, self.options = design, shape, options
        self.draft = bool(options["draft"])
        self.blur_share = 0.0 if design.ideal else 0.1

    def __call__(self, frame: Frame, number: int = 0) -> Frame:
        assert frame.shape[:2] == self.shape
        return 255 - frame


class RendererFactory:
    """Makes `Renderer`s, refuses the lens `refused`, and fails once when `break_next` is set."""

    def __init__(self) -> None:
        self.refused = LensDesign().with_zernike(4, -100.0)
        self.refusals = 0
        self.least_side = 0
        self.break_next = False
        self.made: list[Renderer] = []

    def __call__(self, design: LensDesign, height: int, width: int, **options: Any) -> Any:
        if self.break_next:
            self.break_next = False
            raise RuntimeError("a bug")
        if min(height, width) < self.least_side:
            raise DesignError("this frame is too small")
        if design == self.refused:
            self.refusals += 1
            raise DesignError("this lens is refused")
        self.made.append(Renderer(design, (height, width), options))
        return self.made[-1]
