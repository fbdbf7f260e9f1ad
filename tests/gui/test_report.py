from __future__ import annotations

import threading

import pytest
from PySide6.QtWidgets import QWidget

from studio.gui.report import FORMATS, ReportWriter
from studio.report import write
from tests.gui.conftest import trigger


@pytest.fixture
def place(tmp_path):
    """Where the user wants it; None for nowhere."""
    return [tmp_path / "r.html"]


@pytest.fixture
def writer(qtbot, document, place):
    window = QWidget()
    qtbot.addWidget(window)
    asked = []

    def choose(_window, suggestion, suffixes):
        asked.append((suggestion.name, suffixes))
        return place[0]

    writer = ReportWriter(document, window, choose)
    writer.asked = asked
    yield writer
    assert writer.stop(30.0)


@pytest.fixture
def told(writer):
    told = []
    writer.told.connect(lambda text, kind: told.append((text, kind)))
    return told


def test_the_report_of_the_open_project_is_written(qtbot, document, writer, told, place):
    document.edit_design(document.design.with_zernike(5, 1.25), "Change astigmatism")
    writer.write()
    assert writer.asked == [(f"{document.name}-report.pdf", FORMATS)]
    qtbot.waitUntil(lambda: told[-1] == ("Wrote r.html", "success"), timeout=60_000)
    assert "1.2500" in place[0].read_text()


def test_a_report_that_is_cancelled_leaves_the_old_one(qtbot, writer, told, place, monkeypatch):
    place[0].write_text("the old one")
    gate, real = threading.Event(), write.contents
    monkeypatch.setattr(write, "contents", lambda *given: gate.wait(10) and real(*given))
    writer.write()
    writer.work.cancel()
    gate.set()
    qtbot.waitUntil(lambda: told[-1] == ("Writing r.html was cancelled", "warning"), timeout=60_000)
    assert place[0].read_text() == "the old one"


def test_nothing_happens_without_a_place(writer, told, place):
    place[0] = None
    writer.write()
    assert told == []


def test_a_place_that_cannot_be_written_is_told(qtbot, writer, told, place, tmp_path):
    place[0] = tmp_path / "missing" / "r.pdf"
    writer.write()
    qtbot.waitUntil(lambda: told[-1][1] == "error", timeout=60_000)
    assert "the folder does not exist" in told[-1][0]


def test_the_window_offers_what_the_command_writes(window, monkeypatch):
    assert FORMATS == write.FORMATS
    asked = []
    monkeypatch.setattr(window.report, "_choose", lambda *_: asked.append(True))
    trigger(window, "report")
    assert asked == [True]
