"""A small U-Net from pictures to pictures (Ronneberger, Fischer & Brox 2015), for attackers that undo a lens."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional

WIDTHS = (12, 24, 48, 64)
"""Channels at full, half, quarter and eighth size: made for a CPU."""


class UNet(nn.Module):
    """Adds a correction to the last three channels of (B, C, H, W), H and W multiples of 8: (B, 3, H, W)."""

    def __init__(self, channels: int = 6, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        inner = (channels, *widths)
        self.down = nn.ModuleList(_pair(a, b) for a, b in pairwise(inner))
        self.up = nn.ModuleList(_pair(b + a, a) for a, b in pairwise(widths))
        self.last = nn.Conv2d(widths[0], 3, 1)
        nn.init.zeros_(self.last.weight)
        assert self.last.bias is not None
        nn.init.zeros_(self.last.bias)  # the first guess is what it was given

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        maps, passed = given, []
        for stage, layers in enumerate(self.down):
            maps = layers(maps if stage == 0 else functional.max_pool2d(maps, 2))
            passed.append(maps)
        for layers, beside in zip(reversed(self.up), reversed(passed[:-1]), strict=True):
            wide = functional.interpolate(maps, scale_factor=2, mode="bilinear", align_corners=False)
            maps = layers(torch.cat((wide, beside), 1))
        return given[:, -3:] + self.last(maps)


def _pair(channels: int, width: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for inner in (channels, width):
        layers += [nn.Conv2d(inner, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
    return nn.Sequential(*layers)
