"""One writer for each project: `FILE.odr.lock` names the process that has the project open.

The lock of a process that is gone is taken over. A lock from another computer is always respected, for there is
no telling from here whether its owner still lives.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil

from studio.project import atomic
from studio.project.places import beside
from studio.project.records import ProjectError

_START_TOLERANCE_S = 2.0
_mutex = threading.Lock()
_holders: dict[tuple[int, Path], int] = {}  # how many ProjectLocks of this process hold a path
_MOST_SWEEPS = 50


class ProjectLocked(ProjectError):
    """Another process has the project open; the text and `owner` say which."""

    def __init__(self, path: Path, owner: Owner) -> None:
        self.owner = owner
        place = "another window or command on this computer" if owner.is_local else f"the computer {owner.host}"
        advice = "" if owner.is_local else f", or delete {beside(path, 'lock').name} if it has let go of it"
        super().__init__(f"{path}: in use by {place} (process {owner.pid}); close it there first{advice}")


@dataclass(frozen=True)
class Owner:
    """A process: its number, its computer and its start."""

    pid: int
    host: str
    started_after_boot_s: float
    """Not the time of day, which may be set while the process runs."""

    @classmethod
    def current(cls) -> Owner:
        return cls.of(os.getpid())

    @classmethod
    def of(cls, pid: int) -> Owner:
        """Process `pid` of this computer; psutil.NoSuchProcess when there is none."""
        return cls(pid, socket.gethostname(), _started_after_boot_s(pid))

    def is_same(self, other: Owner) -> bool:
        """Whether both are one process; a start is known to about a second."""
        apart_s = abs(self.started_after_boot_s - other.started_after_boot_s)
        return (self.pid, self.host) == (other.pid, other.host) and apart_s < _START_TOLERANCE_S

    @property
    def is_local(self) -> bool:
        return self.host == socket.gethostname()

    def may_live(self) -> bool:
        """False when the process is known to be gone; True when it lives or belongs to another computer."""
        if not self.is_local:
            return True
        try:
            if psutil.Process(self.pid).status() == psutil.STATUS_ZOMBIE:
                return False
            return self.is_same(Owner(self.pid, self.host, _started_after_boot_s(self.pid)))
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            return True

    @classmethod
    def from_values(cls, values: Any) -> Owner | None:
        """The owner that a dictionary of its fields names; None when it names none."""
        try:
            owner = cls(int(values["pid"]), str(values["host"]), float(values["started_after_boot_s"]))
        except (ValueError, TypeError, KeyError, OverflowError):
            return None
        return owner if owner.pid > 0 else None


def _started_after_boot_s(pid: int) -> float:
    return psutil.Process(pid).create_time() - psutil.boot_time()


class ProjectLock:
    """The right to write `path`. A context manager; taking it twice in one process is fine.

    Whoever takes it removes the temporary files that a killed owner left.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).resolve()
        self._file = beside(self.path, "lock")
        self._taken = False

    def acquire(self) -> None:
        """Take the lock; ProjectLocked when another process may have it, ProjectError when none can be made."""
        with _mutex:
            if self._taken:
                return
            if not _holders.get(self._key):
                try:
                    self._take(Owner.current())
                    atomic.remove_leftovers(self.path)
                    atomic.remove_leftovers(self._file)
                except OSError as error:
                    raise ProjectError(f"{self.path}: cannot be locked: {atomic.reason(error)}") from error
            _holders[self._key] = _holders.get(self._key, 0) + 1
            self._taken = True

    def release(self) -> None:
        """Give the lock back, if this object holds it; the last holder removes the file."""
        with _mutex:
            if not self._taken or self._key not in _holders:  # a forked child does not hold its parent's
                return
            self._taken = False
            _holders[self._key] -= 1
            if not _holders[self._key]:
                del _holders[self._key]
                self._file.unlink(missing_ok=True)

    @property
    def _key(self) -> tuple[int, Path]:
        return os.getpid(), self.path

    def __enter__(self) -> ProjectLock:
        self.acquire()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()

    def _take(self, me: Owner) -> None:
        swept = 0
        while True:
            try:
                return self._create(me)
            except FileExistsError:
                owner = _read_owner(self._file)
            except FileNotFoundError:
                # Another process got the lock and swept our temporary file away: ask again. But some folders, such
                # as /proc, answer any new file this way.
                swept += 1
                if swept > _MOST_SWEEPS or not self.path.parent.is_dir():
                    raise
                continue
            if owner is not None and owner.is_same(me):
                return None
            if owner is not None and owner.may_live():
                raise ProjectLocked(self.path, owner)
            self._remove_dead(owner)

    def _create(self, me: Owner) -> None:
        """The lock file, whole from its first instant and never over another's (FileExistsError)."""
        mine, text = atomic.temporary(self._file), json.dumps(asdict(me))
        try:
            mine.write_text(text)
            os.link(mine, self._file)
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK):
                raise
            with self._file.open("x") as file:  # a file system without hard links
                file.write(text)
        finally:
            mine.unlink(missing_ok=True)

    def _remove_dead(self, dead: Owner | None) -> None:
        """Remove the lock file unless another process was quicker: one at a time, and only the file judged dead."""
        try:
            with self._file.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                unchanged = _is_at(self._file, file.fileno()) and _parse(file.read()) == dead
                if unchanged:
                    self._file.unlink()
        except FileNotFoundError:
            return


def _is_at(path: Path, descriptor: int) -> bool:
    return path.exists() and os.path.samestat(path.stat(), os.fstat(descriptor))


def _read_owner(file: Path) -> Owner | None:
    try:
        return _parse(file.read_bytes())
    except FileNotFoundError:
        return None


def _parse(text: bytes) -> Owner | None:
    try:
        return Owner.from_values(json.loads(text))
    except (ValueError, RecursionError):
        return None
