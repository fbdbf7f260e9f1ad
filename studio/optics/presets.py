"""Named starting lenses, each with a sentence on where its numbers come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from reprlib import repr as short_repr

import numpy as np

from studio.optics.lens import PAPER_FOCUSED_1M_UM, DesignError, LensDesign, check_integer

DEFAULT_PRESET = "focused-1m"


@dataclass(frozen=True)
class Preset:
    name: str
    title: str
    source: str
    build: Callable[[], LensDesign]


def _defocused(z4_um: float) -> LensDesign:
    return LensDesign().with_zernike(4, z4_um)


PRESETS: dict[str, Preset] = {
    p.name: p
    for p in (
        Preset(
            "paper-literal",
            "Paper, literal (Z4 = -51 um)",
            "Z4 = -51 as printed in OpticalDR (CVPR 2024), read as um of surface height like its optical ancestor "
            "(Sitzmann et al. 2018); on this aperture a blur disc of 70 % of the window at 1 m.",
            lambda: _defocused(-51.0),
        ),
        Preset(
            "focused-1m",
            "Focused at 1 m (Z4 = -30.42 um)",
            "Z4 that focuses 1 m in green on the published aperture, distance and glass; computed, not published.",
            lambda: _defocused(PAPER_FOCUSED_1M_UM),
        ),
        Preset(
            "paper-peak",
            "Paper, peak-normalised (Z4 = -29.44 um)",
            "The paper's -51 read as the coefficient of 2 rho^2 - 1 (peak 1): -51 / sqrt(3) um in our RMS-1 terms; "
            "our reading, the paper does not state the normalisation.",
            lambda: _defocused(-51.0 / 3.0**0.5),
        ),
        Preset(
            "defocus-disc",
            "Plain defocus (Z4 = -26 um)",
            "A pure defocus with a blur disc of about 15 % of the window at 1 m: the control that any learned lens "
            "has to beat; our choice.",
            lambda: _defocused(-26.0),
        ),
        Preset(
            "ideal",
            "Perfect image (no lens blur)",
            "A perfect image, the PSF is one pixel: the clear upper bound; a control, not a lens.",
            lambda: LensDesign(ideal=True),
        ),
    )
}

RANDOM_PREFIX = "random-zernike:"
MAX_SEED = 10**15 - 1


def random_zernike(seed: int) -> LensDesign:
    """A focused lens with normal random terms 5-15 of 0.4 um RMS each, from `seed` (our choice)."""
    seed = check_integer("random-zernike seed", seed, 0, MAX_SEED)
    zernike_um = np.array(LensDesign().zernike_um)
    zernike_um[4:] = np.random.default_rng(seed).normal(0.0, 0.4, len(zernike_um) - 4)
    return LensDesign(zernike_um=tuple(zernike_um.tolist()))


def preset(name: str) -> LensDesign:
    """The lens called `name`, a key of `PRESETS` or "random-zernike:SEED"; DesignError when there is none."""
    if name in PRESETS:
        return PRESETS[name].build()
    if name.startswith(RANDOM_PREFIX):
        seed = name.removeprefix(RANDOM_PREFIX)
        if not seed.isdecimal() or len(seed) > len(str(MAX_SEED)):
            raise DesignError(f"preset {short_repr(name)}: the seed is not a whole number from 0 to {MAX_SEED}")
        return random_zernike(int(seed))
    raise DesignError(f"preset {short_repr(name)} is unknown; known are {', '.join(PRESETS)} and {RANDOM_PREFIX}SEED")
