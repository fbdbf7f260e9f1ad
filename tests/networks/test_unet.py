from __future__ import annotations

import torch

from studio.networks.unet import UNet


def test_the_first_guess_is_what_it_was_given() -> None:
    torch.manual_seed(0)
    given = torch.rand(2, 6, 32, 24)
    torch.testing.assert_close(UNet().eval()(given), given[:, 3:])


def test_every_weight_learns_once_the_last_layer_has_moved() -> None:
    torch.manual_seed(0)
    network = UNet()
    torch.nn.init.normal_(network.last.weight, std=0.1)
    (network(torch.rand(2, 6, 32, 32)) ** 2).mean().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())
