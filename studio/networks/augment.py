"""Pictures as they might have been taken: shifted, zoomed, turned, mirrored, in other light. Our choice throughout."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch.nn import functional

SHIFT, ZOOM, TURN_RAD = 0.06, 0.06, 0.1
"""Standard deviations at strength 1; the shift is a share of half the picture's side."""
GAMMA, COLOUR = 0.2, 0.1
_DARKEST = 1e-3  # its slope under an exponent stays finite


def varied(pictures: torch.Tensor, strength: float, generator: torch.Generator, frames: int = 1) -> torch.Tensor:
    """`pictures` (B, 3, S, S) of sRGB values in [0, 1], moved and lit at random; the same shape.

    Each run of `frames` pictures is a clip and is changed alike.
    """
    if not strength:
        return pictures
    count = len(pictures) // frames

    def draw(*shape: int) -> torch.Tensor:
        drawn = strength * torch.randn(count, *shape, generator=generator)
        return drawn.repeat_interleave(frames, 0).to(pictures)

    zoom, turn = 1 + ZOOM * draw(), TURN_RAD * draw()
    across, down = zoom * turn.cos(), zoom * turn.sin()
    turned = torch.stack((torch.stack((across, -down), 1), torch.stack((down, across), 1)), 1)
    where = torch.cat((turned, SHIFT * draw(2, 1)), 2)
    grid = functional.affine_grid(where, list(pictures.shape), align_corners=False)
    moved = functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False)
    gamma, colour = torch.exp(GAMMA * draw(1, 1, 1)), torch.exp(COLOUR * draw(3, 1, 1))
    return (moved.clamp_min(_DARKEST) ** gamma * colour).clamp_max(1.0)


def blurred(pictures: torch.Tensor, most_px: float, generator: torch.Generator) -> torch.Tensor:
    """`pictures` (B, 3, S, S), each under a Gaussian of its own from none to `most_px`, the lighter the more often."""
    if not most_px:
        return pictures
    sigma_px = most_px * torch.rand(len(pictures), 1, 1, 1, generator=generator).to(pictures) ** 2
    side = pictures.shape[-1]
    margin = side // 2
    around = functional.pad(pictures, [margin] * 4, mode="replicate")
    rows = torch.fft.fftfreq(around.shape[-2], device=pictures.device)[:, None]
    columns = torch.fft.rfftfreq(around.shape[-1], device=pictures.device)[None, :]
    transfer = torch.exp(-2 * (math.pi * sigma_px) ** 2 * (rows**2 + columns**2))
    soft = torch.fft.irfft2(torch.fft.rfft2(around) * transfer, s=around.shape[-2:])
    return soft[..., margin : margin + side, margin : margin + side].clamp(0, 1)


def mirrored(pictures: torch.Tensor, units: torch.Tensor, names: Sequence[str], which: torch.Tensor) -> None:
    """Mirror the pictures (B, 3, S, S) that `which` (B,) marks, in place: what was left in `units` (B, U) is right."""
    pictures[which] = pictures[which].flip(-1)
    units[which] = units[which][:, other_side(names)]


def other_side(names: Sequence[str]) -> list[int]:
    """For each face unit the number of its counterpart on the other side of the face, or its own."""
    swapped = [_opposite(name) for name in names]
    return [names.index(name) if name in names else number for number, name in enumerate(swapped)]


def _opposite(name: str) -> str:
    for side, other in (("Left", "Right"), ("Right", "Left")):
        if name.endswith(side):
            return name.removesuffix(side) + other
    return name
