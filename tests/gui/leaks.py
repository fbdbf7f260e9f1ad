"""What a test left running or standing, and the place where it was begun."""

from __future__ import annotations

import gc
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDockWidget,
    QFrame,
    QLabel,
    QMainWindow,
    QMenu,
    QMessageBox,
    QWidget,
)

_WATCHED = (QTimer, QThread, QWidget, QDialog, QDockWidget, QFrame, QLabel, QMainWindow, QMenu, QMessageBox)
_THREAD_ENDS_S = 2.0
_SOON_MS = 500


class Leaks:
    """Remembers, from `watch` on, where every thread is started and every timer and widget is made."""

    def __init__(self) -> None:
        self._places: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
        self._threads_before = set(threading.enumerate())
        self._widgets_before = set(QApplication.topLevelWidgets())

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(threading.Thread, "start", self._noting(threading.Thread.start))
        for kind in _WATCHED:
            monkeypatch.setattr(kind, "__init__", self._noting(kind.__init__))

    def found(self) -> list[str]:
        """One line for each thread that lives, each timer that runs, each window that is left, with its place."""
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()  # what only a cycle holds is not in use
        left = []
        for thread in set(threading.enumerate()) - self._threads_before:
            thread.join(_THREAD_ENDS_S)
            if thread.is_alive() and thread in self._places:
                left.append(f"thread {thread.name!r} lives; started at {self._places[thread]}")
        for made, place in list(self._places.items()):
            if isinstance(made, QObject) and shiboken6.isValid(made):
                left += _in_use(made, place, self._widgets_before)
        return left

    def _noting(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def note(made: Any, *arguments: Any, **named: Any) -> Any:
            self._places.setdefault(made, _place())
            return real(made, *arguments, **named)

        return note


def _in_use(made: QObject, place: str, known: set[QWidget]) -> list[str]:
    if isinstance(made, QTimer) and made.isActive() and not _ends_by_itself(made):
        return [f"timer of {type(made.parent()).__name__} runs; made at {place}"]
    if isinstance(made, QThread) and made.isRunning():
        return [f"QThread runs; made at {place}"]
    if isinstance(made, QWidget) and made.isWindow() and made.isVisible() and made not in known:
        return [f"{type(made).__name__} {made.windowTitle()!r} shows; made at {place}"]
    if isinstance(made, QMainWindow) and made not in known:  # a thousand widgets that every theme styles anew
        return [f"{type(made).__name__} {made.windowTitle()!r} was closed and not deleted; made at {place}"]
    return []


def _ends_by_itself(timer: QTimer) -> bool:
    return timer.isSingleShot() and timer.interval() <= _SOON_MS


def _place() -> str:
    """The innermost line of the studio (else of a test) that is under way."""
    lines = [f for f in traceback.extract_stack() if f.filename != __file__]
    ours = [f for f in lines if "/studio/" in f.filename] or [f for f in lines if "/tests/" in f.filename] or lines
    return f"{'/'.join(Path(ours[-1].filename).parts[-3:])}:{ours[-1].lineno}, in {ours[-1].name}"
