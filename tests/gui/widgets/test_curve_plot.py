from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from studio.gui.theme import tokens
from studio.gui.widgets.curve_plot import Axis, Curve, CurvePlot, Line, LineKey, Mark

X = np.linspace(0.0, 10.0, 21)


@pytest.fixture
def plot(qtbot):
    plot = CurvePlot("Test curves")
    qtbot.addWidget(plot)
    plot.resize(400, 240)
    plot.show()
    return plot


def colours_in(widget) -> dict[str, int]:
    image = widget.grab().toImage()
    names = [image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())]
    return {name: names.count(name) for name in set(names)}


def show(plot, y=None, **options):
    curve = Curve("line", X, np.full_like(X, 0.5) if y is None else y, "channel_green")
    plot.show_curves(Axis("x", 0.0, 10.0), Axis("y", 0.0, 1.0), [curve], **options)


def test_places_on_the_axes():
    assert Axis("", 0.0, 4.0).share(1.0) == 0.25
    log = Axis("", 0.1, 1000.0, log=True)
    assert log.share(10.0) == pytest.approx(0.5)
    assert log.share(0.0) == -2.0
    for axis in (Axis("", -3.0, 5.0), log):
        assert axis.value(axis.share(2.0)) == pytest.approx(2.0)


@pytest.mark.parametrize("y", [0.25, 0.75])
def test_a_curve_is_where_its_values_are(plot, y):
    show(plot, np.full_like(X, y))
    image = plot.grab().toImage()
    frame = plot._frame()
    row = round(frame.bottom() - y * frame.height())
    wanted = tokens().channel_green
    middle = round(frame.center().x()) + 7  # beside a line of the grid
    seen = [image.pixelColor(middle, r).name() == wanted for r in range(row - 2, row + 3)]
    assert any(seen)
    assert not any(image.pixelColor(middle, r).name() == wanted for r in range(round(frame.top()), row - 3))


def test_curves_stay_inside_the_frame(plot):
    show(plot, np.linspace(-50.0, 50.0, len(X)))
    image, frame = plot.grab().toImage(), plot._frame()
    below = range(round(frame.bottom()) + 2, image.height())
    assert not any(image.pixelColor(x, y).name() == tokens().channel_green for x in range(image.width()) for y in below)


def test_marks_and_theme(plot, dressed):
    for choice in ("light", "dark"):
        dressed(choice)
        show(plot)
        assert tokens().accent not in colours_in(plot)
        show(plot, marks=[Mark("Limit", 4.0)])
        seen = colours_in(plot)
        assert seen[tokens().accent] > 100
        assert max(seen, key=lambda name: seen[name]) == tokens().plot_background


def test_a_message_stands_in_for_curves(plot):
    show(plot)
    plot.show_message("No curves", "choose something")
    assert not plot.curves
    assert plot.accessibleDescription() == "No curves. choose something"
    assert tokens().channel_green not in colours_in(plot)
    show(plot)
    assert tokens().channel_green in colours_in(plot)


def test_the_mouse_reads_the_x_axis(plot, qtbot):
    show(plot)
    seen = []
    plot.pointed.connect(seen.append)
    frame = plot._frame()
    qtbot.mouseMove(plot, frame.center().toPoint())
    assert seen[-1] == pytest.approx(5.0, abs=10.0 / frame.width())
    qtbot.mouseMove(plot, QPoint(1, 1))
    assert seen[-1] is None


def test_keys_read_the_x_axis_as_the_mouse_does(plot, qtbot):
    show(plot)
    seen = []
    plot.pointed.connect(seen.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_End, Qt.Key.Key_Right, Qt.Key.Key_Home):
        qtbot.keyClick(plot, key)
    assert seen == pytest.approx([5.1, 5.2, 5.1, 10.0, 0.0])  # nothing new at the end
    qtbot.keyClick(plot, Qt.Key.Key_Escape)
    assert seen[-1] is None


def test_the_key_tells_the_kinds_of_line(qtbot):
    key = LineKey({"Solid": Line(), "Dotted": Line(2.0, (1.0, 2.0))})
    qtbot.addWidget(key)
    key.resize(key.sizeHint())
    assert key.accessibleDescription() == "Solid, Dotted"
    assert len(colours_in(key)) > 2
