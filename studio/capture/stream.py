"""Frames from a source that may be slow, stop, hang or come back, without ever blocking who asked for them.

The *keeper* thread starts a `SourceReader`, notices when it ends or falls silent, and tries again after a while.
All shared state lives under one condition.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from studio.capture.reader import Limits, SourceReader, TimedFrame
from studio.capture.replay import Recorded, Transport, open_live
from studio.capture.slot import NewestSlot
from studio.capture.sources import FrameSource

Phase = Literal["closed", "opening", "streaming", "lost", "retrying", "failed"]


@dataclass(frozen=True)
class SourceState:
    phase: Phase
    message: str = ""
    """What happened, one line for people."""


class CaptureStream:
    """Puts the newest frame of the wanted source into `frames` and keeps `state` up to date.

    `on_state` is called without arguments, from any thread, after `state` has changed.
    """

    def __init__(
        self,
        frames: NewestSlot[TimedFrame],
        on_state: Callable[[], None],
        *,
        opener: Callable[[str], FrameSource | Recorded] = open_live,
        limits: Limits | None = None,
    ) -> None:
        self._frames, self._on_state = frames, on_state
        self.transport = Transport(on_rest=on_state)
        self._opener, self._limits = opener, limits or Limits()
        self._changed = threading.Condition()
        self._state = SourceState("closed")
        self._spec: str | None = None
        self._order = 0
        self._keeper: threading.Thread | None = None
        self._readers: list[SourceReader] = []  # every one that still runs, those left behind as well

    @property
    def state(self) -> SourceState:
        return self._state

    @property
    def order(self) -> int:
        """Number of the newest `open` or `stop`; frames of an older order belong to the past."""
        return self._order

    def open(self, spec: str) -> None:
        """Change to the source `spec`; returns at once, `state` tells how it goes."""
        with self._changed:
            self._supersede(spec)
            if self._keeper is None:
                self._keeper = threading.Thread(target=self._keep, name="capture-keeper", daemon=True)
                self._keeper.start()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """Let go of the source and end the threads; False when one still hangs in its driver after `timeout_s`.

        Such a thread delivers nothing any more and closes its source as soon as the driver lets it.
        """
        with self._changed:
            self._supersede(None)
            keeper, self._keeper = self._keeper, None
            threads = [*self._readers] if keeper is None else [keeper, *self._readers]
        deadline_s = time.monotonic() + timeout_s
        for thread in threads:
            thread.join(max(0.0, deadline_s - time.monotonic()))
        if keeper is not None:
            self._set_state(self._order, "closed")
        return not any(thread.is_alive() for thread in threads)

    def _supersede(self, spec: str | None) -> None:
        self._spec = spec
        self._order += 1
        for reader in self._readers:
            reader.quit()
        self.transport.forget()
        self._frames.take()
        self._changed.notify_all()

    def _set_state(self, order: int, phase: Phase, message: str = "") -> None:
        with self._changed:
            if order != self._order:
                return
            self._state = SourceState(phase, message)
        self._on_state()

    # Called by readers, on their threads

    def _put_frame(self, reader: SourceReader, frame: TimedFrame) -> None:
        with self._changed:
            if not reader.leave.is_set():
                self._frames.put(replace(frame, order=self._order))

    def _notify(self) -> None:
        with self._changed:
            self._readers = [r for r in self._readers if not r.ended]
            self._changed.notify_all()

    # The keeper's thread

    def _keep(self) -> None:
        order = 0
        while True:
            self._wait(order, lambda: False)
            with self._changed:
                order, spec = self._order, self._spec
            if spec is None:
                return
            self._serve(spec, order)

    def _serve(self, spec: str, order: int) -> None:
        """Keep `spec` going until there is another order, or until its very first opening is refused."""
        limits = self._limits
        retry_s, ever_streamed = limits.first_retry_s, False
        self._set_state(order, "opening", f"opening {spec}")
        self._wait(order, lambda: not self._readers, limits.release_s)
        while order == self._order:
            reader = self._start_reader(spec, order)
            problem = self._watch(reader, order)
            if reader.ended and not reader.opened and not ever_streamed:
                self._set_state(order, "failed", problem)
                return
            if reader.streaming_from:
                retry_s, ever_streamed = limits.first_retry_s, True
            self._set_state(order, "lost", f"{problem}; next try in {retry_s:.2g} s")
            self._wait(order, lambda: False, retry_s)
            retry_s = min(2 * retry_s, limits.last_retry_s)
            self._wait(order, lambda: len(self._readers) < limits.stuck_readers)
            self._set_state(order, "retrying", f"opening {spec} again")

    def _start_reader(self, spec: str, order: int) -> SourceReader:
        reader = SourceReader(
            spec,
            opener=self._opener,
            on_frame=self._put_frame,
            on_change=self._notify,
            transport=self.transport,
            limits=self._limits,
        )
        with self._changed:
            if order != self._order:
                reader.quit()
            self._readers.append(reader)
            reader.start()
        return reader

    def _watch(self, reader: SourceReader, order: int) -> str:
        """Wait until `reader` ends or falls silent and say why; also returns when there is another order."""
        limits = self._limits
        if not self._in_time(reader, order, lambda: bool(reader.streaming_from), limits.open_s):
            return f"{reader.spec} gave no frame within {limits.open_s:.2g} s"
        if reader.streaming_from:
            self._set_state(order, "streaming", reader.streaming_from)
        if not self._in_time(reader, order, lambda: False, limits.silent_s):
            return f"{reader.streaming_from} has stopped giving frames"
        return reader.problem

    def _in_time(self, reader: SourceReader, order: int, ready: Callable[[], bool], limit_s: float) -> bool:
        """Wait until `ready()`, the reader's end or another order; False when the reader hangs for `limit_s`."""
        while not (ready() or reader.ended or order != self._order):
            left_s = reader.last_sign_s + limit_s - time.monotonic()
            if left_s <= 0:
                with self._changed:
                    reader.quit()
                return False
            self._wait(order, lambda: ready() or reader.ended, left_s)
        return True

    def _wait(self, order: int, ready: Callable[[], bool], timeout_s: float | None = None) -> None:
        """Wait until `ready()`, another order or the time-out."""
        with self._changed:
            self._changed.wait_for(lambda: ready() or order != self._order, timeout_s)
