from __future__ import annotations

from studio.gui.widgets.quantity import format_quantity, on_screen


def test_quantities_are_written_with_steady_decimals():
    assert format_quantity(-30.42, 3, "um") == "−30.420 µm"
    assert format_quantity(-0.0001, 2, "mm") == "0.00 mm"
    assert format_quantity(0.01, 3, "of full scale") == "0.010"
    assert format_quantity(20000, 0, "electrons") == "20000 e⁻"


def test_on_screen_it_is_always_the_micro_sign():
    assert on_screen("Z4 = -51 um; 3.69 um pixels of aluminum") == "Z4 = -51 µm; 3.69 µm pixels of aluminum"
