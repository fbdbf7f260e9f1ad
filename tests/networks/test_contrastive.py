from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from studio.networks.contrastive import TEMPERATURE, contrastive, same_person

PEOPLE = torch.tensor([0, 0, 1, 1])


def unit(*vectors: list[float]) -> torch.Tensor:
    return functional.normalize(torch.tensor(vectors), dim=1)


APART = unit([1.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [-1.0, 0.0])


def test_strangers_are_nobodys_partners():
    same = same_person(torch.tensor([-1, -1, 2, 2]))
    assert same.sum() == 2
    assert same[2, 3]


def test_contrastive_is_the_published_formula():
    """Against the sum written out, over four vectors (Khosla et al. 2020, eq. 2)."""
    rng = np.random.default_rng(0)
    z = rng.normal(size=(4, 3))
    z /= np.linalg.norm(z, axis=1, keepdims=True)
    total = 0.0
    for i, partner in enumerate((1, 0, 3, 2)):
        others = sum(np.exp(z[i] @ z[a] / TEMPERATURE) for a in range(4) if a != i)
        total -= np.log(np.exp(z[i] @ z[partner] / TEMPERATURE) / others)
    assert contrastive(torch.from_numpy(z), PEOPLE).item() == pytest.approx(total / 4)


def test_contrastive_of_strangers_teaches_nothing():
    embeddings = APART.clone().requires_grad_()
    loss = contrastive(embeddings, torch.full((4,), -1))
    loss.backward()
    assert loss.item() == 0
    assert not embeddings.grad.any()
