"""PSF and capture against what a user would do otherwise, each with its error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import poppy
import torch
from prysm.coordinates import cart_to_polar, make_xy_grid
from prysm.polynomials import zernike_nm
from prysm.propagation import Wavefront

from studio.optics.frames import FrameRenderer
from studio.optics.lens import LensDesign, focus_coefficient_um
from studio.optics.presets import preset
from studio.optics.propagation import design_pixel_filter
from studio.optics.psf import PsfEngine, make_propagator, phase_polynomials, psf, window_for
from studio.optics.psf_torch import TorchPsf
from studio.optics.sensor import capture, frame_pitch_m
from studio.optics.zernike import evaluate, noll_to_nm
from tests.benchmarks.timing import Row, interleaved_ms, median_ms

SIZE = 64
SEED = 1


def aberrated() -> LensDesign:
    """Focused at 1 m, random terms 5-15 of 0.53 waves RMS in green."""
    zernike_um = np.array(LensDesign().zernike_um)
    random = np.random.default_rng(SEED).normal(size=11)
    zernike_um[4:] = random / np.linalg.norm(random) * 0.53 * 0.55 / 0.493
    return LensDesign(zernike_um=tuple(zernike_um.tolist()))


def reference(design: LensDesign) -> np.ndarray:
    """1536 grey pupil samples, double precision, exact pixel integral; (3, 64, 64), each colour sums to 1."""
    grid = replace(psf(design, size=SIZE).grid, pupil_samples=1536)
    cutoff = 2 * design.aperture_radius_m / (min(design.wavelengths_m) * design.sensor_distance_m)
    exact = make_propagator(design, grid, design_pixel_filter(grid.pitch_m, cutoff, 1e-8), double_precision=True)
    polynomials = phase_polynomials(design, np.array(design.zernike_um), np.array([design.object_distance_m]))[0]
    shares = np.stack([exact.intensity(exact.field(exact.pupil(p), c)) for c, p in enumerate(polynomials)])
    shares = shares[:, :SIZE, :SIZE]
    return shares / shares.sum(axis=(1, 2), keepdims=True)


def l1(values: np.ndarray, expected: np.ndarray) -> float:
    return float(np.abs(values - expected).sum(axis=(1, 2)).max())


class PaddedFft:
    """What most code does: the residual phase on 1024 pupil samples, a padded FFT per colour, resampled to the pitch.

    `samples` pupil samples across 2R in an array of 1024 give a sensor step of lambda z / (1024 dx); every colour has
    a step of its own, so its intensity is brought to the common pitch by area interpolation.
    """

    def __init__(self, design: LensDesign, total: int = 1024) -> None:
        self._design, self._total = design, total
        self._pupil_px = 512
        x = (np.arange(self._pupil_px) + 0.5) / self._pupil_px * 2 - 1
        self._x, self._y = np.meshgrid(x, x)
        self._inside = torch.from_numpy((self._x**2 + self._y**2 <= 1).astype(np.float32))
        self._basis = torch.from_numpy(
            np.stack([evaluate(np.eye(15)[j], self._x, self._y) for j in range(15)]).astype(np.float32)
        )
        self._rho2 = torch.from_numpy((self._x**2 + self._y**2).astype(np.float32))

    def __call__(self, coefficients: torch.Tensor) -> torch.Tensor:
        """(3, 64, 64), each colour sums to 1."""
        design = self._design
        out = []
        for wavelength, index in zip(design.wavelengths_m, design.refractive_indices, strict=True):
            surface = torch.tensordot(coefficients.float(), self._basis, 1)
            vergence = 1 / design.object_distance_m + 1 / design.sensor_distance_m
            quadratic = design.aperture_radius_m**2 * vergence / (2 * wavelength) * self._rho2
            phase = 2 * torch.pi * (1e-6 * (index - 1) / wavelength * surface + quadratic)
            field = torch.polar(self._inside, phase)
            spread = torch.fft.fftshift(torch.fft.fft2(field, s=(self._total, self._total)))
            intensity = spread.abs() ** 2
            step = wavelength * design.sensor_distance_m * self._pupil_px / (2 * design.aperture_radius_m * self._total)
            grid = (torch.arange(SIZE * 4) + 0.5) / 4 - SIZE // 2 - 0.5
            position = (2 * grid * design.sensor.pitch_m / step + 1) / self._total
            mesh = torch.stack(torch.meshgrid(position, position, indexing="ij")[::-1], -1).float()
            fine = torch.nn.functional.grid_sample(intensity[None, None], mesh[None], align_corners=False)[0, 0]
            pixels = torch.nn.functional.avg_pool2d(fine[None], 4)[0]
            out.append(pixels / pixels.sum())
        return torch.stack(out)


def prysm_psf(design: LensDesign, samples: int = 512) -> np.ndarray:
    """prysm's matrix transform of the three colours, 4 x 4 points a pixel."""
    x, y = make_xy_grid(samples, diameter=design.aperture_diameter_mm)
    r, t = cart_to_polar(x, y)
    r = r / (design.aperture_diameter_mm / 2)
    out = []
    for wavelength, index in zip(design.wavelengths_m, design.refractive_indices, strict=True):
        heights = list(design.zernike_um)
        height = sum(a * zernike_nm(*noll_to_nm(j), r, t, norm=True) for j, a in enumerate(heights, 1) if a)
        vergence = 1 / design.object_distance_m + 1 / design.sensor_distance_m
        phase_nm = 1e3 * (index - 1) * height + 1e9 * (design.aperture_radius_m * r) ** 2 * vergence / 2
        front = Wavefront.from_amp_and_phase((r <= 1).astype(float), phase_nm, wavelength * 1e6, x[0, 1] - x[0, 0])
        count = SIZE * 4
        focus = front.focus_fixed_sampling(
            design.sensor_distance_mm, design.sensor.pitch_um / 4, count, shift=(design.sensor.pitch_um * 0.375,) * 2
        )
        pixels = (np.abs(focus.data) ** 2).reshape(SIZE, 4, SIZE, 4).sum((1, 3))
        out.append(pixels / pixels.sum())
    return np.stack(out)


def poppy_psf(design: LensDesign, samples: int = 512) -> np.ndarray:
    """poppy's matrix transform of the three colours, residual wavefront, 4 x 4 points a pixel."""
    out = []
    for colour, (wavelength, index) in enumerate(zip(design.wavelengths_m, design.refractive_indices, strict=True)):
        heights = list(design.zernike_um)
        heights[3] -= focus_coefficient_um(design, design.object_distance_m, colour)
        scale = np.degrees(design.sensor.pitch_m / design.sensor_distance_m) * 3600
        system = poppy.OpticalSystem(npix=samples, pupil_diameter=2 * design.aperture_radius_m, oversample=4)
        system.add_pupil(poppy.CircularAperture(radius=design.aperture_radius_m))
        system.add_pupil(
            poppy.ZernikeWFE(radius=design.aperture_radius_m, coefficients=[1e-6 * (index - 1) * h for h in heights])
        )
        system.add_detector(pixelscale=scale, fov_pixels=SIZE + 1)
        fine = system.calc_psf(wavelength=wavelength)[0].data[::-1, ::-1]
        pixels = fine.reshape(SIZE + 1, 4, SIZE + 1, 4).sum((1, 3))[:SIZE, :SIZE]
        out.append(pixels / pixels.sum())
    return np.stack(out)


def psf_rows() -> Iterator[Row]:
    torch.set_num_threads(1)
    design = aberrated()
    exact = reference(design)
    engine = PsfEngine()
    coefficients = torch.tensor(design.zernike_um, dtype=torch.float64)
    distance = torch.tensor([design.object_distance_m], dtype=torch.float64)
    simulate = TorchPsf(design, size=SIZE)
    weights = torch.from_numpy(np.random.default_rng(0).random((3, SIZE, SIZE)).astype(np.float32))
    padded = PaddedFft(design)

    def backward(simulator, *arguments) -> None:
        leaf = coefficients.clone().requires_grad_()
        (simulator(leaf, *arguments).reshape(3, SIZE, SIZE) * weights).sum().backward()

    with torch.no_grad():
        forward = interleaved_ms(
            {"ours": lambda: simulate(coefficients, distance), "padded": lambda: padded(coefficients)}
        )
        padded_error = l1(padded(coefficients).numpy(), exact)
        mine_error = l1(simulate(coefficients, distance)[0].numpy(), exact)
    both = interleaved_ms({"ours": lambda: backward(simulate, distance), "padded": lambda: backward(padded)}, repeats=7)
    error = f"L1 error {mine_error:.1e}"
    ratio = forward["padded"] / forward["ours"]
    yield Row("PSF 3 x 64 px, forward (torch)", f"{forward['ours']:.2f} ms", "2.5 ms", forward["ours"] <= 2.5, error)
    yield Row("PSF, forward and backward", f"{both['ours']:.2f} ms", "7 ms", both["ours"] <= 7.0, error)
    yield Row("PSF error (L1)", f"{mine_error:.1e}", "2e-3", mine_error <= 2e-3, "against 1536 grey samples, float64")
    yield Row(
        "padded 1024 torch FFT / ours, forward",
        f"{ratio:.0f} x",
        "20 x",
        ratio >= 20,
        f"{forward['padded']:.0f} ms, L1 error {padded_error:.1e}",
    )
    yield Row("padded 1024 torch FFT / ours, with backward", f"{both['padded'] / both['ours']:.0f} x")
    peers = interleaved_ms(
        {
            "ours": lambda: engine(design, size=SIZE),
            "prysm": lambda: prysm_psf(design),
            "poppy": lambda: poppy_psf(design),
        },
        repeats=3,
    )
    yield Row(
        "PSF with Strehl ratio (numpy)", f"{peers['ours']:.2f} ms", note=f"L1 error {l1(psf(design).values, exact):.1e}"
    )
    for name, compute in (("prysm", prysm_psf), ("poppy", poppy_psf)):
        note = f"{peers[name]:.0f} ms at 512 samples, L1 error {l1(compute(design), exact):.1e}"
        yield Row(f"{name} / ours", f"{peers[name] / peers['ours']:.0f} x", note=note)


def portrait(height: int, width: int) -> np.ndarray:
    from studio.faces.pictures import portrait_path, read_picture

    return np.ascontiguousarray(cv2.resize(read_picture(portrait_path()), (width, width))[:height])


def live_rows() -> Iterator[Row]:
    cv2.setNumThreads(1)
    frame = portrait(480, 640)
    for name, preset_name, bound in (
        ("focused", "focused-1m", True),
        ("blur 9 % of the window", "random-zernike:1", True),
        ("blur 15 %", "defocus-disc", False),
        ("blur 70 %", "paper-literal", False),
    ):
        design = preset(preset_name)
        render = FrameRenderer(design, 480, 640)
        still = median_ms(lambda: render(frame))  # noqa: B023  (called before the next turn)
        yield Row(
            f"live frame 640x480, lens still, {name}", f"{still:.1f} ms", "15 ms", still <= 15.0 if bound else None
        )

        steps = iter(range(1, 10_000))
        drags: dict[bool, float] = {}
        for draft in (False, True):
            kept = [FrameRenderer(design, 480, 640, draft=draft)]

            def move() -> None:
                moved = design.with_zernike(5, design.zernike_um[4] + 1e-4 * next(steps))  # noqa: B023
                kept[0] = FrameRenderer(moved, 480, 640, draft=draft, reuse=kept[0])  # noqa: B023
                kept[0](frame)  # noqa: B023

            drags[draft] = median_ms(move, repeats=12)
        full = f"at full resolution {drags[False]:.0f} ms"
        yield Row(f"live frame, lens moving, {name}", f"{drags[True]:.1f} ms", "25 ms", drags[True] <= 25.0, full)


def peer_rows() -> Iterator[Row]:
    """One frame through one PSF: ours, cv2.filter2D and conv2d with the same kernel."""
    design = replace(preset("random-zernike:1"), sensor=replace(LensDesign().sensor, noise=0.0, bits=16))
    frame = portrait(480, 640)
    pitch_m = frame_pitch_m(design, 480, 640)
    kernel = psf(design, size=window_for(design, pitch_m=pitch_m), pitch_m=pitch_m).values
    render = FrameRenderer(design, 480, 640)
    planes = [np.ascontiguousarray(p) for p in (frame / 255.0).astype(np.float32).transpose(2, 0, 1)]
    flipped = [np.ascontiguousarray(k[::-1, ::-1]) for k in kernel]
    scene = torch.from_numpy(np.stack(planes))[None]
    weights = torch.from_numpy(np.stack(flipped))[:, None]
    padding = kernel.shape[-1] // 2

    def filter2d() -> None:
        for plane, k in zip(planes, flipped, strict=True):
            cv2.filter2D(plane, -1, k, borderType=cv2.BORDER_REPLICATE)

    def conv2d() -> None:
        padded = torch.nn.functional.pad(scene, (padding,) * 4, mode="replicate")
        torch.nn.functional.conv2d(padded, weights, groups=3)

    times = interleaved_ms({"ours": lambda: render(frame), "filter2D": filter2d, "conv2d": conv2d}, repeats=3)
    shown = render(frame).transpose(2, 0, 1) / 255.0
    error = np.abs(shown - capture(np.stack(planes), kernel, design.sensor)).max() * 255
    size = kernel.shape[-1]
    yield Row(
        "live frame against the reference",
        f"{error:.2f} / 255",
        "1 / 255",
        error <= 1.0,
        "16 bits, no noise, display values",
    )
    yield Row(
        "cv2.filter2D (convolution alone) / our whole frame",
        f"{times['filter2D'] / times['ours']:.1f} x",
        note=f"{size} px kernel",
    )
    yield Row(
        "torch conv2d (convolution alone) / our whole frame",
        f"{times['conv2d'] / times['ours']:.0f} x",
        note=f"{size} px kernel",
    )
