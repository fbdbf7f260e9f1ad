from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from studio.gui.widgets.number_field import NumberField


@pytest.fixture
def field(qtbot):
    """A focused field that takes values up to 10, as a listener would judge them."""
    window = QWidget()
    qtbot.addWidget(window)
    field = NumberField("Length", "mm", step=0.5, low=0.0, high=10.0)
    QVBoxLayout(window).addWidget(field)
    field.set_hint("A length")
    field.set_value(2.0)

    def answer(value, _run):
        if value > 10:
            field.refuse("length = 11 mm is out of range")
        else:
            field.set_value(value)

    field.edited.connect(answer)
    window.show()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    yield field  # noqa: PT022  (a return would let go of the holder and its child)


def type_into(field, text):
    field.selectAll()
    QTest.keyClicks(field, text)


def test_a_typed_number_with_a_unit_is_taken_at_return(field, qtbot):
    type_into(field, "0.0035 m")
    with qtbot.waitSignal(field.edited) as caught:
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert caught.args == [pytest.approx(3.5), None]
    assert field.value == pytest.approx(3.5)


@pytest.mark.parametrize(("text", "reason"), [("two", "type a number"), ("11", "out of range")])
def test_a_refused_entry_stays_to_be_corrected_and_says_why(field, qtbot, text, reason):
    type_into(field, text)
    with qtbot.waitSignal(field.refused, check_params_cb=bool) as caught:
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert reason in caught.args[0]
    assert "It stays at 2.000 mm" in caught.args[0]
    assert field.value == 2.0
    assert field.text() == text
    assert reason in field.toolTip()
    assert reason in field.accessibleDescription()
    field.clearFocus()
    assert field.text() == text
    field.setFocus()
    assert field.text() == text
    type_into(field, "3")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.value == 3.0
    assert field.toolTip() == "A length"


def refuse_entry(field):
    type_into(field, "11")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.property("refused")


@pytest.mark.parametrize(
    ("settle", "text"),
    [
        (lambda field: QTest.keyClick(field, Qt.Key.Key_Escape), "2 mm"),
        (lambda field: QTest.keyClick(field, Qt.Key.Key_Up), "2.5 mm"),
        (lambda field: field.set_value(2.0), "2 mm"),
        (lambda field: field.set_fixed("locked"), "2.000 mm"),
    ],
    ids=["escape", "a step", "a value from elsewhere", "a lock"],
)
def test_what_settles_a_refused_entry(field, settle, text):
    refuse_entry(field)
    said = []
    field.refused.connect(said.append)
    settle(field)
    assert field.text() == text
    assert said[-1] == ""
    assert "out of range" not in field.toolTip()
    assert not field.property("refused")


def test_a_refused_entry_is_asked_for_once(field, qtbot):
    refuse_entry(field)
    with qtbot.assertNotEmitted(field.edited):
        QTest.keyClick(field, Qt.Key.Key_Return)
        field.clearFocus()


def test_a_step_that_is_refused_shows_the_value_in_force(field):
    field.set_value(2.0)
    field.refuse("no")
    assert field.text() == "2 mm"
    assert field.toolTip() == "no. It stays at 2.000 mm."


def test_a_fixed_number_says_why(field):
    field.set_fixed("The glass decides.")
    assert not field.isEnabled()
    assert field.toolTip() == "The glass decides.\nA length"
    field.set_fixed("")
    assert field.isEnabled()
    assert field.toolTip() == "A length"


def test_a_scaled_number_is_read_written_and_stepped_in_its_own_measure(field):
    field.set_scale(4.0, "in quarters")
    assert field.text() == "8 mm"
    type_into(field, "12")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.value == 3.0
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert field.value == pytest.approx(3.125)
    type_into(field, "48")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert "(in quarters)" in field.toolTip()
    assert "It stays at 12.500 mm" in field.toolTip()


def test_escape_restores_the_number(field, qtbot):
    type_into(field, "7")
    with qtbot.assertNotEmitted(field.edited):
        QTest.keyClick(field, Qt.Key.Key_Escape)
        field.clearFocus()
    assert field.text() == "2.000 mm"


def test_looking_at_a_number_does_not_change_it(field, qtbot):
    field.set_value(3.774871234)
    with qtbot.assertNotEmitted(field.edited):
        assert field.text() == "3.774871234 mm"
        field.clearFocus()
    assert field.text() == "3.775 mm"
    assert field.value == 3.774871234


def wheel(widget, notches):
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(widget.mapToGlobal(middle)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event


def test_keys_and_wheel_step_within_the_range_and_share_an_undo_step(field):
    runs = []
    field.edited.connect(lambda _, run: runs.append(run))
    QTest.keyClick(field, Qt.Key.Key_Up)
    wheel(field, 2)
    assert field.value == 3.5
    assert len(set(runs)) == 1
    assert runs[0] is not None
    QTest.keyClick(field, Qt.Key.Key_PageDown)
    assert field.value == 0.0


def test_the_wheel_does_nothing_without_the_focus(field):
    field.clearFocus()
    event = wheel(field, 1)
    assert not event.isAccepted()
    assert field.value == 2.0
