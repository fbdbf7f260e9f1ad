from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from studio.networks.face_network import FaceNetwork, NetworkSpec
from studio.training.losses import (
    expression_loss,
    invertible,
    likeness,
    linkage,
    severity_loss,
)

PEOPLE = torch.tensor([0, 0, 1, 1])


def unit(*vectors: list[float]) -> torch.Tensor:
    return functional.normalize(torch.tensor(vectors), dim=1)


APART = unit([1.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [-1.0, 0.0])


def test_linkage_is_what_an_attacker_gains():
    assert linkage(APART, PEOPLE).item() == pytest.approx(2.0)
    assert linkage(unit(*[[1.0, 0.0]] * 4), PEOPLE).item() == pytest.approx(0.0)
    assert linkage(APART, torch.tensor([0, 1, 0, 1])).item() == 0, "it is not a gain to be wrong"
    assert linkage(APART, torch.tensor([0, 0, 0, 0])).item() == 0


def test_likeness_counts_what_is_alike_only():
    one = unit([1.0, 0.0], [0.0, 1.0])
    assert likeness(one, one).item() == pytest.approx(1.0)
    assert likeness(one, -one).item() == 0


@pytest.fixture
def network() -> FaceNetwork:
    torch.manual_seed(0)
    network = FaceNetwork(NetworkSpec("resnet-small", classes=3, units=2)).eval()
    torch.nn.init.normal_(network.expression.weight)
    return network


def test_expressions_and_units_are_added_where_they_are_known(network):
    features = torch.rand(4, network.trunk.channels)
    nothing, moving = torch.full((4, 2), torch.nan), torch.tensor([0.5, 0.0])
    none = torch.full((4,), -1)
    assert expression_loss(network, features, none, nothing, moving).item() == 0
    labels = torch.tensor([0, 2, -1, 1])
    classes = functional.cross_entropy(network.expression(features)[labels >= 0], labels[labels >= 0])
    assert expression_loss(network, features, labels, nothing, moving).item() == pytest.approx(classes.item())
    units = torch.tensor([[0.5, 9.0], [torch.nan, 9.0], [-0.5, 9.0], [0.0, 9.0]])
    # the head begins with zero: errors of .5, .5 and 0 in units of a spread of .5; the second unit never moves
    assert expression_loss(network, features, none, units, moving).item() == pytest.approx(2 / 3)


def test_severity_loss_of_known_errors():
    assert severity_loss(torch.tensor([0.5]), torch.tensor([0.0])).item() == pytest.approx(0.25 + 0.125)


def test_a_sharp_lens_can_be_inverted_and_a_blurred_one_cannot():
    sharp = torch.zeros(1, 3, 33, 33)
    sharp[..., 16, 16] = 1
    blurred = torch.ones(1, 3, 33, 33) / 33**2
    assert invertible(sharp, 64, 0.001).item() > 0.99
    assert invertible(blurred, 64, 0.01).item() < 0.35
    assert invertible(blurred, 64, 0.001) > invertible(blurred, 64, 0.02), "noise is what stops an inversion"
