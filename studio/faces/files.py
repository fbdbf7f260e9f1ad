"""Finding and reading the small files of a data set: lists, tables, folders. Every refusal is one line."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from studio.faces.face_set import FacesError, some
from studio.faces.pictures import PICTURE_SUFFIXES, natural_order


def folder(root: Path, *names: str) -> Path:
    """The first of the sub-folders `names` of `root` that exists; "" stands for `root` itself. FacesError if none."""
    for name in names:
        if (root / name).is_dir():
            return root / name
    wanted = " or ".join(f"{name}/" for name in names if name)
    raise FacesError(f"{root} holds no folder {wanted}" if root.is_dir() else f"{root} is not a folder")


def find(root: Path, *names: str) -> Path | None:
    """The first of `names` that is a file of `root` or of a folder directly below it."""
    for name in names:
        for path in (root / name, *sorted(root.glob(f"*/{name}"))):
            if path.is_file():
                return path
    return None


def need(root: Path, *names: str) -> Path:
    """As `find`; FacesError when there is none."""
    path = find(root, *names)
    if path is None:
        raise FacesError(f"{root} holds no {' or '.join(names)}" if root.is_dir() else f"{root} is not a folder")
    return path


def lines(path: Path) -> list[str]:
    """The lines of a text file, without those that are blank; FacesError when it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise FacesError(f"{path} cannot be read: {error.strerror or error}") from None
    return [line for line in text.splitlines() if line.strip()]


def pictures_in(folder: Path) -> set[str]:
    """Names of the picture files directly in `folder`; one look at the folder, none at the files."""
    try:
        with os.scandir(folder) as entries:
            return {entry.name for entry in entries if _is_picture(entry.name)}
    except OSError as error:
        raise FacesError(f"{folder} cannot be read: {error.strerror or error}") from None


def below(folder: Path) -> list[str]:
    """Picture files at any depth below `folder`, as relative places with forward slashes, in natural order.

    Sorted a folder at a time: one sort of 200,000 places would hold up every other thread for a quarter of a second.
    """
    found = []
    for parent, folders, names in os.walk(folder):
        folders.sort(key=natural_order)
        place = os.path.relpath(parent, folder).replace(os.sep, "/")
        pictures = sorted(filter(_is_picture, names), key=natural_order)
        found += pictures if place == "." else [f"{place}/{name}" for name in pictures]
    return found


def _is_picture(name: str) -> bool:
    """By its name; hidden files, as "._a.png" of a foreign disk, are none."""
    return os.path.splitext(name)[1].lower() in PICTURE_SUFFIXES and not name.startswith(".")


class Warnings:
    """Collects what is odd about a data set, a line a kind."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def add(self, what: str, names: Iterable[str]) -> None:
        """ "WHAT: 3 (a, b, c)"; nothing when there are no names."""
        listed = list(names)
        if listed:
            self._lines.append(f"{what}: {len(listed):,} ({some(listed)})")

    def compare(self, listed: set[str], present: set[str]) -> None:
        """What a list names and the disk does not hold, and the other way round."""
        self.add("listed but not on disk", sorted(listed - present))
        self.add("on disk but not listed", sorted(present - listed))

    def say(self, line: str) -> None:
        self._lines.append(line)

    def __call__(self) -> tuple[str, ...]:
        return tuple(self._lines)
