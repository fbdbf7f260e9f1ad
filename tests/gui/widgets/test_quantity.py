from __future__ import annotations

from studio.gui.widgets.quantity import format_length, format_quantity, on_screen


def test_quantities_are_written_with_steady_decimals():
    assert format_quantity(-30.42, 3, "um") == "−30.420 µm"
    assert format_quantity(-0.0001, 2, "mm") == "0.00 mm"
    assert format_quantity(0.01, 3, "of full scale") == "0.010"
    assert format_quantity(20000, 0, "electrons") == "20000 e⁻"


def test_on_screen_it_is_always_the_micro_sign():
    assert on_screen("Z4 = -51 um; 3.69 um pixels of aluminum") == "Z4 = -51 µm; 3.69 µm pixels of aluminum"


def test_lengths_are_never_written_with_a_power_of_ten():
    shown = [format_length(um * 1e-6) for um in (0.2481, 273.2, 999.4, 999.6, 1784.0, 12345.0)]
    assert shown == ["0.248 µm", "273 µm", "999 µm", "1.00 mm", "1.78 mm", "12.35 mm"]
