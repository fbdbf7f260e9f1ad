"""Recognisers that should fail: what colour, brightness or chance alone tell of a person."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from studio.evaluation.scenes import Scenes
from studio.faces.recognisers import Picture, Recogniser, place_by_points

RAW_PX = 16


def mean_colour() -> Recogniser:
    """Compares the mean colour of the crops, and nothing else."""
    place = place_by_points(112)
    return Recogniser("mean colour", 112, place, lambda crops: crops.mean((1, 2)).astype("f4"), "euclidean")


def raw_pixels() -> Recogniser:
    """Compares crops of 16 px pixel by pixel, after the mean of each is taken away."""

    def embed(crops: Picture) -> np.ndarray:
        small = np.stack([cv2.resize(c, (RAW_PX, RAW_PX), interpolation=cv2.INTER_AREA) for c in crops]).astype("f4")
        return (small - small.mean((1, 2, 3), keepdims=True)).reshape(len(crops), -1)

    return Recogniser("raw pixels", 112, place_by_points(112), embed)


def noise_crops(recogniser: Recogniser, count: int, seed: int = 0) -> Picture:
    """Uniform noise (count, size, size, 3) as `recogniser` takes it: nobody can be told from it.

    Drawn in crops, not in pictures: a picture's noise is turned and scaled with the face, and that tells people apart.
    """
    size = (count, recogniser.size_px, recogniser.size_px, 3)
    return np.random.default_rng(seed).integers(0, 256, size, np.uint8)


def planted(pictures: Sequence[Picture], scenes: Scenes) -> list[Picture]:
    """`pictures` of `scenes` with a patch on the forehead whose colour codes the person: a leak that must be found.

    It lies between the eyes and as wide as half their distance, so that every attacker's crop holds it.
    """
    return [
        _with_patch(picture, face.points, np.random.default_rng(int(person)).integers(0, 256, 3))
        for picture, face, person in zip(pictures, scenes.faces, scenes.identities, strict=True)
    ]


def _with_patch(picture: Picture, points: np.ndarray, colour: np.ndarray) -> Picture:
    eyes = points[:2]
    (x, y), half = eyes.mean(0), float(np.linalg.norm(eyes[1] - eyes[0])) / 4
    y -= 2 * half
    rows, columns = (slice(max(round(c - half), 0), max(round(c + half), 1)) for c in (y, x))
    marked = picture.copy()
    marked[rows, columns] = colour
    return marked
