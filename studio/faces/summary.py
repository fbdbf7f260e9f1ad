"""What a set of faces holds, in numbers and words, for somebody who has to decide whether to use it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from studio.faces.avec import ClipSet
from studio.faces.face_set import FaceSet, some

_MOST_NAMED = 8


@dataclass(frozen=True)
class Summary:
    """`sha256` is of the list of pictures, people and splits: it changes with the set, and no pixel goes into it."""

    counts: dict[str, int]
    labels: tuple[str, ...]
    warnings: tuple[str, ...]
    overlap: str
    """Who is in more than one split, in one line; "" for nobody."""
    sha256: str


def summarise(faces: FaceSet | ClipSet) -> Summary:
    shared = faces.overlap()
    overlap = f"{len(shared)} people are in more than one split: {some(shared)}" if shared else ""
    if isinstance(faces, ClipSet):
        rows = [f"{clip.place}\t{clip.person}\t{clip.split}" for clip in faces.clips]
        severities = np.array([clip.severity for clip in faces.clips])
        labels: tuple[str, ...] = (_range("severity", severities),) if np.isfinite(severities).any() else ()
        digest = hashlib.sha256("\n".join(rows).encode())
    else:
        labels = _labels(faces)
        digest = hashlib.sha256("\n".join(faces.pictures).encode())
        digest.update(faces.identities.astype("<i4").tobytes() + faces.splits.astype("i1").tobytes())
    return Summary(faces.counts(), labels, faces.warnings, overlap, digest.hexdigest())


def _labels(faces: FaceSet) -> tuple[str, ...]:
    found = []
    units = 0
    for name, column in faces.labels.items():
        if name in faces.classes:
            found.append(f"{name}: {', '.join(faces.classes[name])}")
        elif len(faces.labels) > _MOST_NAMED:
            units += 1
        else:
            found.append(_range(name, column))
    return (*found, *((f"{units} numbers a picture",) if units else ()))


def _range(name: str, column: np.ndarray) -> str:
    known = column[np.isfinite(column)]
    return f"{name}: {known.min():g} to {known.max():g}, {len(known):,} known" if len(known) else f"{name}: none known"
