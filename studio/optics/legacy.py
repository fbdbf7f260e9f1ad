"""The plain port of the published grid, kept only to show why it is not used: at steep coefficients it aliases."""

from __future__ import annotations

import numpy as np

from studio.optics.lens import LensDesign
from studio.optics.zernike import cartesian_basis


def legacy_psf(design: LensDesign) -> np.ndarray:
    """PSF (3, N, N) float32 of `design` on N = `sensor.pixels` samples of the sensor's pitch, each colour sums to 1.

    The phase of the lens is sampled at the sensor's pitch, joined with a spherical wave from the object distance, and
    the field is carried to the sensor by the transfer function of free space (Fresnel) on a grid padded to twice the
    size. Where the phase turns by more than half a wave from sample to sample, which -51 um of defocus does at the
    published pitch, light folds back to wrong places; nothing in the result tells. The axis is pixel N // 2.
    """
    samples, pitch_m, radius_m = design.sensor.pixels, design.sensor.pitch_m, design.aperture_radius_m
    x_m = (np.arange(samples) - samples // 2) * pitch_m
    squared_m2 = x_m[:, None] ** 2 + x_m**2
    surface = np.tensordot(np.array(design.zernike_um), cartesian_basis(len(design.zernike_um)), axes=1)
    height_m = 1e-6 * np.polynomial.polynomial.polygrid2d(x_m / radius_m, x_m / radius_m, surface)
    frequency = np.fft.fftfreq(2 * samples, pitch_m)
    result = np.empty((3, samples, samples), np.float32)
    for colour, (wavelength_m, index) in enumerate(zip(design.wavelengths_m, design.refractive_indices, strict=True)):
        waves = ((index - 1.0) * height_m + squared_m2 / (2.0 * design.object_distance_m)) / wavelength_m
        pupil = np.where(squared_m2 <= radius_m**2, np.exp(2j * np.pi * waves), 0.0)
        half_turns = wavelength_m * design.sensor_distance_m * frequency**2
        transfer = np.exp(-1j * np.pi * (half_turns[:, None] + half_turns))
        field = np.fft.ifft2(np.fft.fft2(pupil, transfer.shape) * transfer)[:samples, :samples]
        intensity = np.abs(field) ** 2
        result[colour] = intensity / intensity.sum()
    return result
