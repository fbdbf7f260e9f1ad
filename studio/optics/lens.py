"""The lens and its sensor: one frozen record that every other part reads.

Geometry: a thin refractive element of height h(x, y) sits in a circular aperture of diameter
`aperture_diameter_mm`; the sensor stands `sensor_distance_mm` behind it. Heights are sums of
Zernike terms in micrometres (Noll order, RMS 1). Defaults are the published values of OpticalDR
(Pan et al., CVPR 2024) where there are any.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from math import hypot, isfinite, sqrt
from reprlib import repr as short_repr
from typing import Any

from studio.optics import glass as glass_data

PAPER_APERTURE_DIAMETER_MM = 2 * 511.5 * 3.69e-3  # 1024 samples of 3.69 um, centre to centre
PAPER_FOCUSED_1M_UM = -30.42
DEFAULT_TERMS = 15
MAX_TERMS = 66

COLOURS = ("red", "green", "blue")


RANGES: dict[str, tuple[float, float, str]] = {
    "aperture_diameter_mm": (0.05, 50.0, "mm"),
    "sensor_distance_mm": (1.0, 1000.0, "mm"),
    "object_distance_m": (0.05, 1e6, "m"),
    "wavelengths_nm": (400.0, 1000.0, "nm"),
    "refractive_indices": (1.01, 4.0, ""),
    "zernike": (-200.0, 200.0, "um"),
    "sensor.pixels": (16, 8192, "px"),
    "sensor.pitch_um": (0.2, 100.0, "um"),
    "sensor.noise": (0.0, 1.0, "of full scale"),
    "sensor.bits": (1, 16, "bit"),
    "sensor.full_well_electrons": (0.0, 1e9, "electrons"),
}
"""Allowed range and unit of every number of a design."""


class DesignError(ValueError):
    """A lens value that cannot be used; the text names the field, the value and what is allowed."""


def check_number(name: str, value: Any, low: float, high: float, unit: str = "") -> float:
    """`value` as a float when it is a finite number within [`low`, `high`]; DesignError otherwise."""
    unit = f" {unit}" if unit else ""
    allowed = f"allowed is {low:g} to {high:g}{unit}"
    try:
        number = float(value)
    except OverflowError:  # an integer of hundreds of digits
        raise DesignError(f"{name} is far out of range; {allowed}") from None
    except (TypeError, ValueError):
        raise DesignError(f"{name} = {short_repr(value)} is not a number; {allowed}") from None
    if not isfinite(number):
        raise DesignError(f"{name} = {number} is not finite; {allowed}")
    if not low <= number <= high:
        raise DesignError(f"{name} = {number:g}{unit} is out of range; {allowed}")
    return number


def check_integer(name: str, value: Any, low: int, high: int, unit: str = "") -> int:
    """`value` as an int when it is whole and within [`low`, `high`]; DesignError otherwise."""
    number = check_number(name, value, low, high, unit)
    if number != int(number):
        raise DesignError(f"{name} = {number:g} is not a whole number; allowed is {low} to {high}")
    return int(number)


def _in_range(name: str, value: Any, row: str | None = None) -> float:
    return check_number(name, value, *RANGES[row or name])


def _whole_in_range(name: str, value: Any) -> int:
    low, high, unit = RANGES[name]
    return check_integer(name, value, int(low), int(high), unit)


@dataclass(frozen=True)
class Sensor:
    """A square sensor with Gaussian read noise, optional shot noise and a bit depth."""

    pixels: int = 1024
    pitch_um: float = 3.69
    noise: float = 0.01
    """Standard deviation of the read noise, as a share of full scale (linear light)."""
    bits: int = 8
    full_well_electrons: float = 0.0
    """Electrons at full scale for shot noise; 0 switches shot noise off."""

    def __post_init__(self) -> None:
        checked = {
            "pixels": _whole_in_range("sensor.pixels", self.pixels),
            "pitch_um": _in_range("sensor.pitch_um", self.pitch_um),
            "noise": _in_range("sensor.noise", self.noise),
            "bits": _whole_in_range("sensor.bits", self.bits),
            "full_well_electrons": _in_range("sensor.full_well_electrons", self.full_well_electrons),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @property
    def pitch_m(self) -> float:
        return self.pitch_um * 1e-6

    @property
    def window_m(self) -> float:
        """Side of the sensor, metres."""
        return self.pixels * self.pitch_m


def _default_zernike() -> tuple[float, ...]:
    values = [0.0] * DEFAULT_TERMS
    values[3] = PAPER_FOCUSED_1M_UM
    return tuple(values)


@dataclass(frozen=True)
class LensDesign:
    """Every parameter of the simulated camera, validated on construction (DesignError)."""

    aperture_diameter_mm: float = PAPER_APERTURE_DIAMETER_MM
    sensor_distance_mm: float = 35.5
    wavelengths_nm: tuple[float, float, float] = (640.0, 550.0, 460.0)
    refractive_indices: tuple[float, float, float] = (1.488, 1.493, 1.499)
    """Replaced by those of `glass` when one is named."""
    glass: str = ""
    """Name of a material of `studio.optics.glass`, whose dispersion formula gives the indices; empty: as given."""
    zernike_um: tuple[float, ...] = field(default_factory=_default_zernike)
    """Surface height per Noll term, um; entry j - 1 belongs to term j."""
    object_distance_m: float = 1.0
    sensor: Sensor = field(default_factory=Sensor)
    ideal: bool = False
    """True replaces the lens by a perfect image (the PSF is one pixel): a control; the surface is kept, but unused."""

    def __post_init__(self) -> None:
        def put(name: str, value: Any) -> None:
            object.__setattr__(self, name, value)

        for name in ("aperture_diameter_mm", "sensor_distance_mm", "object_distance_m"):
            put(name, _in_range(name, getattr(self, name)))
        for name in ("wavelengths_nm", "refractive_indices"):
            put(name, self._triple(name, getattr(self, name)))
        if not isinstance(self.glass, str) or (self.glass and self.glass not in glass_data.GLASSES):
            raise DesignError(
                f"glass = {short_repr(self.glass)} is unknown; allowed is {', '.join(glass_data.GLASSES)} or nothing"
            )
        if self.glass:
            put("refractive_indices", self._indices_of_glass())
        put("zernike_um", self._zernike(self.zernike_um))
        if not isinstance(self.sensor, Sensor):
            raise DesignError(f"sensor = {short_repr(self.sensor)} is not a Sensor")
        if not isinstance(self.ideal, bool):
            raise DesignError(f"ideal = {short_repr(self.ideal)} is neither true nor false")

    def _indices_of_glass(self) -> tuple[float, ...]:
        try:
            return tuple(glass_data.refractive_index(self.glass, w) for w in self.wavelengths_nm)
        except ValueError as error:
            raise DesignError(f"glass = {self.glass!r}: {error}") from None

    @staticmethod
    def _triple(name: str, values: Any) -> tuple[float, ...]:
        try:
            values = tuple(values)
        except TypeError:
            raise DesignError(f"{name} = {short_repr(values)} is not a list of three numbers (R, G, B)") from None
        if len(values) != 3:
            raise DesignError(f"{name} has {len(values)} values; three (R, G, B) are needed")
        return tuple(_in_range(f"{name}.{colour}", v, name) for colour, v in zip(COLOURS, values, strict=True))

    @staticmethod
    def _zernike(values: Any) -> tuple[float, ...]:
        try:
            values = tuple(values)
        except TypeError:
            raise DesignError(f"zernike_um = {short_repr(values)} is not a list of numbers") from None
        if not 4 <= len(values) <= MAX_TERMS:
            raise DesignError(f"zernike_um has {len(values)} terms; allowed is 4 to {MAX_TERMS}")
        return tuple(_in_range(f"zernike.{j}", v, "zernike") for j, v in enumerate(values, start=1))

    @property
    def aperture_radius_m(self) -> float:
        return self.aperture_diameter_mm * 0.5e-3

    @property
    def sensor_distance_m(self) -> float:
        return self.sensor_distance_mm * 1e-3

    @property
    def wavelengths_m(self) -> tuple[float, ...]:
        return tuple(w * 1e-9 for w in self.wavelengths_nm)

    @property
    def f_number(self) -> float:
        """Working f-number on the image side: sensor distance over aperture diameter."""
        return self.sensor_distance_mm / self.aperture_diameter_mm

    def with_zernike(self, j: int, height_um: float) -> LensDesign:
        """A copy with Noll term `j` set; the list grows with zeros when `j` lies beyond its end."""
        if not 1 <= j <= MAX_TERMS:
            raise DesignError(f"zernike.{j} does not exist; allowed is zernike.1 to zernike.{MAX_TERMS}")
        values = list(self.zernike_um) + [0.0] * (j - len(self.zernike_um))
        values[j - 1] = height_um
        return replace(self, zernike_um=tuple(values))

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, lists and strings, ready for JSON; `from_dict` reads them back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> LensDesign:
        """A design from what `to_dict` gave; DesignError for unknown or unusable entries."""
        try:
            values = dict(values)
            if "sensor" in values:
                values["sensor"] = Sensor(**values["sensor"])
            return cls(**values)
        except DesignError:
            raise
        except (TypeError, ValueError) as error:
            raise DesignError(f"the lens record does not fit: {error}") from None


def focus_coefficient_um(design: LensDesign, object_distance_m: float, colour: int = 1) -> float:
    """Z4 (um) that focuses `object_distance_m` on the sensor for `colour` (0 red, 1 green, 2 blue).

    Cancels the joined quadratic phase: (n - 1) a4 2 sqrt(3) / R^2 = -(1/d + 1/z) / 2.
    """
    distance = _in_range("object_distance_m", object_distance_m)
    vergence = 1.0 / distance + 1.0 / design.sensor_distance_m
    radius = design.aperture_radius_m
    return -1e6 * radius**2 * vergence / (4.0 * sqrt(3.0) * (design.refractive_indices[colour] - 1.0))


def blur_disc_m(design: LensDesign, object_distance_m: float | None = None, colour: int = 1) -> float:
    """Diameter (m) of the geometric blur disc of the defocus term alone: 2 R z |1/z + 1/d - P|."""
    distance = design.object_distance_m
    if object_distance_m is not None:
        distance = _in_range("object_distance_m", object_distance_m)
    radius, z = design.aperture_radius_m, design.sensor_distance_m
    power = -4.0 * sqrt(3.0) * (design.refractive_indices[colour] - 1.0) * design.zernike_um[3] * 1e-6 / radius**2
    return 2.0 * radius * z * abs(1.0 / z + 1.0 / distance - power)


def wavefront_rms_waves(design: LensDesign, colour: int = 1) -> float:
    """RMS of the optical path of terms 5 and up, in waves: the surface RMS times (n - 1) / lambda."""
    return _in_waves(design, sqrt(sum(a * a for a in design.zernike_um[4:])), colour)


def full_rms_waves(design: LensDesign, colour: int = 1) -> float:
    """RMS of the optical path against a perfect focus at the object distance, in waves: terms 4 and up."""
    beyond_focus_um = design.zernike_um[3] - focus_coefficient_um(design, design.object_distance_m, colour)
    return hypot(wavefront_rms_waves(design, colour), _in_waves(design, beyond_focus_um, colour))


def _in_waves(design: LensDesign, height_um: float, colour: int) -> float:
    return height_um * 1e-6 * (design.refractive_indices[colour] - 1.0) / design.wavelengths_m[colour]
