"""The live meter in the window, with a helper process that a test writes."""

from __future__ import annotations

import sys
import textwrap

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from studio.capture.pipeline import LiveFrame
from studio.faces.meter import Reading
from studio.gui.docks import meter_strip
from studio.gui.docks.meter_strip import METER_KEY, MeterStrip
from studio.gui.frame_helper import HelperProcess
from studio.gui.meter import LiveMeter
from studio.gui.widgets.meter_bars import MeterBars, recognised, share, spoken
from tests.gui.accessible import unnamed

ANSWERS = """
    import json, sys
    known = False
    while line := sys.stdin.buffer.readline():
        asked = json.loads(line)
        known = (known or asked["enrol"]) and not asked["forget"]
        sys.stdin.buffer.read(6 * asked["height"] * asked["width"])
        reading = {"name": "sface", "similarity": 0.5, "threshold": 0.4, "best": 1.0}
        reading["enrolled"] = 0.3 if known else None
        print(json.dumps({"readings": [reading], "enrolled": known}), flush=True)
"""
DIES = "import sys; sys.exit(1)"
PROBLEM = 'print(\'{"problem": "the model yunet is missing"}\', flush=True); import sys; sys.stdin.read()'


def process(script: str) -> HelperProcess:
    return HelperProcess("", command=(sys.executable, "-c", textwrap.dedent(script)))


def frame() -> LiveFrame:
    picture = np.zeros((24, 32, 3), np.uint8)
    return LiveFrame(picture, picture, 0, False, 0, 30.0, 5.0, 0)


@pytest.fixture
def made():
    """Every helper that was begun."""
    return []


@pytest.fixture
def meter(qtbot, made, request):
    def make() -> HelperProcess:
        made.append(process(getattr(request, "param", ANSWERS)))
        return made[-1]

    meter = LiveMeter(make=make)
    yield meter
    assert meter.stop()
    assert all(one._process is None for one in made)


def measured(qtbot, meter):
    qtbot.waitUntil(lambda: not meter.busy)
    with qtbot.waitSignal(meter.measured, timeout=10_000) as told:
        meter.add(frame())
    return told.args[0]


def test_switched_off_it_measures_nothing_and_starts_nothing(meter, made):
    meter.add(frame())
    assert not made
    assert not meter.on


def test_a_frame_is_measured_in_another_process(qtbot, meter):
    meter.set_on(True)
    (reading,) = measured(qtbot, meter).readings
    assert reading == Reading("sface", 0.5, 0.4, 1.0)


def test_frames_that_come_meanwhile_are_passed_over(qtbot, meter):
    meter.set_on(True)
    told = []
    meter.measured.connect(told.append)
    for _ in range(50):
        meter.add(frame())
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    assert len(told) == 1


def test_an_enrolled_face_is_known_until_it_is_forgotten_or_switched_off(qtbot, meter, monkeypatch):
    monkeypatch.setattr("studio.gui.frame_helper.EVERY_MS", 0)
    meter.set_on(True)
    meter.enrol()
    assert measured(qtbot, meter).enrolled
    assert measured(qtbot, meter).readings[0].enrolled == 0.3
    meter.forget()
    assert not measured(qtbot, meter).enrolled
    meter.enrol()
    assert measured(qtbot, meter).enrolled
    meter.set_on(False)
    meter.set_on(True)
    assert not measured(qtbot, meter).enrolled


@pytest.mark.parametrize(
    ("meter", "said"), [(DIES, "switch it off and on"), (PROBLEM, "yunet is missing")], indirect=["meter"]
)
def test_a_helper_that_cannot_measure_says_so_in_one_line(qtbot, meter, said):
    meter.set_on(True)
    assert said in measured(qtbot, meter).problem


def test_switching_off_ends_the_helper_while_it_is_asked(qtbot, made):
    meter = LiveMeter(make=lambda: made.append(process("import time; time.sleep(60)")) or made[-1])
    meter.set_on(True)
    meter.add(frame())
    qtbot.waitUntil(lambda: made[0]._process is not None)
    child = made[0]._process
    assert meter.stop(5.0)
    assert child.poll() is not None


# The strip


class Stream(QObject):
    """What the strip hears of the live view."""

    frame_ready = Signal(object)


@pytest.fixture
def there(monkeypatch):
    """All models seem to be fetched."""
    monkeypatch.setattr(meter_strip, "missing", lambda _names: [])


@pytest.fixture
def strip(qtbot, document, meter):
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    strip = MeterStrip(document, Stream(parent), parent, meter)
    yield strip
    assert strip.stop()


def test_the_button_shows_the_strip_and_the_project_keeps_it(qtbot, document, strip, there):
    assert not strip.isVisible()
    strip.button.click()
    assert strip.isVisible()
    assert document.view(METER_KEY) is True
    assert strip.meter.on
    strip.button.click()
    assert not strip.meter.on


def test_enrolling_and_forgetting_by_the_button(qtbot, strip, there, monkeypatch):
    monkeypatch.setattr("studio.gui.frame_helper.EVERY_MS", 0)
    strip.button.click()
    measured(qtbot, strip.meter)
    strip.enrol_button.click()
    assert not strip.enrol_button.isEnabled()
    measured(qtbot, strip.meter)
    assert strip.enrol_button.text() == "Forget me"
    strip.enrol_button.click()
    measured(qtbot, strip.meter)
    assert strip.enrol_button.text() == "Enrol me"


def test_hidden_it_measures_nothing_and_knows_nobody(strip, there):
    strip.button.click()
    strip.parentWidget().hide()
    assert not strip.meter.on


def test_without_recognisers_it_says_what_to_fetch(strip, made, monkeypatch):
    monkeypatch.setattr(meter_strip, "missing", lambda names: list(names))
    strip.button.click()
    assert "opticaldr models fetch" in strip.bars.message
    assert not strip.enrol_button.isVisible()
    assert not made


def test_everything_has_a_name(strip):
    assert unnamed(strip) == []


# The bars

KNOWN = Reading("sface", 0.7, 0.4, 1.0)
UNKNOWN = Reading("dlib", -0.9, -0.5, 0.0, enrolled=-0.2)


def test_a_bar_is_half_full_at_the_threshold_and_whole_for_the_same_picture():
    assert share(KNOWN, 0.4) == pytest.approx(0.5)
    assert share(KNOWN, 1.0) == pytest.approx(1.0)
    assert share(UNKNOWN, -0.5) == pytest.approx(0.5)
    assert share(UNKNOWN, 0.0) == pytest.approx(1.0)
    assert share(KNOWN, -5.0) == 0.0


def test_what_is_above_the_threshold_is_recognised():
    assert recognised(KNOWN) is True
    assert recognised(UNKNOWN) is False
    assert recognised(Reading("own", 0.7, float("nan"), 1.0)) is None


def test_readings_are_told_in_words(qtbot):
    bars = MeterBars()
    qtbot.addWidget(bars)
    bars.show_readings([KNOWN, UNKNOWN])
    assert spoken(KNOWN) == "sface: similarity 0.70, recognised at 0.40"
    assert bars.accessibleDescription().endswith(
        "dlib: distance 0.90, not recognised at 0.50, to the enrolled face 0.20"
    )
    bars.show_message("No face is in the clear picture")
    assert bars.accessibleDescription() == bars.message


def test_bars_are_drawn_in_the_colours_of_what_they_say(qtbot):
    from studio.gui.theme import tokens

    bars = MeterBars()
    qtbot.addWidget(bars)
    bars.resize(400, bars.sizeHint().height())
    seen = {}
    for name, reading in (("error", KNOWN), ("success", UNKNOWN)):
        bars.show_readings([reading])
        image = bars.grab().toImage()
        seen[name] = {image.pixelColor(x, y).name() for x in range(0, 400, 3) for y in range(image.height())}
    assert tokens().error.lower() in seen["error"]
    assert tokens().success.lower() in seen["success"]
    assert tokens().error.lower() not in seen["success"]
