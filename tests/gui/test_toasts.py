"""Toasts: they stack, run down, can be dismissed and acted on; errors stay."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QMainWindow

from studio.gui.toasts import MOST, ToastAction, Toasts


@pytest.fixture
def toasts(qtbot, dressed) -> Toasts:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.statusBar()
    window.resize(900, 600)
    window.show()
    return Toasts(window)


def test_they_stack_at_the_lower_right_newest_lowest(toasts: Toasts) -> None:
    toasts.show("first")
    toasts.show("second, a text so long that it needs more than the one line that others are content with " * 2)
    first, second = toasts.shown
    assert first.geometry().bottom() < second.geometry().top()
    assert second.height() > first.height()
    window = first.window()
    assert window.rect().contains(second.geometry())
    assert second.geometry().center().x() > window.width() / 2


def test_they_keep_their_corner_when_the_window_grows(toasts: Toasts, qtbot) -> None:
    toasts.show("text")
    (toast,) = toasts.shown
    window = toast.window()
    window.resize(1200, 800)
    qtbot.waitUntil(lambda: 0 < window.width() - toast.geometry().right() < 40)
    assert toast.geometry().bottom() > 700


def test_a_message_runs_down_and_an_error_does_not(toasts: Toasts, qtbot) -> None:
    toasts.show("passing")
    toasts.show("broken", "error")
    passing, error = toasts.shown
    assert passing.runs_down
    assert not error.runs_down
    passing._time.setInterval(1)
    qtbot.waitUntil(lambda: toasts.shown == [error])


def test_keys_reach_the_newest_one_and_stop_its_time(toasts: Toasts, qtbot) -> None:
    toasts.answer()  # with none there nothing happens
    done: list[bool] = []
    toasts.show("first")
    newest = toasts.show("removed", action=ToastAction("Undo", lambda: done.append(True)))
    with qtbot.waitActive(newest.window()):
        newest.window().activateWindow()
    toasts.answer()
    assert newest.button.hasFocus()
    assert not newest.runs_down
    newest.dismiss.setFocus()
    assert not newest.runs_down
    newest.window().setFocus()
    assert newest.runs_down
    toasts.answer()
    qtbot.keyClick(newest.button, Qt.Key.Key_Space)
    assert done == [True]
    toasts.answer()
    qtbot.keyClick(toasts.shown[0].dismiss, Qt.Key.Key_Escape)
    assert toasts.shown == []


def test_the_mouse_over_it_stops_the_time(toasts: Toasts) -> None:
    toasts.show("text")
    (toast,) = toasts.shown
    at = QPointF(5, 5)
    QApplication.sendEvent(toast, QEnterEvent(at, at, at))
    assert not toast.runs_down
    QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))
    assert toast.runs_down


def test_dismissing_by_mouse_and_by_key(toasts: Toasts, qtbot) -> None:
    toasts.show("one", "error")
    toasts.show("two", "error")
    one, two = toasts.shown
    qtbot.mouseClick(one.dismiss, Qt.MouseButton.LeftButton)
    assert toasts.shown == [two]
    qtbot.keyClick(two.dismiss, Qt.Key.Key_Escape)
    assert toasts.shown == []


def test_the_action_runs_once_and_ends_it(toasts: Toasts, qtbot) -> None:
    runs: list[str] = []
    toasts.show("Layout removed", action=ToastAction("Undo", lambda: runs.append("undo")))
    (toast,) = toasts.shown
    assert toast.button.text() == "Undo"
    qtbot.mouseClick(toast.button, Qt.MouseButton.LeftButton)
    assert runs == ["undo"]
    assert toasts.shown == []


def test_a_removed_variant_can_be_taken_back_from_its_toast(window) -> None:
    window.variants.keep()
    window.variants.cards.selectAll()
    window.variants.remove()
    assert window.document.project.variants == ()
    (toast,) = window.toasts.shown
    toast.button.click()
    assert [variant.name for variant in window.document.project.variants] == ["Variant 1"]


def test_the_same_again_is_one_and_too_many_push_out_the_oldest_that_may_go(toasts: Toasts) -> None:
    toasts.show("stays", "error")
    for number in range(MOST + 2):
        toasts.show(f"text {number}")
        toasts.show(f"text {number}")
    texts = [toast.text for toast in toasts.shown]
    assert texts == ["stays", *(f"text {number}" for number in range(3, MOST + 2))]


def test_a_screen_reader_is_told_the_kind(toasts: Toasts) -> None:
    toasts.show("disk full", "warning")
    assert toasts.shown[0].accessibleName() == "Warning: disk full"
    assert toasts.shown[0].dismiss.accessibleName() == "Dismiss"
