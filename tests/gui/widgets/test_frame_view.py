from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from studio.gui.widgets.frame_view import CAPTURE, SIDE_BY_SIDE, WIPE, FrameView
from studio.gui.widgets.pictures import to_image
from tests.gui.fake_pipeline import CAPTURE_COLOUR, CLEAR_COLOUR, live_frame


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
