"""Blurs that need no lens: the controls every learned lens is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from reprlib import repr as short_repr

import numpy as np

from studio.optics.lens import DesignError, check_number

KINDS = {"none": 0.0, "gaussian": 200.0, "defocus": 1000.0, "pixelate": 1000.0}
"""Kind and its largest strength."""


@dataclass(frozen=True)
class Baseline:
    """A control: Gaussian sigma, defocus disc diameter or pixelation factor, in pixels of the input picture."""

    kind: str
    strength: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise DesignError(f"baseline {short_repr(self.kind)} is unknown; known are {', '.join(KINDS)}")
        if self.kind == "none":
            return
        low, high = {"gaussian": 0.1, "defocus": 1.0, "pixelate": 1.0}[self.kind], KINDS[self.kind]
        strength = check_number(f"baseline {self.kind}", self.strength, low, high, "px")
        if self.kind == "pixelate" and strength != int(strength):
            raise DesignError(f"baseline pixelate = {strength:g} is not a whole number of pixels")
        object.__setattr__(self, "strength", strength)

    def __str__(self) -> str:
        return "none" if self.kind == "none" else f"{self.kind}:{self.strength:g}"


NONE = Baseline("none")


def parse_baseline(text: str) -> Baseline:
    """A `Baseline` from "gaussian:SIGMA", "defocus:DIAMETER", "pixelate:FACTOR" or "none"; DesignError otherwise."""
    kind, _, strength = text.strip().partition(":")
    if kind == "none" and not strength:
        return NONE
    if kind not in KINDS or kind == "none":
        raise DesignError(
            f"baseline {short_repr(text)} is unknown; use gaussian:SIGMA, defocus:DIAMETER, pixelate:FACTOR or none"
        )
    try:
        number = float(strength)
    except ValueError:
        raise DesignError(f"baseline {short_repr(text)} gives no number of pixels") from None
    return Baseline(kind, number)


def baseline_kernel(baseline: Baseline) -> np.ndarray:
    """Kernel (3, K, K) float32 of a Gaussian or a defocus disc, K odd, each colour sums to 1.

    The disc is area-sampled, 8 x 8 points a pixel. Raises ValueError for kinds that are no convolution.
    """
    if baseline.kind == "gaussian":
        reach = ceil(4.0 * baseline.strength)
        x = np.arange(-reach, reach + 1)
        row = np.exp(-0.5 * (x / baseline.strength) ** 2)
        kernel = np.outer(row, row)
    elif baseline.kind == "defocus":
        reach = ceil(baseline.strength / 2.0 + 0.5)
        side = 2 * reach + 1
        fine = (np.arange(8 * side) + 0.5) / 8.0 - side / 2.0
        inside = fine[:, None] ** 2 + fine[None, :] ** 2 <= (baseline.strength / 2.0) ** 2
        kernel = inside.reshape(side, 8, side, 8).mean(axis=(1, 3))
    else:
        raise ValueError(f"baseline {baseline} is no convolution")
    kernel = (kernel / kernel.sum()).astype(np.float32)
    return np.repeat(kernel[None], 3, axis=0)
