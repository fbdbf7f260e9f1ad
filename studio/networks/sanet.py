"""SANet: a bottleneck ResNet of spatial-attention blocks.

OpticalDR names the network without describing it; this follows the description of the first author's STA-DRN
network (our inference that it is the same). Norm: `batch` as there, or `group`, which does not depend on the other
pictures of a batch and so holds for the small batches and frozen trunks of a CPU (our choice).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import nn
from torch.nn import functional

Norm = Literal["batch", "group"]
EXPANSION = 4
_GROUP_CHANNELS = 8


class SpatialAttention(nn.Module):
    """Feature maps (B, C, H, W), weighted pixel by pixel: the C / k channels of each of k groups compete."""

    def __init__(self, channels: int, groups: int, norm: Norm) -> None:
        super().__init__()
        self.groups = groups
        self.features = nn.Conv2d(channels, channels, 3, padding=1, groups=groups, bias=False)
        self.norm = normalise(norm, channels)
        self.scores = nn.Conv2d(channels, channels, 1, groups=groups)

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        features = functional.relu(self.norm(self.features(maps)))
        return features * self.weights(features)

    def weights(self, features: torch.Tensor) -> torch.Tensor:
        """(B, C, H, W) in [0, 1]; the weights of the k groups add to 1 at every pixel and channel of a group."""
        scores = self.scores(features)
        if self.groups == 1:
            return torch.sigmoid(scores)
        return torch.softmax(scores.unflatten(1, (self.groups, -1)), dim=1).flatten(1, 2)


class Block(nn.Module):
    """1x1, spatial attention, 1x1, added to a shortcut."""

    def __init__(self, channels: int, width: int, groups: int, stride: int, norm: Norm) -> None:
        super().__init__()
        out = EXPANSION * width
        self.narrow = nn.Sequential(nn.Conv2d(channels, width, 1, stride, bias=False), normalise(norm, width))
        self.attention = SpatialAttention(width, groups, norm)
        self.attended = normalise(norm, width)
        self.widen = nn.Sequential(nn.Conv2d(width, out, 1, bias=False), normalise(norm, out))
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or channels != out:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, out, 3, stride, padding=1, bias=False), normalise(norm, out)
            )

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        inner = self.attention(functional.relu(self.narrow(maps)))
        return functional.relu(self.widen(functional.relu(self.attended(inner))) + self.shortcut(maps))


class SANet(nn.Module):
    """Pictures (B, 3, H, W) to features (B, C)."""

    def __init__(
        self, width: int = 64, layers: Sequence[int] = (2, 2, 2, 2), groups: int = 2, norm: Norm = "batch"
    ) -> None:
        """`width` F of the first stage, doubled in each; a stage has layers[i] * groups blocks."""
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, width, 7, 2, padding=3, bias=False), normalise(norm, width), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
        )
        blocks: list[nn.Module] = []
        channels = width
        for stage, count in enumerate(layers):
            for number in range(count * groups):
                stride = 2 if stage > 0 and number == 0 else 1
                blocks.append(Block(channels, width << stage, groups, stride, norm))
                channels = EXPANSION * (width << stage)
        self.blocks = nn.Sequential(*blocks)
        self.channels = channels

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.blocks(self.stem(pictures)).mean((-2, -1))


def normalise(norm: Norm, channels: int) -> nn.Module:
    """BatchNorm, or GroupNorm with groups of _GROUP_CHANNELS channels."""
    if norm == "batch":
        return nn.BatchNorm2d(channels)
    return nn.GroupNorm(max(1, channels // _GROUP_CHANNELS), channels)
