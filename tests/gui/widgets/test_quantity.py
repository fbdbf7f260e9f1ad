from __future__ import annotations

import pytest

from studio.gui.widgets.quantity import format_quantity, on_screen, parse_quantity


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("35.5", "mm", 35.5),
        ("35.5 mm", "mm", 35.5),
        ("0.0355 m", "mm", 35.5),
        ("3.55cm", "mm", 35.5),
        ("2*1.5", "mm", 3.0),
        ("-(1 + 2)/4 µm", "um", -0.75),
        ("640 nm", "um", 0.64),
        ("1e-3 m", "mm", 1.0),
        ("1e3", "px", 1000.0),
        ("2 %", "of full scale", 0.02),
        ("8 bit", "bit", 8.0),
        ("20000 e⁻", "electrons", 20000.0),
        ("20000 electrons", "electrons", 20000.0),
    ],
)
def test_quantities_are_read_in_the_unit_of_the_field(text, unit, value):
    assert parse_quantity(text, unit) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "unit", "reason"),
    [
        ("", "mm", "type a number"),
        ("abc", "mm", "type a number"),
        ("1,5", "mm", "point"),
        ("5 kg", "mm", "'kg' does not fit"),
        ("5 mm", "px", "'mm' does not fit"),
        ("1/0", "mm", "divides by zero"),
        ("2**9", "mm", "not a number"),
        ("(1).real", "mm", "not a number"),
        ("True", "mm", "type a number"),
        ("1e400", "mm", "too large"),
        ("9" * 400, "mm", "too large"),
        ("((((1", "mm", "not a number"),
    ],
)
def test_refused_quantities_say_why_in_one_line(text, unit, reason):
    with pytest.raises(ValueError, match=r"\S") as refusal:
        parse_quantity(text, unit)
    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_quantities_are_written_with_steady_decimals():
    assert format_quantity(-30.42, 3, "um") == "−30.420 µm"
    assert format_quantity(-0.0001, 2, "mm") == "0.00 mm"
    assert format_quantity(0.01, 3, "of full scale") == "0.010"
    assert format_quantity(20000, 0, "electrons") == "20000 e⁻"


def test_on_screen_it_is_always_the_micro_sign():
    assert on_screen("Z4 = -51 um; 3.69 um pixels of aluminum") == "Z4 = -51 µm; 3.69 µm pixels of aluminum"
