"""A run's network that reads live captures: `python -m studio.training.reader_process`, asked as `frame_service` tells.

The run comes first, as `readout.packed`. The window never loads torch; this process does.
"""

from __future__ import annotations

from collections import deque
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from studio.faces import frame_service
from studio.faces.frame_service import Answering, CannotServe, Frame
from studio.faces.recognisers import ARCFACE_POINTS, ARCFACE_PX, cropped, place_by_points
from studio.training.readout import Readout, unpacked

if TYPE_CHECKING:
    from studio.faces.detector import Detector
    from studio.training.predict import FaceReader

CLIP_FRAMES, LEAST_FRAMES = 20, 8
"""Severity is read from so many of the last faces: ten seconds of them, at two a second."""
LOST_FRAMES = 4
"""After so many frames without a face another clip begins."""
CLASSES, UNITS = 2, 3
"""Are told."""
_EYES_SHARE = float(np.linalg.norm(ARCFACE_POINTS[1] - ARCFACE_POINTS[0])) / ARCFACE_PX


class LiveReader:
    """Reads captured faces, found in the clear frames and placed as those that the network learned from."""

    def __init__(self, detector: Detector, reader: FaceReader) -> None:
        self._detector, self._reader = detector, reader
        self._place = place_by_points(reader.size_px)
        self._features: deque[NDArray[np.float32]] = deque(maxlen=CLIP_FRAMES)
        self._lost = 0

    def look(self, clear: Frame, capture: Frame) -> Readout:
        """What is read of `capture` (H, W, 3), and of those before it."""
        face = self._detector.find(clear)
        if face is None:
            self._lost += 1
            if self._lost >= LOST_FRAMES:
                self._features.clear()
            return Readout()
        self._lost = 0
        reader = self._reader
        found = reader.read(cropped(capture, self._place(clear, face), reader.size_px)[None])
        self._features.append(found.features[0])
        enough = reader.reads_severity and len(self._features) >= LEAST_FRAMES
        eyes_px = float(np.linalg.norm(face.points[1] - face.points[0]))
        return Readout(
            eyes_px / (_EYES_SHARE * min(clear.shape[:2])),
            _largest(reader.class_names, found.expression[0], CLASSES),
            _largest(reader.unit_names, found.units[0], UNITS),
            reader.severity(np.stack(self._features)) if enough else None,
            len(self._features),
        )


def _largest(names: tuple[str, ...], values: NDArray[np.float32], count: int) -> tuple[tuple[str, float], ...]:
    order = np.argsort(-values, kind="stable")[:count]
    return tuple((names[number], float(values[number])) for number in order)


def answering(reader: LiveReader) -> Answering:
    """What `reader` answers to each request."""

    def answer(_asked: dict[str, Any], clear: Frame, capture: Frame) -> dict[str, Any]:
        return asdict(reader.look(clear, capture))

    return answer


def begin(opening: BinaryIO) -> Answering:
    """With the run that is told first. CannotServe when it cannot read, or no detector is installed."""
    import cv2
    import torch

    from studio.faces import models
    from studio.faces.detector import Detector
    from studio.training.predict import FaceReader, PredictError

    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    try:
        return answering(LiveReader(Detector(), FaceReader(unpacked(opening))))
    except (PredictError, models.ModelError, ImportError, ValueError, cv2.error) as error:
        raise CannotServe(str(error)) from error


if __name__ == "__main__":
    frame_service.run(begin)
