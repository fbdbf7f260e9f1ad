from __future__ import annotations

import pytest

from studio.exchange.scales import linear_ticks, log_ticks, nice_length, tick_text


def test_lengths():
    assert [nice_length(x) for x in (1.0, 1.9, 2.0, 49.0, 50.0, 0.07, 999.0)] == [1, 1, 2, 20, 50, 0.05, 500]


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0.0, 1.0, 6, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (0.0, 1.0, 4, [0.0, 0.25, 0.5, 0.75, 1.0]),
        (0.0, 231.0, 5, [0.0, 50.0, 100.0, 150.0, 200.0]),
        (-120.0, 118.0, 7, [-100.0, -50.0, 0.0, 50.0, 100.0]),
        (0.0, 0.003, 3, [0.0, 0.001, 0.002, 0.003]),
        (-446.0, 446.0, 4, [-250.0, 0.0, 250.0]),
    ],
)
def test_linear_ticks(low, high, most, expected):
    assert linear_ticks(low, high, most) == pytest.approx(expected)


def test_log_ticks():
    assert log_ticks(0.1, 231.0, 6) == pytest.approx([0.1, 1.0, 10.0, 100.0])
    assert log_ticks(1e-4, 1.0, 5) == pytest.approx([1e-4, 1e-3, 1e-2, 0.1, 1.0])
    assert log_ticks(1e-4, 1.0, 3) == pytest.approx([1e-4, 1e-2, 1.0])


def test_texts():
    assert [tick_text(v) for v in (-100.0, 0.0, 3 * 0.2, 1e-4)] == ["−100", "0", "0.6", "0.0001"]
