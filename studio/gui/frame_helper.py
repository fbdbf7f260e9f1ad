"""A helper process that looks at live frames: it gets one at most twice a second, and its answers come back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot

from studio.capture.pipeline import LiveFrame
from studio.faces.pictures import Frame, limit_shorter_side
from studio.gui.newest import NewestWork

EVERY_MS = 500
SIDE_PX = 320
"""Frames are made so small before they are sent: what looks at them wants faces of 64 to 160 px."""
Answer = dict[str, Any]
"""What a helper says of one frame; `problem` says in one line why it can say nothing."""
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}


class HelperProcess:
    """`python -m module`, started with the first question. `ask` runs in a worker thread; `close` may come meanwhile.

    `opening` is what it is told before all questions.
    """

    def __init__(self, module: str, opening: bytes = b"", *, command: Sequence[str] = ()) -> None:
        self._command = command or (sys.executable, "-m", module)
        self._opening = opening
        self._process: subprocess.Popen[bytes] | None = None
        self._problem = ""
        self._closed = False
        self._lock = threading.Lock()

    def ask(self, head: dict[str, Any], clear: Frame, capture: Frame) -> Answer:
        """Its answer to two frames of one size; empty when it was closed meanwhile."""
        if self._problem:
            return {"problem": self._problem}
        process, begun = self._begin()
        if process is None or process.stdin is None or process.stdout is None:
            return {}
        height, width = clear.shape[:2]
        line = json.dumps({"height": height, "width": width, **head}).encode() + b"\n"
        try:
            process.stdin.write((self._opening if begun else b"") + line + clear.tobytes() + capture.tobytes())
            process.stdin.flush()
        except OSError:
            pass  # it has ended; its last words are read below
        try:
            answer: Answer = json.loads(process.stdout.readline())
        except (OSError, ValueError):
            answer = {"problem": "its process has ended; switch it off and on again"}
        self._problem = str(answer.get("problem", ""))
        return answer

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

    def _begin(self) -> tuple[subprocess.Popen[bytes] | None, bool]:
        """The process, and whether it was started just now."""
        with self._lock:
            starts = self._process is None and not self._closed
            if starts:
                self._process = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=os.environ | _ONE_THREAD,
                )
            return self._process, starts


class FrameHelper(QObject):
    """Lives in the GUI thread. Whoever owns it calls `stop` before the end."""

    answered = Signal(object)  # Answer

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: HelperProcess | None = None
        self._work = NewestWork(name, self._show, self._refuse)
        self._since = QElapsedTimer()

    @property
    def on(self) -> bool:
        return self._process is not None

    def start(self, process: HelperProcess) -> None:
        """Ask `process` from now on, and nobody else."""
        self.end()
        self._process = process
        self._since.invalidate()

    def end(self) -> None:
        """Ask nobody any more; the process ends, and with it what it knows."""
        if self._process is not None:
            self._work.cancel()
            self._process.close()
            self._process = None

    def add(self, frame: LiveFrame, head: dict[str, Any]) -> bool:
        """Ask about `frame`; False if it is not time yet or something else is being looked at: it is passed over."""
        if self._process is None or self._work.busy:
            return False
        if self._since.isValid() and not self._since.hasExpired(EVERY_MS):
            return False
        self._since.start()
        process, clear, capture = self._process, frame.clear, frame.capture

        def ask(_wanted: Callable[[], bool]) -> tuple[HelperProcess, Answer]:
            small = [limit_shorter_side(picture, SIDE_PX) for picture in (clear, capture)]
            return process, process.ask(head, *small)

        self._work.request(ask)
        return True

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the process and the thread for good; False when it is still busy after `timeout_s`."""
        self.end()
        return self._work.stop(timeout_s)

    @property
    def busy(self) -> bool:
        """A frame is being looked at."""
        return self._work.busy

    @Slot(object)
    def _show(self, outcome: tuple[HelperProcess, Answer]) -> None:
        process, answer = outcome
        if process is self._process and answer:
            self.answered.emit(answer)

    @staticmethod
    def _refuse(reason: str) -> None:
        raise AssertionError(reason)  # a helper asks nothing of a lens
