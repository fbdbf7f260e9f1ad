"""The reference path from frames to captures, for whatever need not be live."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.faces.pictures import DeepFrame
from studio.optics.baselines import NONE, Baseline, baseline_kernel
from studio.optics.lens import LensDesign
from studio.optics.psf import PsfEngine, window_for
from studio.optics.sensor import blurred, frame_pitch_m, linear_to_srgb, record

_KEPT_PSFS = 8
"""As many sizes of frames as the pictures of a folder usually have."""


class OfflineCamera:
    """Captures frames of any size by the reference path.

    Noise depends on nothing but the seed, the name of the input and the frame's number: it is another one in every
    picture and frame, and the same at every run.
    """

    def __init__(self, design: LensDesign, baseline: Baseline = NONE, seed: int = 0) -> None:
        self._design, self._baseline, self._seed = design, baseline, seed
        self._engine = PsfEngine()
        self._psfs: dict[tuple[int, int], NDArray[np.floating]] = {}
        self.warnings: list[str] = []

    @property
    def bits(self) -> int:
        """Bit depth of the sensor."""
        return self._design.sensor.bits

    def __call__(self, frame: DeepFrame, number: int, name: str = "") -> NDArray[np.floating]:
        """Capture (H, W, 3) sRGB in [0, 1] of `frame` (H, W, 3), the `number`-th of the input `name`.

        DesignError when it cannot be computed.
        """
        return self.mean(frame, [number], name)

    def mean(self, frame: DeepFrame, numbers: Sequence[int], name: str = "") -> NDArray[np.floating]:
        """The mean of several captures in linear light, as sRGB: their numbers differ, the scene does not."""
        scene = frame.transpose(2, 0, 1).astype(np.float32) / np.float32(np.iinfo(frame.dtype).max)
        named = int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest())
        light = blurred(scene, self._optics_for(*frame.shape[:2]))
        generators = (np.random.default_rng([self._seed, number, named]) for number in numbers)
        total = sum(record(light, self._design.sensor, rng) for rng in generators)
        return np.ascontiguousarray(linear_to_srgb(total / len(numbers)).transpose(1, 2, 0))

    def kernel(self, height: int, width: int) -> NDArray[np.floating] | None:
        """The blur (3, K, K) of frames of this size at their pitch; None where a capture is no convolution."""
        optics = self._optics_for(height, width)
        if not isinstance(optics, Baseline):
            return optics
        return None if optics.kind in ("none", "pixelate") else baseline_kernel(optics)

    def _optics_for(self, height: int, width: int) -> Any:
        """A PSF (3, K, K), or the baseline in its place."""
        if self._baseline != NONE or self._design.ideal:
            return self._baseline
        if (height, width) not in self._psfs:
            pitch_m = frame_pitch_m(self._design, height, width)
            # light beyond two picture lengths meets only the continued border
            size = min(window_for(self._design, pitch_m=pitch_m), 2 * max(height, width) + 1)
            result = self._engine(self._design, size=size, pitch_m=pitch_m)
            self.warnings += [w for w in result.warnings if w not in self.warnings]
            if len(self._psfs) == _KEPT_PSFS:
                del self._psfs[next(iter(self._psfs))]
            self._psfs[height, width] = result.values
        return self._psfs[height, width]


def with_capture_options(
    design: LensDesign, object_distance_m: float | None, noise: float | None, bits: int | None
) -> LensDesign:
    """`design` with the distance, noise and bit depth that are not None; DesignError when one cannot be used."""
    sensor = design.sensor
    sensor = replace(sensor, noise=sensor.noise if noise is None else noise, bits=sensor.bits if bits is None else bits)
    distance = design.object_distance_m if object_distance_m is None else object_distance_m
    return replace(design, sensor=sensor, object_distance_m=distance)
