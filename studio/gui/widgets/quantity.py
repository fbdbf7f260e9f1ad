"""Numbers and sentences as people read them on screen."""

from __future__ import annotations

import re

from studio.optics.quantity import shown_unit


def on_screen(text: str) -> str:
    """A sentence of the optics package as it is written on screen: its "um" becomes "µm"."""
    return re.sub(r"\bum\b", "µm", text)


def format_quantity(value: float, decimals: int, unit: str = "") -> str:
    """`value` with a fixed number of decimals (and never "-0.000"), followed by the unit on screen."""
    number = f"{value:.{decimals}f}"
    if not number.strip("-0."):
        number = number.lstrip("-")
    return f"{number.replace('-', '−')} {shown_unit(unit)}".rstrip()


def format_length(length_m: float) -> str:
    """A length on the sensor with three figures, in µm or mm."""
    um = length_m * 1e6
    return f"{um / 1000:.2f} mm" if um >= 999.5 else f"{um:.3g} µm"
