"""CelebA (Liu et al. 2015) as it is unpacked: aligned pictures, people, 40 attributes, five landmarks."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from studio.faces.face_set import NO_SPLIT, FacesError, FaceSet, number_people
from studio.faces.files import Warnings, find, folder, lines, need, pictures_in

LANDMARKS = 10


def read(root: Path) -> FaceSet:
    """The set below `root`, official text files or Kaggle's CSV. Split and attributes may be missing, pictures not."""
    images = folder(root, "img_align_celeba/img_align_celeba", "img_align_celeba", "Img/img_align_celeba")
    warnings = Warnings()
    partition = _table(need(root, "list_eval_partition.txt", "list_eval_partition.csv"), warnings)
    people = _optional(root, warnings, "identity_CelebA")
    attributes = _optional(root, warnings, "list_attr_celeba")
    points = _optional(root, warnings, "list_landmarks_align_celeba")
    present = pictures_in(images)
    warnings.compare(set(partition.rows), present)
    names = sorted(present & set(partition.rows))
    if not names:
        raise FacesError(f"none of the pictures that {root} lists is in {images}")
    warnings.add("without a person", [n for n in names if people.rows and n not in people.rows])
    splits = np.array([_split(partition.rows[n]) for n in names], np.int8)
    identities, persons = number_people([people.rows[n][0] if n in people.rows else None for n in names])
    missing = ["nan"] * len(attributes.columns)
    values = np.array([attributes.rows.get(n, missing) for n in names], np.float32)  # +1 and -1
    has = np.float32(0.5) * (values + np.float32(1))
    landmarks = np.array([points.rows.get(n, ["nan"] * LANDMARKS) for n in names], np.float32)
    place = images.relative_to(root).as_posix()
    return FaceSet(
        "celeba",
        root,
        tuple(f"{place}/{n}" for n in names),
        splits,
        identities,
        persons,
        labels={name: has[:, i] for i, name in enumerate(attributes.columns)},
        classes=dict.fromkeys(attributes.columns, ("no", "yes")),
        landmarks=landmarks.reshape(-1, 5, 2) if points.rows else None,
        warnings=warnings(),
    )


class _Table:
    def __init__(self, columns: tuple[str, ...], rows: dict[str, list[str]]) -> None:
        self.columns, self.rows = columns, rows


def _optional(root: Path, warnings: Warnings, name: str) -> _Table:
    path = find(root, f"{name}.txt", f"{name}.csv")
    if path is None:
        warnings.say(f"{name}.txt is missing: what it tells is unknown")
        return _Table((), {})
    return _table(path, warnings)


def _table(path: Path, warnings: Warnings) -> _Table:
    """Rows by picture; lines that do not have the width and numbers of most are left out with a warning."""
    separator = re.compile(r"\s*,\s*" if path.suffix == ".csv" else r"\s+")
    cells = [separator.split(line.strip()) for line in lines(path)]
    is_row = [len(row) > 1 and "." in row[0] for row in cells]
    header = next((row for row, is_one in zip(cells[:2], is_row, strict=False) if not is_one and len(row) > 1), [])
    rows = [row for row, is_one in zip(cells, is_row, strict=True) if is_one]
    if not rows:
        raise FacesError(f"{path} lists no picture")
    widths, counts = np.unique([len(row) for row in rows], return_counts=True)
    width = int(widths[np.argmax(counts)])
    good = {row[0]: row[1:] for row in rows if len(row) == width and all(map(_is_number, row[1:]))}
    warnings.add(f"unreadable lines of {path.name}", [row[0] for row in rows if row[0] not in good])
    return _Table(tuple(header[-(width - 1) :]) if len(header) >= width - 1 else (), good)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(\.\d+)?", text) is not None


def _split(cells: list[str]) -> int:
    return int(cells[0]) if cells[0] in ("0", "1", "2") else NO_SPLIT
