from __future__ import annotations

import numpy as np
import pytest

from studio.gui.widgets.frame_times import SPAN_S, FrameTimes


@pytest.fixture
def plot(qtbot) -> FrameTimes:
    plot = FrameTimes()
    qtbot.addWidget(plot)
    return plot


def test_times_from_frame_to_frame_of_the_last_seconds(plot):
    for frame in range(1000):
        plot.add(frame * 0.02)
    assert len(plot.times_ms) == pytest.approx(SPAN_S / 0.02, abs=2)
    assert plot.times_ms == pytest.approx([20.0] * len(plot.times_ms))
    plot.add(1000 * 0.02 + 0.5)
    assert plot.times_ms[-1] == pytest.approx(520.0)
    assert "Longest 520 ms" in plot.toolTip()


def test_a_pause_is_no_slow_frame(plot):
    plot.add(0.0)
    plot.add(0.03)
    plot.interrupt()
    plot.add(7.0)
    plot.add(7.04)
    assert plot.times_ms == pytest.approx([30.0, 40.0])


def test_a_slow_frame_is_seen(plot, dressed):
    dressed("dark")
    for frame in range(60):
        plot.add(frame * 0.03)
    before = picture(plot)
    plot.add(60 * 0.03 + 0.3)
    assert (picture(plot) != before).any()


def picture(plot: FrameTimes) -> np.ndarray:
    image = plot.grab().toImage()
    return np.frombuffer(image.constBits(), np.uint8).copy()
