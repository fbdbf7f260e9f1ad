"""What stands between face and network in training: the lens with its gradient, or a fixed blur in its place."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from studio.optics.baselines import NONE, Baseline, baseline_kernel, parse_baseline
from studio.optics.lens import LensDesign
from studio.optics.makeable import MAX_SLOPE_DEG, departure_from_round_um, steepest_slope_deg
from studio.optics.psf import window_for
from studio.optics.psf_torch import TorchPsf
from studio.optics.sensor import convolve, frame_pitch_m, linear_to_srgb, pixelate, quantise, srgb_to_linear
from studio.optics.zernike import noll_to_nm
from studio.training.config import TrainingConfig

FROZEN_TERMS = 3  # piston and tilts do nothing, or only shift the picture
_WINDOW_STEP = 8  # windows grow in steps, so that their matrices are kept for a while
_MOST_KEPT = 4


@dataclass(frozen=True)
class Conditions:
    """What is drawn for each picture of a batch: which of the distances, read noise and exposure; (B,) each."""

    distances_m: torch.Tensor
    """(D,): the distances of this batch."""
    which: torch.Tensor
    noise: torch.Tensor
    exposure: torch.Tensor
    generator: torch.Generator


def draw_distances(count: int, config: TrainingConfig, generator: torch.Generator) -> torch.Tensor:
    """Object distances (D,) m: one from each of `count` equal parts between the two ends.

    The paper's range; its distribution is not published: even, our choice.
    """
    share = (torch.arange(count) + torch.rand(count, generator=generator)) / count
    return config.nearest_m + share * (config.farthest_m - config.nearest_m)


def draw_conditions(
    config: TrainingConfig, distances_m: torch.Tensor, count: int, generator: torch.Generator
) -> Conditions:
    """For `count` pictures, each at one of `distances_m` (D,)."""
    return Conditions(
        distances_m,
        torch.randint(len(distances_m), (count,), generator=generator),
        config.least_noise + torch.rand(count, generator=generator) * (config.most_noise - config.least_noise),
        2.0 ** (config.light * torch.randn(count, generator=generator)),
        generator,
    )


def fixed_conditions(design: LensDesign, count: int, seed: int) -> Conditions:
    """The design's own distance and noise for every picture, as figures are reported."""
    return Conditions(
        torch.tensor([design.object_distance_m]),
        torch.zeros(count, dtype=torch.long),
        torch.full((count,), design.sensor.noise),
        torch.ones(count),
        torch.Generator().manual_seed(seed),
    )


class Optics(nn.Module):
    """Captures of pictures (B, 3, S, S): the lens's coefficients are its only parameter, (J,) um."""

    def __init__(self, design: LensDesign, config: TrainingConfig) -> None:
        super().__init__()
        terms = max(config.zernike_terms, len(design.zernike_um))
        coefficients = torch.zeros(terms, dtype=torch.float64)
        coefficients[: len(design.zernike_um)] = torch.tensor(design.zernike_um, dtype=torch.float64)
        self.zernike_um = nn.Parameter(coefficients, requires_grad=config.baseline == "none" and not design.ideal)
        self.start = design
        self._config = config
        self._pitch_m = frame_pitch_m(design, config.size_px, config.size_px)
        self._psfs: dict[int, TorchPsf] = {}
        self._baseline: Baseline | None = None
        """None for the lens."""
        if design.ideal:
            self._baseline = NONE
        elif config.baseline not in ("none", "clear"):
            self._baseline = parse_baseline(config.baseline)

    @property
    def is_lens(self) -> bool:
        """Whether pictures pass the lens, and not a blur in its place or nothing at all."""
        return self._config.baseline == "none" and self._baseline is None

    @property
    def design(self) -> LensDesign:
        """The lens as it stands; the one it started with where a blur is in its place."""
        return replace(self.start, zernike_um=tuple(self.zernike_um.detach().cpu().tolist()))

    def forward(self, pictures: torch.Tensor, conditions: Conditions, psfs: torch.Tensor | None = None) -> torch.Tensor:
        """What the sensor records of sRGB values in [0, 1], as sRGB values; the same shape.

        `psfs` (D, 3, K, K) are those of the conditions' distances, where they are known already.
        """
        if self._config.baseline == "clear":
            return pictures
        light = srgb_to_linear(pictures) * conditions.exposure.to(pictures)[:, None, None, None]
        light = self._blurred(light.clamp_max(1.0), conditions, psfs)
        noise = torch.randn(light.shape, generator=conditions.generator).to(light)
        light = light + conditions.noise.to(light)[:, None, None, None] * noise
        return linear_to_srgb(quantise(light.clamp(0.0, 1.0), self.start.sensor.bits))

    def psfs(self, distances_m: torch.Tensor) -> torch.Tensor | None:
        """PSFs (D, 3, K, K) at the pitch of the pictures, in a window that holds them (at most twice the picture).

        None where a blur is in the place of the lens, or nothing.
        """
        if not self.is_lens:
            return None
        lens = self.design
        ends = (distances_m.min().item(), distances_m.max().item())
        needed = max(window_for(lens, object_distance_m=d, pitch_m=self._pitch_m) for d in ends)
        steps = -(-min(needed, 2 * self._config.size_px) // _WINDOW_STEP)
        size = _WINDOW_STEP * max(steps, 2) + 1
        if size not in self._psfs:
            if len(self._psfs) == _MOST_KEPT:
                self._psfs.pop(next(iter(self._psfs)))
            self._psfs[size] = TorchPsf(
                self.start, size=size, pitch_m=self._pitch_m, device=self.zernike_um.device, fast=True
            )
        return self._psfs[size](self.zernike_um, distances_m.to(self.zernike_um))

    @torch.no_grad()
    def limit(self, before_um: torch.Tensor) -> None:
        """Keep the surface makeable after a step from `before_um`: bounds of every term, then out of round, then slope.

        Terms that turn with the angle shrink together until their departure fits; a step that makes the surface too
        steep is taken back.
        """
        config, terms = self._config, self.zernike_um
        learned = slice(FROZEN_TERMS, config.zernike_terms)
        terms[: learned.start] = before_um[: learned.start]
        terms[learned.stop :] = before_um[learned.stop :]
        low = torch.minimum(before_um[learned], torch.tensor(-config.term_limit_um))
        high = torch.maximum(before_um[learned], torch.tensor(config.term_limit_um))
        terms[learned] = terms[learned].clamp(low, high)  # a start beyond the limit may stay where it is
        departure = departure_from_round_um(self.design, config.departure_limit_um)
        if departure > config.departure_limit_um:
            round_terms = torch.from_numpy(_round_terms(len(terms)))
            terms[~round_terms] *= config.departure_limit_um / departure
        if steepest_slope_deg(self.design) > MAX_SLOPE_DEG:
            terms.copy_(before_um)

    def _blurred(self, light: torch.Tensor, conditions: Conditions, psfs: torch.Tensor | None) -> torch.Tensor:
        if self._baseline is None:
            if psfs is None:
                psfs = self.psfs(conditions.distances_m)
            assert psfs is not None
            psfs = psfs.to(light)
            of_distance = [torch.nonzero(conditions.which == d).flatten() for d in range(len(psfs))]
            # one spectrum a distance, not one a picture; some transforms refuse an empty batch
            parts = [convolve(light[n], psf) for n, psf in zip(of_distance, psfs, strict=True) if len(n)]
            return torch.cat(parts)[torch.argsort(torch.cat(of_distance))]
        if self._baseline.kind == "pixelate":
            return pixelate(light, int(self._baseline.strength))
        if self._baseline.kind == "none":
            return light
        return convolve(light, torch.from_numpy(baseline_kernel(self._baseline)).to(light))


def _round_terms(count: int) -> np.ndarray:
    """(J,): terms that do not turn with the angle, and the tilts."""
    return np.array([m == 0 or n < 2 for n, m in map(noll_to_nm, range(1, count + 1))])
