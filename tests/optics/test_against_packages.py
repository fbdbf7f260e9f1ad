"""The PSF of random aberrations against prysm and poppy, which share no code with us."""

import numpy as np
import poppy
import pytest
from prysm.coordinates import cart_to_polar, make_xy_grid
from prysm.polynomials import zernike_nm
from prysm.propagation import Wavefront

from studio.optics.lens import LensDesign, focus_coefficient_um
from studio.optics.psf import psf
from studio.optics.zernike import noll_to_nm

PITCH_UM = 0.5
SIZE = 129
TOLERANCE = 1e-3  # of the peak


def lens(seed: int) -> LensDesign:
    design = LensDesign()
    random = np.random.default_rng(seed).normal(size=11)
    random *= 0.4 * 0.55 / 0.493 / np.linalg.norm(random)
    focus = focus_coefficient_um(design, 1.0)
    return LensDesign(zernike_um=(0.0, 0.0, 0.0, focus + 0.1, *random.tolist()))


def opd_um(design: LensDesign) -> dict[int, float]:
    """Green optical path per Noll term once the focusing part has cancelled the object and image distance."""
    heights = list(design.zernike_um)
    heights[3] -= focus_coefficient_um(design, 1.0)
    return {j: 0.493 * h for j, h in enumerate(heights, start=1) if h != 0.0}


def ours(design: LensDesign) -> np.ndarray:
    values = psf(design, size=SIZE, pitch_m=PITCH_UM * 1e-6, pupil_samples=768).values[1]
    return values / values.max()


@pytest.mark.parametrize("seed", range(4))
def test_prysm_agrees(seed):
    design = lens(seed)
    samples = 2048
    diameter_mm = design.aperture_diameter_mm
    x, y = make_xy_grid(samples, diameter=diameter_mm * 1.01)
    r, t = cart_to_polar(x, y)
    r = r / (diameter_mm / 2)
    phase_nm = sum(1e3 * height * zernike_nm(*noll_to_nm(j), r, t, norm=True) for j, height in opd_um(design).items())
    front = Wavefront.from_amp_and_phase((r <= 1).astype(float), phase_nm, 0.55, x[0, 1] - x[0, 0])
    # finer than a pixel, then summed: prysm samples points, we integrate over pixels
    fine = 4
    focus = front.focus_fixed_sampling(design.sensor_distance_mm, PITCH_UM / fine, SIZE * fine + 1)
    intensity = np.abs(focus.data) ** 2
    centre = intensity.shape[0] // 2
    theirs = integrate(intensity, centre, fine)
    assert np.abs(ours(design) - theirs).max() <= TOLERANCE


@pytest.mark.parametrize("seed", range(4))
def test_poppy_agrees(seed):
    design = lens(seed)
    terms = opd_um(design)
    radius_m = design.aperture_radius_m
    coefficients = [1e-6 * terms.get(j, 0.0) for j in range(1, 16)]
    fine = 4
    samples = SIZE * fine + fine - 1  # odd, so that a sample lies on the axis
    scale_arcsec = np.degrees(PITCH_UM * 1e-6 / fine / design.sensor_distance_m) * 3600
    system = poppy.OpticalSystem(npix=2048, pupil_diameter=2 * radius_m, oversample=1)
    system.add_pupil(poppy.CircularAperture(radius=radius_m, gray_pixel=False))
    system.add_pupil(poppy.ZernikeWFE(radius=radius_m, coefficients=coefficients))
    system.add_detector(pixelscale=scale_arcsec, fov_pixels=samples)
    intensity = system.calc_psf(wavelength=550e-9)[0].data
    # poppy transforms with the opposite sign: its picture is ours turned by half a turn
    intensity = intensity[::-1, ::-1]
    theirs = integrate(intensity, samples // 2, fine)
    assert np.abs(ours(design) - theirs).max() <= TOLERANCE


def integrate(intensity: np.ndarray, centre: int, fine: int) -> np.ndarray:
    """Trapezoid sums of point samples over pixels of `fine` steps, peak 1; the axis lies on sample `centre`."""
    half = fine // 2
    weights = np.ones(fine + 1)
    weights[[0, -1]] = 0.5
    start = centre - fine * (SIZE // 2) - half
    rows = sum(w * intensity[start + k : start + k + fine * SIZE : fine] for k, w in enumerate(weights))
    both = sum(w * rows[:, start + k : start + k + fine * SIZE : fine] for k, w in enumerate(weights))
    return both / both.max()
