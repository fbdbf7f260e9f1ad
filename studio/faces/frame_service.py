"""What looks at live frames in a process of its own, as the window asks: frames in, answers out.

Frames come over standard input and answers leave over standard output; nothing is written to a disk. It ends with its
input. A request is a line of JSON {"height", "width", ...} and then the bytes of two frames (H, W, 3) uint8, clear and
captured. An answer is a line of JSON; {"problem": one line} says why there are no others.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

NICENESS = 10  # the preview comes first
MOST_PIXELS = 1 << 25

Frame = NDArray[np.uint8]
Answering = Callable[[dict[str, Any], Frame, Frame], dict[str, Any]]
"""The answer to a request and its two frames."""


class CannotServe(Exception):
    """Nothing can be answered; the text is one line that says why and what to do."""


def serve(answer: Answering, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until `requests` ends. ValueError for a frame of impossible size."""
    while line := requests.readline():
        asked = json.loads(line)
        height, width = int(asked["height"]), int(asked["width"])
        size = 3 * height * width
        if not 0 < size <= MOST_PIXELS:
            raise ValueError(f"frames of {width} x {height} px are not looked at")
        frames = [requests.read(size) for _ in range(2)]
        if len(frames[1]) < size:
            return
        clear, capture = (np.frombuffer(frame, np.uint8).reshape(height, width, 3) for frame in frames)
        _say(answers, answer(asked, clear, capture))


def run(begin: Callable[[BinaryIO], Answering]) -> None:
    """The whole process: `begin` reads what comes before the requests, and says who answers, or raises CannotServe."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    _keep_no_memory_dump()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not come between the answers
    with suppress(BrokenPipeError):
        try:
            answer = begin(sys.stdin.buffer)
        except CannotServe as error:
            _say(answers, {"problem": " ".join(str(error).split())})
            return
        serve(answer, sys.stdin.buffer, answers)


def _keep_no_memory_dump() -> None:
    """A crash must not leave a face on the disk."""
    try:
        import resource
    except ImportError:  # not on this system, which writes no core files
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _say(answers: BinaryIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()
