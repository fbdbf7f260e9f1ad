"""Long work in a terminal: how far it is, on one line of standard error that is written over and over."""

from __future__ import annotations

import sys

from studio.listener import Listener

_STEP = 0.1  # between the lines of a log, where nothing can be written over


class Console(Listener):
    """Shows progress and notes. Ctrl+C is how a terminal stops: the work ends by KeyboardInterrupt."""

    def __init__(self) -> None:
        self._in_place = sys.stderr is not None and sys.stderr.isatty()
        self._unfinished = False
        self._said = ("", 0.0)

    def progress(self, stage: str, share: float) -> None:
        if self._in_place:
            self._write(f"\r{stage}: {share:.0%}\x1b[K")
            self._unfinished = True
            if share >= 1:
                self._end_line()
        elif stage != self._said[0] or share >= min(self._said[1] + _STEP, 1):
            self._write(f"{stage}: {share:.0%}\n")
            self._said = (stage, share)

    def note(self, text: str) -> None:
        self._end_line()
        self._write(f"{text}\n")

    def _end_line(self) -> None:
        if self._unfinished:
            self._write("\n")
        self._unfinished = False

    def _write(self, text: str) -> None:
        if sys.stderr is not None:  # started without a terminal
            sys.stderr.write(text)
            sys.stderr.flush()
