"""Faults that were met once and must not come back."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import studio.gui

GUI = Path(studio.gui.__file__).parent


def test_thousands_of_true_signals_survive() -> None:
    """PySide6 6.12 on Python 3.11 dropped a reference to True at each emit and aborted after some 570."""
    code = (
        "from PySide6.QtCore import QCoreApplication, QObject, Signal\n"
        "class Source(QObject):\n"
        "    fired = Signal(bool)\n"
        "app = QCoreApplication([]); source = Source(); seen = []\n"
        "source.fired.connect(seen.append)\n"
        "for _ in range(2000): source.fired.emit(True)\n"
        "print(len(seen), all(value is True for value in seen))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ended.stdout.split() == ["2000", "True"], ended.stderr


@pytest.mark.parametrize("module", ["studio.app", "studio.project.store", "studio.capture.pipeline"])
def test_nothing_heavy_is_imported_for(module: str) -> None:
    code = f"import sys, {module}; print(*sorted({{'torch', 'matplotlib', 'PySide6', 'pyqtgraph'}} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split() == []


def test_the_window_needs_neither_torch_nor_matplotlib() -> None:
    code = "import sys, studio.gui.launch; print(*sorted({'torch', 'matplotlib'} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split() == []


def worker_signals(source: str) -> set[str]:
    """Signals that a module keeps to itself (leading underscore): the ones its threads emit."""
    return {
        target.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if isinstance(node.value.func, ast.Name) and node.value.func.id == "Signal"
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.startswith("_")
    }


def slots(source: str) -> set[str]:
    """Names of the methods marked as slots."""
    return {
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
        for mark in node.decorator_list
        if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "Slot"
    }


def loose_connections(source: str) -> list[str]:
    """Connections of worker signals to anything but a slot of the same object.

    A lambda, a closure or a plain method would run in the worker's thread.
    """
    names, good = worker_signals(source), slots(source)
    loose = []
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "connect"):
            continue
        signal = node.func.value
        if not (isinstance(signal, ast.Attribute) and signal.attr in names):
            continue
        slot = node.args[0]
        is_slot = isinstance(slot, ast.Attribute) and isinstance(slot.value, ast.Name) and slot.value.id == "self"
        if not (is_slot and slot.attr in good):
            loose.append(ast.unparse(node))
    return loose


def test_signals_of_worker_threads_go_to_slots_only() -> None:
    found = set()
    for path in GUI.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        found |= worker_signals(source)
        assert loose_connections(source) == [], path.name
    assert found, "no worker signal was found: the test looks for the wrong thing"


@pytest.mark.parametrize("target", ["lambda _: None", "self.plain", "print"])
def test_a_loose_connection_is_noticed(target: str) -> None:
    source = f"""
class A(QObject):
    _ended = Signal(object)
    def __init__(self):
        self._ended.connect(self.fine)
        self._ended.connect({target})
    @Slot(object)
    def fine(self, value): pass
    def plain(self, value): pass
"""
    assert len(loose_connections(source)) == 1
