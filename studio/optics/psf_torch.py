"""The PSF in torch, differentiable with respect to the Zernike coefficients and the object distance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from typing import Any

import numpy as np
import torch

from studio.optics.lens import LensDesign
from studio.optics.propagation import PixelFilter, Propagator
from studio.optics.psf import LEAST_ENERGY, energy_warning, make_propagator, normalise, phase_polynomials
from studio.optics.psf_grid import PsfGrid, choose_grid


class Intensity(torch.autograd.Function):
    """Shares of light per pixel (B, 3, K, K) from phase polynomials (B, 3, P, P), with a hand-written adjoint.

    Only pupil and field are kept for the way back; against automatic differentiation of the same steps this saves
    the phase, its sine and cosine and every fold. A propagator with numpy matrices works on the tensors' own memory:
    on a CPU its many small products start faster than torch's.
    """

    @staticmethod
    def forward(ctx: Any, polynomials: torch.Tensor, propagator: Propagator) -> torch.Tensor:
        kept, shares = [], []
        for polynomial, colour in _each(polynomials, propagator):
            pupil = propagator.pupil(polynomial)
            field = propagator.field(pupil, colour)
            shares.append(propagator.intensity(field))
            kept.append((pupil, field))
        ctx.propagator, ctx.kept, ctx.shape = propagator, kept, polynomials.shape
        return torch.stack([torch.as_tensor(share) for share in shares]).unflatten(0, polynomials.shape[:2])

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        out = [
            ctx.propagator.adjoint(pupil, field, colour, share_gradient, ctx.shape[-1])
            for (share_gradient, colour), (pupil, field) in zip(
                _each(gradient.contiguous(), ctx.propagator), ctx.kept, strict=True
            )
        ]
        return torch.stack([torch.as_tensor(g) for g in out]).reshape(ctx.shape), None


def _each(stack: torch.Tensor, propagator: Propagator) -> Iterator[tuple[Any, int]]:
    """The matrices of `stack` (B, 3, ., .) in turn, as the propagator's kind of array, each with its colour."""
    matrices = stack.detach().flatten(0, 1)
    return zip(matrices if propagator.in_torch else matrices.numpy(), cycle(range(stack.shape[1])), strict=False)


class TorchPsf:
    """PSFs for training: one geometry and window, changing coefficients and distances.

    The pupil grid follows the coefficients, and nothing that was computed before: equal lenses give equal bits. Its
    matrices are kept as long as it stays the same. After a call `warnings` says where the grid falls short, and
    `window_energy` (D, 3) is the share of the light inside the window.
    """

    def __init__(
        self,
        design: LensDesign,
        *,
        size: int = 64,
        pitch_m: float | None = None,
        device: torch.device | str = "cpu",
        double_precision: bool = False,
        fast: bool = False,
    ) -> None:
        """`fast` as for `studio.optics.psf.psf`: cheaper for steep lenses, less exact."""
        self._fast = fast
        self._design = design
        self._size = size
        self._pitch_m = design.sensor.pitch_m if pitch_m is None else pitch_m
        self._device = device
        self._double_precision = double_precision
        self._propagator: Propagator | None = None
        self._pixel_filter: PixelFilter | None = None
        self.grid: PsfGrid | None = None
        self.warnings: tuple[str, ...] = ()
        self.window_energy = torch.ones(0, 3)

    def __call__(self, zernike_um: torch.Tensor, object_distances_m: torch.Tensor) -> torch.Tensor:
        """PSFs (D, 3, K, K), each colour summing to 1, from coefficients (J,) um and distances (D,) m.

        Raises DesignError when memory cannot hold the grid that the coefficients need, when they are not finite and
        when a window holds too little light.
        """
        distances_m = object_distances_m.double()
        polynomials = phase_polynomials(self._design, zernike_um.double(), distances_m)
        propagator = self._prepare(polynomials.detach().cpu().numpy())
        shares = Intensity.apply(polynomials, propagator)
        values, energy = normalise(shares[..., : self._size, : self._size])
        self.window_energy = energy.detach()
        if self.window_energy.min() < LEAST_ENERGY:
            lens = replace(self._design, zernike_um=tuple(zernike_um.tolist()))
            darkest = int(self.window_energy.amin(dim=1).argmin())
            share, distance_m = self.window_energy.min().item(), distances_m[darkest].item()
            energy_warning(lens, share, self._size, self._pitch_m, distance_m)
        return values

    def _prepare(self, polynomials: np.ndarray) -> Propagator:
        window_px = self._size + 1 - self._size % 2
        grid, pixel_filter, self.warnings = choose_grid(
            self._design, polynomials, window_px, self._pitch_m, fast=self._fast
        )
        if self._propagator is None or (grid, pixel_filter) != (self.grid, self._pixel_filter):
            propagator = make_propagator(self._design, grid, pixel_filter, double_precision=self._double_precision)
            on_cpu = torch.device(self._device).type == "cpu"
            self._propagator = propagator if on_cpu else propagator.to_torch(self._device)
            self.grid, self._pixel_filter = grid, pixel_filter
        return self._propagator
