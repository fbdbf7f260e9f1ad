"""Zernike coefficients in three numberings, and as text for the clipboard."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from studio.optics.lens import MAX_TERMS
from studio.optics.quantity import parse_quantity
from studio.optics.zernike import convert_index, noll_to_nm, rms_norm

NOLL = "noll"
_FIRST = {"noll": 1, "ansi": 0, "fringe": 1}
_LINE = re.compile(r"Z?\s*(\d{1,4})(?:\s*[=:]\s*|\s*[,;]\s*|\s+)(.+)", re.IGNORECASE)
_LEAST_IN_A_LIST = 4


@dataclass(frozen=True)
class Numbering:
    """An order of the terms and what a coefficient of 1 stands for."""

    scheme: str
    title: str
    norm: str
    about: str

    def index(self, j: int) -> int:
        """The index of Noll term `j`."""
        return convert_index(j, NOLL, self.scheme)

    def noll(self, index: int) -> int:
        """The Noll term of `index`; ValueError when there is none."""
        return convert_index(index, self.scheme, NOLL)

    def scale(self, j: int) -> float:
        """What the value of Noll term `j` (RMS 1) is multiplied by."""
        return rms_norm(*noll_to_nm(j)) if self.scheme == "fringe" else 1.0


NUMBERINGS = {
    n.scheme: n
    for n in (
        Numbering("noll", "Noll", "RMS 1", "Noll 1976: a value is the RMS height of its term"),
        Numbering("ansi", "ANSI", "RMS 1", "ANSI Z80.28 order from 0: a value is the RMS height of its term"),
        Numbering("fringe", "Fringe", "peak 1", "University of Arizona order: a value is the peak height, not the RMS"),
    )
}


def format_coefficients(zernike_um: Sequence[float], numbering: Numbering) -> str:
    """A line that names numbering and norm, then `Zn value` lines in the order of `numbering`; um of height."""
    rows = sorted((numbering.index(j), value * numbering.scale(j)) for j, value in enumerate(zernike_um, 1))
    head = f"# {numbering.title}, {numbering.norm}, um of surface height"
    return "\n".join([head, *(f"Z{index} {value!r}" for index, value in rows)]) + "\n"


def parse_coefficients(text: str, zernike_um: Sequence[float], numbering: Numbering) -> tuple[float, ...]:
    """`zernike_um` (um, Noll) with the terms that `text` gives.

    `Zn value` lines, in the numbering their first line names or else in `numbering`, set their terms and leave the
    others; a bare list or a spreadsheet's column is the whole surface from the first term on. Raises ValueError with
    one line.
    """
    lines = [line.strip() for line in text.replace("−", "-").splitlines() if line.strip()]
    for line in [line for line in lines if line.startswith("#")]:
        numbering = next((n for s, n in NUMBERINGS.items() if s in line.lower()), numbering)
    lines = [line for line in lines if not line.startswith("#")]
    if not lines:
        raise ValueError("there is no text to paste; copy lines such as Z5 0.3, or a list of numbers")
    pairs = [_LINE.fullmatch(line) for line in lines]
    named = all(pairs) and (len(lines) > 1 or lines[0][0] in "zZ")
    terms: dict[int, float] = {}
    if named:
        found = [(int(pair[1]), pair[2]) for pair in pairs if pair]
        result = list(zernike_um)
    else:
        values = re.split(r"[,;\s]+", lines[0].strip(",;")) if len(lines) == 1 else lines
        if len(values) < _LEAST_IN_A_LIST:
            raise ValueError(f"a list needs {_LEAST_IN_A_LIST} numbers or more, or lines such as Z5 0.3")
        found = list(enumerate(values, _FIRST[numbering.scheme]))
        result = [0.0] * len(zernike_um)
    for index, value in found:
        try:
            height_um = parse_quantity(value, "um")
            j = numbering.noll(index)
        except ValueError as error:
            raise ValueError(f"Z{index}: {error}") from None
        if j in terms:
            raise ValueError(f"Z{index} is there twice")
        if j <= MAX_TERMS:
            terms[j] = height_um / numbering.scale(j)
        elif height_um != 0.0:
            raise ValueError(f"Z{index} ({numbering.title}) is beyond the first {MAX_TERMS} Noll terms")
    result += [0.0] * (max(terms, default=0) - len(result))
    for j, height_um in terms.items():
        result[j - 1] = height_um
    return tuple(result)
