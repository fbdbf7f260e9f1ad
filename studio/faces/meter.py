"""How much of who it is gets through the lens at this moment: a captured frame against the clear one.

Where the face is comes from the clear frame. Frames and embeddings stay in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.faces.detector import Detector
from studio.faces.recognisers import Picture, Recogniser
from studio.faces.thresholds import THRESHOLDS


@dataclass(frozen=True)
class Reading:
    """What one recogniser makes of a frame. Similarities are higher for what is more alike, `best` for the same."""

    name: str
    similarity: float
    threshold: float
    """From here on it takes two pictures for one person, wrongly for one impostor in a thousand; NaN if not known."""
    best: float
    enrolled: float | None = None
    """Similarity of the captured frame to the enrolled face, if there is one."""


class Meter:
    """Not safe for several threads at once."""

    def __init__(self, detector: Detector, recognisers: Sequence[Recogniser]) -> None:
        self._detector, self._recognisers = detector, recognisers
        self._enrolled: dict[str, NDArray[np.float32]] = {}

    @property
    def enrolled(self) -> bool:
        return bool(self._enrolled)

    def measure(self, clear: Picture, capture: Picture, *, enrol: bool = False) -> list[Reading]:
        """Readings of every recogniser for frames (H, W, 3) uint8; none where the clear frame shows no face.

        With `enrol` the clear face is the one that later frames are compared with, until `forget`.
        """
        face = self._detector.find(clear)
        if face is None:
            return []
        readings = []
        for recogniser in self._recognisers:
            place = recogniser.place(clear, face)
            crops = np.stack([recogniser.crop(frame, place) for frame in (clear, capture)])
            own, seen = recogniser.embed(crops)
            if enrol:
                self._enrolled[recogniser.name] = own
            known = self._enrolled.get(recogniser.name)
            threshold = THRESHOLDS.get(recogniser.name)
            readings.append(
                Reading(
                    recogniser.name,
                    float(recogniser.similarity(own, seen)),
                    threshold.value if threshold is not None else float("nan"),
                    1.0 if recogniser.metric == "cosine" else 0.0,
                    None if known is None else float(recogniser.similarity(known, seen)),
                )
            )
        return readings

    def forget(self) -> None:
        """Know nobody any more."""
        self._enrolled.clear()
