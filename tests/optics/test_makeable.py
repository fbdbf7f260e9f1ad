"""Limits of manufacture, against figures worked out by hand."""

from __future__ import annotations

from math import atan, degrees, sqrt

import pytest

from studio.optics.lens import LensDesign
from studio.optics.makeable import departure_from_round_um, steepest_slope_deg


def test_the_slope_of_a_defocus_is_that_of_its_parabola_at_the_rim() -> None:
    design = LensDesign().with_zernike(4, -51.0)
    rim = 4.0 * sqrt(3.0) * 51e-6 / design.aperture_radius_m
    assert steepest_slope_deg(design) == pytest.approx(degrees(atan(rim)), rel=1e-9)
    assert steepest_slope_deg(design.with_zernike(3, 100.0)) == pytest.approx(steepest_slope_deg(design))


def test_the_steepest_slope_may_lie_between_the_axes() -> None:
    # a (2 rho^2 - 1) + b 2 x y along x = y: slope 4 a + 2 b at the rim
    design = LensDesign().with_zernike(4, 20.0).with_zernike(5, 30.0)
    rim = (4.0 * sqrt(3.0) * 20e-6 + 2.0 * sqrt(6.0) * 30e-6) / design.aperture_radius_m
    assert steepest_slope_deg(design) == pytest.approx(degrees(atan(rim)), rel=1e-9)


def test_only_terms_that_turn_with_the_angle_are_out_of_round() -> None:
    assert departure_from_round_um(LensDesign().with_zernike(11, 20.0)) == 0.0
    # sqrt(6) rho^2 sin 2 theta lies between +-sqrt(6)
    assert departure_from_round_um(LensDesign().with_zernike(5, 30.0)) == pytest.approx(60.0 * sqrt(6.0), rel=1e-6)
    assert departure_from_round_um(LensDesign().with_zernike(5, 20.0)) == 0.0  # within the limit: not computed
