"""Labeled Faces in the Wild (Huang et al. 2007): a folder a person, and the ten folds of official pairs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.faces import plain_folder
from studio.faces.face_set import NO_SPLIT, SPLITS, FaceSet
from studio.faces.files import Warnings, find, folder, lines

DEVELOPMENT = {"pairsDevTrain.txt": "train", "pairsDevTest.txt": "test"}


def read(root: Path) -> FaceSet:
    """The set below `root`; `pairs` from pairs.txt, splits from the development lists where they are."""
    images = folder(
        root, "lfw", "lfw_funneled", "lfw-funneled", "lfw-deepfunneled", "lfw-deepfunneled/lfw-deepfunneled", ""
    )
    faces = plain_folder.read(images)
    numbers = {place.rsplit(".", 1)[0].rsplit("/", 1)[-1]: i for i, place in enumerate(faces.pictures)}
    warnings = Warnings()
    listed = find(root, "pairs.txt")
    if listed is None:
        warnings.say("pairs.txt is missing: comparisons will be drawn at random")
    pairs = None if listed is None else _pairs(listed, numbers, warnings)
    splits = np.full(len(faces), NO_SPLIT, np.int8)
    for name, split in DEVELOPMENT.items():
        if path := find(root, name):
            splits[np.unique(_pairs(path, numbers, warnings)[:, :2])] = SPLITS.index(split)
    return replace(faces, name="lfw", pairs=pairs, splits=splits, warnings=faces.warnings + warnings())


def _pairs(path: Path, numbers: dict[str, int], warnings: Warnings) -> NDArray[np.int32]:
    """(M, 4) as FaceSet.pairs; the first line tells the folds and pairs of each kind a fold."""
    head, *rows = [line.split("\t") if "\t" in line else line.split() for line in lines(path)]
    per_fold = 2 * int(head[-1]) if head and head[-1].strip().isdecimal() else len(rows)
    found, bad = [], []
    for place, row in enumerate(rows):
        cells = [cell.strip() for cell in row]
        same = len(cells) == 3
        try:
            first, second = (cells[0], cells[1]), (cells[0 if same else 2], cells[-1])
            one, other = (numbers[f"{name}_{int(number):04d}"] for name, number in (first, second))
        except (IndexError, KeyError, ValueError):
            bad.append(" ".join(cells))
        else:
            found.append((one, other, int(same), place // max(per_fold, 1)))
    warnings.add(f"pairs of {path.name} that cannot be used", bad)
    return np.array(found, np.int32).reshape(-1, 4)
