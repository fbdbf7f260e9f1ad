"""A plain residual network in the manner of ResNet-18 (He et al. 2016), as an alternative to SANet."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from studio.networks.sanet import Norm, normalise


class _Block(nn.Module):
    def __init__(self, channels: int, width: int, stride: int, norm: Norm) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(channels, width, 3, stride, 1, bias=False), normalise(norm, width))
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=False), normalise(norm, width))
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or channels != width:
            self.shortcut = nn.Sequential(nn.Conv2d(channels, width, 1, stride, bias=False), normalise(norm, width))

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        return functional.relu(self.second(functional.relu(self.first(maps))) + self.shortcut(maps))


class ResNet(nn.Module):
    """Pictures (B, 3, H, W) to features (B, 8 * width); four stages of two blocks."""

    def __init__(self, width: int = 64, norm: Norm = "batch") -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, width, 7, 2, padding=3, bias=False), normalise(norm, width), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
        )
        blocks: list[nn.Module] = []
        channels = width
        for stage in range(4):
            for number in range(2):
                blocks.append(_Block(channels, width << stage, 2 if stage > 0 and number == 0 else 1, norm))
                channels = width << stage
        self.blocks = nn.Sequential(*blocks)
        self.channels = channels

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.blocks(self.stem(pictures)).mean((-2, -1))
