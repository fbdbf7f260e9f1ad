from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from studio.networks.face_network import FaceNetwork, NetworkSpec
from studio.project.records import Run
from studio.training.config import TrainingConfig
from tests.one_thread import one_thread

__all__ = ["one_thread"]

SPEC = NetworkSpec("sanet-tiny", classes=3, units=2)
NAMES = {"class_names": ["neutral", "happiness", "sadness"], "unit_names": ["jawOpen", "mouthSmileLeft"]}


@pytest.fixture
def network() -> FaceNetwork:
    """A reader that says something else of every picture."""
    torch.manual_seed(1)
    network = FaceNetwork(SPEC).eval()
    for head in (network.expression, network.face_units):
        torch.nn.init.normal_(head.weight)
    return network


@pytest.fixture
def run(network: FaceNetwork) -> Run:
    """The record of a run that keeps `network`."""
    weights = {name: array.astype(np.float16) for name, array in network.to_arrays().items()}
    config: dict[str, Any] = {**TrainingConfig(trunk=SPEC.trunk).to_dict(), "network": {**SPEC.__dict__, **NAMES}}
    return Run(id="run-1", config=config, kept=True, weights=weights)
