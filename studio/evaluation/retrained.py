"""Attackers that learn: recognisers retrained on captures of other people by the attacked lens (A1 and A2).

A1, the parrot, sees captures only and links captures. A2 sees captures and clear pictures of the same people, so that
a capture meets a clear gallery. Either is SFace, from its own weights, its last layers first and then the whole of it;
or a small network of ours from scratch. How long and at which rates is our choice, the same for every lens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from studio.evaluation.practice import Practice
from studio.evaluation.trained_cache import Weights
from studio.faces.recognisers import ARCFACE_PX, Picture, Recogniser, place_by_points
from studio.listener import Listener
from studio.networks import sface
from studio.networks.augment import varied
from studio.networks.contrastive import contrastive
from studio.networks.face_network import FaceNetwork, NetworkSpec

SFACE, SMALL = "sface", "small"
SMALL_PX = 64
AUGMENT = 0.5
_EMBED_BATCH = 32
_LARGEST_GRADIENT = 5.0


@dataclass(frozen=True)
class Phase:
    """So many batches of `people` people with two pictures each, at a rate that falls along a cosine."""

    batches: int
    people: int
    rate: float
    head_only: bool = False


RECIPES: dict[str, tuple[Phase, ...]] = {
    SFACE: (Phase(100, 16, 1e-3, head_only=True), Phase(150, 16, 3e-4)),
    SMALL: (Phase(1200, 32, 2e-3),),
}


class Small(nn.Module):
    """Identity by a residual network on crops of 64 px."""

    def __init__(self) -> None:
        super().__init__()
        self.network = FaceNetwork(NetworkSpec("resnet-small"))

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.network.identity(self.network(pictures / 255))


def learn(kind: str, practice: Practice, with_clear: bool, seed: int, listener: Listener) -> Weights | None:
    """Weights of an attacker of `kind` (SFACE or SMALL) trained on `practice`; None when stopped.

    `with_clear` makes it A2: of the two pictures of a person in a batch one is clear.
    """
    torch.manual_seed(seed)
    network = _network(kind)
    like = _places(kind)
    domains = [practice.crops(like)] + ([practice.crops(like, clear=True)] if with_clear else [])
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    total, done = sum(phase.batches for phase in RECIPES[kind]), 0
    for phase in RECIPES[kind]:
        head = list(network.children())[-2:] if phase.head_only else [network]
        parameters = [p for part in head for p in part.parameters()]
        for parameter in network.parameters():
            parameter.requires_grad_(False)
        for parameter in parameters:
            parameter.requires_grad_(True)
        optimiser = torch.optim.Adam(parameters, phase.rate)
        falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, phase.batches)
        network.train()
        for numbers, from_domain in _batches(practice.people, phase, len(domains), rng):
            if listener.stopping():
                return None
            listener.progress(f"training {kind} on {len(np.unique(practice.people)):,} people", done / total)
            crops = np.stack([domains[d][n] for n, d in zip(numbers, from_domain, strict=True)])
            shown = varied(_tensor(crops) / 255, AUGMENT, generator)
            flip = torch.from_numpy(rng.random(len(shown)) < 0.5)
            shown[flip] = shown[flip].flip(-1)
            vectors = functional.normalize(network(255 * shown), dim=1)
            loss = contrastive(vectors, torch.from_numpy(practice.people[numbers]))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, _LARGEST_GRADIENT)
            optimiser.step()
            falling.step()
            done += 1
    return {name: value.numpy().copy() for name, value in network.state_dict().items()}


def recogniser(kind: str, weights: Weights) -> Recogniser:
    """The attacker with these weights, as every other recogniser."""
    network = _network(kind)
    network.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in weights.items()})
    network.eval()

    @torch.inference_mode()
    def embed(crops: Picture) -> NDArray[np.float32]:
        parts = [network(_tensor(crops[i : i + _EMBED_BATCH])) for i in range(0, len(crops), _EMBED_BATCH)]
        return torch.cat(parts).numpy()

    like = _places(kind)
    return Recogniser(kind, like.size_px, like.place, embed)


def _network(kind: str) -> nn.Module:
    return sface.load() if kind == SFACE else Small()


def _places(kind: str) -> Recogniser:
    """Where crops for `kind` are cut; it cannot compare any."""
    size = ARCFACE_PX if kind == SFACE else SMALL_PX
    return Recogniser(kind, size, place_by_points(size), lambda crops: np.empty((len(crops), 0), np.float32))


def _tensor(crops: Picture) -> torch.Tensor:
    """(N, 3, H, W) of 0 to 255."""
    return torch.from_numpy(np.ascontiguousarray(crops.transpose(0, 3, 1, 2))).float()


def _batches(
    people: NDArray[np.int64], phase: Phase, domains: int, rng: np.random.Generator
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Pictures (B,), two of each of phase.people people, and the domain of each (B,)."""
    of_person = [np.flatnonzero(people == person) for person in np.unique(people)]
    of_person = [numbers for numbers in of_person if len(numbers) > 1]
    for _ in range(phase.batches):
        drawn = rng.choice(len(of_person), min(phase.people, len(of_person)), replace=False)
        numbers = np.concatenate([rng.choice(of_person[person], 2, replace=False) for person in drawn])
        yield numbers, np.tile(np.arange(2) % domains, len(drawn))
