"""Sets of facial expressions, with one order of classes for all: RAF-DB, AffectNet and FER2013 as they are on disk."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.faces.face_set import NO_SPLIT, SPLITS, UNKNOWN, FacesError, FaceSet
from studio.faces.files import Warnings, below, find, folder, lines, need, pictures_in

EXPRESSIONS = ("neutral", "happiness", "sadness", "surprise", "fear", "disgust", "anger", "contempt")
_RAF_DB = ("surprise", "fear", "disgust", "happiness", "sadness", "anger", "neutral")  # from 1
_AFFECTNET = ("neutral", "happiness", "sadness", "surprise", "fear", "disgust", "anger", "contempt")  # 8-10 unusable
_FER2013 = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
_FER_FOLDERS = dict(zip(("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"), _FER2013, strict=True))
_FER_USAGE = {"training": "train", "publictest": "validation", "privatetest": "test"}
_FER_SIDE = 48
_ABSENT = -2.0
_AFFECT_COLUMNS = ("subDirectory_filePath", "expression", "valence", "arousal")
_AFFECT_PLACES = (0, 6, 7, 8)  # of these columns, in files without a header

Row = tuple[str, int, int, float, float]  # place, split, expression, valence, arousal


def read_rafdb(root: Path) -> FaceSet:
    """RAF-DB's basic expressions (Li et al. 2017), aligned pictures if they are there, else the original ones."""
    listed = need(
        root, "list_patition_label.txt", "EmoLabel/list_patition_label.txt", "basic/EmoLabel/list_patition_label.txt"
    )
    base = listed.parent.parent if listed.parent.name == "EmoLabel" else root
    images = folder(base, "Image/aligned", "Image/original", "aligned", "original")
    ending = "_aligned" if images.name == "aligned" else ""
    present, warnings = pictures_in(images), Warnings()
    rows, bad, missing = [], [], []
    for line in lines(listed):
        name, _, number = line.strip().partition(" ")
        file = name.replace(".jpg", f"{ending}.jpg")
        if number.strip() not in "1234567" or not number.strip() or not name.startswith(("train", "test")):
            bad.append(line.strip())
        elif file not in present:
            missing.append(file)
        else:
            expression = EXPRESSIONS.index(_RAF_DB[int(number) - 1])
            rows.append((file, SPLITS.index("train" if name.startswith("train") else "test"), expression))
    warnings.add(f"unreadable lines of {listed.name}", bad)
    warnings.add("listed but not on disk", missing)
    warnings.add("on disk but not listed", sorted(present - {file for file, _, _ in rows}))
    place = images.relative_to(root).as_posix()
    nan = float("nan")
    return _faces("rafdb", root, [(f"{place}/{f}", split, value, nan, nan) for f, split, value in rows], warnings)


def read_affectnet(root: Path) -> FaceSet:
    """AffectNet (Mollahosseini et al. 2019), the CSV lists or the folders of .npy annotations."""
    tables = [
        (find(root, f"{name}.csv"), split) for name, split in (("training", "train"), ("validation", "validation"))
    ]
    warnings = Warnings()
    rows: list[Row] = []
    if any(path for path, _ in tables):
        for path, split in tables:
            if path is not None:
                rows += _affect_table(root, path, SPLITS.index(split), warnings)
    else:
        for name, split in (("train_set", "train"), ("val_set", "validation")):
            if (root / name).is_dir():
                rows += _affect_arrays(root, root / name, SPLITS.index(split), warnings)
    return _faces("affectnet", root, rows, warnings)


def read_fer2013(root: Path) -> FaceSet:
    """FER2013 (Goodfellow et al. 2013): the CSV file itself or a folder with it, or folders of pictures."""
    table = root if root.suffix.lower() == ".csv" else find(root, "fer2013.csv", "icml_face_data.csv")
    warnings = Warnings()
    if table is not None:
        return _faces("fer2013", table, list(_fer_table(table, warnings)), warnings, reader=read_fer_row)
    rows: list[Row] = []
    nan, unknown = float("nan"), []
    for name, split in (("train", "train"), ("validation", "validation"), ("test", "test")):
        for place in below(root / name) if (root / name).is_dir() else []:
            expression = _FER_FOLDERS.get(place.split("/")[0])
            if expression is None:
                unknown.append(f"{name}/{place}")
            else:
                rows.append((f"{name}/{place}", SPLITS.index(split), EXPRESSIONS.index(expression), nan, nan))
    warnings.add("in a folder of no expression", unknown)
    return _faces("fer2013", root, rows, warnings)


def read_fer_row(table: Path, place: str) -> NDArray[np.uint8]:
    """The 48 x 48 picture in the row that begins at byte `place` of `table`, as (48, 48, 3) RGB."""
    with table.open("rb") as file:
        file.seek(int(place))
        row = file.readline().decode("ascii", "replace")
    pixels = max(row.replace('"', "").split(","), key=len)  # the columns' order differs between editions
    grey = np.array(pixels.split(), np.uint8)
    return np.repeat(grey.reshape(_FER_SIDE, _FER_SIDE, 1), 3, axis=2)


def _faces(name: str, root: Path, rows: Sequence[Row], warnings: Warnings, reader=None) -> FaceSet:
    if not rows:
        raise FacesError(f"{root} holds no usable picture of {name}" + "".join(f"; {line}" for line in warnings()[:2]))
    places, splits, *values = zip(*rows, strict=True)
    columns = dict(zip(("expression", "valence", "arousal"), np.array(values, np.float32), strict=True))
    return FaceSet(
        name,
        root,
        tuple(places),
        np.array(splits, np.int8),
        np.full(len(places), UNKNOWN, np.int32),  # none of these sets tells who is who
        labels={label: column for label, column in columns.items() if np.isfinite(column).any()},
        classes={"expression": EXPRESSIONS},
        warnings=(*warnings(), "people are not named: splits cannot be checked for overlap"),
        reader=reader,
    )


def _affect_table(root: Path, path: Path, split: int, warnings: Warnings) -> list[Row]:
    """Rows of training.csv or validation.csv, with or without a header."""
    cells = list(csv.reader(lines(path)))
    places = dict(zip(_AFFECT_COLUMNS, _AFFECT_PLACES, strict=True))
    if _AFFECT_COLUMNS[0] in cells[0]:
        places = {name: cells[0].index(name) for name in _AFFECT_COLUMNS if name in cells[0]}
        cells = cells[1:]
    images = next((p for p in ("Manually_Annotated_Images", "Manually_Annotated", "images") if (root / p).is_dir()), "")
    present = set(below(root / images))
    rows: list[Row] = []
    bad, unusable, missing = [], [], []
    for row in cells:
        try:
            file, expression, valence, arousal = (row[places[name]].strip() for name in _AFFECT_COLUMNS)
            number = int(float(expression))
            feelings = (_present(float(valence)), _present(float(arousal)))
        except (KeyError, IndexError, ValueError, OverflowError):
            bad.append(",".join(row)[:40])
            continue
        if not 0 <= number < len(_AFFECTNET):
            unusable.append(file)
        elif file not in present:
            missing.append(file)
        else:
            rows.append((f"{images}/{file}".lstrip("/"), split, EXPRESSIONS.index(_AFFECTNET[number]), *feelings))
    warnings.add(f"unreadable lines of {path.name}", bad)
    warnings.add("without a usable expression", unusable)
    warnings.add("listed but not on disk", missing)
    return rows


def _affect_arrays(root: Path, base: Path, split: int, warnings: Warnings) -> list[Row]:
    """Rows of a folder with images/ID.jpg and annotations/ID_exp.npy, ID_val.npy, ID_aro.npy."""
    rows, bad, unusable = [], [], []
    for file in sorted(pictures_in(folder(base, "images"))):
        try:
            expression, valence, arousal = (
                _scalar(base / "annotations" / f"{Path(file).stem}_{k}.npy") for k in ("exp", "val", "aro")
            )
        except (OSError, ValueError):
            bad.append(file)
            continue
        if expression not in range(len(_AFFECTNET)):
            unusable.append(file)
            continue
        place = f"{base.relative_to(root).as_posix()}/images/{file}"
        rows.append(
            (place, split, EXPRESSIONS.index(_AFFECTNET[int(expression)]), _present(valence), _present(arousal))
        )
    warnings.add("without readable annotations", bad)
    warnings.add("without a usable expression", unusable)
    return rows


def _scalar(path: Path) -> float:
    """The one number of an .npy file, which AffectNet stores as text or as a number."""
    value = np.load(path, allow_pickle=False)
    if value.size != 1:
        raise ValueError(f"{path} does not hold one number")
    return float(value.item())


def _present(value: float) -> float:
    return float("nan") if value == _ABSENT or not -1.0 <= value <= 1.0 else value


def _fer_table(path: Path, warnings: Warnings) -> Iterator[Row]:
    """Where each usable row begins; pixels are counted here and read when they are asked for."""
    bad, nan = [], float("nan")
    try:
        with path.open("rb") as file:
            header = [cell.strip().lower() for cell in file.readline().decode("ascii", "replace").split(",")]
            if header[:1] != ["emotion"] or "pixels" not in header:
                raise FacesError(f"{path} does not begin with the columns emotion, pixels, Usage")
            columns = {name: i for i, name in enumerate(header) if name in ("pixels", "usage")}
            start, number = file.tell(), 1
            for line in file:
                number += 1
                cells = line.decode("ascii", "replace").replace('"', "").strip().split(",")
                row = _fer_row(cells, columns)
                if row is None and line.strip():
                    bad.append(f"line {number}")
                elif row is not None:
                    yield (str(start), *row, nan, nan)
                start += len(line)
    except OSError as error:
        raise FacesError(f"{path} cannot be read: {error.strerror or error}") from None
    warnings.add(f"unreadable lines of {path.name}", bad)


def _fer_row(cells: list[str], columns: dict[str, int]) -> tuple[int, int] | None:
    """Split and expression; None for a row whose class or pixels cannot be used."""
    if len(cells) <= max(columns.values()):
        return None
    pixels = cells[columns["pixels"]].split()
    good = len(pixels) == _FER_SIDE**2 and all(p.isdecimal() and int(p) <= 255 for p in pixels)
    if not good or cells[0].strip() not in {str(i) for i in range(len(_FER2013))}:
        return None
    usage = cells[columns["usage"]].strip().lower() if "usage" in columns else ""
    split = SPLITS.index(_FER_USAGE[usage]) if usage in _FER_USAGE else NO_SPLIT
    return split, EXPRESSIONS.index(_FER2013[int(cells[0])])
