"""What attackers train on: captures by the attacked camera of a crowd that nobody evaluated belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.capture.offline import OfflineCamera
from studio.evaluation.scenes import Scenes, captured, prepare
from studio.faces.cohort import faces
from studio.faces.cohort.crowd import crowd
from studio.faces.detector import Face
from studio.faces.recognisers import Picture, Recogniser
from studio.listener import Listener

PEOPLE, PICTURES, SIZE_PX = 1000, 6, 112


@dataclass(frozen=True)
class Practice:
    """N clear pictures of the crowd, their captures by one camera, and where the faces are."""

    scenes: Scenes
    captured: list[Picture]

    @property
    def people(self) -> NDArray[np.int64]:
        """(N,)"""
        return self.scenes.identities.astype(np.int64)

    def crops(self, recogniser: Recogniser, clear: bool = False) -> Picture:
        """(N, size, size, 3) as `recogniser` sees the captures, or the clear pictures."""
        pictures = self.scenes.pictures if clear else self.captured
        places = (recogniser.place(p, f) for p, f in zip(self.scenes.pictures, self.scenes.faces, strict=True))
        return np.stack([recogniser.crop(p, t) for p, t in zip(pictures, places, strict=True)])

    def of_people(self, count: int) -> Practice:
        """The first `count` people only."""
        known = np.unique(self.people)[:count]
        chosen = np.flatnonzero(np.isin(self.people, known))
        return Practice(part(self.scenes, chosen), [self.captured[i] for i in chosen])


def crowd_scenes(listener: Listener, people: int = PEOPLE, pictures: int = PICTURES) -> Scenes | None:
    """The crowd with the places of its faces, rendered and searched once on every machine; None when stopped."""
    path = crowd(people, pictures, SIZE_PX, listener=listener)
    if path is None:
        return None
    pictures_of = faces.pictures(path)
    known = path.with_suffix(".faces.npz")
    if known.exists():
        with np.load(known) as file:
            return _scenes(path, file["numbers"], file["boxes"], file["points"], file["scores"])
    found = prepare(pictures_of, range(len(pictures_of)), listener.progress)
    draft = known.with_suffix(".draft.npz")
    np.savez(
        draft,
        numbers=found.numbers,
        boxes=np.array([face.box for face in found.faces]),
        points=np.stack([face.points for face in found.faces]),
        scores=np.array([face.score for face in found.faces]),
    )
    draft.replace(known)
    return found


def practise(scenes: Scenes, camera: OfflineCamera) -> Practice:
    """What `camera` makes of the crowd."""
    return Practice(scenes, captured(scenes, camera))


def part(scenes: Scenes, chosen: NDArray[np.integer] | Sequence[int]) -> Scenes:
    """The pictures `chosen` of `scenes`."""
    numbers = np.asarray(chosen)
    return Scenes(
        [scenes.pictures[i] for i in numbers],
        scenes.identities[numbers],
        [scenes.faces[i] for i in numbers],
        len(numbers),
        0,
        scenes.numbers[numbers],
    )


def _scenes(
    path: Path,
    numbers: NDArray[np.int64],
    boxes: NDArray[np.float64],
    points: NDArray[np.float32],
    scores: NDArray[np.float64],
) -> Scenes:
    crowd_faces = faces.pictures(path)
    found = [Face(tuple(box), of_face, float(score)) for box, of_face, score in zip(boxes, points, scores, strict=True)]
    pictures = [crowd_faces.read(int(number)) for number in numbers]
    return Scenes(pictures, crowd_faces.identities[numbers], found, len(crowd_faces), 0, numbers)
