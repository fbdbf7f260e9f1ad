from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from studio.capture.reader import Pace
from studio.faces.pictures import SourceError
from tests.capture.doubles import PATIENT, Camera, StreamProbe, grey_frame


@pytest.fixture
def probe():
    """Builds a `StreamProbe`; it is stopped, and the events it may hang on are set, when the test ends."""
    probes: list[StreamProbe] = []
    gates: list[threading.Event] = []

    def build(*results, limits=PATIENT, hangs_on: tuple[threading.Event, ...] = ()) -> StreamProbe:
        probes.append(StreamProbe(*results, limits=limits))
        gates.extend(hangs_on)
        return probes[-1]

    yield build
    for gate in gates:
        gate.set()
    for each in probes:
        each.stream.stop()


def test_beats_keep_to_the_grid_however_late_the_caller_is():
    pace = Pace(30.0, start_s=100.0)
    late = np.random.default_rng(0).uniform(0.0, 0.02, 3000)
    now_s = 100.0
    for delay_s in late:
        now_s += pace.wait_s(now_s + delay_s) + delay_s
    assert now_s == pytest.approx(100.0 + 3000 / 30.0, abs=0.03)


def test_a_caller_that_sleeps_through_beats_misses_them_and_does_not_rush():
    pace = Pace(10.0, start_s=0.0)
    pace.wait_s(0.0)
    assert pace.wait_s(5.03) == 0.0  # the beat at 5.0 is 30 ms old
    assert pace.wait_s(5.03) == pytest.approx(0.07)


def test_a_camera_that_opens_late_is_waited_for_without_blocking(probe):
    gate, camera = threading.Event(), Camera()
    live = probe((gate, camera), hangs_on=(gate,))
    live.stream.open("camera:0")
    live.until_phases("opening")
    assert live.stream.state.message == "opening camera:0"
    gate.set()
    live.until_phases("opening", "streaming")
    assert live.next_frame().frame.shape == (48, 64, 3)
    assert live.stream.stop()
    assert live.phases[-1] == "closed"
    assert camera.closed.is_set()


def test_a_few_missing_frames_are_forgiven(probe):
    live = probe(Camera([None] * 5 + [grey_frame(9)]), limits=replace(PATIENT, misses=6))
    live.stream.open("camera:0")
    assert live.next_frame().frame.shape == (48, 64, 3)
    assert "lost" not in live.phases


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ([grey_frame(), *[None] * 10], "stand-in gave no frame 10 times in a row"),
        ([grey_frame(), SourceError("the clip has gone")], "the clip has gone"),
        ([grey_frame(), OSError("driver\nbroke")], "OSError: driver broke"),
    ],
    ids=["no frames", "refuses", "dies"],
)
def test_a_lost_source_is_reported_and_comes_back(probe, script, message):
    first, second = Camera(script), Camera(last=grey_frame(200), name="back again")
    live = probe(first, second)
    live.stream.open("camera:0")
    live.until_phases("opening", "streaming", "lost", "retrying", "streaming")
    assert message in live.states[2].message
    assert "\n" not in live.states[2].message
    assert live.states[4].message == "back again"
    assert first.closed.is_set()
    live.until(lambda: live.next_frame().frame[0, 0, 0] == 200)


def test_a_camera_that_blocks_is_left_behind_and_its_late_frame_thrown_away(probe):
    hang = threading.Event()
    hung = Camera([grey_frame(1), hang], last=grey_frame(66))
    back = Camera(last=grey_frame(2))
    live = probe(hung, back, limits=replace(PATIENT, silent_s=0.05), hangs_on=(hang,))
    live.stream.open("camera:0")
    live.until_phases("opening", "streaming", "lost", "retrying")
    assert "stopped giving frames" in live.states[2].message
    live.until(lambda: live.next_frame().frame[0, 0, 0] == 2)
    hang.set()
    assert hung.closed.wait(10.0)
    levels = {int(live.next_frame().frame[0, 0, 0]) for _ in range(20)}
    assert levels == {2}


def test_frames_may_change_their_size(probe):
    live = probe(Camera([grey_frame()], last=grey_frame(height=96, width=128)))
    live.stream.open("camera:0")
    live.until(lambda: live.next_frame().frame.shape == (96, 128, 3))
    assert "lost" not in live.phases


def test_a_source_refused_at_once_fails_for_good(probe):
    live = probe(SourceError("camera 7 is not there"))
    live.stream.open("camera:7")
    live.until_phases("opening", "failed")
    assert live.stream.state.message == "camera 7 is not there"
    assert live.opener.specs == ["camera:7"]


def test_an_unforeseen_error_while_opening_is_shown(probe):
    live = probe(RuntimeError("a\nbug"))
    live.stream.open("camera:0")
    live.until_phases("opening", "failed")
    assert live.stream.state.message == "camera:0: RuntimeError: a bug"


def test_retries_go_on_with_growing_pauses_and_start_over_after_success(probe):
    dying = [Camera([grey_frame(), OSError("gone")]) for _ in range(2)]
    refusals = [SourceError("not there") for _ in range(3)]
    live = probe(dying[0], *refusals, dying[1], Camera())
    live.stream.open("camera:0")
    live.until(lambda: live.phases.count("streaming") == 3)
    pauses = [s.message.rsplit("next try in ")[1] for s in live.states if s.phase == "lost"]
    assert pauses == ["0.001 s", "0.002 s", "0.004 s", "0.004 s", "0.001 s"]


def test_a_camera_that_never_opens_blocks_nobody(probe):
    gate, late = threading.Event(), Camera()
    live = probe(
        (gate, late), limits=replace(PATIENT, open_s=0.02, last_retry_s=60, first_retry_s=60), hangs_on=(gate,)
    )
    live.stream.open("camera:0")
    live.until_phases("opening", "lost")
    assert "gave no frame within 0.02 s" in live.states[1].message
    assert not live.stream.stop(timeout_s=0.05), "the driver still holds its thread"
    assert live.stream.state.phase == "closed"
    gate.set()
    assert late.closed.wait(10.0), "what opens too late is closed"
    assert live.slot.take() is None


def test_hanging_attempts_do_not_pile_up(probe):
    gates = [threading.Event() for _ in range(3)]
    limits = replace(PATIENT, open_s=0.02, stuck_readers=2)
    live = probe(*((gate, Camera()) for gate in gates), limits=limits, hangs_on=tuple(gates))
    live.stream.open("camera:0")
    live.until(lambda: live.phases.count("lost") == 2)
    assert len(live.opener.specs) == 2
    gates[0].set()
    live.until(lambda: len(live.opener.specs) == 3)


def test_changing_the_source_closes_the_old_one_and_drops_its_frames(probe):
    old, new = Camera(last=grey_frame(1)), Camera(last=grey_frame(2), name="new")
    live = probe(old, new)
    live.stream.open("camera:0")
    live.next_frame()
    live.stream.open("camera:1")
    levels = {int(live.next_frame().frame[0, 0, 0]) for _ in range(20)}
    assert levels == {2}
    assert old.closed.wait(10.0)
    assert live.opener.specs == ["camera:0", "camera:1"]
    live.until(lambda: live.stream.state.message == "new")


def test_a_new_source_takes_over_from_one_that_hangs(probe):
    hang = threading.Event()
    live = probe(Camera([hang]), Camera(last=grey_frame(2)), hangs_on=(hang,))
    live.stream.open("camera:0")
    live.until(lambda: live.opener.specs == ["camera:0"])
    live.stream.open("clip:talk.mp4")
    assert live.next_frame().frame[0, 0, 0] == 2


def test_stop_may_be_called_twice_and_the_stream_started_again(probe):
    live = probe(Camera(), Camera())
    assert live.stream.stop(), "nothing to stop"
    live.stream.open("camera:0")
    live.next_frame()
    assert live.stream.stop()
    assert live.stream.stop()
    assert live.slot.take() is None
    live.stream.open("camera:0")
    live.next_frame()


def test_a_source_without_its_own_pace_is_read_at_its_frame_rate(probe, monkeypatch):
    waits: list[float] = []

    def pace(self: Pace, now_s: float) -> float:
        waits.append(now_s)
        return 0.001

    monkeypatch.setattr(Pace, "wait_s", pace)
    clip = Camera()
    clip.sets_own_pace = False
    live = probe(clip, Camera())
    live.stream.open("clip:talk.mp4")
    live.until(lambda: len(waits) > 3)
    live.stream.open("camera:0")
    live.until(lambda: live.stream.state.phase == "streaming")
    live.until(clip.closed.is_set)
    before = len(waits)
    for _ in range(5):
        live.next_frame()
    assert len(waits) == before
