"""A trunk and the heads that read a face: identity, expression, face units, severity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from studio.networks.resnet import ResNet
from studio.networks.sanet import SANet

Pooling = Literal["mean", "spread", "attention"]
EMBEDDING = 64
HIGHEST_SEVERITY = 63
LEAST_SPREAD = 1e-3  # of a picture's values; one of a single colour stays finite


@dataclass(frozen=True)
class NetworkSpec:
    """What a network is built from; stored with its weights. `classes` and `units` are the sizes of two heads."""

    trunk: str = "sanet-small"
    classes: int = 0
    units: int = 0
    pooling: Pooling = "spread"
    """How a clip's frames become one: their mean, mean and spread over time, or an attention over frames."""


TRUNKS: dict[str, Callable[[], SANet | ResNet]] = {
    "sanet-paper": lambda: SANet(64),
    "sanet-avec": lambda: SANet(16),
    "sanet-small": lambda: SANet(16, (1, 1, 1, 1), norm="group"),
    "sanet-tiny": lambda: SANet(8, (1, 1, 1, 1), norm="group"),
    "resnet-small": lambda: ResNet(16),
    "resnet18": lambda: ResNet(64),
}
"""For 224 px and for AVEC as described; the others for 64 to 96 px on a CPU (our choice)."""


class FaceNetwork(nn.Module):
    """Pictures of sRGB values in [0, 1], each standardised by itself: light and exposure say nothing of a face."""

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__()
        self.spec = spec
        self.trunk = TRUNKS[spec.trunk]()
        channels = self.trunk.channels
        self.dropout = nn.Dropout(0.2)
        self.identity = nn.Linear(channels, EMBEDDING)
        self.expression = nn.Linear(channels, max(spec.classes, 1))  # an empty head would warn
        self.face_units = nn.Linear(channels, max(spec.units, 1))
        self.attention = nn.Linear(channels, 1)
        self.severity = nn.Sequential(
            nn.Linear((2 if spec.pooling == "spread" else 1) * channels, EMBEDDING), nn.ReLU(), nn.Linear(EMBEDDING, 1)
        )
        for head in (self.face_units, self.expression):  # a face at rest is the first guess
            nn.init.zeros_(head.weight)
            nn.init.zeros_(head.bias)
        nn.init.constant_(self.severity[-1].bias, 0.3)  # a guess in the range; ReLU at 0 would hold the gradient back

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Features (B, C) of pictures (B, 3, H, W)."""
        return self.dropout(self.trunk(standardised(pictures)))

    def heads(self) -> list[nn.Module]:
        """All but the trunk."""
        return [self.identity, self.expression, self.face_units, self.attention, self.severity]

    def embeddings(self, pictures: torch.Tensor) -> torch.Tensor:
        """Identity as unit vectors (B, EMBEDDING)."""
        return functional.normalize(self.identity(self(pictures)), dim=1)

    def of_clips(self, clips: torch.Tensor) -> torch.Tensor:
        """Severity (B,) in 0..1 of clips (B, T, 3, H, W)."""
        features = self(clips.flatten(0, 1)).unflatten(0, clips.shape[:2])
        return self.severity_of(features)

    def severity_of(self, features: torch.Tensor) -> torch.Tensor:
        """Severity (B,) in 0..1 from the features (B, T, C) of each clip's frames."""
        if self.spec.pooling == "attention":
            pooled = (torch.softmax(self.attention(features), dim=1) * features).sum(1)
        elif self.spec.pooling == "spread":
            pooled = torch.cat((features.mean(1), features.std(1, correction=0)), dim=1)
        else:
            pooled = features.mean(1)
        return functional.relu(self.severity(pooled).squeeze(1))

    def to_arrays(self) -> dict[str, NDArray]:
        """The weights as plain arrays by name; of a BatchNorm its running figures too, but not how often they ran."""
        state = self.state_dict()
        return {name: value.cpu().numpy().copy() for name, value in state.items() if value.is_floating_point()}

    def load_arrays(self, arrays: dict[str, NDArray]) -> None:
        """Take over weights that `to_arrays` gave, of any floating type. RuntimeError when they do not fit."""
        counters = {name: value for name, value in self.state_dict().items() if not value.is_floating_point()}
        self.load_state_dict(counters | {name: torch.from_numpy(np.array(value)) for name, value in arrays.items()})


def standardised(pictures: torch.Tensor) -> torch.Tensor:
    """Pictures (B, 3, H, W) of zero mean and unit spread, each by itself."""
    mean = pictures.mean((1, 2, 3), keepdim=True)
    spread = pictures.std((1, 2, 3), keepdim=True)
    return (pictures - mean) / spread.clamp_min(LEAST_SPREAD)
