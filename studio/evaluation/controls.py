"""Recognisers that should fail: what colour, brightness or chance alone tell of a person."""

from __future__ import annotations

import cv2
import numpy as np

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
