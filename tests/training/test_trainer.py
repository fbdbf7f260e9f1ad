"""What the steps leave as it was."""

from __future__ import annotations

from dataclasses import replace

import torch

from studio.training.trainer import PHASES, Trainer
from tests.training.tiny import CONFIG, LENS, data


def learn(trainer: Trainer, phase: str) -> None:
    trainer.begin(phase)
    for number in range(trainer.iterations(phase)):
        trainer.advance(number)


def statistics(trainer: Trainer) -> torch.Tensor:
    """Means of all batch norms, in a row."""
    return torch.cat([value for name, value in trainer.network.named_buffers() if name.endswith("running_mean")])


def test_clips_leave_the_statistics_of_pictures():
    trainer = Trainer(LENS, replace(CONFIG, trunk="resnet-small"), data())
    for phase in PHASES[:3]:
        learn(trainer, phase)
    of_pictures, weights = statistics(trainer), next(trainer.network.trunk.parameters()).clone()
    learn(trainer, "severity")
    assert torch.equal(statistics(trainer), of_pictures)
    assert not torch.equal(next(trainer.network.trunk.parameters()), weights)  # it has learned all the same


def test_a_network_that_saw_no_pictures_takes_those_of_clips():
    trainer = Trainer(LENS, replace(CONFIG.only((3,)), trunk="resnet-small", warm_up=0), data())
    before = statistics(trainer)
    learn(trainer, "severity")
    assert not torch.equal(statistics(trainer), before)
