"""Autosaves: a recovery file for each open project, and what it would bring back after a crash.

The recovery file is an ordinary `.odr` file whose project record has one more entry, `recovery`: the project it
belongs to, the state it was based on or, without a file, what it started from, when and by whom. It lies beside the
project as FILE.odr.recovery, or in the user's data folder while the project has no file yet or its folder cannot be
written.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from studio.optics.lens import LensDesign
from studio.project import atomic, envelope, store, trust
from studio.project.lock import Owner
from studio.project.model import Project, now
from studio.project.places import beside, user_folder
from studio.project.records import ProjectError
from studio.project.schema import SUFFIX
from studio.project.write import encode, minor_of

_log = logging.getLogger(__name__)
_ENTRY = "recovery"
_KINDS = ("variants", "runs", "evaluations", "trials")


@dataclass(frozen=True)
class Offer:
    """A project that a crash left behind."""

    file: Path
    project: Project
    path: Path | None
    """The project's own file; None when it was never saved."""
    name: str
    """What the window called the project."""
    start: Project
    """The project as it was before this work: its file or, without one, the example or preset it began with."""
    saved_at: str
    gains: tuple[str, ...]
    """What it holds that the project's own file does not, in words."""
    owner: Owner | None
    """The process that wrote it."""
    outdated: bool
    """True when the project's own file was written after this recovery file was based on it."""

    def describe(self) -> str:
        """What comes back, in one line for the user."""
        name = self.path.name if self.path else f"{self.name}, never saved"
        warning = "; its file was saved again meanwhile" if self.outdated else ""
        return f"{name}, as of {self.saved_at}: {', '.join(self.gains)}{warning}"

    def discard(self) -> None:
        """Remove the recovery file."""
        self.file.unlink(missing_ok=True)


def autosave(
    project: Project, path: str | Path | None, *, name: str = "untitled", start: Project | None = None
) -> Path:
    """Write the recovery file of `project` and return its place; ProjectError when neither place can be written.

    A project without a file, `path` None, is later known by its `name`, and its work by what it has more than `start`.
    """
    path = Path(path).resolve() if path else None
    about = {
        "path": str(path) if path else None,
        "base": store.digest(path) if path else None,
        "name": path.stem if path else name,
        "start": _outline(start) if start and not path else None,
        "at": now(),
        "owner": asdict(Owner.current()),
    }
    marked = replace(project, extra={**project.extra, _ENTRY: about})
    raw = envelope.seal(encode(marked), trust.writer_key(), minor_of(project))
    first, fallback = _places(path)
    try:
        return _write(first, raw)
    except ProjectError:
        if first == fallback:
            raise
        return _write(fallback, raw)


def find(path: str | Path) -> Offer | None:
    """The newest recovery file of the project `path` that holds more than its file does. Take its lock first."""
    path = Path(path).resolve()
    offers = [offer for offer in map(_read, _places(path)) if offer and offer.path == path and offer.gains]
    return max(offers, key=lambda offer: offer.saved_at, default=None)


def find_unsaved() -> list[Offer]:
    """Projects without a file that processes of this computer left when they died, oldest first."""
    files = sorted((user_folder() / _ENTRY).glob(f"untitled-*{SUFFIX}"))
    offers = [offer for offer in map(_read, files) if offer and offer.path is None and offer.gains]
    return sorted(filter(_left, offers), key=lambda offer: offer.saved_at)


def find_left_behind(paths: Iterable[Path]) -> list[Offer]:
    """What processes of this computer left of the projects `paths` when they died, without taking any lock."""
    return [offer for offer in map(find, paths) if offer is not None and _left(offer)]


def _left(offer: Offer) -> bool:
    return offer.owner is None or not offer.owner.may_live()


def discard(path: str | Path | None) -> None:
    """Remove the recovery files of `path` (or of this process' project without a file): after saving or closing."""
    for file in _places(Path(path).resolve() if path else None):
        file.unlink(missing_ok=True)


def _places(path: Path | None) -> tuple[Path, Path]:
    """Where the recovery file goes, and where it goes when that folder cannot be written."""
    folder = user_folder() / _ENTRY
    if path is None:
        untitled = folder / f"untitled-{os.getpid()}{SUFFIX}"
        return untitled, untitled
    mark = hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
    return beside(path, _ENTRY), folder / f"{path.stem}-{mark}{SUFFIX}"


def _write(file: Path, raw: bytes) -> Path:
    if file.parent == user_folder() / _ENTRY:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ProjectError(f"{file.parent}: cannot be made: {atomic.reason(error)}") from error
    store.write_file(file, raw)
    return file


def _read(file: Path) -> Offer | None:
    """The offer in `file`; None when there is none. A damaged file stays where it is, with a line in the log."""
    if not file.exists():
        return None
    try:
        found = store.load(file)
    except ProjectError as error:
        _log.warning("recovery file left alone: %s", error)
        return None
    about = found.extra.get(_ENTRY)
    if not isinstance(about, dict):
        return None
    path = Path(str(about["path"])) if about.get("path") else None
    project = replace(found, extra={name: value for name, value in found.extra.items() if name != _ENTRY})
    start = _started_from(project, about.get("start")) if path is None else _saved(project, path)
    return Offer(
        file=file,
        project=project,
        path=path,
        name=str(about.get("name") or (path.stem if path else "untitled")),
        start=start,
        saved_at=str(about.get("at", "")),
        gains=_gains(project, start),
        owner=Owner.from_values(about.get("owner")),
        outdated=path is not None and store.digest(path) != about.get("base"),
    )


def _saved(project: Project, path: Path) -> Project:
    try:
        return store.load(path)
    except ProjectError as error:
        _log.warning("compared with an empty project: %s", error)
        return Project(created=project.created)


def _outline(start: Project) -> dict[str, Any]:
    """What tells the work on a project from its `start`; see `_started_from`."""
    names = {kind: sorted(_names(getattr(start, kind))) for kind in _KINDS}
    return {"design": start.design.to_dict(), "edits": len(start.history), "notes": start.notes, **names}


def _started_from(project: Project, outline: Any) -> Project:
    """`project` without what came after its start; an empty one when nothing sound says what that was."""
    try:
        parts: dict[str, Any] = {
            kind: [record for record in getattr(project, kind) if _names([record]) <= set(outline[kind])]
            for kind in _KINDS
        }
        parts["design"] = LensDesign.from_dict(outline["design"])
        parts["history"] = project.history[: int(outline["edits"])]
        return replace(project, notes=str(outline["notes"]), **parts)
    except (TypeError, KeyError, ValueError):
        return Project(created=project.created)


def _gains(project: Project, saved: Project) -> tuple[str, ...]:
    if encode(saved) == encode(project):
        return ()
    gains = []
    new_edits = [edit for edit in project.history if edit not in saved.history]
    if new_edits:
        gains.append(f"{_count(len(new_edits), 'edit')}, the last one: {new_edits[-1].label}")
    elif saved.design != project.design:
        gains.append("another lens")
    for kind in _KINDS:
        new = _names(getattr(project, kind)) - _names(getattr(saved, kind))
        if new:
            gains.append(_count(len(new), f"new {kind[:-1]}"))
    if project.notes != saved.notes:
        gains.append("changed notes")
    return tuple(gains) or ("small changes, as the arrangement of the window",)


def _names(records: Iterable[Any]) -> set[str]:
    return {getattr(record, "id", None) or record.name for record in records}


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
