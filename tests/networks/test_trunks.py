"""SANet and the residual network: what they are made of, and that every part of them learns."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from studio.networks.face_network import TRUNKS
from studio.networks.resnet import ResNet
from studio.networks.sanet import SANet, SpatialAttention


def parameters(network: nn.Module) -> int:
    return sum(weight.numel() for weight in network.parameters())


def sanet_parameters(width: int, layers: tuple[int, ...], groups: int) -> int:
    """From the description: 1x1, 3x3 in groups, 1x1 scores in groups with a bias, 1x1; norms have two a channel."""
    total, channels = 3 * 7 * 7 * width + 2 * width, width
    for stage, count in enumerate(layers):
        w = width * 2**stage
        for number in range(count * groups):
            narrow = channels * w + 2 * w
            attention = 9 * w * w // groups + 2 * w + w * w // groups + w
            wide = 2 * w + w * 4 * w + 2 * 4 * w
            shortcut = 9 * channels * 4 * w + 2 * 4 * w if number == 0 else 0
            total, channels = total + narrow + attention + wide + shortcut, 4 * w
    return total


def test_parameters_of_a_small_sanet_counted_by_hand():
    stem = 3 * 8 * 49 + 16
    first = (8 * 8 + 16) + (8 * 4 * 9 + 16) + (8 * 4 + 8) + 16 + (8 * 32 + 64) + (8 * 32 * 9 + 64)
    second = (32 * 8 + 16) + (8 * 4 * 9 + 16) + (8 * 4 + 8) + 16 + (8 * 32 + 64)
    assert parameters(SANet(8, (1,))) == stem + first + second == 5272
    assert sanet_parameters(8, (1,), 2) == 5272


@pytest.mark.parametrize(
    ("name", "width", "layers"),
    [
        ("sanet-paper", 64, (2, 2, 2, 2)),
        ("sanet-avec", 16, (2, 2, 2, 2)),
        ("sanet-small", 16, (1, 1, 1, 1)),
        ("sanet-tiny", 8, (1, 1, 1, 1)),
    ],
)
def test_parameters_of_the_trunks(name: str, width: int, layers: tuple[int, ...]):
    assert parameters(TRUNKS[name]()) == sanet_parameters(width, layers, 2)


def test_the_residual_network_is_resnet_18_without_its_last_layer():
    assert parameters(ResNet(64)) == 11_689_512 - 1000 * 513  # as torchvision counts it


@pytest.mark.parametrize("name", ["sanet-small", "sanet-tiny", "resnet-small", "sanet-avec"])
@pytest.mark.parametrize("size_px", [64, 96])
def test_pictures_become_features(name: str, size_px: int):
    trunk = TRUNKS[name]()
    features = trunk(torch.rand(2, 3, size_px, size_px))
    assert features.shape == (2, trunk.channels)
    assert torch.isfinite(features).all()


def test_the_stages_halve_the_picture_as_described():
    trunk = SANet(8, (1, 1, 1, 1)).eval()
    maps, sides = trunk.stem(torch.rand(1, 3, 224, 224)), []
    for block in trunk.blocks:
        sides.append(maps.shape[-1])
        maps = block(maps)
    assert sides == [56, 56, 56, 28, 28, 14, 14, 7]
    assert maps.shape == (1, trunk.channels, 7, 7)
    assert trunk.channels == 8 * 8 * 4


@pytest.mark.parametrize("groups", [2, 4])
def test_groups_share_the_attention_of_a_pixel(groups: int):
    attention = SpatialAttention(8, groups, "group")
    weights = attention.weights(torch.randn(3, 8, 5, 6))
    torch.testing.assert_close(weights.unflatten(1, (groups, -1)).sum(1), torch.ones(3, 8 // groups, 5, 6))
    assert weights.std() > 0.01


def test_a_single_group_is_weighted_by_a_sigmoid():
    attention = SpatialAttention(8, 1, "group")
    features = torch.randn(3, 8, 5, 6)
    torch.testing.assert_close(attention.weights(features), torch.sigmoid(attention.scores(features)))


def test_the_groups_do_not_mix():
    """The second group's features do not see the first group's maps; only the attention lets them compete."""
    attention = SpatialAttention(8, 2, "group")
    maps = torch.randn(1, 8, 6, 6)
    before = attention.features(maps)[:, 4:]
    maps[:, :4] = 0
    torch.testing.assert_close(attention.features(maps)[:, 4:], before)


@pytest.mark.parametrize("name", sorted(TRUNKS.keys() - {"sanet-paper"}))  # which is a wide sanet-avec
def test_a_gradient_reaches_every_weight(name: str):
    torch.manual_seed(0)
    trunk = TRUNKS[name]()
    features = trunk(torch.rand(2, 3, 64, 64))
    (features * torch.randn(features.shape)).sum().backward()
    for key, weight in trunk.named_parameters():
        assert weight.grad is not None, key
        assert weight.grad.abs().max() > 0, key


def test_a_group_norm_does_not_see_the_other_pictures():
    trunk = TRUNKS["sanet-tiny"]().train()
    pictures = torch.rand(3, 3, 64, 64)
    torch.testing.assert_close(trunk(pictures)[:1], trunk(pictures[:1]), atol=1e-5, rtol=1e-4)
