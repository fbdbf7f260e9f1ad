"""The live path: one 8-bit frame at a time through lens and sensor, with cv2 and cached spectra.

Same result as `studio.optics.sensor.capture` to 1/255; tests hold the two together.
"""

from __future__ import annotations

from math import ceil, sqrt

import cv2
import numpy as np

from studio.optics.baselines import NONE, Baseline, baseline_kernel
from studio.optics.lens import DesignError, LensDesign
from studio.optics.psf import Psf, PsfEngine, window_for
from studio.optics.sensor import fast_length, frame_pitch_m, linear_to_srgb, pixelate, srgb_to_linear

LIVE_MEMORY_BYTES = 1 << 30
"""A live lens that needs more is refused: it would take seconds a frame."""
STILL_WINDOW_PX = 129
DRAFT_WINDOW_PX = 49
"""Blurs wider than this are computed on a smaller frame: they leave no detail that would be missed."""
MIN_SIDE_PX = 16
NOISE_MARGIN_PX = 64

_TO_LINEAR = srgb_to_linear(np.arange(256) / 255.0).astype(np.float32)


class NoiseBank:
    """Unit normal noise, drawn once; every frame takes another window of it (a draw a frame would cost 10 ms)."""

    def __init__(self, height: int, width: int, seed: int) -> None:
        self.seed = seed
        self._rng = np.random.default_rng(seed)
        self.shape = (height, width)
        bank = (3, height + NOISE_MARGIN_PX, width + NOISE_MARGIN_PX)
        self._bank = self._rng.standard_normal(bank, dtype=np.float32)

    def planes(self) -> list[np.ndarray]:
        """Three arrays (H, W) float32, one a colour, each at an offset of its own."""
        height, width = self.shape
        offsets = self._rng.integers(0, NOISE_MARGIN_PX + 1, (3, 2))
        return [self._bank[c, y : y + height, x : x + width] for c, (y, x) in enumerate(offsets)]


class Planes:
    """Arrays that are filled anew for every frame: memory fresh from the system costs as much as the transforms.

    Each name stands for one array; what was in it is lost when it is asked for again.
    """

    def __init__(self) -> None:
        self._arrays: dict[str, np.ndarray] = {}

    def get(self, name: str, shape: tuple[int, ...], dtype: type = np.float32) -> np.ndarray:
        array = self._arrays.get(name)
        if array is None or array.shape != shape or array.dtype != dtype:
            array = self._arrays[name] = np.empty(shape, dtype)
        return array


class FrameRenderer:
    """Renders captures of frames of one size. `reuse` hands on matrices and noise of the renderer before it."""

    def __init__(
        self,
        design: LensDesign,
        height: int,
        width: int,
        *,
        baseline: Baseline = NONE,
        object_distance_m: float | None = None,
        draft: bool = False,
        seed: int = 0,
        reuse: FrameRenderer | None = None,
    ) -> None:
        """Raises DesignError for frames below MIN_SIDE_PX and when the PSF needs more than LIVE_MEMORY_BYTES."""
        if min(height, width) < MIN_SIDE_PX:
            raise DesignError(f"frame of {width} x {height} px is too small; {MIN_SIDE_PX} px a side are needed")
        self.shape = (height, width)
        self.psf: Psf | None = None
        self._sensor = design.sensor
        self._baseline = baseline
        self._levels = 2**design.sensor.bits - 1
        self._engine: PsfEngine = reuse._engine if reuse else PsfEngine(LIVE_MEMORY_BYTES)
        self._planes: Planes = reuse._planes if reuse else Planes()
        self._noise: NoiseBank
        if reuse and (reuse._noise.shape, reuse._noise.seed) == (self.shape, seed):
            self._noise = reuse._noise
        else:
            self._noise = NoiseBank(height, width, seed)
        # counts above the highest level are cut off before; cv2 wants all 256 entries of an 8-bit table
        levels = np.arange(max(256, self._levels + 1)).clip(max=self._levels) / self._levels
        self._encode = np.rint(linear_to_srgb(levels) * 255.0).astype(np.uint8)

        self.draft = False
        """Whether captures may differ from those of a renderer that is not asked for a draft."""
        kernel: np.ndarray | None = None
        self._shrink = 1
        if baseline.kind in ("gaussian", "defocus"):
            kernel = baseline_kernel(baseline)
        elif baseline.kind == "none" and not design.ideal:
            pitch_m = frame_pitch_m(design, height, width)
            window_px = min(
                window_for(design, object_distance_m=object_distance_m, pitch_m=pitch_m), 2 * max(height, width) + 1
            )
            still, quick = (
                min(ceil(window_px / limit), max(1, min(height, width) // MIN_SIDE_PX))
                for limit in (STILL_WINDOW_PX, DRAFT_WINDOW_PX)
            )
            self._shrink = quick if draft else still
            self.psf = self._engine(
                design,
                object_distance_m=object_distance_m,
                size=2 * (window_px // (2 * self._shrink)) + 1,
                pitch_m=pitch_m * self._shrink,
                draft=draft,
                fast=True,
                strehl=False,
            )
            kernel = self.psf.values
            self.draft = self._shrink != still or self.psf.grid.draft
        self.blur_share = self._blur_share(kernel)
        """RMS diameter of the blur as a share of the frame's shorter side."""
        self._small_shape = self._fft_shape = self.shape
        self._spectra: list[np.ndarray] = []
        if kernel is not None:
            self._cache_spectra(kernel)

    def _blur_share(self, kernel: np.ndarray | None) -> float:
        """RMS diameter of the blur in green as a share of the frame's shorter side; blocks count as their side."""
        side = min(self.shape)
        if kernel is None:
            return self._baseline.strength / side if self._baseline.kind == "pixelate" else 0.0
        squares = (np.arange(kernel.shape[-1]) - kernel.shape[-1] // 2.0) ** 2
        green = kernel[1]
        mean_square = (green.sum(axis=0) @ squares + green.sum(axis=1) @ squares) / green.sum()
        return float(2.0 * sqrt(mean_square) * self._shrink / side)

    def _cache_spectra(self, kernel: np.ndarray) -> None:
        """Spectra of the kernel at the padded size; scaled so that the result comes out in sensor levels."""
        size = kernel.shape[-1]
        self._middle = size // 2
        rows, columns = (ceil(n / self._shrink) for n in self.shape)
        self._small_shape = (rows, columns)
        self._fft_shape = (fast_length(rows + size - 1), fast_length(columns + size - 1))
        padded = self._planes.get("padded", self._fft_shape)
        padded.fill(0.0)
        for plane in kernel:
            np.multiply(plane, self._levels, out=padded[:size, :size])
            self._spectra.append(cv2.dft(padded, nonzeroRows=size))

    def __call__(self, frame: np.ndarray) -> np.ndarray:
        """Capture of `frame` (H, W, 3) uint8 sRGB; same shape and type."""
        noises = self._noise.planes()
        counts8 = self._planes.get("counts8", self.shape, np.uint8)
        linear = self._planes.get("linear", self.shape)
        sensor = self._sensor
        depth, dtype = (cv2.CV_8U, np.uint8) if sensor.bits <= 8 else (cv2.CV_16U, np.uint16)
        counts = self._planes.get("counts", self.shape, dtype)
        encoded = [self._planes.get(f"encoded {colour}", self.shape, np.uint8) for colour in range(3)]
        for colour, normal in enumerate(noises):
            cv2.LUT(cv2.extractChannel(frame, colour, counts8), _TO_LINEAR, linear)
            light = self._through_lens(linear, colour)  # in sensor levels
            if sensor.full_well_electrons > 0.0:
                shot = np.maximum(light, 0.0) * (self._levels / sensor.full_well_electrons)
                deviation = np.sqrt(shot + (sensor.noise * self._levels) ** 2)
                light = light + deviation * normal
            elif sensor.noise > 0.0:
                light = cv2.scaleAdd(normal, sensor.noise * self._levels, light, self._planes.get("noisy", self.shape))
            # conversion to an integer type rounds and cuts off at both ends
            cv2.min(cv2.add(light, 0.0, counts, dtype=depth), self._levels, counts)
            if sensor.bits > 8:
                np.take(self._encode, counts, out=encoded[colour])
            else:
                cv2.LUT(counts, self._encode, encoded[colour])
        return cv2.merge(encoded)

    def _through_lens(self, plane: np.ndarray, colour: int) -> np.ndarray:
        if not self._spectra:
            if self._baseline.kind == "pixelate":
                plane = pixelate(plane, int(self._baseline.strength))
            return plane * np.float32(self._levels)
        padded = self._continued(plane)
        spectrum = cv2.dft(padded, self._planes.get("spectrum", self._fft_shape))
        spectrum = cv2.mulSpectrums(spectrum, self._spectra[colour], 0, spectrum)
        full = cv2.dft(spectrum, padded, flags=cv2.DFT_INVERSE | cv2.DFT_SCALE | cv2.DFT_REAL_OUTPUT)
        first, (rows, columns) = 2 * self._middle, self._small_shape
        light = full[first : first + rows, first : first + columns]
        if self._shrink == 1:
            return light
        height, width = self.shape
        wide = cv2.resize(light, None, fx=self._shrink, fy=self._shrink, interpolation=cv2.INTER_LINEAR)
        return wide[:height, :width]

    def _continued(self, plane: np.ndarray) -> np.ndarray:
        """`plane` continued beyond its edge by half a kernel, made smaller if the lens is wide, at the FFT's size."""
        (height, width), (rows, columns), shrink = self.shape, self._small_shape, self._shrink
        margin = self._middle * shrink
        below, right = rows * shrink + margin - height, columns * shrink + margin - width
        fft_rows, fft_columns = self._fft_shape
        spare = (fft_rows - rows - 2 * self._middle, fft_columns - columns - 2 * self._middle)
        padded, replicate = self._planes.get("padded", self._fft_shape), cv2.BORDER_REPLICATE
        if shrink == 1:
            return cv2.copyMakeBorder(plane, margin, below + spare[0], margin, right + spare[1], replicate, padded)
        # continued before it is made smaller: the edge itself goes on, not the mean of its last pixels
        wide = self._planes.get("wide", (height + margin + below, width + margin + right))
        cv2.copyMakeBorder(plane, margin, below, margin, right, replicate, wide)
        small = self._planes.get("small", (wide.shape[0] // shrink, wide.shape[1] // shrink))
        cv2.resize(wide, small.shape[::-1], small, interpolation=cv2.INTER_AREA)
        return cv2.copyMakeBorder(small, 0, spare[0], 0, spare[1], cv2.BORDER_CONSTANT, padded)
