from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt, QTimer
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QScrollArea, QVBoxLayout, QWidget

from studio.gui.theme import tokens
from studio.gui.widgets.edit_run import EditRun
from studio.gui.widgets.frame_view import CAPTURE, SIDE_BY_SIDE, WIPE, FrameView
from studio.gui.widgets.labels import ElidedLabel, TokenLabel
from studio.gui.widgets.number_field import NumberField
from studio.gui.widgets.picture_panel import PicturePanel
from studio.gui.widgets.pictures import fit, nice_length, to_image
from studio.gui.widgets.psf_view import PsfView, psf_picture
from studio.gui.widgets.quantity import format_quantity, on_screen
from studio.gui.widgets.section import Section
from studio.gui.widgets.segments import Choice, Segments
from studio.gui.widgets.slider import Slider, SoftRange
from studio.gui.widgets.slider_row import SliderRow
from studio.gui.widgets.warning_strip import WarningStrip
from studio.optics.lens import LensDesign
from studio.optics.psf import psf
from tests.gui.fake_pipeline import CAPTURE_COLOUR, CLEAR_COLOUR, live_frame

# Numbers as people read them


def test_quantities_are_written_with_steady_decimals():
    assert format_quantity(-30.42, 3, "um") == "−30.420 µm"
    assert format_quantity(-0.0001, 2, "mm") == "0.00 mm"
    assert format_quantity(0.01, 3, "of full scale") == "0.010"
    assert format_quantity(20000, 0, "electrons") == "20000 e⁻"


def test_on_screen_it_is_always_the_micro_sign():
    assert on_screen("Z4 = -51 um; 3.69 um pixels of aluminum") == "Z4 = -51 µm; 3.69 µm pixels of aluminum"


# Number field


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


# Slider row


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


@pytest.mark.parametrize(
    ("value", "filled"), [(2.0, (0.6, 0.7)), (-2.0, (0.3, 0.4)), (0.0, ()), (9.0, (0.6, 0.7, 0.9))]
)
def test_a_slider_with_negative_values_is_filled_from_zero(qtbot, dressed, value, filled):
    dressed("dark")
    slider = Slider("Coma", SoftRange(-3.0, 3.0, 0.01))
    qtbot.addWidget(slider)
    slider.resize(200, 24)
    slider.show()
    slider.show_value(value)
    picture = slider.grab().toImage()
    accent = QColor(tokens().accent)
    places = (0.1, 0.3, 0.4, 0.6, 0.7, 0.9)
    assert tuple(s for s in places if picture.pixelColor(round(s * 200), 12) == accent) == filled


def test_a_logarithmic_slider_and_back():
    soft = SoftRange(0.2, 5.0, 0.05, log=True)
    assert soft.value(0.5) == pytest.approx(1.0)
    assert soft.share(1.0) == pytest.approx(0.5)
    assert soft.share(100.0) == 1.0


def test_a_run_ends_after_a_pause(qtbot):
    run = EditRun()
    first = run.number()
    assert run.number() == first
    with qtbot.waitSignal(run.findChild(QTimer).timeout):
        pass
    assert run.number() != first


# Sections and segments


def test_a_section_folds_by_keyboard(qtbot):
    section = Section("Glass", folded=True)
    qtbot.addWidget(section)
    content = QWidget()
    section.rows.addWidget(content)
    section.show()
    assert not content.isVisible()
    header = section.header.itemAt(0).widget()
    QTest.keyClick(header, Qt.Key.Key_Space)
    assert content.isVisible()
    assert not section.folded


def test_segments_report_the_users_choice_only(qtbot):
    segments = Segments("View", (Choice("a", "A"), Choice("b", "B")))
    qtbot.addWidget(segments)
    with qtbot.assertNotEmitted(segments.chosen):
        segments.choose("b")
        segments.choose("from another version")
    assert segments.choice == "b"
    with qtbot.waitSignal(segments.chosen) as caught:
        segments.buttons["a"].click()
    assert caught.args == ["a"]
    segments.show()
    segments.buttons["a"].setFocus()
    qtbot.waitUntil(segments.buttons["a"].hasFocus)
    with qtbot.waitSignal(segments.chosen):
        QTest.keyClick(segments.buttons["a"], Qt.Key.Key_Right)
    assert segments.choice == "b"


def test_labels_follow_the_theme(qtbot, dressed):
    dressed("dark")
    label = TokenLabel("careful", "warning")
    qtbot.addWidget(label)
    label.show()
    before = label.palette().windowText().color()
    dressed("light")
    assert label.palette().windowText().color() != before


def test_a_line_without_room_ends_in_dots(qtbot):
    words = "a long text of many words " * 6
    label, cut = ElidedLabel(words), ElidedLabel("a")
    for made in (label, cut):
        qtbot.addWidget(made)
        made.resize(200, 20)
        made.show()
    assert label.text() == label.toolTip() == words
    cut.setText(cut.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, 200))
    assert cut.text().endswith("…")
    assert label.grab().toImage() == cut.grab().toImage()


def test_the_warning_strip_keeps_its_height_and_tells_all(qtbot):
    strip = WarningStrip()
    qtbot.addWidget(strip)
    strip.resize(300, strip.sizeHint().height())
    strip.show()
    height = strip.sizeHint().height()
    assert strip.text() == "No warnings"
    strip.show_warnings([("first", "why"), ("second", "why so"), ("third", "and so")])
    assert strip.sizeHint().height() == height
    assert strip.text() == "⚠ first\n⚠ second  (+1)"
    assert "third. and so" in strip.toolTip()
    assert strip.accessibleDescription() == strip.toolTip()
    strip.show_warnings([])
    assert strip.accessibleDescription() == strip.text() == "No warnings"


# Pictures


def test_nice_lengths():
    assert [nice_length(x) for x in (1.0, 1.9, 2.0, 49.0, 50.0, 0.07, 999.0)] == [1, 1, 2, 20, 50, 0.05, 500]


def test_pictures_keep_their_shape():
    place = fit(QSizeF(640, 480), QRectF(0, 0, 1000, 480))
    assert (place.width(), place.height()) == (640, 480)
    assert place.center().x() == 500


def test_an_image_owns_its_pixels():
    rgb = np.zeros((2, 3, 3), np.uint8)
    rgb[1, 2] = (1, 2, 3)
    image = to_image(rgb)
    rgb[:] = 255
    assert image.pixelColor(2, 1).getRgb()[:3] == (1, 2, 3)
    assert image.pixelColor(0, 0).getRgb()[:3] == (0, 0, 0)


@pytest.fixture
def view(qtbot):
    view = FrameView()
    qtbot.addWidget(view)
    view.resize(640, 480)
    frame = live_frame()
    view.set_frames(frame.clear, frame.capture)
    view.show()
    return view


def share_of(widget, colour, tolerance=3):
    """Share of the widget's pixels that have `colour`."""
    image = widget.grab().toImage().convertToFormat(to_image(np.zeros((1, 1, 3), np.uint8)).format())
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)[:, : image.width(), 2::-1]
    return float((np.abs(pixels.astype(int) - colour).max(axis=-1) <= tolerance).mean())


@pytest.mark.parametrize("mode", [CAPTURE, SIDE_BY_SIDE, WIPE])
def test_clear_pixels_are_painted_only_while_revealed(view, mode):
    view.set_mode(mode)
    assert share_of(view, CLEAR_COLOUR) == 0.0
    view.set_revealed(True)
    assert share_of(view, CLEAR_COLOUR) > 0.1
    view.set_revealed(False)
    assert share_of(view, CLEAR_COLOUR) == 0.0
    assert share_of(view, CAPTURE_COLOUR) > 0.1


def test_the_wipe_follows_the_mouse_and_the_keys(view, qtbot):
    view.set_mode(WIPE)
    before = share_of(view, CAPTURE_COLOUR)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(320, 240))
    QTest.mouseMove(view, QPoint(160, 240))
    with qtbot.waitSignal(view.divider_changed) as caught:
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(160, 240))
    assert caught.args == [pytest.approx(0.25, abs=0.01)]
    assert share_of(view, CAPTURE_COLOUR) > before + 0.2
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.divider == pytest.approx(0.30, abs=0.01)


def test_an_empty_view_says_so(qtbot, view):
    view.clear_frames()
    view.set_message("Opening", "camera 0")
    assert share_of(view, CAPTURE_COLOUR) == 0.0
    assert not view.has_picture


def test_an_unknown_mode_is_refused(view):
    with pytest.raises(ValueError, match="upside down"):
        view.set_mode("upside down")


def test_a_picture_panel_gives_the_picture_the_most_room(qtbot):
    picture, figures = QWidget(), QLabel("Strehl 0.9")
    panel = PicturePanel(picture, figures)
    qtbot.addWidget(panel)
    panel.show()
    for width, height in ((600, 300), (300, 700), (300, 300)):
        panel.resize(width, height)
        assert panel.rect().contains(picture.geometry())
        assert panel.rect().contains(figures.geometry())
        assert not picture.geometry().intersects(figures.geometry())
        assert picture.width() == picture.height()
    panel.resize(600, 300)
    assert picture.width() == 300
    assert figures.x() > 300
    panel.resize(300, 700)
    assert picture.width() == 300
    assert figures.y() > 300


def test_row_0_of_the_psf_is_on_top():
    values = np.zeros((3, 5, 5), np.float32)
    values[:, 0, 3] = 1.0
    picture = psf_picture(values)
    assert picture[0, 3].tolist() == [255, 255, 255]
    assert picture[1:].max() == 0


def test_channels_and_logarithm_of_the_psf_picture():
    values = np.zeros((3, 3, 3), np.float32)
    values[0, 0, 0], values[1, 0, 0], values[1, 2, 2] = 0.5, 1.0, 0.01
    assert psf_picture(values)[0, 0].tolist() == [128, 255, 0]
    assert psf_picture(values, 0)[0, 0].tolist() == [255, 255, 255]
    assert psf_picture(values, 1, log=True)[2, 2, 0] == round(255 / 2)
    assert psf_picture(values, 1, log=True)[1, 1, 0] == 0


def test_a_tilt_moves_the_spot_down_the_screen(qtbot):
    """+y is down, for the PSF as for the picture."""
    view = PsfView()
    qtbot.addWidget(view)
    view.resize(300, 300)
    view.show_psf(psf(LensDesign().with_zernike(3, 4.0), size=65))
    image = view.grab().toImage()
    rows = [max(image.pixelColor(x, y).lightness() for x in range(300)) for y in range(240)]
    assert int(np.argmax(rows)) > 160
