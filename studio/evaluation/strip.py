"""A few people of an evaluation as pictures that it may keep: captured and reconstructed; clear only if synthetic."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.evaluation.scenes import Scenes
from studio.faces.recognisers import Picture

PEOPLE = 8
LONGEST_SIDE_PX = 160


def strip_arrays(
    scenes: Scenes, shown: Sequence[Picture], restored: Sequence[Picture], keep_clear: bool
) -> dict[str, NDArray]:
    """Arrays by the names they are kept under, see `reading`: the first picture of each of up to PEOPLE people."""
    _, first = np.unique(scenes.identities, return_index=True)
    chosen = first[:PEOPLE]
    rows = {"captured": shown, "reconstructed": restored} | ({"clear": scenes.pictures} if keep_clear else {})
    arrays: dict[str, NDArray] = {f"strip/{name}": _of_one_size([row[i] for i in chosen]) for name, row in rows.items()}
    if len(scenes.numbers):
        arrays["strip/numbers"] = scenes.numbers[chosen]
    return arrays


def _of_one_size(pictures: Sequence[Picture]) -> Picture:
    """(P, H, W, 3): made smaller, and with a border where shapes differ."""
    small = [_shrunk(picture) for picture in pictures]
    height, width = (max(picture.shape[side] for picture in small) for side in (0, 1))
    framed = np.zeros((len(small), height, width, 3), np.uint8)
    for frame, picture in zip(framed, small, strict=True):
        top, left = (height - picture.shape[0]) // 2, (width - picture.shape[1]) // 2
        frame[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return framed


def _shrunk(picture: Picture) -> Picture:
    scale = LONGEST_SIDE_PX / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
