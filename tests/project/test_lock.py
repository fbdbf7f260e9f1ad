from __future__ import annotations

import errno
import json
import os
import signal
import threading
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from studio.project import lock as lock_module
from studio.project.lock import Owner, ProjectLock, ProjectLocked
from studio.project.records import ProjectError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.odr"


@pytest.fixture
def lock_file(tmp_path):
    return tmp_path / "a.odr.lock"


@pytest.fixture
def start_child():
    """Starts forked processes that do some work and then wait; they are ended after the test."""
    children = []

    def start(work):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                work()
                os.write(writing, b"ready")
                signal.pause()
            finally:
                os._exit(1)
        children.append(child)
        os.close(writing)
        assert os.read(reading, 5) == b"ready"
        os.close(reading)
        return child

    yield start
    for child in children:
        try:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        except (ProcessLookupError, ChildProcessError):
            continue


def test_the_lock_names_its_owner_and_goes_with_it(path, lock_file):
    with ProjectLock(path):
        assert Owner.from_values(json.loads(lock_file.read_text())).is_same(Owner.current())
    assert not lock_file.exists()


def test_a_living_owner_is_respected_and_named(path, start_child):
    child = start_child(lambda: ProjectLock(path).acquire())
    with pytest.raises(ProjectLocked, match=f"in use by another window or command .*process {child}") as caught:
        ProjectLock(path).acquire()
    assert caught.value.owner.pid == child
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("reaped", [True, False], ids=["gone", "zombie"])
def test_the_lock_of_a_dead_owner_is_taken_over(path, lock_file, start_child, reaped):
    child = start_child(lambda: ProjectLock(path).acquire())
    os.kill(child, signal.SIGKILL)
    os.waitid(os.P_PID, child, os.WEXITED | (0 if reaped else os.WNOWAIT))
    with ProjectLock(path):
        assert json.loads(lock_file.read_text())["pid"] == os.getpid()
    assert os.listdir(path.parent) == []


def test_another_process_with_the_number_of_the_owner_is_not_the_owner(path, lock_file, start_child):
    child = start_child(lambda: None)
    start = lock_module._started_after_boot_s(child)
    lock_file.write_text(json.dumps(asdict(Owner(child, Owner.current().host, start - 100))))
    with ProjectLock(path):
        assert json.loads(lock_file.read_text())["pid"] == os.getpid()


def test_the_lock_of_another_computer_is_respected(path, lock_file):
    lock_file.write_text(json.dumps(asdict(replace(Owner.current(), host="far-away"))))
    with pytest.raises(ProjectLocked, match=r"computer far-away .*or delete a\.odr\.lock if it has let go"):
        ProjectLock(path).acquire()
    assert lock_file.exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"pid": "x"}', b'{"pid": -1}', b"\xff", b"[" * 9999])
def test_a_lock_that_names_nobody_is_taken_over(path, lock_file, content):
    lock_file.write_bytes(content)
    with ProjectLock(path):
        assert json.loads(lock_file.read_text())["pid"] == os.getpid()


def test_one_process_may_take_it_twice_and_the_last_to_let_go_removes_it(path, lock_file):
    window, saving = ProjectLock(path), ProjectLock(path)
    saving.acquire()
    window.acquire()
    window.acquire()
    saving.release()
    assert lock_file.exists()
    window.release()
    assert not lock_file.exists()
    window.release()


def test_a_forked_child_does_not_let_go_of_its_parents_lock(path, lock_file):
    lock = ProjectLock(path)
    lock.acquire()
    child = os.fork()
    if child == 0:
        try:
            lock.release()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert lock_file.exists()
    lock.release()


def test_leftovers_of_a_killed_writer_go_and_other_files_stay(path, tmp_path):
    keep = [".a.odr.notes.tmp", ".b.odr.0123456789ab.tmp", "a.odr.0123456789ab.tmp", ".a.odr.0123456789ab.txt"]
    for name in (*keep, ".a.odr.0123456789ab.tmp", ".a.odr.lock.0123456789ab.tmp"):
        (tmp_path / name).touch()
    with ProjectLock(path):
        assert sorted(os.listdir(tmp_path)) == sorted([*keep, "a.odr.lock"])


def test_of_many_that_take_over_at_once_one_wins(path, lock_file, monkeypatch):
    """Threads that pose as processes, all of them meeting the same dead owner."""
    dead = asdict(replace(Owner.current(), started_after_boot_s=-100.0))
    mark = threading.local()
    real = Owner.current()
    monkeypatch.setattr(Owner, "may_live", lambda owner: owner.started_after_boot_s >= 0)
    monkeypatch.setattr(lock_module.os, "getpid", lambda: getattr(mark, "pid", real.pid))
    for _ in range(20):
        lock_file.write_text(json.dumps(dead))
        together, won = threading.Barrier(6), []

        def take(pid, together=together, won=won):
            mark.pid = pid
            together.wait(10)
            try:
                ProjectLock(path)._take(Owner(pid, real.host, 100.0 * pid))
                won.append(pid)
            except ProjectLocked:
                pass

        threads = [threading.Thread(target=take, args=(pid,)) for pid in range(1, 7)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert [json.loads(lock_file.read_text())["pid"]] == won
        lock_file.unlink()


def test_without_hard_links_the_lock_still_works(path, lock_file, monkeypatch):
    def fail(*_):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(lock_module.os, "link", fail)
    with ProjectLock(path):
        assert json.loads(lock_file.read_text())["pid"] == os.getpid()
    assert os.listdir(path.parent) == []


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(ProjectError, match="cannot be locked: the folder does not exist"):
        ProjectLock(tmp_path / "missing" / "a.odr").acquire()


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder that takes no files")
def test_a_folder_that_takes_no_files_is_refused_at_once():
    with pytest.raises(ProjectError, match="cannot be locked"):
        ProjectLock(Path("/proc/lens.odr")).acquire()
