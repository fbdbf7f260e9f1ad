"""The plain port aliases where the paper's coefficients are steep, and agrees with ours where they are not."""

import numpy as np
import pytest

from studio.optics.legacy import legacy_psf
from studio.optics.presets import preset
from studio.optics.psf import psf

BINNING, CELLS = 16, 63


def coarse(values: np.ndarray) -> np.ndarray:
    """Sums over cells of 16 x 16 pixels about pixel 512: point samples and pixel integrals become comparable."""
    first = 512 - CELLS * BINNING // 2
    inside = values[:, first : first + CELLS * BINNING, first : first + CELLS * BINNING]
    return inside.reshape(3, CELLS, BINNING, CELLS, BINNING).sum(axis=(2, 4))


@pytest.mark.parametrize(("name", "expected"), [("paper-literal", (0.03, 0.34, 0.79)), ("focused-1m", (0.0, 0.0, 0.0))])
def test_aliasing_grows_towards_blue_at_the_published_coefficient(name, expected):
    design = preset(name)
    ours = coarse(psf(design, size=1024, fast=True).values)
    difference = np.abs(coarse(legacy_psf(design)) - ours).sum(axis=(1, 2))
    assert difference == pytest.approx(expected, abs=0.02)
