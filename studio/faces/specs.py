"""What the user names on the command line or in the window, `celeba:PATH` and the like, as a set of faces."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from studio.faces import avec, celeba, expressions, lfw, plain_folder
from studio.faces.avec import ClipSet
from studio.faces.face_set import FacesError, FaceSet

READERS: dict[str, Callable[[Path], FaceSet | ClipSet]] = {
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


def open_faces(spec: str) -> FaceSet | ClipSet:
    """The faces that `spec` names, KIND:PATH with a KIND of READERS. FacesError when they cannot be read."""
    kind, _, place = spec.partition(":")
    if kind not in READERS:
        raise FacesError(f'unknown data "{spec}": expected {", ".join(f"{name}:PATH" for name in READERS)}')
    if not place:
        raise FacesError(f"{kind}: says no folder; expected {kind}:PATH")
    try:
        return READERS[kind](Path(place).expanduser())
    except RuntimeError as error:  # ~ of a user that does not exist, or a link that leads to itself
        raise FacesError(f"{place}: {error}") from None
