"""Kill -9, a full disk and errors at every step of a save: the file is old or new, never anything else."""

from __future__ import annotations

import errno
import os
import random
import select
import signal

import pytest

from studio.project import atomic, store
from studio.project.model import Project
from studio.project.records import ProjectError

STEPS = ("open", "write", "fsync", "close", "link", "fchmod", "replace")


class Faulty:
    """The `os` module, but `fault` happens before (or after) the `at`-th of the calls a save makes."""

    def __init__(self, at: int, fault, after: bool = False) -> None:
        self.calls, self._at, self._fault, self._after = 0, at, fault, after

    def __getattr__(self, name):
        real = getattr(os, name)
        if name not in STEPS:
            return real

        def call(*args, **kwargs):
            self.calls += 1
            now = self.calls == self._at
            if now and name == "write":
                args = (args[0], bytes(args[1])[: len(args[1]) // 2])  # half of it reaches the disk
            if now and not self._after:
                self._fault()
            result = real(*args, **kwargs)
            if now and self._after:
                self._fault()
            return result

        return call


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def in_child(work) -> int:
    """Exit status of a forked process that does `work`: 0 when it ends, -9 when it is killed."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def count_steps(path) -> int:
    counter = Faulty(0, die)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(atomic, "os", counter)
        store.save(Project(notes="counting"), path)
    return counter.calls


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a.odr"
    store.save(Project(notes="older"), path)
    store.save(Project(notes="old"), path)
    return path


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_step_the_file_is_old_or_new(path, after, monkeypatch):
    steps = count_steps(path)
    assert steps >= 8
    outcomes = set()
    for step in range(1, steps + 1):
        store.save(Project(notes="older"), path)
        store.save(Project(notes="old"), path)

        def save_and_die(step=step):
            monkeypatch.setattr(atomic, "os", Faulty(step, die, after))
            store.save(Project(notes="new"), path)

        assert in_child(save_and_die) == -signal.SIGKILL
        outcomes.add(store.load(path).notes)
        assert store.load(path.parent / "a.odr.bak").notes in ("older", "old")
        store.save(Project(), path)  # the dead owner's lock and leftovers are no obstacle
        assert sorted(os.listdir(path.parent)) == ["a.odr", "a.odr.bak"]
    assert outcomes == {"old", "new"}


def test_killed_at_any_step_of_the_first_save_there_is_no_half_file(tmp_path, monkeypatch):
    steps = count_steps(tmp_path / "counting.odr")
    for step in range(1, steps + 1):
        path = tmp_path / str(step) / "a.odr"
        path.parent.mkdir()

        def save_and_die(step=step, path=path):
            monkeypatch.setattr(atomic, "os", Faulty(step, die))
            store.save(Project(notes="new"), path)

        assert in_child(save_and_die) == -signal.SIGKILL
        assert not path.exists() or store.load(path).notes == "new"


def test_killed_at_random_moments_the_file_is_always_sound(path):
    chance = random.Random(4)
    for _ in range(15):
        reading, writing = os.pipe()

        def save_for_ever(writing=writing):
            number = 0
            while True:
                store.save(Project(notes=f"{number} " + "x" * 200_000), path)
                os.write(writing, b".")
                number += 1

        child = os.fork()
        if child == 0:
            try:
                save_for_ever()
            finally:
                os._exit(1)
        os.read(reading, 1)  # it has saved once
        select.select([], [], [], chance.uniform(0, 0.03))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)
        os.close(writing)
        assert store.verify(path)
        assert store.verify(path.parent / "a.odr.bak")
    store.save(Project(), path)
    assert sorted(os.listdir(path.parent)) == ["a.odr", "a.odr.bak"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO])
def test_an_error_at_any_step_leaves_file_and_folder_as_they_were(path, code, monkeypatch):
    def fail():
        raise OSError(code, os.strerror(code))

    steps = count_steps(path)
    for step in range(1, steps + 1):
        store.save(Project(notes="old"), path)
        with monkeypatch.context() as patch:
            patch.setattr(atomic, "os", Faulty(step, fail))
            saved = attempt(path)
        assert store.load(path).notes == ("new" if saved is None else "old")
        assert store.verify(path.parent / "a.odr.bak")
        assert sorted(os.listdir(path.parent)) == ["a.odr", "a.odr.bak"]


def attempt(path) -> str | None:
    """The line that a save failed with; None when it did not fail."""
    try:
        store.save(Project(notes="new"), path)
    except ProjectError as error:
        return str(error)
    return None


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.ENOSPC, "the disk is full; free some space or choose another place"),
        (errno.EROFS, "the folder is read-only; choose another place"),
        (errno.EACCES, "writing in the folder is not permitted; choose another place"),
    ],
)
def test_a_failed_save_says_why_and_what_to_do(path, code, said, monkeypatch):
    def fail():
        raise OSError(code, os.strerror(code))

    before = path.read_bytes(), (path.parent / "a.odr.bak").read_bytes()
    monkeypatch.setattr(atomic, "os", Faulty(1, fail))
    assert attempt(path) == f"{path}: cannot be saved: {said}"
    assert before == (path.read_bytes(), (path.parent / "a.odr.bak").read_bytes())


def test_a_disk_that_gives_back_other_bytes_is_noticed(path, monkeypatch):
    class Lossy(Faulty):
        def __getattr__(self, name):
            if name == "write":
                return lambda descriptor, data: os.write(descriptor, bytes(len(data)))
            return super().__getattr__(name)

    monkeypatch.setattr(atomic, "os", Lossy(0, die))
    assert "the disk gave back other bytes than were written" in (attempt(path) or "")
    assert store.load(path).notes == "old"


def test_without_hard_links_the_backup_is_a_copy(path, monkeypatch):
    def fail(*_):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    class NoLinks(Faulty):
        link = staticmethod(fail)

    monkeypatch.setattr(atomic, "os", NoLinks(0, die))
    store.save(Project(notes="new"), path)
    assert (store.load(path).notes, store.load(path.parent / "a.odr.bak").notes) == ("new", "old")
