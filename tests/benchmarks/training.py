"""A training step, lens and SANet together, beside simulators that blur and propagate as others do.

Every simulator is given the same start: Zernike coefficients, a batch of 64 px and its distances; forward, then back to
lens and network. Peers are treated kindly: the propagation of a 1024 grid is only asked for the PSF, which is then
binned to the picture's pitch, where its lineage convolves at 1024.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch.nn import functional

from studio.networks.face_network import FaceNetwork, NetworkSpec
from studio.optics.lens import LensDesign
from studio.optics.presets import preset
from studio.optics.sensor import convolve
from studio.optics.zernike import evaluate
from studio.training.config import TrainingConfig
from studio.training.optics import Conditions, Optics, draw_conditions, draw_distances
from tests.benchmarks.timing import Row, interleaved_ms

Simulator = Callable[[torch.Tensor, Conditions], torch.Tensor]
Blur = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
BATCH = 32
SIZE = 64
SEED = 3


class Ours:
    """PSFs by matrix transforms with a hand-written adjoint, and a spectrum for each distance."""

    def __init__(self, optics: Optics, blur: Blur = convolve) -> None:
        self._optics, self._blur = optics, blur

    def __call__(self, light: torch.Tensor, conditions: Conditions) -> torch.Tensor:
        psfs = self._optics.psfs(conditions.distances_m)
        assert psfs is not None
        return _by_distance(light, psfs.to(light), conditions, self._blur)


class TransferFunction:
    """As the optical lineage does: the phase on 1024 pixels, then Fresnel's transfer function, every step."""

    def __init__(self, design: LensDesign, coefficients: torch.Tensor) -> None:
        sensor, radius_m = design.sensor, design.aperture_radius_m
        x_m = (np.arange(sensor.pixels) - (sensor.pixels - 1) / 2) * sensor.pitch_m
        x, y = np.meshgrid(x_m / radius_m, x_m / radius_m)
        basis = np.stack([evaluate(np.eye(len(coefficients))[j], x, y) for j in range(len(coefficients))])
        self._design, self.coefficients = design, coefficients
        self._inside = torch.from_numpy((x**2 + y**2 <= 1).astype(np.float32))
        self._basis = torch.from_numpy(np.where(x**2 + y**2 <= 1, basis, 0).astype(np.float32))
        self._squared_m2 = torch.from_numpy(x_m[:, None] ** 2 + x_m**2)
        frequency = np.fft.fftfreq(2 * sensor.pixels, sensor.pitch_m)
        self._squared_frequency = torch.from_numpy(frequency[:, None] ** 2 + frequency**2)

    def psfs(self, distances_m: torch.Tensor) -> torch.Tensor:
        """(D, 3, 64, 64), binned from the sensor's pixels."""
        design, out = self._design, []
        height_um = torch.tensordot(self.coefficients.float(), self._basis, 1)
        samples = len(height_um)
        for distance_m in distances_m.tolist():
            for wavelength_m, index in zip(design.wavelengths_m, design.refractive_indices, strict=True):
                sphere = (torch.pi / (wavelength_m * distance_m) * self._squared_m2).remainder(2 * torch.pi).float()
                pupil = torch.polar(self._inside, 2e-6 * torch.pi * (index - 1) / wavelength_m * height_um + sphere)
                turns = torch.pi * wavelength_m * design.sensor_distance_m * self._squared_frequency
                transfer = torch.polar(torch.ones_like(turns), -turns).to(torch.complex64)
                field = torch.fft.ifft2(torch.fft.fft2(pupil, s=transfer.shape) * transfer)[:samples, :samples]
                # the axis, between the two middle samples, becomes the centre of a binned pixel
                intensity = (field.abs() ** 2).roll((samples // SIZE // 2,) * 2, (0, 1))
                out.append(functional.avg_pool2d(intensity[None], samples // SIZE)[0])
        values = torch.stack(out).unflatten(0, (len(distances_m), 3))
        return values / values.sum((-2, -1), keepdim=True)

    def __call__(self, light: torch.Tensor, conditions: Conditions) -> torch.Tensor:
        return _by_distance(light, self.psfs(conditions.distances_m), conditions, convolve)


def conv2d(light: torch.Tensor, kernel: torch.Tensor) -> torch.Tensor:
    """`convolve` as torch's depthwise convolution."""
    side = kernel.shape[-1]
    padded = functional.pad(light, (side - 1 - side // 2, side // 2) * 2, mode="replicate")
    return functional.conv2d(padded, kernel.flip((-2, -1))[:, None], groups=3)


def _by_distance(light: torch.Tensor, psfs: torch.Tensor, conditions: Conditions, blur: Blur) -> torch.Tensor:
    numbers = [torch.nonzero(conditions.which == d).flatten() for d in range(len(psfs))]
    parts = [blur(light[n], one) for n, one in zip(numbers, psfs, strict=True)]
    return torch.cat(parts)[torch.argsort(torch.cat(numbers))]


def training_rows() -> Iterator[Row]:
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    network = FaceNetwork(NetworkSpec("sanet-small", units=52)).train()
    pictures = torch.rand(BATCH, 3, SIZE, SIZE)
    config = TrainingConfig(size_px=SIZE, batch=BATCH)
    for name in ("defocus-disc", "paper-literal"):
        design = preset(name)
        optics = Optics(design, config)
        generator = torch.Generator().manual_seed(SEED)
        conditions = draw_conditions(config, draw_distances(config.depths, config, generator), BATCH, generator)
        peer = TransferFunction(design, optics.zernike_um)
        simulators: dict[str, Simulator] = {
            "ours": Ours(optics),
            "conv2d": Ours(optics, conv2d),
            "1024 transfer function": peer,
        }
        lens_ms = interleaved_ms({n: _work(s, pictures, conditions) for n, s in simulators.items()}, repeats=5)
        step_ms = interleaved_ms({n: _work(s, pictures, conditions, network) for n, s in simulators.items()}, repeats=5)
        with torch.no_grad():
            psfs = optics.psfs(conditions.distances_m)
            theirs = peer.psfs(conditions.distances_m)
        room = (SIZE - psfs.shape[-1]) // 2
        apart = (theirs - functional.pad(psfs, (room + 1, room) * 2)).abs().sum((-2, -1)).mean(0).tolist()
        errors = {"conv2d": "", "1024 transfer function": "L1 error R, G, B " + ", ".join(f"{e:.2f}" for e in apart)}
        window = f"{psfs.shape[-1]} of {SIZE} px"
        speed = f"{1e3 * BATCH / step_ms['ours']:.0f} images/s"
        share = f"{lens_ms['ours']:.0f} of {step_ms['ours']:.0f} ms"
        note = f"PSFs at {config.depths} distances in {window}; the lens takes {share}"
        yield Row(f"{name}: lens + SANet small, there and back", speed, note=note)
        for other, error in errors.items():
            ratio, whole = lens_ms[other] / lens_ms["ours"], step_ms[other] / step_ms["ours"]
            note = f"{lens_ms[other]:.0f} ms for the lens; with SANet {whole:.1f} x; {error}".rstrip("; ")
            yield Row(f"{name}: {other} / ours", f"{ratio:.1f} x", "10 x", ratio >= 10, note)


def _work(
    simulate: Simulator, pictures: torch.Tensor, conditions: Conditions, network: FaceNetwork | None = None
) -> Callable[[], None]:
    """Forward and back through the lens, and through the network behind it."""

    def work() -> None:
        seen = simulate(pictures, conditions)
        (seen if network is None else network.face_units(network(seen))).square().sum().backward()

    return work
