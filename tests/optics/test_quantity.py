"""Numbers as people type them."""

from __future__ import annotations

import pytest

from studio.optics.quantity import parse_quantity


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("35.5", "mm", 35.5),
        ("35.5 mm", "mm", 35.5),
        ("0.0355 m", "mm", 35.5),
        ("3.55cm", "mm", 35.5),
        ("2*1.5", "mm", 3.0),
        ("-(1 + 2)/4 µm", "um", -0.75),
        ("−27.60 µm", "um", -27.6),
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
    ("text", "unit", "value"), [("0.64 um", "nm", 640.0), ("100 cm", "m", 1.0), ("5 km", "m", 5e3)]
)
def test_units_leave_no_trace_in_the_last_digits(text, unit, value):
    assert parse_quantity(text, unit) == value


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
        ("1" + "+1" * 5000, "mm", "too long"),
    ],
)
def test_refused_quantities_say_why_in_one_line(text, unit, reason):
    with pytest.raises(ValueError, match=r"\S") as refusal:
        parse_quantity(text, unit)
    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 200
