"""Zernike polynomials: indices, names, and Cartesian coefficients.

Everything is expressed on the unit disc with x = rho cos(theta), y = rho sin(theta).
The working convention is Noll's (J. Opt. Soc. Am. 66, 207, 1976): one index j >= 1 and
polynomials of RMS 1 over the disc, so a coefficient is the RMS height of its term.
"""

from __future__ import annotations

from functools import lru_cache
from math import comb, factorial, isqrt, sqrt

import numpy as np

SCHEMES = ("noll", "ansi", "fringe")

_NAMES = {
    (0, 0): "piston",
    (1, 1): "tilt x",
    (1, -1): "tilt y",
    (2, 0): "defocus",
    (2, -2): "oblique astigmatism",
    (2, 2): "vertical astigmatism",
    (3, -1): "vertical coma",
    (3, 1): "horizontal coma",
}
_LEAVES = {3: "trefoil", 4: "quadrafoil", 5: "pentafoil", 6: "hexafoil", 7: "heptafoil", 8: "octafoil"}
_LEAVES |= {9: "nonafoil", 10: "decafoil"}
_RANKS = ("primary", "secondary", "tertiary", "quaternary", "quinary")


def noll_to_nm(j: int) -> tuple[int, int]:
    """Radial order n and signed azimuthal order m of Noll index `j` >= 1 (m > 0: cosine, m < 0: sine)."""
    if j < 1:
        raise ValueError(f"Noll index {j} is not allowed; indices start at 1")
    n = (isqrt(8 * j - 7) - 1) // 2
    position = j - n * (n + 1) // 2  # 1 .. n + 1 within this radial order
    m = 2 * (position // 2) if n % 2 == 0 else 2 * ((position - 1) // 2) + 1
    return n, m if j % 2 == 0 else -m


def nm_to_noll(n: int, m: int) -> int:
    """Noll index of radial order `n` and signed azimuthal order `m`; inverse of `noll_to_nm`."""
    _check_nm(n, m)
    first = n * (n + 1) // 2 + 1
    for j in range(first, first + n + 1):
        if noll_to_nm(j) == (n, m):
            return j
    raise AssertionError("unreachable: every valid (n, m) has a Noll index")


def nm_to_ansi(n: int, m: int) -> int:
    """ANSI Z80.28 index (starts at 0)."""
    _check_nm(n, m)
    return (n * (n + 2) + m) // 2


def ansi_to_nm(j: int) -> tuple[int, int]:
    """Radial and signed azimuthal order of ANSI index `j` >= 0."""
    if j < 0:
        raise ValueError(f"ANSI index {j} is not allowed; indices start at 0")
    n = (isqrt(8 * j + 1) - 1) // 2
    return n, 2 * j - n * (n + 2)


def nm_to_fringe(n: int, m: int) -> int:
    """Fringe (University of Arizona) index (starts at 1)."""
    _check_nm(n, m)
    return (1 + (n + abs(m)) // 2) ** 2 - 2 * abs(m) + (1 if m < 0 else 0)


def fringe_to_nm(j: int) -> tuple[int, int]:
    """Radial and signed azimuthal order of Fringe index `j` >= 1."""
    if j < 1:
        raise ValueError(f"Fringe index {j} is not allowed; indices start at 1")
    half_sum = isqrt(j - 1)  # (n + |m|) / 2
    back = (half_sum + 1) ** 2 - j  # 2 |m|, less one for the sine term
    m = (back + 1) // 2
    return 2 * half_sum - m, -m if back % 2 else m


def _check_nm(n: int, m: int) -> None:
    if n < 0 or abs(m) > n or (n - m) % 2:
        raise ValueError(f"(n, m) = ({n}, {m}) is no Zernike term; |m| <= n and n - m even are needed")


_TO_NM = {"noll": noll_to_nm, "ansi": ansi_to_nm, "fringe": fringe_to_nm}
_FROM_NM = {"noll": nm_to_noll, "ansi": nm_to_ansi, "fringe": nm_to_fringe}


def convert_index(j: int, source: str, target: str) -> int:
    """Index `j` of scheme `source` as an index of scheme `target` ("noll", "ansi" or "fringe")."""
    for scheme in (source, target):
        if scheme not in SCHEMES:
            raise ValueError(f"numbering {scheme!r} is unknown; one of {', '.join(SCHEMES)} is needed")
    return _FROM_NM[target](*_TO_NM[source](j))


def rms_norm(n: int, m: int) -> float:
    """Factor that gives the peak-1 polynomial an RMS of 1 over the disc: sqrt((2 - [m = 0]) (n + 1)).

    Noll and ANSI coefficients belong to RMS-1 polynomials, Fringe ones to peak-1 polynomials:
    a Fringe coefficient is the Noll coefficient times this factor.
    """
    return sqrt((1 if m == 0 else 2) * (n + 1))


def term_name(j: int) -> str:
    """The name of Noll term `j`: its direction, its rank within its family, and the family by |m|.

    Up to order 4 these are the names of ANSI Z80.28; higher orders carry on in the same way, with the sine of an odd
    m as "vertical" and that of an even m as "oblique".
    """
    n, m = noll_to_nm(j)
    if (n, m) in _NAMES:
        return _NAMES[n, m]
    lowest = {0: 4, 1: 3}.get(abs(m), abs(m))  # order of the first of the family; defocus and tilts have other names
    place = (n - lowest) // 2
    rank = _RANKS[place] if place < len(_RANKS) else f"{place + 1}th"
    if m == 0:
        return f"{rank} spherical"
    family = {1: "coma", 2: "astigmatism"}.get(abs(m)) or _LEAVES.get(abs(m), f"{abs(m)}-foil")
    direction = "vertical" if (m < 0) == bool(m % 2) else "horizontal" if abs(m) == 1 else "oblique"
    return " ".join(word for word in (direction, rank, family) if word != "primary")


@lru_cache(maxsize=128)
def cartesian_coefficients(j: int) -> np.ndarray:
    """Coefficients C (n + 1, n + 1), read-only, with Z_j(x, y) = sum_pq C[p, q] y^p x^q, RMS 1.

    From rho^|m| e^{i |m| theta} = (x + i y)^|m| and the radial sum in powers of rho^2 = x^2 + y^2
    (Noll 1976, eq. 2).
    """
    n, signed_m = noll_to_nm(j)
    m = abs(signed_m)
    coefficients = np.zeros((n + 1, n + 1))
    for s in range((n - m) // 2 + 1):
        radial = (-1) ** s * factorial(n - s)
        radial //= factorial(s) * factorial((n + m) // 2 - s) * factorial((n - m) // 2 - s)
        power = (n - m) // 2 - s  # of rho^2
        for i in range(power + 1):
            for k in range(m + 1):
                # (x + i y)^m holds comb(m, k) x^(m-k) (i y)^k; cosine terms are its real part, sine its imaginary
                if (k % 2 == 0) != (signed_m >= 0):
                    continue
                sign = -1 if (k // 2) % 2 else 1
                coefficients[2 * i + k, 2 * (power - i) + m - k] += radial * comb(power, i) * comb(m, k) * sign
    coefficients *= rms_norm(n, signed_m)
    coefficients.setflags(write=False)
    return coefficients


@lru_cache(maxsize=16)
def cartesian_basis(terms: int) -> np.ndarray:
    """The first `terms` Noll polynomials as one read-only array (terms, P, P), P = highest order + 1."""
    size = noll_to_nm(terms)[0] + 1
    basis = np.zeros((terms, size, size))
    for j in range(1, terms + 1):
        block = cartesian_coefficients(j)
        basis[j - 1, : block.shape[0], : block.shape[1]] = block
    basis.setflags(write=False)
    return basis


def evaluate(coefficients: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Sum of `coefficients[j - 1] * Z_j` at the points (`x`, `y`) of the unit disc (arrays of one shape)."""
    coefficients = np.asarray(coefficients, dtype=np.float64)
    polynomial = np.tensordot(coefficients, cartesian_basis(len(coefficients)), axes=1)
    return np.polynomial.polynomial.polyval2d(y, x, polynomial)
