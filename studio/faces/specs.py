"""What the user names on the command line or in the window, `celeba:PATH` and the like, as a set of faces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from studio.faces import avec, celeba, expressions, lfw, models, plain_folder
from studio.faces.avec import ClipSet
from studio.faces.cohort import faces as cohort
from studio.faces.face_set import FacesError, FaceSet
from studio.user_paths import user_path

Faces = TypeVar("Faces")

READERS: dict[str, Callable[[Path], FaceSet | ClipSet]] = {
    "cohort": cohort.pictures,
    "folder": plain_folder.read,
    "celeba": celeba.read,
    "lfw": lfw.read,
    "rafdb": expressions.read_rafdb,
    "affectnet": expressions.read_affectnet,
    "fer2013": expressions.read_fer2013,
    "avec2013": lambda root: avec.read(root, "avec2013"),
    "avec2014": lambda root: avec.read(root, "avec2014"),
    "orl": plain_folder.read_orl,
}
CLIP_READERS: dict[str, Callable[[Path], ClipSet]] = {
    "cohort": cohort.clips,
    "avec2013": lambda root: avec.read(root, "avec2013"),
    "avec2014": lambda root: avec.read(root, "avec2014"),
}


WITHOUT_PLACE: dict[str, Callable[[], Path]] = {"cohort": cohort.shipped, "orl": lambda: models.path("orl")}
"""Where the faces are of a SPEC that is a kind alone."""


def open_faces(spec: str) -> FaceSet | ClipSet:
    """The faces that `spec` names, KIND:PATH with a KIND of READERS, or a kind alone of WITHOUT_PLACE.

    FacesError when they cannot be read.
    """
    return _open(spec, READERS)


def open_clips(spec: str) -> ClipSet:
    """The clips with a severity that `spec` names; FacesError for data without any."""
    return _open(spec, CLIP_READERS)


def _open(spec: str, readers: Mapping[str, Callable[[Path], Faces]]) -> Faces:
    kind, colon, place = spec.partition(":")
    if kind not in readers:
        known = ", ".join(name if name in WITHOUT_PLACE else f"{name}:PATH" for name in readers)
        raise FacesError(f'data "{spec}" cannot be used here: expected {known}')
    if not place and (colon or kind not in WITHOUT_PLACE):
        raise FacesError(f"{kind}: says no folder; expected {kind}:PATH")
    try:
        root = user_path(place) if place else WITHOUT_PLACE[kind]()
    except (ValueError, models.ModelError) as error:
        raise FacesError(str(error)) from None
    try:
        return readers[kind](root)
    except RuntimeError as error:  # a link that leads to itself
        raise FacesError(f"{root}: {error}") from None
