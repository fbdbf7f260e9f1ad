"""From which similarity on a recogniser takes two clear pictures for one person, at a false match rate of 1e-3."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Threshold:
    """`value` is on the scale of `Recogniser.similarity`: a cosine, or a distance with a minus before it."""

    value: float
    source: str


_ORL = "measured on all 78,000 impostor pairs of ORL, clear, FMR 1e-3"
THRESHOLDS = {
    "sface": Threshold(0.398, _ORL),  # its makers recommend 0.363, from LFW
    "dlib": Threshold(-0.511, _ORL),  # its makers recommend 0.60
    "facenet": Threshold(0.627, _ORL),
}
"""Measured once with `python -m tests.measure_thresholds`; other faces, light and cameras have other thresholds."""
