"""What a tool tip says of a lens parameter: meaning and source, formula, range."""

from __future__ import annotations

import re
from math import factorial, isqrt
from textwrap import fill

from studio.gui.docks.coefficients import NUMBERINGS
from studio.gui.widgets.quantity import on_screen
from studio.optics.parameters import PARAMETERS, Parameter, parameter
from studio.optics.quantity import shown_unit
from studio.optics.zernike import noll_to_nm

_LINE_LENGTH = 64
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_FORMULAS = {
    "aperture_diameter_mm": "R = D / 2; f-number = z / D",
    "sensor_distance_mm": "blur disc = 2 R z |1/z + 1/d − P|",
    "object_distance_m": "blur disc = 2 R z |1/z + 1/d − P|",
    "wavelengths_nm": "phase = 2π (n − 1) h / λ",
    "refractive_indices": "phase = 2π (n − 1) h / λ",
    "sensor.pixels": "window = pixels × pitch",
    "sensor.pitch_um": "Nyquist frequency = 1 / (2 pitch)",
    "sensor.noise": "y = x + σ N(0, 1), before rounding",
    "sensor.bits": "2^bits levels from 0 to 1",
    "sensor.full_well_electrons": "shot noise: σ = √(x / electrons)",
}
_KEY = re.compile("|".join([r"\bzernike\.\d+", *(rf"\b{re.escape(key)}\b" for key in PARAMETERS if key != "ideal")]))
_RANKS = {"secondary": "2nd", "tertiary": "3rd", "quaternary": "4th", "quinary": "5th"}
_SHORT = {"vertical": "vert.", "horizontal": "horiz.", "oblique": "obl.", **_RANKS}


def parameter_text(key: str) -> str:
    """Some lines on the parameter `key`, none too long for a tool tip."""
    row = parameter(key)
    head, _, tail = key.partition(".")
    lines = [fill(on_screen(row.meaning).replace(" = ", "\u00a0=\u00a0"), _LINE_LENGTH)]
    if head == "zernike":
        j = int(tail)
        lines += [f"Z = {polynomial_text(j)}", ", ".join(f"{n.title} {n.index(j)}" for n in NUMBERINGS.values())]
    else:
        lines += [_FORMULAS[key if key in _FORMULAS else head]]
    return "\n".join([*lines, range_text(row)])


def in_words(text: str) -> str:
    """A sentence of the optics package with the names on screen in place of the keys of the command line."""
    return _capitalised(on_screen(_KEY.sub(lambda key: parameter(key[0]).label, text)))


def short_name(label: str) -> str:
    """The name of a parameter for a narrow row, such as "Obl. 2nd astig."; the tool tip has it in full."""
    ranked = any(rank in label for rank in _RANKS)
    for word, short in _SHORT.items():
        label = label.replace(word, short)
    return _capitalised(label.replace("astigmatism", "astig.") if ranked else label)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def range_text(row: Parameter) -> str:
    """The allowed range of `row`, such as "Allowed: 1 to 1000 mm"."""
    return f"Allowed: {row.low:g} to {row.high:g} {shown_unit(row.unit)}".rstrip().replace("-", "−")


def polynomial_text(j: int) -> str:
    """The polynomial of Noll term `j`, RMS 1, such as "√3 (2ρ² − 1)"."""
    n, signed_m = noll_to_nm(j)
    m = abs(signed_m)
    square = (1 if m == 0 else 2) * (n + 1)
    norm = str(isqrt(square)) if isqrt(square) ** 2 == square else f"√{square}"
    terms = ""
    for s in range((n - m) // 2 + 1):
        factor = factorial(n - s) // (factorial(s) * factorial((n + m) // 2 - s) * factorial((n - m) // 2 - s))
        power = _power(n - 2 * s)
        sign = (" − " if s % 2 else " + ") if s else ""
        terms += f"{sign}{factor if factor > 1 or not power else ''}{power}"
    radial = f"({terms})" if n > m else terms
    turn = f"{'cos' if signed_m > 0 else 'sin'} {m if m > 1 else ''}θ" if m else ""
    return " ".join(part for part in (norm if norm != "1" else "", radial, turn) if part)


def _power(exponent: int) -> str:
    return "" if exponent == 0 else "ρ" + (str(exponent).translate(_RAISED) if exponent > 1 else "")
