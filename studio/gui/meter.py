"""The live meter as the window sees it: frames go to a helper process at most twice a second, readings come back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot

from studio.capture.pipeline import LiveFrame
from studio.faces.meter import Reading
from studio.faces.pictures import Frame, limit_shorter_side
from studio.gui.newest import NewestWork

EVERY_MS = 500
SIDE_PX = 320
"""Frames are made so small before they are measured: recognisers want faces of 112 to 160 px."""
COMMAND = (sys.executable, "-m", "studio.faces.meter_process")
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}


@dataclass(frozen=True)
class Measured:
    """Readings of one frame; none where it shows no face. `problem` says in one line why nothing can be measured."""

    readings: tuple[Reading, ...] = ()
    enrolled: bool = False
    problem: str = ""


class MeterProcess:
    """The helper, started with the first question. `ask` runs in a worker thread; `close` may be called meanwhile."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False
        self._lock = threading.Lock()

    def ask(self, clear: Frame, capture: Frame, *, enrol: bool, forget: bool) -> Measured:
        """Readings for two frames of one size."""
        process = self._begin()
        if process is None or process.stdin is None or process.stdout is None:
            return Measured()
        height, width = clear.shape[:2]
        head = {"height": height, "width": width, "enrol": enrol, "forget": forget}
        try:
            process.stdin.write(json.dumps(head).encode() + b"\n" + clear.tobytes() + capture.tobytes())
            process.stdin.flush()
        except OSError:
            pass  # it has ended; its last words are read below
        try:
            answer = json.loads(process.stdout.readline() or b"{}")
            return _measured(answer)
        except (OSError, ValueError, TypeError):
            return Measured(problem="the meter has ended; switch it off and on again")

    def close(self) -> None:
        """End it, with all it knows of anybody."""
        with self._lock:
            self._closed, process, self._process = True, self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    if pipe is not None:
                        pipe.close()

    def _begin(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._process is None and not self._closed:
                self._process = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=os.environ | _ONE_THREAD,
                )
            return self._process


class LiveMeter(QObject):
    """Lives in the GUI thread. Whoever owns it calls `stop` before the end; nobody is known any more after that."""

    measured = Signal(object)  # Measured

    def __init__(self, parent: QObject | None = None, *, make: Callable[[], MeterProcess] = MeterProcess) -> None:
        super().__init__(parent)
        self._make = make
        self._process: MeterProcess | None = None
        self._work = NewestWork("meter", self._show, self._refuse)
        self._since = QElapsedTimer()
        self._enrol = self._forget = False

    @property
    def on(self) -> bool:
        return self._process is not None

    def set_on(self, on: bool) -> None:
        """Switched off, the helper ends, and with it what it knows."""
        if on and self._process is None:
            self._process = self._make()
            self._since.invalidate()
        elif not on and self._process is not None:
            self._work.cancel()
            self._process.close()
            self._process = None
            self._enrol = self._forget = False

    def enrol(self) -> None:
        """Compare with the face of the next clear frame as well, until `forget`, or until it is switched off."""
        self._enrol, self._forget = True, False

    def forget(self) -> None:
        self._enrol, self._forget = False, True

    @Slot(object)
    def add(self, frame: LiveFrame) -> None:
        """Measure `frame`, if it is time and nothing else is being measured; else it is passed over."""
        if self._process is None or self._work.busy:
            return
        if self._since.isValid() and not self._since.hasExpired(EVERY_MS):
            return
        self._since.start()
        process, enrol, forget = self._process, self._enrol, self._forget
        self._forget = False
        clear, capture = frame.clear, frame.capture

        def measure(_wanted: Callable[[], bool]) -> tuple[MeterProcess, Measured]:
            small = [limit_shorter_side(picture, SIDE_PX) for picture in (clear, capture)]
            return process, process.ask(*small, enrol=enrol, forget=forget)

        self._work.request(measure)

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the helper and the thread for good; False when it is still busy after `timeout_s`."""
        self.set_on(False)
        return self._work.stop(timeout_s)

    def _show(self, outcome: tuple[MeterProcess, Measured]) -> None:
        process, measured = outcome
        if process is self._process:
            if measured.enrolled:
                self._enrol = False  # until then every frame is tried: the first one may show no face
            self.measured.emit(measured)

    @staticmethod
    def _refuse(reason: str) -> None:
        raise AssertionError(reason)  # recognisers ask nothing of a lens


def _measured(answer: dict[str, Any]) -> Measured:
    if "readings" not in answer:
        return Measured(problem=str(answer.get("problem") or "the meter has ended; switch it off and on again"))
    return Measured(tuple(Reading(**reading) for reading in answer["readings"]), bool(answer.get("enrolled")))
