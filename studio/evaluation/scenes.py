"""Pictures that are compared: chosen, found and placed on the clear ones, then seen by a camera."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from studio.capture.offline import OfflineCamera
from studio.faces.detector import Detector, Face
from studio.faces.face_set import FacesError, FaceSet
from studio.faces.recognisers import Picture, Recogniser, embeddings

Progress = Callable[[str, float], None]
"""Called with what is being done and the share that is done, 0 to 1."""


@dataclass(frozen=True)
class Scenes:
    """Clear pictures with a face that the detector found, and who is on them."""

    pictures: list[Picture]
    identities: NDArray[np.int32]
    faces: list[Face]
    tried: int
    unreadable: int
    numbers: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """Of each picture in its set of faces."""

    @property
    def detection_rate(self) -> float:
        """Share of the pictures that could be read in which a face was found."""
        return len(self.pictures) / (self.tried - self.unreadable)


def choose(faces: FaceSet, limit: int, seed: int = 0) -> NDArray[np.int64]:
    """Numbers of up to `limit` pictures of known people: as many of each person as of any other, at least two.

    FacesError when fewer than two people have two pictures.
    """
    rng = np.random.default_rng(seed)
    people = [np.flatnonzero(faces.identities == p) for p in range(len(faces.people))]
    people = [rng.permutation(pictures) for pictures in people if len(pictures) > 1]
    if len(people) < 2:
        raise FacesError(f"{faces.name} has {len(people)} people with two pictures; at least 2 are needed")
    rng.shuffle(people)
    each = max(2, limit // len(people))
    return np.sort(np.concatenate([pictures[:each] for pictures in people[: max(2, limit // each)]]))


def prepare(
    faces: FaceSet, numbers: Sequence[int] | NDArray[np.integer], progress: Progress = lambda *_: None
) -> Scenes:
    """Read the pictures `numbers` and find the face on each; those without one are counted and left out."""
    detector = Detector()
    pictures, found, kept, places, unreadable = [], [], [], [], 0
    for i, number in enumerate(numbers):
        progress("finding faces", i / len(numbers))
        try:
            picture = faces.read(int(number))
        except ValueError:  # a file that cannot be read; its reader says so in one line
            unreadable += 1
            continue
        face = detector.find(picture)
        if face is not None:
            pictures.append(picture)
            found.append(face)
            kept.append(faces.identities[number])
            places.append(int(number))
    if len(set(kept)) < 2:
        raise FacesError(f"{faces.name}: faces of {len(set(kept))} people were found; at least 2 are needed")
    return Scenes(pictures, np.array(kept, np.int32), found, len(numbers), unreadable, np.array(places))


def captured(scenes: Scenes, camera: OfflineCamera, frames: int = 1) -> list[Picture]:
    """What `camera` records of every picture, as 8-bit pictures; with `frames` the mean of so many captures."""
    shown = []
    for i, picture in enumerate(scenes.pictures):
        mean = camera.mean(picture, range(i * frames, (i + 1) * frames))
        shown.append(np.rint(255 * np.clip(mean, 0, 1)).astype(np.uint8))
    return shown


class Embedder:
    """One recogniser on one set of scenes: the places of the faces are found once, on the clear pictures."""

    def __init__(self, recogniser: Recogniser, scenes: Scenes) -> None:
        self.recogniser = recogniser
        self._places = [recogniser.place(p, f) for p, f in zip(scenes.pictures, scenes.faces, strict=True)]

    def __call__(self, pictures: Sequence[Picture]) -> NDArray[np.float32]:
        """(N, D) for pictures in the order and of the sizes of the scenes."""
        return embeddings(self.recogniser, pictures, self._places)
