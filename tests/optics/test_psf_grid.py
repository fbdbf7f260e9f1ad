"""The sampling that is chosen: its accuracy, its shortcuts and its refusals."""

from dataclasses import replace

import numpy as np
import pytest

from studio.optics.lens import DesignError, LensDesign, blur_disc_m
from studio.optics.presets import preset
from studio.optics.propagation import design_pixel_filter
from studio.optics.psf import (
    Psf,
    PsfEngine,
    make_propagator,
    phase_polynomials,
    psf,
)
from studio.optics.psf_grid import choose_grid, rays_cross, slopes
from tests.optics.lenses import aberrated, l1_error


def converged_shares(design: LensDesign, result: Psf, pupil_samples: int, tolerance: float = 1e-8) -> np.ndarray:
    """The window of `result` on a far finer pupil in double precision; `tolerance` bounds the pixel integral."""
    cutoff = 2 * design.aperture_radius_m / (min(design.wavelengths_m) * design.sensor_distance_m)
    reference = make_propagator(
        design,
        replace(result.grid, pupil_samples=pupil_samples),
        design_pixel_filter(result.pitch_m, cutoff, tolerance),
        double_precision=True,
    )
    distance = np.array([design.object_distance_m])
    polynomials = phase_polynomials(design, np.array(design.zernike_um), distance)[0]
    shares = np.stack([reference.intensity(reference.field(reference.pupil(p), c)) for c, p in enumerate(polynomials)])
    size = result.values.shape[-1]
    return shares[:, :size, :size]


@pytest.mark.parametrize(
    "design",
    [aberrated(1), aberrated(2), aberrated(3), aberrated(4, 1.0), aberrated(6, 2.0), preset("defocus-disc")],
    ids=["1", "2", "3", "1 wave", "2 waves", "defocus"],
)
def test_error_against_a_fine_grey_reference(design):
    """The budget's accuracy: L1 <= 2e-3 against 1536 pupil samples in double precision and an exact pixel integral."""
    result = psf(design, size=64)
    shares = converged_shares(design, result, 1536)
    assert l1_error(result.values, shares / shares.sum(axis=(1, 2), keepdims=True)) <= 2e-3
    assert result.window_energy == pytest.approx(shares.sum(axis=(1, 2)), abs=1e-3)


NEAR = LensDesign(object_distance_m=0.33)


@pytest.mark.parametrize(
    ("design", "size", "pitch_um"),
    [
        (preset("focused-1m"), 257, 3.69),
        (preset("focused-1m"), 769, 3.69),
        (aberrated(2, 0.1), 321, 3.69),
        (preset("focused-1m"), 65, 20.0),
        (NEAR, 401, 1.0),
    ],
    ids=["257", "769", "321", "wide pixels", "fine pixels"],
)
def test_error_stays_within_its_bound_for_any_window(design, size, pitch_um):
    """Wide windows hold tails that a coarse edge weakens, fine pixels show its ripple."""
    result = psf(design, size=size, pitch_m=pitch_um * 1e-6)
    shares = converged_shares(design, result, 1024, 2e-5)
    assert l1_error(result.values, shares / shares.sum(axis=(1, 2), keepdims=True)) <= 2e-3


def test_too_coarse_a_pupil_grid_is_caught_and_would_have_been_wrong():
    """Repeats of the field fall into the window while the window energy looks sound; doubling the grid shows them."""
    design, pitch_m = preset("paper-literal"), 16 * 3.69e-6
    size = 63
    chosen = psf(design, size=size, pitch_m=pitch_m, fast=True)
    doubled = psf(design, size=size, pitch_m=pitch_m, pupil_samples=2 * chosen.grid.pupil_samples, fast=True)
    coarse = psf(design, size=size, pitch_m=pitch_m, pupil_samples=512, fast=True)
    assert l1_error(chosen.values, doubled.values) < 5e-3
    assert l1_error(coarse.values, doubled.values) > 0.05
    assert "ghost copies" in coarse.warnings[0]
    assert "512" in coarse.warnings[0]
    assert not any("ghost" in w for w in chosen.warnings + doubled.warnings)


def test_grid_grows_with_slope_and_window():
    calm = psf(preset("focused-1m"), size=33).grid
    steep = psf(preset("paper-literal"), size=65, fast=True).grid
    assert calm.pupil_samples == 192
    assert "edge of the aperture" in calm.reason
    assert steep.pupil_samples > 300
    assert "slope" in steep.reason


def test_what_memory_cannot_hold_is_refused_with_the_estimate():
    with pytest.raises(DesignError, match=r"needs .* GiB .* pupil samples") as caught:
        PsfEngine(memory_limit_bytes=1 << 20)(preset("paper-literal"), size=1024)
    assert "\n" not in str(caught.value)
    huge = LensDesign(aperture_diameter_mm=50, sensor_distance_mm=1, zernike_um=(0, 0, 0, 200))
    with pytest.raises(DesignError, match=r"GiB.*reduce aperture_diameter_mm or increase sensor_distance_mm"):
        psf(huge, size=4096)


@pytest.mark.parametrize(
    ("lens", "size", "advice"),
    [
        (LensDesign().with_zernike(4, -200.0), 65, r"bring zernike.4 = -200 um closer to -30.42 um"),
        (LensDesign().with_zernike(11, 60.0).with_zernike(5, 60.0), 65, r"bring zernike.11 = 60 um closer to 0 um"),
        (LensDesign(), 4097, r"reduce the window"),
    ],
    ids=["defocus", "spherical", "window"],
)
def test_the_advice_of_a_refusal_helps(lens, size, advice):
    engine = PsfEngine(memory_limit_bytes=1 << 27)
    with pytest.raises(DesignError, match=advice):
        engine(lens, size=size)


def test_following_the_advice_is_enough():
    engine = PsfEngine(memory_limit_bytes=1 << 27)
    steep = preset("random-zernike:2").with_zernike(4, -200.0)
    with pytest.raises(DesignError, match=r"zernike.4 = -200 um closer to -30.42 um"):
        engine(steep, size=65)
    assert min(engine(steep.with_zernike(4, -30.42), size=65).window_energy) > 0.5


def test_a_phase_that_is_not_finite_is_refused():
    with pytest.raises(DesignError, match="not finite"):
        choose_grid(LensDesign(), np.full((3, 5, 5), np.nan), 65, 3.69e-6)


def test_draft_stays_close():
    design = preset("random-zernike:1")
    draft = psf(design, size=135, draft=True)
    assert draft.grid.draft
    assert l1_error(draft.values, psf(design, size=135).values) < 0.2


def test_a_draft_of_a_lens_that_needs_none_is_the_psf_itself():
    design = preset("focused-1m")
    draft, full = psf(design, size=45, draft=True), psf(design, size=45)
    assert not draft.grid.draft
    np.testing.assert_array_equal(draft.values, full.values)


def test_fast_psfs_have_grain_but_the_same_light():
    design = preset("paper-literal")
    options = {"size": 255, "pitch_m": 3 * design.sensor.pitch_m}
    exact, fast = psf(design, **options), psf(design, fast=True, **options)
    assert fast.grid.nodes_per_pixel < exact.grid.nodes_per_pixel
    assert fast.grid.pupil_samples < exact.grid.pupil_samples
    assert fast.window_energy == pytest.approx(exact.window_energy, abs=0.01)
    coarse = [p.values.reshape(3, 15, 17, 15, 17).sum(axis=(2, 4)) for p in (fast, exact)]
    assert l1_error(*coarse) < 0.05


@pytest.mark.parametrize("size", [513, 1025])
def test_fast_psfs_of_sharp_lenses_keep_their_samples(size):
    design = preset("focused-1m")
    fast = psf(design, size=size, fast=True)
    assert l1_error(fast.values, psf(design, size=size, pupil_samples=608).values) <= 1e-2
    assert fast.warnings == ()


def test_fast_says_where_it_leaves_grain():
    """Crossing rays interfere; their fringes are finer than the samples that are left."""
    coma = preset("focused-1m").with_zernike(8, 6.0)
    options = {"size": 257, "pitch_m": 3 * coma.sensor.pitch_m}
    fast = psf(coma, fast=True, **options)
    assert l1_error(fast.values, psf(coma, **options).values) > 1e-2
    assert any("grain" in w for w in fast.warnings)
    disc = preset("paper-literal")
    assert psf(disc, fast=True, **options).warnings == ()


def test_fast_says_where_its_pupil_is_too_coarse_for_a_window_inside_the_spot():
    design = preset("paper-literal")
    fast = psf(design, size=129, fast=True)
    assert l1_error(fast.values, psf(design, size=129).values) > 1e-2
    assert any("narrower than the spot" in w for w in fast.warnings)


def test_rays_cross_behind_coma_but_not_behind_defocus():
    def phase(design: LensDesign) -> np.ndarray:
        return phase_polynomials(design, np.array(design.zernike_um), np.array([1.0]))

    assert not rays_cross(phase(preset("defocus-disc")))
    assert not rays_cross(phase(preset("focused-1m").with_zernike(6, 10.0)))
    assert rays_cross(phase(preset("focused-1m")))
    assert rays_cross(phase(preset("focused-1m").with_zernike(8, 10.0)))


def test_slope_is_the_largest_ray_slope():
    """Pure defocus: W = sqrt(3) (n - 1) a / lambda (2 rho^2 - 1) joined with the quadratic; steepest at the edge."""
    design = LensDesign().with_zernike(4, -26.0)
    polynomials = phase_polynomials(design, np.array(design.zernike_um), np.array([1.0]))[0, 1]
    expected = blur_disc_m(design) / 2 * design.aperture_radius_m / (550e-9 * design.sensor_distance_m)
    assert slopes(polynomials) == pytest.approx((expected, expected), rel=1e-3)
