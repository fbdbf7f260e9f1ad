"""The watch over threads, timers and windows notices them and names the place."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QLabel

from tests.gui.leaks import Leaks


@pytest.fixture
def leaks(qapp, monkeypatch) -> Leaks:
    leaks = Leaks()
    leaks.watch(monkeypatch)
    return leaks


def test_a_thread_that_goes_on_is_named_with_its_place(leaks: Leaks, monkeypatch) -> None:
    monkeypatch.setattr("tests.gui.leaks._THREAD_ENDS_S", 0.01)
    gate = threading.Event()
    thread = threading.Thread(target=gate.wait, name="endless")
    thread.start()
    (line,) = leaks.found()
    assert "'endless'" in line
    assert "test_leaks.py" in line
    gate.set()
    thread.join(10)
    assert leaks.found() == []


def test_a_timer_that_runs_is_named_with_its_place(leaks: Leaks) -> None:
    owner = QObject()
    timer = QTimer(owner, interval=1000)
    timer.start()
    (line,) = leaks.found()
    assert "test_a_timer_that_runs" in line
    timer.stop()
    assert leaks.found() == []


def test_a_window_that_shows_is_named_with_its_place(leaks: Leaks) -> None:
    label = QLabel("left behind")
    label.show()
    (line,) = leaks.found()
    assert "QLabel" in line
    assert "test_a_window_that_shows" in line
    label.close()
    assert leaks.found() == []


def test_what_is_deleted_is_no_leak(leaks: Leaks) -> None:
    timer = QTimer(interval=1000)
    timer.start()
    timer.deleteLater()
    assert leaks.found() == []
