"""Files that are whole at every instant: written beside their place, verified, then renamed into it."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from studio.project.records import ProjectError

_REASONS = {
    errno.ENOSPC: "the disk is full; free some space or choose another place",
    errno.EDQUOT: "your disk quota is used up; free some space or choose another place",
    errno.EFBIG: "the file system does not take a file of this size; choose another place",
    errno.EROFS: "the folder is read-only; choose another place",
    errno.EACCES: "writing in the folder is not permitted; choose another place",
    errno.EPERM: "writing in the folder is not permitted; choose another place",
    errno.ENOENT: "the folder does not exist; choose another place",
    errno.ENOTDIR: "the folder does not exist; choose another place",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
}

_PIECE_BYTES = 4 * 1024**2  # written at once; a save can be stopped in between


def reason(error: OSError) -> str:
    """What went wrong and what to do, in words."""
    if error.errno == errno.ENOENT and error.filename and Path(os.fsdecode(error.filename)).parent.is_dir():
        return "the folder takes no new files; choose another place"  # /proc and its like
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)


def temporary(path: Path) -> Path:
    """A new name in the folder of `path` that `remove_leftovers` recognises."""
    return path.with_name(f".{path.name}.{uuid4().hex[:12]}.tmp")


def remove_leftovers(path: Path) -> None:
    """Remove what a writer of `path` that was killed left behind. Only for the owner of the lock of `path`."""
    for name in os.listdir(path.parent):
        middle = name.removeprefix(f".{path.name}.").removesuffix(".tmp")
        if name == f".{path.name}.{middle}.tmp" and len(middle) == 12 and middle.isalnum():
            (path.parent / name).unlink(missing_ok=True)


def write(
    path: Path,
    content: bytes,
    verify: Callable[[bytes], object],
    backup: Path | None = None,
    progress: Callable[[float], object] = lambda _share: None,
) -> None:
    """Put `content` into `path`; whatever happens meanwhile, `path` holds all of the old or all of the new.

    A link is followed. `verify` is given what the disk gave back and raises when it is not sound. `backup`, if named,
    receives the old file. `progress(share)` is called while the new one is written and may raise as well. Raises
    OSError, also for what is no ordinary file; the old file is as it was then, and nothing is left behind.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        raise OSError(errno.EEXIST, "not an ordinary file; choose another name", str(path))
    new, old = temporary(path), temporary(path)
    try:
        _write_new(new, content, mode=path.stat().st_mode & 0o777 if path.exists() else None, progress=progress)
        written = new.read_bytes()
        if written != content:
            raise ProjectError("the disk gave back other bytes than were written; choose another disk")
        verify(written)
        if backup is not None and path.exists():
            _second_name(path, old)
            os.replace(old, backup)
        os.replace(new, path)
        _sync_folder(path.parent)
    finally:
        new.unlink(missing_ok=True)
        old.unlink(missing_ok=True)  # a rename onto its own other name does nothing and leaves both


def _write_new(path: Path, content: bytes, mode: int | None, progress: Callable[[float], object]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        if mode is not None:
            os.fchmod(descriptor, mode)
        rest = memoryview(content)
        while rest:
            progress(1.0 - len(rest) / len(content))
            rest = rest[os.write(descriptor, rest[:_PIECE_BYTES]) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _second_name(path: Path, name: Path) -> None:
    try:
        os.link(path, name)
    except OSError:  # a file system without hard links
        shutil.copy2(path, name)
        with name.open("rb") as copy:
            os.fsync(copy.fileno())


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # the file is in its place already; some network file systems do not sync folders
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
