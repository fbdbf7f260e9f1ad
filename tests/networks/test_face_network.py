"""The heads that read a face, and clips of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from studio.networks.face_network import EMBEDDING, FaceNetwork, NetworkSpec, standardised
from studio.project.records import MAX_WEIGHT_BYTES

SPEC = NetworkSpec("sanet-tiny", classes=3, units=5)


def network(**changes: object) -> FaceNetwork:
    torch.manual_seed(0)
    return FaceNetwork(NetworkSpec(**{"trunk": "sanet-tiny", "classes": 3, "units": 5, **changes}))


def test_every_head_has_its_shape():
    net = network()
    features = net(torch.rand(4, 3, 64, 64))
    assert net.expression(features).shape == (4, 3)
    assert net.face_units(features).shape == (4, 5)
    embedded = net.embeddings(torch.rand(4, 3, 64, 64))
    assert embedded.shape == (4, EMBEDDING)
    torch.testing.assert_close(embedded.norm(dim=1), torch.ones(4))


def test_a_picture_says_nothing_by_light_or_contrast():
    net = network().eval()
    picture = torch.rand(1, 3, 64, 64)
    torch.testing.assert_close(net(0.3 + 0.5 * picture), net(picture), atol=1e-4, rtol=1e-3)


def test_pictures_of_one_colour_stay_finite():
    assert standardised(torch.full((2, 3, 8, 8), 0.7)).abs().max() < 1e-3
    assert torch.isfinite(network()(torch.zeros(2, 3, 64, 64))).all()


@pytest.mark.parametrize("pooling", ["mean", "spread", "attention"])
def test_severity_of_clips_of_any_length(pooling: str):
    net = network(pooling=pooling).eval()
    for frames in (1, 2, 7):
        severity = net.of_clips(torch.rand(2, frames, 3, 64, 64))
        assert severity.shape == (2,)
        assert (severity >= 0).all()


@pytest.mark.parametrize("pooling", ["mean", "spread", "attention"])
def test_the_order_of_frames_does_not_count(pooling: str):
    net = network(pooling=pooling).eval()
    features = torch.randn(2, 6, net.trunk.channels)
    torch.testing.assert_close(net.severity_of(features), net.severity_of(features.flip(1)))


def test_attention_chooses_among_frames_and_the_mean_does_not():
    net = network(pooling="attention").eval()
    features = torch.randn(1, 4, net.trunk.channels)
    with torch.no_grad():
        net.attention.weight.copy_(100 * features[0, 2])  # now it looks at the third frame alone
    torch.testing.assert_close(net.severity_of(features), net.severity_of(features[:, 2:3]))


def test_spread_tells_a_moving_face_from_one_at_rest():
    still, moving = network(pooling="mean").eval(), network(pooling="spread").eval()
    at_rest = torch.zeros(1, 4, still.trunk.channels)
    lively = torch.randn(1, 2, still.trunk.channels)
    lively = torch.cat((lively, -lively), dim=1)  # of the same mean
    torch.testing.assert_close(still.severity_of(lively), still.severity_of(at_rest))
    assert (moving.severity_of(lively) - moving.severity_of(at_rest)).abs() > 1e-3


@pytest.mark.parametrize("pooling", ["mean", "spread", "attention"])
def test_a_gradient_reaches_every_weight(pooling: str):
    net = network(pooling=pooling)
    clips = torch.rand(2, 3, 3, 64, 64)
    features = net(clips[:, 0])
    spread = torch.arange(2 * EMBEDDING).reshape(2, EMBEDDING).float()
    loss = net.severity_of(net(clips.flatten(0, 1)).unflatten(0, (2, 3))).sum()
    loss = loss + net.expression(features)[:, 0].sum() + net.face_units(features).sum()
    (loss + (net.embeddings(clips[:, 0]) * spread).sum()).backward()
    unused = set() if pooling == "attention" else {"attention.weight", "attention.bias"}
    for key, weight in net.named_parameters():
        if key not in unused:
            assert weight.grad is not None, key
    assert net.identity.weight.grad.abs().max() > 0
    assert net.trunk.stem[0].weight.grad.abs().max() > 0
    if pooling == "attention":
        assert net.attention.weight.grad.abs().max() > 0


def test_weights_go_through_half_precision_arrays_and_back():
    first, second = network().eval(), FaceNetwork(SPEC).eval()
    arrays = {name: array.astype(np.float16) for name, array in first.to_arrays().items()}
    second.load_arrays(arrays)
    features = torch.rand(2, 3, 64, 64)
    torch.testing.assert_close(second(features), first(features), atol=2e-2, rtol=2e-2)


def test_weights_of_another_network_are_refused():
    with pytest.raises(RuntimeError):
        FaceNetwork(SPEC).load_arrays(network(units=4).to_arrays())


@pytest.mark.parametrize("trunk", ["sanet-tiny", "sanet-small", "sanet-avec", "resnet-small"])
def test_what_a_cpu_trains_fits_into_a_project(trunk: str):
    arrays = network(trunk=trunk, units=60, classes=8).to_arrays()
    assert 2 * sum(array.size for array in arrays.values()) <= MAX_WEIGHT_BYTES
