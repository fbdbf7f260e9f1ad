"""One code for numpy and torch: the array functions that fit the array at hand."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any
"""A numpy or torch array."""


def is_numpy(array: Array) -> bool:
    return isinstance(array, (np.ndarray, np.generic))


def namespace(array: Array) -> Any:
    """Module with the functions of the Python array API for `array`: numpy itself, or torch's from array-api-compat."""
    if is_numpy(array):
        return np  # follows the standard from version 2 on; array-api-compat's copy takes a tenth of a second to import
    from array_api_compat import array_namespace

    return array_namespace(array)
