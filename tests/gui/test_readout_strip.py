"""The readouts of the live view, with a helper process that a test writes."""

from __future__ import annotations

import sys
import textwrap

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel, QWidget

from studio.capture.pipeline import LiveFrame
from studio.gui.docks import readout_strip
from studio.gui.docks.readout_strip import READOUT_KEY, ReadoutStrip, doubts_about, in_words
from studio.gui.frame_helper import HelperProcess
from studio.optics.baselines import NONE, Baseline
from studio.project.records import Run
from studio.training.readout import NOTICE, Readout

ANSWERS = """
    import json, sys
    sys.stdin.buffer.read(int(sys.stdin.buffer.readline()))  # the run
    while line := sys.stdin.buffer.readline():
        asked = json.loads(line)
        sys.stdin.buffer.read(6 * asked["height"] * asked["width"])
        answer = {"face_share": 1.0, "expression": [["happiness", 0.8]], "units": [["jawOpen", 0.4]]}
        print(json.dumps({**answer, "severity": 12.3, "frames": 9}), flush=True)
"""
READ = Readout(1.0, (("happiness", 0.82), ("neutral", 0.1)), (("jawOpen", 0.63),), 21.4, 12)


class Live(QObject):
    """What the strip hears of the live view."""

    frame_ready = Signal(object)
    baseline = NONE


@pytest.fixture
def run(document) -> Run:
    config = {"network": {"trunk": "sanet-tiny"}, "baseline": "none"}
    return Run(id="run-1", config=config, kept=True, weights={"w": np.zeros(2, np.float16)}, design=document.design)


@pytest.fixture
def made(monkeypatch):
    """Every helper that was begun; all models seem to be fetched."""
    made = []

    def make(_module: str, opening: bytes) -> HelperProcess:
        made.append(HelperProcess("", opening, command=(sys.executable, "-c", textwrap.dedent(ANSWERS))))
        return made[-1]

    monkeypatch.setattr(readout_strip, "HelperProcess", make)
    monkeypatch.setattr(readout_strip, "missing", lambda _names: [])
    monkeypatch.setattr("studio.gui.frame_helper.EVERY_MS", 0)
    return made


@pytest.fixture
def live(qtbot):
    return Live()


@pytest.fixture
def strip(qtbot, document, live, made):
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    strip = ReadoutStrip(document, live, parent)
    yield strip
    assert strip.stop()
    assert all(one._process is None for one in made)


def frame() -> LiveFrame:
    picture = np.zeros((24, 32, 3), np.uint8)
    return LiveFrame(picture, picture, 0, False, 0, 30.0, 5.0, 0)


def shown(qtbot, strip, live) -> str:
    qtbot.waitUntil(lambda: not strip.helper.busy)
    with qtbot.waitSignal(strip.helper.answered, timeout=10_000):
        live.frame_ready.emit(frame())
    return strip.said.text()


def test_it_is_off_until_it_is_asked_for(strip, live, made):
    live.frame_ready.emit(frame())
    assert not strip.isVisible()
    assert not made


def test_without_a_trained_network_it_says_so(strip, made, document):
    strip.button.click()
    assert document.view(READOUT_KEY) is True
    assert "train one" in strip.said.text()
    assert not made


def test_it_shows_what_the_newest_network_reads_and_says_what_it_is_not(qtbot, strip, live, document, run):
    document.add_records([run])
    strip.button.click()
    assert shown(qtbot, strip, live) == "happiness 80 %   ·   simulated severity 12 of 63   ·   jawOpen 0.40"
    assert NOTICE in [label.text() for label in strip.findChildren(QLabel)]
    assert not strip.doubts.text()


def test_a_run_that_is_trained_meanwhile_takes_over(qtbot, strip, live, document, run, made):
    strip.button.click()
    document.add_records([run])
    assert len(made) == 1
    newer = Run(id="run-2", config=run.config, kept=True, weights=run.weights, design=run.design)
    document.add_records([newer])
    assert len(made) == 2
    assert made[0]._closed
    assert shown(qtbot, strip, live).startswith("happiness")


def test_behind_another_lens_it_warns(qtbot, strip, live, document, run):
    document.add_records([run])
    document.apply_preset("paper-peak")
    strip.button.click()
    shown(qtbot, strip, live)
    assert "another lens" in strip.doubts.text()


def test_records_of_other_kinds_leave_it_alone(strip, document, run, made):
    document.add_records([run])
    strip.button.click()
    document.add_records([Run(id="run-2")])
    assert len(made) == 1


def test_switched_off_or_hidden_the_helper_ends(strip, document, run, made):
    document.add_records([run])
    strip.button.click()
    assert strip.helper.on
    strip.parentWidget().hide()
    assert not strip.helper.on
    strip.parentWidget().show()
    assert strip.helper.on
    strip.button.click()
    assert not strip.helper.on


def test_without_a_detector_it_says_what_to_fetch(strip, document, run, made, monkeypatch):
    monkeypatch.setattr(readout_strip, "missing", lambda names: list(names))
    document.add_records([run])
    strip.button.click()
    assert "opticaldr models fetch" in strip.said.text()
    assert not made


def test_readings_in_words():
    assert in_words(READ) == "happiness 82 %, neutral 10 %   ·   simulated severity 21 of 63   ·   jawOpen 0.63"
    assert in_words(Readout()) == "No face is in the clear picture"


@pytest.mark.parametrize(
    ("readout", "other", "baseline", "said"),
    [
        (READ, False, NONE, None),
        (READ, True, NONE, "another lens"),
        (READ, False, Baseline("gaussian", 3), "behind the lens, not behind this"),
        (Readout(0.4, READ.expression, READ.units, None, 3), False, NONE, "40 % of the size"),
        (Readout(), False, NONE, None),
    ],
)
def test_what_makes_readings_doubtful_is_said(run, readout, other, baseline, said):
    doubts = doubts_about(readout, run, other, baseline)
    assert doubts == [] if said is None else said in doubts[0]


def test_everything_has_a_name(strip):
    named = (strip.button, strip.said, strip.doubts)
    assert all(widget.accessibleName() for widget in named)
