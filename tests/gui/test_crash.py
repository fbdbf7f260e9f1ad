"""Errors from any thread arrive in the GUI thread; a crash leaves a file that the next start reads once."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.gui.crash import CrashGuard, previous_crash


@pytest.fixture
def guard(tmp_path: Path, qapp) -> Iterator[CrashGuard]:
    guard = CrashGuard(tmp_path)
    guard.install()
    yield guard
    guard.remove()


def raise_here() -> None:
    raise ValueError("lens fell off")


def hook(error: Exception) -> None:
    sys.excepthook(type(error), error, error.__traceback__)


def test_an_error_of_the_gui_thread_is_reported_with_versions(guard: CrashGuard) -> None:
    reports: list[str] = []
    guard.reported.connect(reports.append)
    hook(ValueError("lens fell off"))
    assert "lens fell off" in reports[0]
    assert "numpy" in reports[0]


@pytest.mark.parametrize("way", ["thread", "hook from a thread"])
def test_an_error_of_another_thread_is_reported_in_the_gui_thread(guard: CrashGuard, qtbot, way: str) -> None:
    arrived: list[tuple[threading.Thread, str]] = []
    guard.reported.connect(lambda text: arrived.append((threading.current_thread(), text)))
    work = raise_here if way == "thread" else (lambda: hook(ValueError("lens fell off")))
    thread = threading.Thread(target=work, name="culprit")
    thread.start()
    thread.join(10)
    qtbot.waitUntil(lambda: bool(arrived))
    assert arrived[0][0] is threading.main_thread()
    assert "lens fell off" in arrived[0][1]


def test_hooks_come_back_and_a_clean_end_leaves_no_file(tmp_path: Path, qapp) -> None:
    hooks = sys.excepthook, threading.excepthook
    guard = CrashGuard(tmp_path)
    guard.install()
    guard.remove()
    assert (sys.excepthook, threading.excepthook) == hooks
    assert list(tmp_path.iterdir()) == []


def test_a_crash_is_told_once_at_the_next_start(tmp_path: Path) -> None:
    code = (
        "import ctypes, sys, pathlib; from studio.gui.crash import CrashGuard\n"
        "guard = CrashGuard(pathlib.Path(sys.argv[1])); guard.install()\n"
        "def the_place_of_the_crash(): ctypes.string_at(0)\n"
        "the_place_of_the_crash()"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, timeout=60)
    assert ended.returncode != 0
    assert "the_place_of_the_crash" in previous_crash(tmp_path)
    assert previous_crash(tmp_path) == ""


def test_the_file_of_a_living_window_is_left_alone(guard: CrashGuard, tmp_path: Path) -> None:
    assert previous_crash(tmp_path) == ""
    assert len(list(tmp_path.iterdir())) == 1
