"""The PSF in torch, differentiable with respect to the Zernike coefficients and the object distance."""

from __future__ import annotations

from typing import Any

import torch

from studio.optics.lens import LensDesign
from studio.optics.propagation import Propagator
from studio.optics.psf import PsfGrid, choose_grid, largest_slope, make_propagator, normalise, phase_polynomials


class Intensity(torch.autograd.Function):
    """Shares of light per pixel (B, 3, K, K) from phase polynomials (B, 3, P, P), with a hand-written adjoint.

    Only pupil and field are kept for the way back; against automatic differentiation of the same steps this saves
    the phase, its sine and cosine and every fold.
    """

    @staticmethod
    def forward(ctx: Any, polynomials: torch.Tensor, propagator: Propagator) -> torch.Tensor:
        kept, shares = [], []
        for polynomial, colour in _each(polynomials):
            pupil = propagator.pupil(polynomial)
            field = propagator.field(pupil, colour)
            shares.append(propagator.intensity(field))
            kept += [pupil, field]
        ctx.propagator, ctx.shape = propagator, polynomials.shape
        ctx.save_for_backward(*kept)
        return torch.stack(shares).unflatten(0, polynomials.shape[:2])

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        kept = ctx.saved_tensors
        order = ctx.shape[-1]
        out = [
            ctx.propagator.adjoint(kept[2 * i], kept[2 * i + 1], colour, share_gradient.contiguous(), order)
            for i, (share_gradient, colour) in enumerate(_each(gradient))
        ]
        return torch.stack(out).reshape(ctx.shape), None


def _each(stack: torch.Tensor) -> list[tuple[torch.Tensor, int]]:
    """The matrices of `stack` (B, 3, ., .) in turn, each with its colour."""
    colours = stack.shape[1]
    return [(matrix, i % colours) for i, matrix in enumerate(stack.flatten(0, 1))]


class TorchPsf:
    """PSFs for training: one geometry and window, changing coefficients and distances.

    The pupil grid follows the coefficients: it is chosen anew when the phase has become too steep for it.
    """

    def __init__(
        self,
        design: LensDesign,
        *,
        size: int = 64,
        pitch_m: float | None = None,
        device: torch.device | str = "cpu",
        double_precision: bool = False,
    ) -> None:
        self._design = design
        self._size = size
        self._pitch_m = design.sensor.pitch_m if pitch_m is None else pitch_m
        self._device = device
        self._double_precision = double_precision
        self._propagator: Propagator | None = None
        self.grid: PsfGrid | None = None

    def __call__(self, zernike_um: torch.Tensor, object_distances_m: torch.Tensor) -> torch.Tensor:
        """PSFs (D, 3, K, K), each colour summing to 1, from coefficients (J,) um and distances (D,) m.

        Raises DesignError when memory cannot hold the grid that the coefficients need.
        """
        polynomials = phase_polynomials(self._design, zernike_um.double(), object_distances_m.double())
        propagator = self._prepare(largest_slope(polynomials.detach().cpu().numpy()))
        shares = Intensity.apply(polynomials, propagator)
        return normalise(shares[..., : self._size, : self._size])[0]

    def _prepare(self, slope_waves: float) -> Propagator:
        window_px = self._size + 1 - self._size % 2
        grid, pixel_filter, _ = choose_grid(self._design, slope_waves, window_px, self._pitch_m)
        if self._propagator is None or self.grid is None or grid.pupil_samples > self.grid.pupil_samples:
            numpy_propagator = make_propagator(
                self._design, grid, pixel_filter, double_precision=self._double_precision
            )
            self._propagator = numpy_propagator.to_torch(self._device)
            self.grid = grid
        return self._propagator
