"""Project files: load, save, verify. Nothing is parsed before it is checked; nothing is ever written in place."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from studio.project import atomic, envelope, trust
from studio.project.lock import ProjectLock, ProjectLocked
from studio.project.model import Project, summary
from studio.project.places import beside
from studio.project.read import decode
from studio.project.records import ProjectError
from studio.project.schema import MAX_FILE_BYTES
from studio.project.write import encode, minor_of

__all__ = [
    "ProjectChanged",
    "ProjectError",
    "ProjectLock",
    "ProjectLocked",
    "digest",
    "info",
    "load",
    "save",
    "verify",
]

_saving = threading.Lock()  # one save at a time: a project lock does not keep threads of one process apart


class ProjectChanged(ProjectError):
    """Another program wrote or removed the file since it was loaded."""


def load(path: str | Path) -> Project:
    """The project in the file `path`; ProjectError (one line) when it is missing, damaged, refused or too new."""
    return _load(Path(path))[0]


def save(
    project: Project,
    path: str | Path,
    *,
    expected_digest: str | None = None,
    progress: Callable[[float], object] = lambda _share: None,
) -> str:
    """Write `project` to `path` and keep the file that was there as PATH.bak. Returns the new `digest`.

    `progress(share)` is called until the new file takes its place; what it raises ends the save.
    ProjectError (one line) leaves the old file as it was; it is a ProjectLocked when another process has the
    project open, and a ProjectChanged when the file's digest is not `expected_digest`, if one is given.
    """
    shown, path = path, Path(path).resolve()  # a symbolic link stays one
    if path.is_dir():
        raise ProjectError(f"{shown}: cannot be saved: it is a folder; add a file name")
    raw = envelope.seal(encode(project), trust.writer_key(), minor_of(project))
    if len(raw) > MAX_FILE_BYTES:
        raise ProjectError(
            f"{shown}: cannot be saved: {len(raw) / 1024**2:.0f} MiB, a project takes at most "
            f"{MAX_FILE_BYTES // 1024**2} MiB; drop the weights of some runs"
        )
    with _saving, ProjectLock(path):
        if expected_digest is not None and digest(path) != expected_digest:
            raise ProjectChanged(f"{shown}: another program changed it since it was opened; save under another name")
        write_file(path, raw, beside(path, "bak"), progress)
    return envelope.open_header(raw[: envelope.SIZE])[0].body_sha256.hex()


def digest(path: str | Path) -> str | None:
    """SHA-256 of the project in `path`, by its header alone; None when there is no sound header."""
    try:
        with Path(path).open("rb") as file:
            return envelope.open_header(file.read(envelope.SIZE))[0].body_sha256.hex()
    except (OSError, ProjectError):
        return None


def verify(path: str | Path) -> str:
    """One line on a file that is sound; ProjectError with one line on a file that is not."""
    project, opened, size = _load(Path(path))
    counts = ", ".join(
        f"{len(getattr(project, name))} {name}" for name in ("variants", "runs", "evaluations", "trials")
    )
    return f"{path}: sound, schema {opened.major}.{opened.minor}, {counts}, {size} bytes"


def info(path: str | Path) -> dict[str, Any]:
    """Schema, design, variants, runs, evaluations, trials and size in plain JSON values; ProjectError as `load`."""
    project, opened, size = _load(Path(path))
    return {"schema": f"{opened.major}.{opened.minor}", **summary(project), "bytes": size}


def write_file(
    path: Path, raw: bytes, backup: Path | None = None, progress: Callable[[float], object] = lambda _share: None
) -> None:
    """Put the sealed file `raw` into `path` at once or not at all, and check what the disk then holds."""

    def check(written: bytes) -> None:
        opened = envelope.open_file(written)
        decode(written, opened.major, opened.minor)
        progress(1.0)

    with _named(path):
        try:
            atomic.write(path, raw, check, backup, progress)
        except OSError as error:
            raise ProjectError(f"cannot be saved: {atomic.reason(error)}") from error


def _load(path: Path) -> tuple[Project, envelope.Envelope, int]:
    with _named(path):
        raw = _read(path)
        opened = envelope.open_file(raw)
        trust.check(raw, opened)
        return decode(raw, opened.major, opened.minor), opened, len(raw)


def _read(path: Path) -> bytes:
    try:
        state = os.stat(path)
        if stat.S_ISDIR(state.st_mode):
            raise ProjectError("a folder, not a project file")
        if not stat.S_ISREG(state.st_mode):
            raise ProjectError("not a regular file")
        if state.st_size > MAX_FILE_BYTES:
            raise ProjectError(f"too large: {state.st_size} bytes; a project takes at most {MAX_FILE_BYTES}")
        return path.read_bytes()
    except FileNotFoundError:
        raise ProjectError("there is no such file") from None
    except OSError as error:
        raise ProjectError(f"cannot be read: {error.strerror}") from error


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Errors inside begin with the file's name, and damage points to the backup."""
    try:
        yield
    except ProjectError as error:
        backup = beside(path, "bak")
        damaged = str(error).startswith(("damaged", "cut short", "the file is empty"))
        advice = f"; the state before the last save is in {backup.name}" if damaged and backup.exists() else ""
        raise ProjectError(f"{path}: {error}{advice}") from error
