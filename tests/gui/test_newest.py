from __future__ import annotations

import threading

import pytest

from studio.gui.newest import NewestWork
from studio.optics.lens import DesignError

TIMEOUT_S = 5.0


class Step:
    """Work that waits until it is let go."""

    def __init__(self, result: object) -> None:
        self.result = result
        self.begun, self.go = threading.Event(), threading.Event()
        self.still_wanted: bool | None = None

    def __call__(self, wanted):
        self.begun.set()
        assert self.go.wait(TIMEOUT_S)
        self.still_wanted = wanted()
        return self.result


@pytest.fixture
def shown() -> list:
    return []


@pytest.fixture
def refused() -> list:
    return []


@pytest.fixture
def work(qapp, shown, refused):
    work = NewestWork("test", shown.append, refused.append)
    yield work
    assert work.stop()


def test_of_what_waits_only_the_newest_is_computed(work, shown, qtbot):
    first, dropped, newest = Step("first"), Step("dropped"), Step("newest")
    work.request(first)
    assert first.begun.wait(TIMEOUT_S)
    work.request(dropped)
    work.request(newest)
    first.go.set()
    newest.go.set()
    qtbot.waitUntil(lambda: not work.busy)
    assert shown == ["first", "newest"]
    assert not dropped.begun.is_set()


def test_cancelled_work_is_told_and_not_shown(work, shown, qtbot):
    step, waiting = Step("late"), Step("waiting")
    work.request(step)
    work.request(waiting)
    work.cancel()
    step.go.set()
    qtbot.waitUntil(lambda: not work.busy)
    assert (shown, step.still_wanted, waiting.begun.is_set()) == ([], False, False)
    again = Step("again")
    again.go.set()
    work.request(again)
    qtbot.waitUntil(lambda: shown == ["again"])


def test_a_design_that_cannot_be_computed_is_refused_in_one_line(work, shown, refused, qtbot):
    def refuse(_wanted):
        raise DesignError("too steep")

    work.request(refuse)
    qtbot.waitUntil(lambda: refused == ["too steep"])
    assert shown == []


def test_any_other_error_is_raised_in_the_gui_thread(work, refused, qtbot):
    def fail(_wanted):
        raise ZeroDivisionError("ours")

    with qtbot.captureExceptions() as raised:
        work.request(fail)
        qtbot.waitUntil(lambda: not work.busy)
    assert [error[0] for error in raised] == [ZeroDivisionError]
    assert refused == []


def test_stopping_waits_for_the_thread(shown, qapp, qtbot):
    work = NewestWork("test", shown.append, shown.append)
    step = Step("never")
    work.request(step)
    assert not work.stop(timeout_s=0.0)
    step.go.set()
    assert work.stop(TIMEOUT_S)
    assert not [thread for thread in threading.enumerate() if thread.name == "test"]
    qapp.processEvents()
    assert shown == []


def test_it_rests_after_work_and_then_does_the_newest(qapp, shown, refused, qtbot):
    work = NewestWork("resting", shown.append, refused.append, rest=1e6)
    work.request(lambda _wanted: "first")
    qtbot.waitUntil(lambda: shown == ["first"])
    work.request(lambda _wanted: "dropped")
    work.request(lambda _wanted: "newest")
    assert work.busy
    assert not work._background.busy
    qtbot.waitUntil(lambda: not work.busy)
    assert shown == ["first", "newest"]
    work.request(lambda _wanted: "never")
    assert work.stop()
    assert not work.busy
