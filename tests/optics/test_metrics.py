"""Wavefront, MTF and encircled energy against closed formulas and against the PSF."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest

from studio.optics.lens import DesignError, LensDesign, blur_disc_m, focus_coefficient_um
from studio.optics.metrics import encircled_energy, encircling_diameter_m, mtf, opd, rms_spot_m, surface
from studio.optics.presets import preset
from studio.optics.psf import phase_polynomials, psf, window_for
from studio.optics.zernike import evaluate

NO_DISPERSION = LensDesign(refractive_indices=(1.493, 1.493, 1.493))
SHARP = NO_DISPERSION.with_zernike(4, focus_coefficient_um(NO_DISPERSION, 1.0))
RANDOM = preset("random-zernike:3")


def grid(samples: int) -> tuple[np.ndarray, np.ndarray]:
    axis = (2 * np.arange(samples) + 1) / samples - 1
    return np.meshgrid(axis, axis)


def test_the_surface_is_the_sum_of_the_terms_inside_the_aperture():
    x, y = grid(64)
    values = surface(RANDOM, 64).values
    inside = x**2 + y**2 <= 1
    assert values[inside] == pytest.approx(evaluate(np.array(RANDOM.zernike_um), x, y)[inside])
    assert np.isnan(values[~inside]).all()


def test_the_rms_spot_of_a_defocus_is_that_of_its_disc():
    for z4 in (-26.0, -30.0, -51.0):
        design = NO_DISPERSION.with_zernike(4, z4)
        assert rms_spot_m(design) == pytest.approx(blur_disc_m(design) / sqrt(2))
    assert rms_spot_m(SHARP) == pytest.approx(0.0, abs=1e-12)
    assert rms_spot_m(LensDesign(ideal=True)) == 0.0
    assert rms_spot_m(SHARP, object_distance_m=0.5) == pytest.approx(blur_disc_m(SHARP, 0.5) / sqrt(2))


def test_the_rms_spot_counts_every_term_about_the_centroid():
    x, y = grid(801)
    inside = x**2 + y**2 <= 1
    waves = evaluate(np.array(opd(RANDOM).terms), x, y)
    step = x[0, 1] - x[0, 0]
    slopes = np.stack(np.gradient(waves, step))[:, inside]
    scale_m = RANDOM.wavelengths_m[1] * RANDOM.sensor_distance_m / RANDOM.aperture_radius_m
    expected_m = 2.0 * np.sqrt(slopes.var(axis=1).sum()) * scale_m
    assert rms_spot_m(RANDOM) == pytest.approx(expected_m, rel=5e-3)
    tilted = RANDOM.with_zernike(2, 3.0)
    assert rms_spot_m(tilted) == pytest.approx(rms_spot_m(RANDOM))


def test_the_rms_is_that_of_the_map_and_of_the_terms():
    front = opd(RANDOM, 512)
    assert front.rms == pytest.approx(np.nanstd(front.values), rel=2e-3)
    per_um = 1e-6 * (RANDOM.refractive_indices[1] - 1) / RANDOM.wavelengths_m[1]
    expected = per_um * sqrt(sum(a * a for a in RANDOM.zernike_um[4:]) + (front.terms[3] / per_um) ** 2)
    assert front.rms == pytest.approx(expected)


@pytest.mark.parametrize("colour", range(3))
def test_the_optical_path_is_that_behind_the_psf_without_piston_and_tilts(colour):
    design = RANDOM.with_zernike(1, 3.0).with_zernike(2, -2.0).with_zernike(3, 1.0)
    x, y = grid(64)
    polynomial = phase_polynomials(design, np.array(design.zernike_um), np.array([0.5]))[0, colour]
    expected = np.polynomial.polynomial.polyval2d(y, x, polynomial)
    difference = expected - opd(design, 64, colour=colour, object_distance_m=0.5).values
    inside = np.isfinite(difference)
    plane = np.stack([np.ones(inside.sum()), x[inside], y[inside]], axis=1)
    left_over = difference[inside] - plane @ np.linalg.lstsq(plane, difference[inside], rcond=None)[0]
    assert np.abs(left_over).max() < 1e-9


def test_a_lens_in_focus_has_no_wavefront_error():
    assert opd(SHARP).rms == pytest.approx(0.0, abs=1e-9)
    assert opd(SHARP).peak_to_valley == pytest.approx(0.0, abs=1e-9)
    nearer = SHARP.aperture_radius_m**2 * (1 / 0.5 - 1 / 1.0) / (2 * SHARP.wavelengths_m[1])
    assert opd(SHARP, object_distance_m=0.5).peak_to_valley == pytest.approx(nearer, rel=1e-4)


def test_peak_to_valley_of_defocus_reaches_the_rim():
    flat = LensDesign(zernike_um=(0.0, 0.0, 0.0, -2.0))
    assert surface(flat, 255).peak_to_valley == pytest.approx(4 * sqrt(3), rel=1e-4)


def test_the_sharp_lens_reaches_the_diffraction_limit():
    result = mtf(SHARP)
    for curves in (result.horizontal, result.vertical):
        assert np.abs(curves - result.diffraction_limit).max() <= 2e-3
    assert result.nyquist_per_mm == pytest.approx(1e3 / (2 * SHARP.sensor.pitch_um))
    green = np.interp(0.5 / (0.55e-3 * SHARP.f_number), result.frequencies_per_mm, result.diffraction_limit[1])
    pixel = np.sinc(0.5 / (0.55e-3 * SHARP.f_number) * SHARP.sensor.pitch_um * 1e-3)
    assert green == pytest.approx(0.3910 * pixel, abs=1e-3)  # the limit at half the cut-off


@pytest.mark.parametrize("design", [RANDOM, preset("defocus-disc")], ids=["random", "defocus"])
def test_the_curves_are_the_transform_of_the_psf(design):
    """A fine PSF and its transform, another way to the same curve; the window misses some 0.3 % of the light."""
    pitch_m, size = 0.9e-6, 1601
    values = psf(design, size=size, pitch_m=pitch_m).values
    result = mtf(design)
    x = (np.arange(size) - size // 2) * pitch_m
    frequencies = result.frequencies_per_mm * 1e3
    kernel = np.exp(-2j * np.pi * np.outer(frequencies, x)) / np.sinc(frequencies * pitch_m)[:, None]
    for sum_over, curves in ((1, result.horizontal), (2, result.vertical)):
        transform = np.abs(kernel @ values.sum(axis=sum_over, dtype=np.float64).T).T
        assert np.abs(transform * result.pixel - curves).max() <= 3e-3


def test_a_blur_along_x_alone_leaves_patterns_along_y_sharp():
    focus = SHARP.zernike_um[3]
    cylinder = SHARP.with_zernike(6, 1.0).with_zernike(4, focus + 1.0 / sqrt(2))
    result = mtf(cylinder)
    assert np.abs(result.vertical - result.diffraction_limit).max() <= 2e-3
    assert (result.horizontal[:, 20] < 0.5 * result.diffraction_limit[:, 20]).all()


def test_a_perfect_image_leaves_the_pixel():
    result = mtf(preset("ideal"))
    assert np.array_equal(result.horizontal, np.broadcast_to(result.pixel, (3, len(result.pixel))))


def test_a_lens_too_steep_for_memory_is_refused():
    with pytest.raises(DesignError, match="GiB"):
        mtf(LensDesign().with_zernike(60, 200.0))
    with pytest.raises(DesignError, match="object_distance_m"):
        mtf(SHARP, object_distance_m=0.0)


def test_the_airy_disc_holds_83_8_percent():
    fine = psf(SHARP, size=257, pitch_m=0.25e-6)
    radii_m, shares = encircled_energy(fine)
    for colour, wavelength_m in enumerate(SHARP.wavelengths_m):
        share = np.interp(1.22 * wavelength_m * SHARP.f_number, radii_m, shares[colour])
        assert share == pytest.approx(0.838, abs=2e-3)
    assert shares[:, -1] == pytest.approx(fine.window_energy, abs=1e-6)


def test_the_diameter_of_a_blur_disc_wherever_it_lies():
    design = LensDesign().with_zernike(4, -40.0)
    expected_m = sqrt(0.8) * blur_disc_m(design)
    pitch_m = expected_m / 50
    size = window_for(design, pitch_m=pitch_m)
    assert encircling_diameter_m(psf(design, size=size, pitch_m=pitch_m)) == pytest.approx(expected_m, rel=0.03)
    moved = design.with_zernike(2, 5.0)
    size = window_for(moved, pitch_m=pitch_m)
    assert encircling_diameter_m(psf(moved, size=size, pitch_m=pitch_m)) == pytest.approx(expected_m, rel=0.03)


def test_no_circle_holds_light_that_is_outside_the_window():
    design = replace(LensDesign(), object_distance_m=0.33)
    assert np.isnan(encircling_diameter_m(psf(design, size=17)))
