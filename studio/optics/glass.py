"""Refractive index of lens materials from published dispersion formulas."""

from __future__ import annotations

from math import sqrt

# Sellmeier n^2 = 1 + sum B L^2 / (L^2 - C), L in um, C in um^2.
_SELLMEIER = {
    # Malitson, J. Opt. Soc. Am. 55, 1205 (1965)
    "fused-silica": (
        (0.6961663, 0.0684043**2),
        (0.4079426, 0.1162414**2),
        (0.8974794, 9.896161**2),
    ),
    # SCHOTT data sheet N-BK7 517642.251
    "n-bk7": (
        (1.03961212, 0.00600069867),
        (0.231792344, 0.0200179144),
        (1.01046945, 103.560653),
    ),
    # Sultanova, Kasarova, Nikolov, Acta Phys. Pol. A 116, 585 (2009), fit over 437 to 1052 nm
    "pmma": ((1.1819, 0.011313),),
}

_FITTED_NM = {"fused-silica": (210.0, 3710.0), "n-bk7": (300.0, 2500.0), "pmma": (437.0, 1052.0)}

GLASSES = tuple(sorted(_SELLMEIER))


def refractive_index(glass: str, wavelength_nm: float) -> float:
    """Index of `glass` (a name of `GLASSES`) at `wavelength_nm`, 20 degrees C, in air.

    Raises ValueError for an unknown glass or a wavelength outside the range in which its formula was fitted.
    """
    if glass not in _SELLMEIER:
        raise ValueError(f"glass {glass!r} is unknown; known are {', '.join(GLASSES)}")
    low_nm, high_nm = _FITTED_NM[glass]
    if not low_nm <= wavelength_nm <= high_nm:
        raise ValueError(
            f"wavelength {wavelength_nm:g} nm is outside {low_nm:g} to {high_nm:g} nm, where {glass} is known"
        )
    square_um2 = (wavelength_nm * 1e-3) ** 2
    return sqrt(1.0 + sum(b * square_um2 / (square_um2 - c) for b, c in _SELLMEIER[glass]))
