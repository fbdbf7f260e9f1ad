"""Locked parameters keep their value while a preset, a paste or a reset changes the rest of the lens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from studio.optics.lens import DesignError, LensDesign
from studio.optics.parameters import get_value, parameter, set_value

LOCKED_KEY = "lens.locked"


def known_keys(stored: Any) -> frozenset[str]:
    """The numbers of a design that the view state names; what another version wrote is left out."""
    names = stored if isinstance(stored, list | tuple) else ()
    return frozenset(name for name in names if isinstance(name, str) and _is_number(name))


def with_values_of(source: LensDesign, design: LensDesign, keys: Iterable[str]) -> LensDesign:
    """`design` with the values that `source` has for `keys`."""
    kept = replace(design, glass="", ideal=False)  # neither refuses what it overrules
    for key in keys:
        kept = set_value(kept, key, get_value(source, key))
    return replace(kept, glass=design.glass, ideal=design.ideal)


def _is_number(name: str) -> bool:
    try:
        return parameter(name).kind in (int, float)
    except DesignError:
        return False
