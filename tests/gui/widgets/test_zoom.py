from __future__ import annotations

import pytest

from studio.gui.widgets.zoom import LARGEST, Zoom, zoom_from


def test_what_is_under_the_mouse_stays_there():
    zoomed = Zoom().by(4.0, 0.25, 0.75)
    assert zoomed.factor == 4.0
    assert zoomed.left + 0.25 * zoomed.side == pytest.approx(0.25)
    assert zoomed.top + 0.75 * zoomed.side == pytest.approx(0.75)
    back = zoomed.by(0.25, 0.25, 0.75)
    assert (back.left, back.top, back.side) == pytest.approx((0.0, 0.0, 1.0))


def test_it_never_leaves_the_picture():
    corner = Zoom().by(2.0).moved(5.0, -5.0)
    assert (corner.left, corner.top) == (0.5, 0.0)
    assert corner.by(0.1) == Zoom()
    assert Zoom().by(1e9).factor == LARGEST
    assert Zoom().moved(1.0, 1.0) == Zoom()


@pytest.mark.parametrize("value", [None, "4", [4.0, 0.5], [0.5, 0.5, 0.5], [1e9, 0.5, 0.5], ["a", 0, 0]])
def test_anything_else_stored_shows_the_whole_picture(value):
    assert zoom_from(value) == Zoom()


def test_what_was_stored_comes_back():
    assert zoom_from([4.0, 0.25, 0.75]) == Zoom(4.0, 0.25, 0.75)
    assert zoom_from([2.0, 0.0, 1.0]) == Zoom(2.0, 0.25, 0.75)
