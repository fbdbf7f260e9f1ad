"""A cohort as the sets of faces that everything else reads: pictures, clips, and the clips' frames one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.faces.avec import Clip, ClipSet
from studio.faces.cohort.face_units import EXPRESSIONS, FACE_UNITS
from studio.faces.cohort.storage import Cohort, Frames
from studio.faces.face_set import SPLITS, FacesError, FaceSet
from studio.resources import resource_path

POSE = ("yaw_deg", "pitch_deg", "roll_deg")
SHIPPED, PRACTICE = ("cohort", "cohort.h5"), ("cohort", "practice.h5")
NOTES = ("synthetic people; severities are simulated and say nothing about patients",)


def shipped() -> Path:
    """The cohort that comes with the studio; FacesError when this installation lacks it."""
    return _resource(SHIPPED)


def practice() -> FaceSet:
    """The people that networks learn on besides those of the shipped cohort, who are others; small pictures only."""
    faces = pictures(_resource(PRACTICE))
    return replace(faces, splits=np.full(len(faces), SPLITS.index("train"), np.int8))


def pictures(path: Path) -> FaceSet:
    """The still pictures of the cohort file `path`, each a session of its own, with expression, face units and pose."""
    cohort = _open(path)
    table = cohort.pictures
    if not len(table):
        raise FacesError(f"{path} holds no pictures, only clips")
    labels = _labels(table.table("units"), table.table("pose_deg"), table.table("session"))
    labels["expression"] = table.table("expression").astype(np.float32)
    places = tuple(f"pictures/{number}" for number in range(len(table)))
    return _set(path, cohort, places, table.table("person"), labels, {"expression": EXPRESSIONS})


def frames(path: Path) -> FaceSet:
    """All frames of all clips of `path` as pictures, with face units, pose and the clip's severity and session."""
    cohort = _open(path)
    table = _clips_of(path, cohort)
    units, pose = table.table("units"), table.table("pose_deg")  # (C, T, 52), (C, T, 3)
    count, length = units.shape[:2]
    labels = _labels(
        units.reshape(count * length, -1), pose.reshape(count * length, -1), table.table("session"), length
    )
    labels["severity"] = np.repeat(table.table("severity"), length).astype(np.float32)
    places = tuple(f"clips/{clip}/{frame}" for clip in range(count) for frame in range(length))
    return _set(path, cohort, places, np.repeat(table.table("person"), length), labels, {})


def everything(path: Path, every: int = 4) -> FaceSet:
    """The stills of `path` and one of `every` frames of its clips in one set: what a network learns from."""
    stills, moving = pictures(path), frames(path)
    moving = moving.subset(np.arange(len(moving)) % every == 0)
    unknown = {name: np.full(len(stills), np.nan, np.float32) for name in moving.labels.keys() - stills.labels.keys()}
    left = {**stills.labels, **unknown}
    right = {name: moving.labels.get(name, np.full(len(moving), np.nan, np.float32)) for name in left}
    return replace(
        stills,
        pictures=stills.pictures + moving.pictures,
        splits=np.concatenate((stills.splits, moving.splits)),
        identities=np.concatenate((stills.identities, moving.identities)),
        labels={name: np.concatenate((left[name], right[name])) for name in left},
    )


def clips(path: Path) -> ClipSet:
    """The clips of `path`, each with its simulated severity."""
    cohort = _open(path)
    table = _clips_of(path, cohort)
    columns = (table.table(name).tolist() for name in ("person", "session", "severity"))
    found = tuple(
        Clip(f"clips/{number}", _name(person), str(session), "simulated", SPLITS[cohort.split[person]], float(severity))
        for number, (person, session, severity) in enumerate(zip(*columns, strict=True))
    )
    return ClipSet("cohort", path, found, NOTES, read_clip)


def read_picture(path: Path, place: str) -> NDArray[np.uint8]:
    """One picture (H, W, 3) uint8 RGB of the cohort `path`, by its place in one of the sets above."""
    kind, number, *frame = place.split("/")
    return _frames(path, kind).frame(int(number), int(frame[0]) if frame else 0)


def read_clip(path: Path, place: str) -> Iterator[NDArray[np.uint8]]:
    """The frames of one clip, one at a time."""
    kind, number = place.split("/")
    yield from _frames(path, kind)[int(number)]


def _resource(place: tuple[str, str]) -> Path:
    try:
        return resource_path(*place)
    except FileNotFoundError as error:
        raise FacesError(str(error)) from None


def _frames(path: Path, kind: str) -> Frames:
    cohort = _open(path)
    return cohort.pictures if kind == "pictures" else cohort.clips


def _clips_of(path: Path, cohort: Cohort) -> Frames:
    if not len(cohort.clips):
        raise FacesError(f"{path} holds no clips, only pictures")
    return cohort.clips


@lru_cache(maxsize=4)
def _open(path: Path) -> Cohort:
    """Kept open: a set reads thousands of pictures, one by one."""
    return Cohort(path)


def _set(
    path: Path,
    cohort: Cohort,
    places: tuple[str, ...],
    person: NDArray[np.integer],
    labels: dict[str, NDArray[np.float32]],
    classes: dict[str, tuple[str, ...]],
) -> FaceSet:
    return FaceSet(
        name="cohort",
        root=path,
        pictures=places,
        splits=cohort.split[person].astype(np.int8),
        identities=person.astype(np.int32),
        people=tuple(_name(number) for number in range(len(cohort.split))),
        labels=labels,
        classes=classes,
        warnings=NOTES,
        reader=read_picture,
    )


def _labels(
    units: NDArray[np.floating], pose: NDArray[np.floating], session: NDArray[np.integer], repeat: int = 1
) -> dict[str, NDArray[np.float32]]:
    columns = dict(zip(FACE_UNITS, units.astype(np.float32).T, strict=True))
    columns |= dict(zip(POSE, pose.astype(np.float32).T, strict=True))
    return columns | {"session": np.repeat(session, repeat).astype(np.float32)}


def _name(person: int) -> str:
    return f"person-{person:04d}"
