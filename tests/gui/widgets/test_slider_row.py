from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QScrollArea, QVBoxLayout, QWidget

from studio.gui.widgets.slider import SoftRange
from studio.gui.widgets.slider_row import SliderRow


@pytest.fixture
def row(qtbot):
    row = SliderRow("Defocus", "um", SoftRange(-60, 0, 0.05, decimals=2), meaning="Height", reset_to=-30.0, tag="Z4")
    qtbot.addWidget(row)
    row.edited.connect(lambda value, _: row.set_value(value))
    row.set_value(-30.0)
    row.resize(400, 40)
    row.show()
    return row


def drag(slider, *shares):
    points = [QPoint(round(share * (slider.width() - 1)), slider.height() // 2) for share in shares]
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(slider, point)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=points[-1])


def test_each_drag_of_the_slider_has_one_number_of_its_own(row):
    edits, drags = [], []
    row.edited.connect(lambda value, run: edits.append((value, run)))
    row.dragging.connect(drags.append)
    drag(row.slider, 0.5, 0.6, 0.7, 0.8)
    first = {run for _, run in edits}
    assert len(edits) >= 3
    assert len(first) == 1
    assert drags == [True, False]
    edits.clear()
    drag(row.slider, 0.2, 0.3)
    assert len({run for _, run in edits}) == 1
    assert first.isdisjoint(run for _, run in edits)
    assert row.value == edits[-1][0]


def test_the_number_may_leave_the_range_of_the_slider(row):
    row.set_value(-120.0)
    assert row.value == -120.0
    assert row.slider.value_here == -60.0


def test_double_click_on_the_label_and_the_button_reset(row, qtbot):
    assert not row.reset_button.isVisible()
    row.set_value(-10.0)
    assert row.reset_button.isVisible()
    with qtbot.waitSignal(row.edited) as caught:
        QTest.mouseDClick(row.label, Qt.MouseButton.LeftButton)
    assert caught.args == [-30.0, None]
    row.set_value(-10.0)
    row.reset_button.click()
    assert row.value == -30.0


def test_a_row_without_buttons_resets_by_double_click(qtbot):
    row = SliderRow("Noise", "", SoftRange(0.0, 0.1, 0.001), reset_to=0.01, buttons=False)
    qtbot.addWidget(row)
    row.set_value(0.05)
    assert not row.findChildren(QAbstractButton)
    with qtbot.waitSignal(row.edited) as caught:
        QTest.mouseDClick(row.label, Qt.MouseButton.LeftButton)
    assert caught.args == [0.01, None]


def test_a_refusal_stands_under_the_row_until_the_next_edit(row):
    row.refuse("zernike.4 = 300 um is out of range")
    assert row.message.isVisible()
    assert row.message.text() == "zernike.4 = 300 µm is out of range. It stays at −30.00 µm."
    drag(row.slider, 0.9)
    assert not row.message.isVisible()


@pytest.fixture
def page(qtbot):
    """Rows of a page that scrolls, in a window that shows only some of them."""
    scroll = QScrollArea(widgetResizable=True)
    qtbot.addWidget(scroll)
    content = QWidget()
    column = QVBoxLayout(content)
    rows = [SliderRow(f"Row {i}", "mm", SoftRange(0, 1, 0.1), reset_to=0.0) for i in range(12)]
    for row in rows:
        column.addWidget(row)
    scroll.setWidget(content)
    scroll.resize(400, 200)
    scroll.show()
    yield rows  # noqa: PT022


def test_a_refusal_moves_no_row_and_is_seen_whole(page):
    def places():
        return [row.pos() for row in page]

    before = places()
    for row in (page[0], page[4]):
        row.refuse("this value is out of range, and here is a long reason that needs more than a line")
        QApplication.processEvents()
        assert places() == before
        assert row.message.isVisible()
        assert row.message.visibleRegion().boundingRect() == row.message.rect()
        assert not row.message.geometry().intersects(row.geometry().adjusted(0, 4, 0, -4))


def test_a_callout_goes_where_its_row_goes(page):
    row = page[2]
    row.refuse("no")
    first = row.message.y()
    page[0].hide()
    QApplication.processEvents()
    assert row.message.y() < first
    row.hide()
    assert not row.message.isVisible()
    row.show()
    assert row.message.isVisible()
    QTest.mouseClick(row.message, Qt.MouseButton.LeftButton)
    assert not row.message.isVisible()


def test_a_bubble_makes_room_when_its_field_is_left(page):
    row, below = page[1], page[2]
    row.field.setFocus()
    QTest.keyClicks(row.field, "far too much\r")
    assert row.message.isVisible()
    below.field.setFocus()
    assert not row.message.isVisible()
    assert row.field.property("refused")  # its colour and tool tip still say so
    row.field.setFocus()
    assert row.message.isVisible()


def test_what_is_refused_on_leaving_is_said_for_a_while(page, monkeypatch, qtbot):
    monkeypatch.setattr("studio.gui.widgets.callout.READ_MS", 1)
    row, below = page[1], page[2]
    row.field.setFocus()
    QTest.keyClicks(row.field, "far too much")
    below.field.setFocus()
    assert row.message.isVisible()
    qtbot.waitUntil(lambda: not row.message.isVisible())


def test_a_locked_row_takes_no_value_from_anyone(row, qtbot):
    row.set_value(-10.0)
    row.set_fixed("Locked.", locked=True)
    with qtbot.assertNotEmitted(row.edited):
        drag(row.slider, 0.2, 0.8)
        QTest.keyClicks(row.field, "5\r")
        QTest.mouseDClick(row.label, Qt.MouseButton.LeftButton)
        row.reset_button.click()
    assert row.value == -10.0
    assert row.lock_button.isChecked()
    assert row.slider.toolTip().startswith("Locked.")
    row.set_fixed("")
    assert row.slider.toolTip() == "Height"
    assert row.reset_button.isVisible()


def test_the_lock_is_reached_and_pressed_by_keyboard(row, qtbot):
    assert row.lock_button.accessibleName() == "Lock Defocus"
    row.lock_button.setFocus()
    with qtbot.waitSignal(row.lock_asked) as caught:
        QTest.keyClick(row.lock_button, Qt.Key.Key_Space)
    assert caught.args == [True]
