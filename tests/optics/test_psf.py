"""The PSF against analytic optics; independent packages follow in test_against_packages.py."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import j1

from studio.optics.lens import DesignError, LensDesign, Sensor, blur_disc_m, focus_coefficient_um
from studio.optics.presets import preset
from studio.optics.propagation import aperture_coverage, coarse_pixel_filter, design_pixel_filter
from studio.optics.psf import (
    PsfEngine,
    psf,
    window_for,
)
from tests.optics.lenses import aberrated, l1_error

NO_DISPERSION = LensDesign(refractive_indices=(1.493, 1.493, 1.493))


def centroid_px(values: np.ndarray) -> tuple[float, float]:
    """(row, column) of the mean position about pixel (K // 2, K // 2)."""
    index = np.arange(values.shape[-1]) - values.shape[-1] // 2
    return float(values.sum(1) @ index), float(values.sum(0) @ index)


def test_in_focus_the_psf_is_the_airy_pattern():
    design = NO_DISPERSION.with_zernike(4, focus_coefficient_um(NO_DISPERSION, 1.0))
    pitch_m = 0.25e-6
    result = psf(design, size=101, pitch_m=pitch_m)
    x = (np.arange(101) - 50) * pitch_m
    r = np.hypot(*np.meshgrid(x, x))
    for colour, wavelength_m in enumerate(design.wavelengths_m):
        v = 2 * np.pi * design.aperture_radius_m * r / (wavelength_m * design.sensor_distance_m)
        v[50, 50] = 1.0
        airy = (2 * j1(v) / v) ** 2
        airy[50, 50] = 1.0
        mine = result.values[colour] / result.values[colour].max()
        # a pixel of 0.25 um flattens the pattern by some 4e-4; the rest is ours
        assert np.abs(mine - airy).max() <= 1e-3
    assert result.strehl == pytest.approx((1.0, 1.0, 1.0), abs=1e-3)


@pytest.mark.parametrize("sigma_waves", [0.02, 0.05, 0.08])
def test_strehl_follows_the_marechal_approximation(sigma_waves):
    strehl = psf(aberrated(1, sigma_waves), size=65).strehl[1]
    assert strehl == pytest.approx(np.exp(-((2 * np.pi * sigma_waves) ** 2)), rel=0.02)


def test_strehl_is_taken_at_the_peak_wherever_it_lies():
    design = NO_DISPERSION.with_zernike(4, focus_coefficient_um(NO_DISPERSION, 1.0))
    shifted = design.with_zernike(2, 1.234).with_zernike(3, -0.77)
    assert psf(shifted, size=65).strehl == pytest.approx(psf(design, size=65).strehl, abs=2e-3)


def test_tilt_moves_the_spot_to_plus_y_and_plus_x():
    """A tilt of a um RMS adds a path of (n - 1) 2 a y / R; the spot moves to the thick side by z times that slope."""
    base = preset("focused-1m")
    slope = 0.493 * 2 * 1e-6 / base.aperture_radius_m * base.sensor_distance_m / base.sensor.pitch_m
    row, column = centroid_px(psf(base.with_zernike(3, 1.0), size=65).values[1])
    assert (row, column) == pytest.approx((slope, 0.0), abs=0.05)
    row, column = centroid_px(psf(base.with_zernike(2, 1.0), size=65).values[1])
    assert (row, column) == pytest.approx((0.0, slope), abs=0.05)


@pytest.mark.parametrize("distance_m", [0.33, 1.0, 2.0])
@pytest.mark.parametrize("z4_um", [-51.0, -36.0, -28.0])
def test_blur_disc_has_the_geometric_diameter(z4_um, distance_m):
    """Half the light of a uniform disc lies within its diameter / sqrt(2); measured on the PSF, colour by colour."""
    design = LensDesign().with_zernike(4, z4_um)
    for colour in range(3):
        expected_m = blur_disc_m(design, distance_m, colour)
        pitch_m = expected_m / 64
        size = window_for(design, object_distance_m=distance_m, pitch_m=pitch_m)
        values = psf(design, object_distance_m=distance_m, size=size, pitch_m=pitch_m).values[colour]
        x = (np.arange(size) - size // 2) * pitch_m
        radius = np.hypot(x[:, None], x[None, :]).ravel()
        order = np.argsort(radius)
        half_energy_radius = radius[order][np.searchsorted(np.cumsum(values.ravel()[order]), 0.5)]
        assert 2 * np.sqrt(2) * half_energy_radius == pytest.approx(expected_m, rel=0.03), colour


def test_best_focus_for_one_metre():
    coefficients = np.arange(-31.0, -29.8, 0.02)
    strehl = [psf(LensDesign().with_zernike(4, float(z4)), size=33).strehl[1] for z4 in coefficients]
    assert coefficients[int(np.argmax(strehl))] == pytest.approx(-30.42, abs=0.02)


def test_all_light_is_found_in_a_wide_window():
    result = psf(aberrated(4), size=401)
    assert min(result.window_energy) > 0.996
    assert max(result.window_energy) <= 1.0005
    np.testing.assert_allclose(result.values.sum(axis=(1, 2)), 1.0, atol=1e-5)


def test_narrow_windows_are_reported():
    result = psf(preset("paper-literal"), size=64)
    assert max(result.window_energy) < 0.02
    assert any("only 1.0% of the light" in w and "763 px would hold" in w for w in result.warnings)
    assert psf(preset("focused-1m"), size=64).warnings == ()


@pytest.mark.parametrize(
    "options", [{"size": 1}, {"size": 65, "draft": True}, {"size": 65, "fast": True}], ids=["exact", "draft", "fast"]
)
def test_a_window_beside_the_light_is_refused(options):
    """Normalised to 1, what little light strays there would look like any other PSF."""
    design = preset("paper-literal" if options["size"] == 1 else "focused-1m")
    if options["size"] > 1:
        design = design.with_zernike(2, 60.0)
    with pytest.raises(DesignError, match=r"holds \S+ of the light, too little.*; \d+ px would hold the spot"):
        psf(design, **options)


@pytest.mark.parametrize(
    "options", [{"size": 0}, {"size": 2.5}, {"pitch_m": float("nan")}, {"object_distance_m": -1}, {"pupil_samples": 1}]
)
def test_bad_options_are_refused(options):
    with pytest.raises(DesignError, match=next(iter(options))):
        psf(LensDesign(), **options)


@pytest.mark.parametrize("size", [1, 2, 33, 64])
def test_axis_is_the_centre_of_pixel_half(size):
    result = psf(preset("focused-1m"), size=size)
    assert result.values.shape == (3, size, size)
    assert result.values.dtype == np.float32
    green = result.values[1]
    assert np.unravel_index(green.argmax(), green.shape) == (size // 2, size // 2)


def test_sample_is_the_integral_over_its_pixel():
    """One wide pixel equals the sum of the 5 x 5 narrow ones it covers."""
    design = aberrated(5)
    wide = psf(design, size=33, pitch_m=5e-6)
    narrow = psf(design, size=165, pitch_m=1e-6)
    np.testing.assert_allclose(wide.window_energy, narrow.window_energy, atol=1e-3)
    summed = narrow.values.reshape(3, 33, 5, 33, 5).sum(axis=(2, 4))
    assert l1_error(wide.values, summed) < 2e-3


def test_perfect_image_is_one_pixel():
    result = psf(preset("ideal"), size=32)
    assert result.values[:, 16, 16] == pytest.approx(1.0)
    assert result.values.sum() == pytest.approx(3.0)


def test_window_for_holds_the_light():
    for name in ("focused-1m", "defocus-disc", "random-zernike:1"):
        design = preset(name)
        assert min(psf(design, size=window_for(design)).window_energy) > 0.98, name


def test_several_distances_in_one_call():
    design = preset("defocus-disc")
    several = list(PsfEngine().at_distances(design, (0.33, 1.0, 2.0), size=33))
    for distance_m, one in zip((0.33, 1.0, 2.0), several, strict=True):
        assert one.grid is several[0].grid
        assert l1_error(one.values, psf(design, object_distance_m=distance_m, size=33).values) <= 4e-3
    assert [p.strehl for p in PsfEngine().at_distances(preset("ideal"), (0.5, 1.0), size=3)] == [(1.0, 1.0, 1.0)] * 2


def test_an_engine_gives_what_a_fresh_one_gives():
    engine = PsfEngine()
    for design in (preset("defocus-disc"), preset("focused-1m"), LensDesign(sensor=Sensor(pitch_um=2.0))):
        np.testing.assert_array_equal(engine(design, size=33).values, psf(design, size=33).values)


@pytest.mark.parametrize("name", ["paper-literal", "random-zernike:3"])
def test_rays_of_a_steep_draft_land_where_the_light_goes(name):
    base = preset(name)
    design = replace(base, zernike_um=tuple(4 * a if j > 3 else a for j, a in enumerate(base.zernike_um)))
    size, pitch_m = 41, window_for(design) / 41 * design.sensor.pitch_m
    draft = psf(design, size=size, pitch_m=pitch_m, draft=True)
    assert "rays" in draft.grid.reason
    assert all(np.isnan(draft.strehl))
    assert l1_error(draft.values, psf(design, size=size, pitch_m=pitch_m).values) < 0.15
    shifted = psf(design.with_zernike(3, 20.0), size=size, pitch_m=pitch_m, draft=True)
    assert centroid_px(shifted.values[1])[0] > centroid_px(draft.values[1])[0] + 1


def test_rays_that_miss_the_window_are_not_counted():
    design = preset("paper-literal")
    options = {"size": 41, "pitch_m": 4 * design.sensor.pitch_m}
    draft, exact = psf(design, draft=True, **options), psf(design, fast=True, **options)
    assert "rays" in draft.grid.reason
    assert draft.window_energy == pytest.approx(exact.window_energy, rel=0.05)
    assert draft.values[1, 0].sum() == pytest.approx(draft.values[1, 20].sum(), rel=0.05)


def test_aperture_edge_is_grey_and_keeps_the_area():
    coverage = aperture_coverage(64)
    assert coverage.sum() * (2 / 64) ** 2 == pytest.approx(np.pi, rel=1e-12)
    assert ((coverage > 0.01) & (coverage < 0.99)).sum() > 100
    np.testing.assert_allclose(coverage, coverage.T, atol=1e-9)


@pytest.mark.parametrize("pitch_um", [0.5, 3.69, 7.87, 31.5, 252.0, 756.0, 3780.0])
def test_pixel_filter_integrates_every_frequency_it_may_meet(pitch_um):
    cutoff_per_m = 2.3e5
    chosen = design_pixel_filter(pitch_um * 1e-6, cutoff_per_m)
    x = chosen.nodes(1)
    matrix = chosen.matrix(1)[0]
    for share in (0.0, 0.3, 0.6):
        frequency = share * cutoff_per_m * pitch_um * 1e-6
        assert matrix @ np.cos(2 * np.pi * frequency * x) == pytest.approx(np.sinc(frequency), abs=2e-3)
    assert matrix.sum() == pytest.approx(1.0, abs=5e-4)
    assert coarse_pixel_filter(3).matrix(2).sum() == pytest.approx(2.0)


@pytest.mark.parametrize("pixels", [1, 3, 5])
def test_enormous_pixels_lose_no_light(pixels):
    """A frame of a few pixels: each is hundreds of periods of the finest fringe wide."""
    design = preset("focused-1m")
    result = psf(design, size=1, pitch_m=design.sensor.window_m / pixels)
    assert result.window_energy == pytest.approx((1.0, 1.0, 1.0), abs=6e-3)


def test_two_coarse_filters_of_a_kind_are_equal_so_that_an_engine_keeps_its_matrices():
    assert coarse_pixel_filter(2) == coarse_pixel_filter(2)
