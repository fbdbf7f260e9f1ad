"""From pupil phase to intensity on the sensor: a folded matrix Fourier transform.

The field behind a thin lens is U(X) = sum_r A(r) exp(2 pi i W(r)) exp(-2 pi i X.r / (lambda z)), evaluated
as two dense matrix products (Soummer et al., Opt. Express 15, 15935, 2007), so the sensor may have any pitch
and window. Two savings keep the formula exact:

* pupil and sensor samples are symmetric about the axis, so the kernel splits into a cosine acting on the even
  part and a sine acting on the odd part: real products of half size, a quarter of the arithmetic;
* a sum of Zernike terms is a polynomial in x and y, so the phase is `V(y) M V(x)^T` with a small matrix M.

To fold without moving data, samples of both planes are kept in mirrored order (the positive half, then its mirror
image), and complex arrays as (rows, 2, columns) with the real and the imaginary part in the middle axis: every
product is then one real matrix product. The pixel filter puts the result back into ascending order.

A `Propagator` owns its matrices (it is an executor, there is no global cache) and works on numpy and torch alike.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, pi, sqrt
from typing import Any, NamedTuple

import numpy as np

from studio.optics.arrays import Array, namespace

PIXEL_TOLERANCE = 3e-4
"""Largest error of the pixel integral over all spatial frequencies, weighted by the diffraction-limited MTF."""
_MEAN_ERROR = 0.06
"""The same error of a plain mean, times its number of samples, from two samples to the finest period on."""


class Kernel(NamedTuple):
    """Cosine and sine matrices (nodes on the positive side, pupil samples on the positive side) of one colour."""

    cosine: Array
    sine: Array


class Propagator:
    """Carries phase polynomials to pixel-integrated intensities for one aperture, sensor window and pupil grid.

    Intensities are shares of the light that passes the aperture: over an unbounded window they sum to 1.
    `pupil_samples` must be even, `window_px` odd.
    """

    def __init__(
        self,
        *,
        aperture_radius_m: float,
        sensor_distance_m: float,
        wavelengths_m: tuple[float, ...],
        pitch_m: float,
        window_px: int,
        pupil_samples: int,
        pixel_filter: PixelFilter,
        double_precision: bool = False,
    ) -> None:
        if window_px % 2 == 0 or pupil_samples % 2:
            raise ValueError(f"window_px = {window_px} must be odd and pupil_samples = {pupil_samples} even")
        real = np.float64 if double_precision else np.float32
        self.window_px = window_px
        self.pitch_m = pitch_m
        # One unit of the pupil coordinate and one of the phase slope (waves) move a ray by this much
        self._ray_scale_m = tuple(w * sensor_distance_m / aperture_radius_m for w in wavelengths_m)
        half_pupil = (2 * np.arange(pupil_samples // 2) + 1) / pupil_samples
        self._pupil = np.concatenate((half_pupil, -half_pupil))
        self._amplitude = _mirrored(aperture_coverage(pupil_samples)).astype(real)
        nodes_m = pixel_filter.nodes(window_px) * pitch_m
        binning = pixel_filter.matrix(window_px)
        half = len(nodes_m) // 2
        half_nodes_m = nodes_m[half:]
        mirrored = binning[:, : len(half_nodes_m)][:, ::-1].copy()
        if len(nodes_m) % 2:
            mirrored[:, 0] = 0.0  # the node on the axis is its own mirror image and counts once
        self._nodes_m = np.concatenate((half_nodes_m, -half_nodes_m))
        self._binning = np.concatenate((binning[:, half:], mirrored), axis=1).astype(real)
        self._kernels = []
        for scale in self._ray_scale_m:
            phase = np.outer(half_nodes_m / scale, half_pupil)
            phase -= np.rint(phase)
            phase *= 2.0 * pi
            # |U|^2 comes out as the share of the transmitted light per pixel area
            unit = (2.0 / pupil_samples) * sqrt(pitch_m / (scale * sqrt(pi)))
            self._kernels.append(Kernel((unit * np.cos(phase)).astype(real), (unit * np.sin(phase)).astype(real)))
        self._powers: dict[int, Array] = {}

    def to_torch(self, device: Any = "cpu") -> Propagator:
        """A copy whose matrices are torch tensors on `device`."""
        import torch  # only training needs it, and it takes a third of a second to import

        def tensor(values: np.ndarray) -> torch.Tensor:
            return torch.as_tensor(values, device=device)

        copy = object.__new__(Propagator)
        copy.__dict__.update(self.__dict__)
        for name in ("_amplitude", "_pupil", "_binning"):
            setattr(copy, name, tensor(getattr(self, name)))
        copy._kernels = [Kernel(tensor(k.cosine), tensor(k.sine)) for k in self._kernels]
        copy._powers = {}
        return copy

    @property
    def in_torch(self) -> bool:
        """Whether it takes torch tensors; numpy arrays otherwise."""
        return not isinstance(self._pupil, np.ndarray)

    def pupil(self, phase_polynomial: Array) -> Array:
        """Pupil field (N, 2, N) of one phase polynomial M (P, P): W = sum M[p, q] y^p x^q, in waves.

        The phase is summed and reduced to one wave in float64; only then is it narrowed.
        """
        powers = self._power_matrix(phase_polynomial.shape[-1])
        waves = powers @ phase_polynomial @ powers.T
        xp = namespace(waves)
        waves -= xp.round(waves)
        angle = xp.astype(waves, self._amplitude.dtype)
        angle *= 2.0 * pi
        pupil = xp.empty((len(angle), 2, len(angle)), dtype=angle.dtype, device=angle.device)
        pupil[:, 0] = xp.cos(angle)
        pupil[:, 1] = xp.sin(angle)
        pupil *= self._amplitude[:, None]
        return pupil

    def field(self, pupil: Array, colour: int) -> Array:
        """Field (M, 2, M) at the nodes of the window from a pupil (N, 2, N)."""
        cosine, sine = self._kernels[colour]
        return _folded_transform(pupil, cosine, sine, -1.0)

    def intensity(self, field: Array) -> Array:
        """Share of the light per pixel, (K, K), from the field at the nodes (M, 2, M)."""
        squared = field[:, 0] ** 2
        squared += field[:, 1] ** 2
        return self._binning @ squared @ self._binning.T

    def adjoint(self, pupil: Array, field: Array, colour: int, intensity_gradient: Array, order: int) -> Array:
        """Gradient (P, P) with respect to the phase polynomial, P = `order`, from the one at the pixels (K, K).

        `pupil` and `field` are the two arrays kept from the forward pass.
        """
        xp = namespace(intensity_gradient)
        at_nodes = 2.0 * (self._binning.T @ intensity_gradient @ self._binning)
        cosine, sine = self._kernels[colour]
        gradient = _folded_transform(at_nodes[:, None] * field, cosine.T, sine.T, +1.0)
        waves_gradient = gradient[:, 1] * pupil[:, 0] - gradient[:, 0] * pupil[:, 1]
        powers = self._power_matrix(order)
        return powers.T @ (xp.astype(waves_gradient, powers.dtype) @ powers) * (2.0 * pi)

    def strehl(self, pupil: Array, field: Array, colour: int) -> float:
        """Peak of the image, wherever in the window it lies, over the peak of the unaberrated lens (numpy only).

        The nodes only find the neighbourhood; a fine patch around the brightest one gives the peak itself.
        """
        brightness = field[:, 0] ** 2 + field[:, 1] ** 2
        row, column = np.unravel_index(np.argmax(brightness), brightness.shape)
        reach = self.pitch_m * self.window_px / len(self._nodes_m)
        offsets = np.linspace(-reach, reach, 7)

        def kernel(centre_m: float) -> np.ndarray:
            angle = (-2.0 * pi / self._ray_scale_m[colour]) * np.outer(centre_m + offsets, self._pupil)
            return np.exp(1j * angle).astype(np.result_type(pupil.dtype, np.complex64))

        columns = (pupil.reshape(-1, pupil.shape[-1]) @ np.ascontiguousarray(kernel(self._nodes_m[column]).T)).reshape(
            -1, 2, len(offsets)
        )
        patch = kernel(self._nodes_m[row]) @ (columns[:, 0] + 1j * columns[:, 1])
        # an unaberrated pupil adds up to its area, pi, at the centre
        return _interpolated_peak(np.abs(patch) ** 2) * ((2.0 / len(self._pupil)) ** 2 / pi) ** 2

    def _power_matrix(self, order: int) -> Array:
        """Powers 0 .. order - 1 of the pupil coordinate, (N, order), float64."""
        if order not in self._powers:
            xp = namespace(self._pupil)
            self._powers[order] = xp.stack([self._pupil**p for p in range(order)], axis=1)
        return self._powers[order]


def _mirrored(values: np.ndarray) -> np.ndarray:
    """`values` (N, N), ascending along both axes, in mirrored order; N even."""
    half = len(values) // 2
    order = np.concatenate((np.arange(half, 2 * half), np.arange(half)[::-1]))
    return values[np.ix_(order, order)]


def _folded_transform(field: Array, cosine: Array, sine: Array, sign: float) -> Array:
    """`T @ field @ T^T` with T = cos + sign i sin, for `field` (n, 2, n) in mirrored order; result (m, 2, m).

    `cosine` and `sine` hold the positive half of T, (m / 2, n / 2).
    """
    out_half, half = cosine.shape
    top, bottom = field[:half], field[half:]

    def from_left(matrix: Array, rows: Array) -> Array:
        return (matrix @ rows.reshape(half, -1)).reshape(out_half, 2, 2 * half)

    def from_right(columns: Array, matrix: Array) -> Array:
        return (columns.reshape(2 * out_half, half) @ matrix.T).reshape(out_half, 2, out_half)

    even_rows, odd_rows = from_left(cosine, top + bottom), from_left(sine, top - bottom)
    even_even = from_right(even_rows[..., :half] + even_rows[..., half:], cosine)
    even_odd = from_right(even_rows[..., :half] - even_rows[..., half:], sine)
    odd_even = from_right(odd_rows[..., :half] + odd_rows[..., half:], cosine)
    odd_odd = from_right(odd_rows[..., :half] - odd_rows[..., half:], sine)

    xp = namespace(field)
    out = xp.empty((2 * out_half, 2, 2 * out_half), dtype=field.dtype, device=field.device)
    positive, negative = slice(None, out_half), slice(out_half, None)
    for same, cross, first, second in (
        (even_even - odd_odd, even_odd + odd_even, (positive, positive), (negative, negative)),
        (even_even + odd_odd, even_odd - odd_even, (negative, positive), (positive, negative)),
    ):
        # same +- sign i cross, in real and imaginary parts
        cross *= sign
        (rows, columns), (other_rows, other_columns) = first, second
        out[rows, 0, columns] = same[:, 0] - cross[:, 1]
        out[rows, 1, columns] = same[:, 1] + cross[:, 0]
        out[other_rows, 0, other_columns] = same[:, 0] + cross[:, 1]
        out[other_rows, 1, other_columns] = same[:, 1] - cross[:, 0]
    return out


def _interpolated_peak(samples: np.ndarray) -> float:
    """Height of the parabola through the largest of `samples` (n, n) and its neighbours along both axes."""
    row, column = (int(i) for i in np.unravel_index(np.argmax(samples), samples.shape))
    top = peak = float(samples[row, column])
    for line, index in ((samples[:, column], row), (samples[row], column)):
        if 0 < index < len(line) - 1:
            before, after = float(line[index - 1]), float(line[index + 1])
            curvature = 2.0 * top - before - after
            if curvature > 0.0:
                peak += (after - before) ** 2 / (8.0 * curvature)
    return peak


def aperture_coverage(samples: int) -> np.ndarray:
    """Share of each cell of a `samples` x `samples` grid over [-1, 1]^2 that the unit disc covers, (N, N) float64.

    Exact: in each cell the arc is integrated between the points where it enters and leaves. A grey edge makes a
    grid of 192 as good as a binary one of 512. `samples` is even.
    """
    edges = np.linspace(0.0, 1.0, samples // 2 + 1)
    left, right = edges[:-1], edges[1:]  # along x
    bottom, top = edges[:-1, None], edges[1:, None]  # along y

    def under_arc(x: np.ndarray) -> np.ndarray:
        return (x * np.sqrt(1.0 - x**2) + np.arcsin(x)) / 2.0

    enters = np.clip(np.sqrt(1.0 - top**2), left, right)  # the arc comes down through the top of the cell
    leaves = np.clip(np.sqrt(1.0 - bottom**2), left, right)
    area = (enters - left) * (top - bottom) + under_arc(leaves) - under_arc(enters) - bottom * (leaves - enters)
    half = np.concatenate((area[::-1], area))
    return np.concatenate((half[:, ::-1], half), axis=1) * (samples / 2) ** 2


class PixelFilter(NamedTuple):
    """Weights that integrate a band-limited intensity over a pixel from equally spaced samples.

    `per_pixel` samples lie in every pixel and `overlap` more are read from each neighbour; `weights` has
    per_pixel + 2 overlap entries, symmetric.
    """

    per_pixel: int
    overlap: int
    weights: tuple[float, ...]
    error: float

    def nodes(self, window_px: int) -> np.ndarray:
        """Sample positions (M,) in pixels about the centre of the middle pixel, M = K per_pixel + 2 overlap."""
        count = window_px * self.per_pixel + 2 * self.overlap
        return (np.arange(count) - (count - 1) / 2) / self.per_pixel

    def matrix(self, window_px: int) -> np.ndarray:
        """Sums the samples of a row into pixels: (K, M) float64."""
        matrix = np.zeros((window_px, window_px * self.per_pixel + 2 * self.overlap))
        for pixel in range(window_px):
            start = pixel * self.per_pixel
            matrix[pixel, start : start + len(self.weights)] = self.weights
        return matrix


@lru_cache(maxsize=64)
def design_pixel_filter(pitch_m: float, cutoff_per_m: float, tolerance: float = PIXEL_TOLERANCE) -> PixelFilter:
    """The filter with the fewest samples a pixel whose error stays below `tolerance`.

    The intensity behind an aperture holds no spatial frequency above `cutoff_per_m` = D / (lambda z), so samples a
    little closer than 1 / (2 cutoff) say all; the weights fit the transform of the pixel, sinc(f pitch), by least
    squares over that band, weighted by the diffraction-limited MTF. Pixels of very many samples take their mean.
    """
    cycles = cutoff_per_m * pitch_m  # of the highest frequency in a pixel
    per_pixel = max(1, ceil(2.0 * cycles))
    if _MEAN_ERROR / per_pixel <= tolerance:
        return PixelFilter(per_pixel, 0, (1.0 / per_pixel,) * per_pixel, _MEAN_ERROR / per_pixel)
    share = np.linspace(0.0, 1.0, max(129, 4 * ceil(cycles) + 1))
    diffraction_mtf = (2.0 / pi) * (np.arccos(share) - share * np.sqrt(1.0 - share**2))
    frequency = share * cycles
    target = np.sinc(frequency)
    fit_weight = (diffraction_mtf + 1e-3)[:, None]
    while True:
        for overlap in range(5):
            count = per_pixel + 2 * overlap
            positions = (np.arange(count) - (count - 1) / 2)[count // 2 :] / per_pixel
            basis = 2.0 * np.cos(2.0 * pi * np.outer(frequency, positions))
            if count % 2:
                basis[:, 0] = 1.0
            half = np.linalg.lstsq(basis * fit_weight, target * fit_weight[:, 0], rcond=None)[0]
            error = float(np.max(np.abs(basis @ half - target) * diffraction_mtf))
            if error <= tolerance:
                weights = np.concatenate((half[::-1][: count // 2], half))
                return PixelFilter(per_pixel, overlap, tuple(weights.tolist()), error)
        per_pixel += 1


def coarse_pixel_filter(per_pixel: int) -> PixelFilter:
    """Plain mean of `per_pixel` samples: for drafts, where grain in the PSF is accepted."""
    return PixelFilter(per_pixel, 0, (1.0 / per_pixel,) * per_pixel, float("inf"))
