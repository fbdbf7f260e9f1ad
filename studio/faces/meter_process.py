"""The meter in a process of its own: `python -m studio.faces.meter_process`.

Loading recognisers would hold up a window for a tenth of a second and more, and so does dlib at every frame. Frames
come over standard input and answers leave over standard output; nothing is written to a disk. It ends with its input.

A request is a line of JSON {"height", "width", "enrol", "forget"} and then the bytes of two frames (H, W, 3) uint8,
clear and captured. The answer is a line of JSON: {"readings": [...], "enrolled"} or {"problem": one line}.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict
from typing import BinaryIO

import numpy as np

from studio.faces.meter import Meter

NICENESS = 10  # the preview comes first
MOST_PIXELS = 1 << 25


def serve(meter: Meter, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until `requests` ends."""
    while line := requests.readline():
        asked = json.loads(line)
        if asked.get("forget"):
            meter.forget()
        height, width = int(asked["height"]), int(asked["width"])
        size = 3 * height * width
        if not 0 < size <= MOST_PIXELS:
            raise ValueError(f"frames of {width} x {height} px are not measured")
        frames = [requests.read(size) for _ in range(2)]
        if len(frames[1]) < size:
            return
        clear, capture = (np.frombuffer(frame, np.uint8).reshape(height, width, 3) for frame in frames)
        readings = meter.measure(clear, capture, enrol=bool(asked.get("enrol")))
        _say(answers, {"readings": [asdict(reading) for reading in readings], "enrolled": meter.enrolled})


def main() -> None:
    os.nice(NICENESS)
    _keep_no_memory_dump()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not come between the answers
    import cv2

    from studio.faces import models, recognisers
    from studio.faces.detector import Detector

    cv2.setNumThreads(1)
    try:
        meter = Meter(Detector(), [recognisers.load(name) for name in recognisers.installed()])
    except (models.ModelError, ImportError, cv2.error) as error:
        _say(answers, {"problem": " ".join(str(error).split())})
        return
    with suppress(BrokenPipeError):
        serve(meter, sys.stdin.buffer, answers)


def _keep_no_memory_dump() -> None:
    """A crash must not leave a face on the disk."""
    try:
        import resource
    except ImportError:  # not on this system, which writes no core files
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _say(answers: BinaryIO, answer: dict[str, object]) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()
