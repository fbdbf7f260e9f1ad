"""One table of every lens parameter: key, unit, range and meaning.

The command line (`opticaldr get/set`), the Lens dock and its tooltips all read this table.
Keys are dotted: `object_distance_m`, `sensor.noise`, `zernike.5`, `wavelengths_nm.red`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from reprlib import repr as short_repr
from typing import Any

from studio.optics.lens import COLOURS, MAX_TERMS, RANGES, DesignError, LensDesign
from studio.optics.quantity import parse_quantity
from studio.optics.zernike import noll_to_nm, term_name


@dataclass(frozen=True)
class Parameter:
    """What a person needs to know of one value; `low` and `high` are the allowed range in `unit`."""

    key: str
    label: str
    unit: str
    low: float
    high: float
    kind: type
    meaning: str


def _number(key: str, label: str, meaning: str, kind: type = float, row: str | None = None) -> Parameter:
    low, high, unit = RANGES[row or key]
    return Parameter(key, label, unit, low, high, kind, meaning)


def _colours(field: str, label: str, meaning: str) -> list[Parameter]:
    return [_number(f"{field}.{c}", f"{label}, {c}", meaning, row=field) for c in COLOURS]


_FIXED = [
    _number(
        "aperture_diameter_mm",
        "Aperture diameter",
        "Clear diameter of the lens. Published grid: 1024 samples of 3.69 um, 3.775 mm between the outermost centres.",
    ),
    _number("sensor_distance_mm", "Lens to sensor", "Distance z from the lens to the sensor. Published: 35.5 mm."),
    _number(
        "object_distance_m",
        "Object distance",
        "Distance d from the face to the lens. Published range in training: 0.33 to 2 m.",
    ),
    *_colours("wavelengths_nm", "Wavelength", "Design wavelength. Published: 640, 550, 460 nm."),
    *_colours(
        "refractive_indices",
        "Index",
        "Refractive index; a glass by name decides it. Published: 1.488, 1.493, 1.499 (PMMA).",
    ),
    Parameter(
        "glass", "Glass", "", 0, 0, str, "Material whose dispersion formula gives the indices; empty: as entered."
    ),
    Parameter("ideal", "Perfect image", "", 0, 1, bool, "Replaces the lens by a perfect image: a control, not a lens."),
    _number(
        "sensor.pixels",
        "Sensor size",
        "Pixels along the side of the square sensor window. Published grid: 1024.",
        int,
    ),
    _number("sensor.pitch_um", "Sensor pitch", "Distance between pixel centres. Published: 3.69 um."),
    _number(
        "sensor.noise",
        "Read noise",
        "Standard deviation of the Gaussian read noise, linear light. Not published; our choice: 0.01.",
    ),
    _number("sensor.bits", "Bit depth", "Bits per colour and pixel. Not published; our choice: 8.", int),
    _number(
        "sensor.full_well_electrons",
        "Full well",
        "Electrons at full scale, for shot noise; 0 switches it off. Not published; our choice: off.",
    ),
]

PARAMETERS: dict[str, Parameter] = {p.key: p for p in _FIXED}


@cache
def zernike_parameter(j: int) -> Parameter:
    """The table row of Noll term `j`."""
    n, m = noll_to_nm(j)
    meaning = f"Surface height of {term_name(j)}, um RMS over the aperture. Noll {j}, n = {n}, m = {m} (Noll 1976)."
    if j <= 3:
        meaning += " Piston does nothing and tilts only shift the image; they are kept fixed in training."
    return _number(f"zernike.{j}", term_name(j), meaning, row="zernike")


def parameter(key: str) -> Parameter:
    """The table row of `key`; DesignError names the known keys when there is none."""
    if key in PARAMETERS:
        return PARAMETERS[key]
    j = _zernike_index(key)
    if j is None:
        raise DesignError(
            f"parameter {short_repr(key)} is unknown; known are {', '.join(PARAMETERS)} and zernike.1 to .66"
        )
    return zernike_parameter(j)


def get_value(design: LensDesign, key: str) -> float | int | str | bool:
    """The value of `key` in `design`; a Zernike term beyond the stored ones is 0. DesignError for an unknown key."""
    parameter(key)
    j = _zernike_index(key)
    if j is not None:
        return design.zernike_um[j - 1] if j <= len(design.zernike_um) else 0.0
    head, _, tail = key.partition(".")
    if head == "sensor":
        return getattr(design.sensor, tail)
    value = getattr(design, head)
    return value[COLOURS.index(tail)] if tail else value


def set_value(design: LensDesign, key: str, value: Any) -> LensDesign:
    """A copy of `design` with `key` set to `value` (a number, or its text such as "2*1.5" or "50 cm").

    Raises DesignError when it cannot be, and when it would do nothing because another parameter comes first.
    """
    row = parameter(key)
    head, _, tail = key.partition(".")
    if design.ideal and head in ("zernike", "glass", "refractive_indices"):
        raise DesignError(f"{key} does nothing in a perfect image; set ideal to false first")
    if design.glass and head == "refractive_indices":
        raise DesignError(f"{key} follows from the glass {design.glass}; set glass to nothing first")
    if isinstance(value, str):
        value = _parse(row, value)
    j = _zernike_index(key)
    if j is not None:
        return design.with_zernike(j, value)
    if head == "sensor":
        return replace(design, sensor=replace(design.sensor, **{tail: value}))
    if tail:
        triple = list(getattr(design, head))
        triple[COLOURS.index(tail)] = value
        value = tuple(triple)
    return replace(design, **{head: value})


def all_values(design: LensDesign) -> dict[str, float | int | str | bool]:
    """Every key of the table and every stored Zernike term with its value."""
    keys = [*PARAMETERS, *(f"zernike.{j}" for j in range(1, len(design.zernike_um) + 1))]
    return {key: get_value(design, key) for key in keys}


def _zernike_index(key: str) -> int | None:
    head, _, tail = key.partition(".")
    if head != "zernike" or not tail.isdecimal() or len(tail) > 2 or not 1 <= int(tail) <= MAX_TERMS:
        return None
    return int(tail)


def _parse(row: Parameter, text: str) -> Any:
    text = text.strip()
    if row.kind is str:  # the glass: PMMA, Fused silica
        return "-".join(text.lower().split())
    if row.kind is bool:
        if text.lower() not in ("true", "false", "0", "1"):
            raise DesignError(f"{row.key} = {short_repr(text)} is neither true nor false")
        return text.lower() in ("true", "1")
    try:
        return parse_quantity(text, row.unit)
    except ValueError as error:
        raise DesignError(f"{row.key}: {error}; allowed is {row.low:g} to {row.high:g} {row.unit}".rstrip()) from None
