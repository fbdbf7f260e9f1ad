"""What the sensor records of a scene: linear light, blur, noise, bit depth. Numpy and torch alike.

capture = sRGB( Q_b( clip( PSF (*) linear(scene) + noise ) ) ), a linear convolution without wrap-around, per colour.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from studio.optics.arrays import Array, is_numpy, namespace
from studio.optics.baselines import Baseline, baseline_kernel
from studio.optics.lens import DesignError, LensDesign, Sensor
from studio.optics.memory import memory_shortage

BORDERS: dict[str, Any] = {"replicate": "edge", "reflect": "symmetric", "black": "constant"}
"""Names of the border rules and numpy's word for them."""


def srgb_to_linear(encoded: Array) -> Array:
    """Linear light from sRGB values, both in [0, 1] (IEC 61966-2-1)."""
    xp = namespace(encoded)
    # the unused branch is kept away from 0, where its gradient would be infinite
    curve = ((xp.clip(encoded, 0.04045, None) + 0.055) / 1.055) ** 2.4
    return xp.where(encoded <= 0.04045, encoded / 12.92, curve)


def linear_to_srgb(linear: Array) -> Array:
    """sRGB values from linear light, both in [0, 1] (IEC 61966-2-1)."""
    xp = namespace(linear)
    curve = 1.055 * xp.clip(linear, 0.0031308, None) ** (1 / 2.4) - 0.055
    return xp.where(linear <= 0.0031308, linear * 12.92, curve)


def frame_pitch_m(design: LensDesign, height: int, width: int) -> float:
    """Sensor length that one pixel of a frame stands for: the frame's shorter side spans the sensor window."""
    return design.sensor.window_m / min(height, width)


def fast_length(length: int) -> int:
    """The smallest product of 2, 3 and 5 that is not below `length`: sizes at which every FFT is fast."""
    while True:
        rest = length
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return length
        length += 1


def convolve(scene: Array, kernel: Array, border: str = "replicate") -> Array:
    """Linear convolution of `scene` (..., 3, H, W) with `kernel` (..., 3, K, K); same size as the scene.

    The middle of the kernel is pixel (K // 2, K // 2). The scene is continued beyond its edge by `border`
    (a key of BORDERS), so nothing wraps around. Sizes are rounded up by `fast_length`. Numpy arrays that memory cannot
    hold are refused before anything is allocated (DesignError with the estimate).
    """
    if border not in BORDERS:
        raise ValueError(f"border {border!r} is unknown; known are {', '.join(BORDERS)}")
    xp = namespace(scene)
    (height, width), size = scene.shape[-2:], kernel.shape[-1]
    if border == "reflect" and size // 2 > min(height, width):
        raise ValueError(f"border reflect cannot continue {min(height, width)} px by {size // 2} px; use replicate")
    before, after = size // 2, size - 1 - size // 2
    shape = [fast_length(n + size - 1) for n in (height, width)]
    if is_numpy(scene):
        _check_memory(scene, kernel, shape)
    padded = _pad(scene, after, before, border)
    spectrum = xp.fft.rfftn(padded, s=shape, axes=(-2, -1)) * xp.fft.rfftn(kernel, s=shape, axes=(-2, -1))
    full = xp.fft.irfftn(spectrum, s=shape, axes=(-2, -1))
    # sample t of the full convolution is scene pixel t - after, seen through the kernel's middle at `before`
    first = before + after
    return xp.astype(full[..., first : first + height, first : first + width], scene.dtype)


def _check_memory(scene: np.ndarray, kernel: np.ndarray, shape: list[int]) -> None:
    """DesignError when the padded scene, the spectra and their product do not fit into memory."""
    planes = max(prod(scene.shape[:-2]), prod(kernel.shape[:-2]))
    # measured: seven arrays of the padded size at the most, two of them inside the inverse transform
    if shortage := memory_shortage(7 * planes * prod(shape) * max(scene.itemsize, kernel.itemsize)):
        height, width = scene.shape[-2:]
        raise DesignError(
            f"a picture of {width} x {height} px with a blur of {kernel.shape[-1]} px needs {shortage}; "
            "make the picture smaller"
        )


def _pad(scene: Array, before: int, after: int, border: str) -> Array:
    if is_numpy(scene):
        return np.pad(scene, [(0, 0)] * (scene.ndim - 2) + [(before, after)] * 2, mode=BORDERS[border])
    if border == "black":
        import torch

        return torch.nn.functional.pad(scene, (before, after, before, after))
    # indexing differentiates and knows no limit on the width of the border
    for axis in (-2, -1):
        length = scene.shape[axis]
        index = np.pad(np.arange(length), (before, after), mode=BORDERS[border])
        scene = scene.index_select(axis, namespace(scene).asarray(index, device=scene.device))
    return scene


def pixelate(scene: Array, factor: int) -> Array:
    """Means over blocks of `factor` x `factor` pixels of `scene` (..., H, W), same size; edge blocks may be smaller."""
    xp = namespace(scene)
    height, width = scene.shape[-2:]

    def means(length: int) -> Array:
        block = np.arange(length) // factor
        matrix = (block[None, :] == np.arange(block[-1] + 1)[:, None]).astype(np.float32)
        matrix /= matrix.sum(axis=1, keepdims=True)
        return xp.asarray(matrix, dtype=scene.dtype, device=scene.device)

    blocks = means(height) @ scene @ means(width).T
    wide = xp.repeat(xp.repeat(blocks, factor, axis=-2), factor, axis=-1)
    return wide[..., :height, :width]


def quantise(values: Array, bits: int) -> Array:
    """`values` in [0, 1] rounded to `bits` bits; in torch the gradient passes straight through."""
    xp = namespace(values)
    levels = 2**bits - 1
    rounded = xp.round(values * levels) / levels
    if not is_numpy(values):
        return values + (rounded - values).detach()
    return rounded


def add_noise(linear: Array, sensor: Sensor, rng: Any) -> Array:
    """Adds Gaussian read noise, and shot noise as a Gaussian of variance signal / full well, drawn from `rng`.

    `rng` is a numpy Generator for numpy arrays and a torch Generator for tensors; ValueError when noise is wanted and
    there is none. The Gaussian form of shot noise keeps the gradient and holds above some 20 electrons.
    """
    xp = namespace(linear)
    if sensor.noise == 0.0 and sensor.full_well_electrons == 0.0:
        return linear
    if rng is None:
        raise ValueError("a random generator is needed for a sensor with noise")
    if not is_numpy(linear):
        import torch

        normal = torch.randn(linear.shape, generator=rng, dtype=linear.dtype, device=linear.device)
    else:
        normal = rng.standard_normal(linear.shape, dtype=np.float32).astype(linear.dtype, copy=False)
    if sensor.full_well_electrons == 0.0:
        return linear + sensor.noise * normal
    variance = sensor.noise**2 + xp.clip(linear, 1e-6, None) / sensor.full_well_electrons
    return linear + xp.sqrt(variance) * normal


def capture(
    frames: Array, optics: Array | Baseline, sensor: Sensor, *, rng: Any = None, border: str = "replicate"
) -> Array:
    """What `sensor` records of `frames` (3, H, W) or (B, 3, H, W), sRGB values in [0, 1]; same shape, sRGB.

    `optics` is a PSF sampled at the frame's pitch (see `frame_pitch_m`), (3, K, K) or (B, 3, K, K), or a `Baseline`.
    Differentiable with respect to frames and PSF in torch.
    """
    return linear_to_srgb(record(blurred(frames, optics, border), sensor, rng))


def blurred(frames: Array, optics: Array | Baseline, border: str = "replicate") -> Array:
    """The light behind `optics` that falls on the sensor, linear, from `frames` as `capture` takes them."""
    if frames.ndim not in (3, 4) or frames.shape[-3] != 3:
        raise ValueError(f"frames of shape {tuple(frames.shape)}; (3, H, W) or (B, 3, H, W) is needed")
    xp = namespace(frames)
    light = srgb_to_linear(frames)
    if not isinstance(optics, Baseline):
        light = convolve(light, optics, border)
    elif optics.kind == "pixelate":
        light = pixelate(light, int(optics.strength))
    elif optics.kind != "none":
        kernel = xp.asarray(baseline_kernel(optics), dtype=light.dtype, device=light.device)
        light = convolve(light, kernel, border)
    return light


def record(light: Array, sensor: Sensor, rng: Any) -> Array:
    """What `sensor` makes of linear `light`: noise from `rng`, clipped to [0, 1], rounded to its bits."""
    return quantise(namespace(light).clip(add_noise(light, sensor, rng), 0.0, 1.0), sensor.bits)
