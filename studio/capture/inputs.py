"""What is to be captured: a picture, a video, all of a folder, or the faces that a SPEC names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from studio.capture.sources import input_path
from studio.faces.avec import ClipSet
from studio.faces.face_set import UNKNOWN, FacesError, FaceSet
from studio.faces.models import ModelError
from studio.faces.pictures import (
    Frame,
    SourceError,
    find_other_files,
    find_pictures,
    find_pictures_and_videos,
    source_path,
)


@dataclass(frozen=True)
class Input:
    """One picture or video."""

    name: str
    """Of its capture, below the folder that all captures go to."""
    path: Path
    """Its file, or the file it is in."""
    read: Callable[[], Frame] | None = None
    """Reads a picture that has no file of its own."""


def find_inputs(source: str) -> tuple[Path, list[Input], list[Path]]:
    """Where `source` is, its inputs, and the files beside them that are none; SourceError when there is no input.

    What lies in a folder keeps its name. Of the faces of a SPEC (`cohort`, `celeba:PATH`, not `folder:PATH`) pictures
    become PERSON/PICTURE.png and clips PERSON/CLIP.
    """
    faces = _faces(source)
    if isinstance(faces, FaceSet):
        return faces.root, [_of_picture(faces, number) for number in range(len(faces))], []
    if isinstance(faces, ClipSet):
        return faces.root, list(_of_clips(faces)), []
    place = input_path(source)
    if not place.is_dir():
        return place, [Input(place.name, place)], []
    found = find_pictures_and_videos(place)
    return place, [Input(path.relative_to(place).as_posix(), path) for path in found], find_other_files(place)


def _faces(source: str) -> FaceSet | ClipSet | None:
    """The faces that `source` names; None when it is a path."""
    from studio.faces import specs  # draws in every reader of faces, and the renderer of synthetic ones

    kind = source.partition(":")[0]
    if kind == "folder" or kind not in specs.READERS or source_path(source).exists():
        return None
    try:
        return specs.open_faces(source)
    except (FacesError, ModelError) as error:
        raise SourceError(str(error)) from error


def _of_picture(faces: FaceSet, number: int) -> Input:
    identity, place = faces.identities[number], Path(faces.pictures[number])
    if identity == UNKNOWN:
        name = f"unknown/{_file_name(place.with_suffix('').as_posix())}.png"
    else:
        name = f"{_file_name(faces.people[identity])}/{_file_name(place.stem)}.png"
    if faces.reader is None:
        return Input(name, faces.root / place)
    return Input(name, faces.root, partial(faces.read, number))


def _of_clips(faces: ClipSet) -> Iterator[Input]:
    for clip in faces.clips:
        path = faces.root / clip.place
        name = f"{_file_name(clip.person)}/{_file_name(path.name)}"
        if path.is_dir():
            yield from (Input(f"{name}/{_file_name(frame.stem)}.png", frame) for frame in find_pictures(path))
        else:
            yield Input(name, path)


def _file_name(text: str) -> str:
    """`text` as one name of a file or folder on any system, wherever it came from."""
    return re.sub(r"[^\w.-]", "_", text).strip(".") or "unnamed"
