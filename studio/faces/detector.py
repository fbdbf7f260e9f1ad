"""Where a face is: YuNet's box and five points, always found on the clear picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.faces import models

SHORTER_SIDE_PX = 320  # YuNet finds faces from about 10 to 300 px; small pictures are enlarged for it
LEAST_SCORE = 0.6


@dataclass(frozen=True)
class Face:
    box: tuple[float, float, float, float]
    """Left, top, width and height, px of the picture."""
    points: NDArray[np.float32]
    """(5, 2) x, y in px: eyes, nose, corners of the mouth; what is left in the picture comes first."""
    score: float


class Detector:
    """Finds faces in (H, W, 3) uint8 RGB pictures. Not safe for several threads at once."""

    def __init__(self, path: Path | None = None) -> None:
        file = path or models.path("yunet", "face_detection_yunet_2023mar_int8bq.onnx")
        self._net = cv2.FaceDetectorYN.create(str(file), "", (SHORTER_SIDE_PX, SHORTER_SIDE_PX), LEAST_SCORE)

    def find(self, picture: NDArray[np.uint8]) -> Face | None:
        """The largest face; None when there is none. A tight crop is tried again with room around it."""
        return self._largest(picture, 0) or self._largest(picture, min(picture.shape[:2]) // 3)

    def _largest(self, picture: NDArray[np.uint8], margin: int) -> Face | None:
        padded = cv2.copyMakeBorder(picture, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
        height, width = padded.shape[:2]
        scale = SHORTER_SIDE_PX / min(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        shrunk = cv2.resize(padded, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        self._net.setInputSize(size)
        _, found = self._net.detect(cv2.cvtColor(shrunk, cv2.COLOR_RGB2BGR))
        if found is None or not len(found):
            return None
        row = max(found, key=lambda face: face[2] * face[3])
        places = row[:14].reshape(7, 2) / scale
        left, top = places[0] - margin
        points = (places[2:] - margin).astype(np.float32)
        return Face((float(left), float(top), float(places[1, 0]), float(places[1, 1])), points, float(row[14]))
