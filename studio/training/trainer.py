"""One batch after the other: what each of the four steps does with lens, network and adversary.

1. `identity`: the lens moves so that faces can still be read but not told apart, against an adversary that is trained
   on captures as the lens moves, and a recogniser that was frozen before.
2. `emotion`: the lens rests, the network learns expressions through it.
3. `severity`: the head for clips learns, with the trunk frozen for the first half.
4. `joint`: everything at small rates.
Before them every network learns on pictures without the lens, clear and blurred (`warm_up`), as a network that cannot
read a face teaches the lens nothing. Every batch draws from a generator of its own, seeded by run, step and number: a
run that is resumed goes on as if it had never stopped.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from studio.networks.augment import blurred, mirrored, varied
from studio.networks.contrastive import contrastive
from studio.networks.face_network import HIGHEST_SEVERITY, FaceNetwork, NetworkSpec
from studio.optics.lens import DesignError, LensDesign
from studio.training import validation
from studio.training.config import STEPS, WARM_UP, StepConfig, TrainingConfig
from studio.training.data import Clips, Pictures, TrainingData, moving_units
from studio.training.held_out import HeldOut
from studio.training.losses import (
    expression_loss,
    invertible,
    likeness,
    linkage,
    severity_loss,
)
from studio.training.optics import Optics, draw_conditions, draw_distances
from studio.training.start import start_networks

PHASES = (WARM_UP, *STEPS)
_RESTING_DEPTHS = 8
_EXPLODED = 1e6
_LARGEST_GRADIENT = 5.0
_RAMP = 0.05  # of a phase
_OF_PICTURES, _OF_CLIPS = PHASES[:3], PHASES[3:]
_RELEASED = 0.1  # of the rate of step 3, for the trunk: it has learned to read faces before


class Diverged(Exception):
    """A loss or the lens left all bounds; the text says where. Lens and networks are as before that batch's step."""


class _Exploded(Exception):
    pass


@dataclass
class Faces:
    """One batch: pictures (B, 3, S, S) and what is true of them."""

    pictures: torch.Tensor
    people: torch.Tensor
    expression: torch.Tensor
    units: torch.Tensor


class Trainer:
    """Lens, networks and the optimisers of the step under way."""

    def __init__(self, design: LensDesign, config: TrainingConfig, data: TrainingData, device: str = "cpu") -> None:
        torch.manual_seed(config.seed)
        self.config, self.data, self.device = config, data, torch.device(device)
        labelled = data.emotion or data.identity
        spread = _unit_spread(labelled[0]) if labelled else np.zeros(0, np.float32)
        spec = NetworkSpec(config.trunk, len(labelled[0].classes) if labelled else 0, len(spread), config.pooling)
        self.optics = Optics(design, config).to(self.device)
        self.network = FaceNetwork(spec).to(self.device)
        self.recogniser = FaceNetwork(NetworkSpec(config.adversary)).to(self.device)
        self.adversary = FaceNetwork(NetworkSpec(config.adversary)).to(self.device)
        if config.start == "shipped":
            start_networks(network=self.network, recogniser=self.recogniser)
        self._spread = torch.from_numpy(spread).to(self.device)
        self._bank: tuple[torch.Tensor, torch.Tensor | None] | None = None
        """Distances and their PSFs, used until the lens moves again."""
        self.held_out: HeldOut | None = None
        """Asked for its figure, where there is one; learns nothing."""
        self.phase = ""
        self._optimisers: dict[str, torch.optim.Optimizer] = {}

    @property
    def design(self) -> LensDesign:
        """The lens as it stands."""
        return self.optics.design

    @property
    def _knows_pictures(self) -> bool:
        """Whether the network has seen pictures of many people before it comes to clips."""
        return self.config.start == "shipped" or any(self.iterations(phase) for phase in _OF_PICTURES)

    def iterations(self, phase: str) -> int:
        """How many batches a phase has; 0 when the run leaves it out."""
        if phase == WARM_UP:
            return self.config.warm_up if self.data.identity or self.data.emotion else 0
        return getattr(self.config, phase).iterations

    def begin(self, phase: str) -> None:
        """Make ready for a phase: what moves in it, with fresh optimisers."""
        self.phase, self._bank = phase, None
        step = StepConfig(rate=self.config.warm_up_rate) if phase == WARM_UP else getattr(self.config, phase)
        trunk_rate = step.rate * (_RELEASED if phase == "severity" else 1.0)
        moving = {"network": [(self.network.trunk, trunk_rate), *((head, step.rate) for head in self.network.heads())]}
        if phase == WARM_UP:
            moving["recogniser"] = [(self.recogniser, step.rate)]
        elif phase in ("identity", "joint"):
            moving["adversary"] = [(self.adversary, step.rate)]
        if phase == "identity":
            self.adversary.load_state_dict(self.recogniser.state_dict())  # it has seen faces, not yet captures
        self._optimisers = {
            name: _optimiser(step.optimiser, [(list(part.parameters()), rate) for part, rate in parts])
            for name, parts in moving.items()
        }
        if step.lens_rate > 0 and phase in ("identity", "joint") and self.optics.is_lens:
            self._optimisers["lens"] = _optimiser(step.lens_optimiser, [([self.optics.zernike_um], step.lens_rate)])

    def advance(self, number: int) -> dict[str, float]:
        """Batch `number` of the phase; its losses by name. Raises Diverged."""
        seed = _seed(self.config.seed, PHASES.index(self.phase), number)
        torch.manual_seed(seed)
        rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
        for part in (self.network, self.adversary, self.recogniser):
            part.train()
        if self.phase in _OF_CLIPS and self._knows_pictures:
            _keep_statistics(self.network)
        self._set_rates(number)
        try:
            losses = getattr(self, f"_{self.phase}")(number, rng, generator)
        except DesignError as error:
            raise Diverged(f"step {self.phase}, batch {number}: {error}") from error
        except _Exploded as error:
            raise Diverged(f"step {self.phase}, batch {number}: {error}") from None
        return losses

    def _set_rates(self, number: int) -> None:
        """Rates rise over the first batches of a phase and fall to nothing along half a cosine, or stay."""
        share = number / self.iterations(self.phase)
        factor = min(1.0, (share + 1e-3) / _RAMP) * 0.5 * (1 + math.cos(math.pi * share))
        for optimiser in self._optimisers.values():
            for group in optimiser.param_groups:
                group["lr"] = group["initial_lr"] * (factor if self.config.schedule == "cosine" else 1.0)

    # The phases

    def _warm_up(self, number: int, rng: np.random.Generator, generator: torch.Generator) -> dict[str, float]:
        faces = self._draw(rng, generator, self.data.identity or self.data.emotion)
        shown = blurred(faces.pictures, self.config.warm_up_blur, generator)
        losses = {}
        if self.data.identity:
            loss = contrastive(self.recogniser.embeddings(shown), faces.people)
            losses["recogniser"] = self._step("recogniser", loss)
        if self.data.emotion and self.data.emotion is not self.data.identity:
            faces = self._draw(rng, generator, self.data.emotion)
            shown = blurred(faces.pictures, self.config.warm_up_blur, generator)
        losses["utility"] = self._step("network", self._expression(faces, shown))
        return losses

    def _identity(self, number: int, rng: np.random.Generator, generator: torch.Generator) -> dict[str, float]:
        config = self.config
        moves = "lens" in self._optimisers and number % config.lens_every == 0
        if self._bank is None or number % config.lens_every == 0:
            distances_m = draw_distances(config.depths, config, generator)
            with torch.set_grad_enabled(moves):
                self._bank = distances_m, self.optics.psfs(distances_m)
        losses = {}
        for _ in range(config.adversary_batches):
            faces = self._draw(rng, generator, self.data.identity)
            shown = self._captured(faces.pictures, generator)
            losses["adversary"] = self._step("adversary", contrastive(self.adversary.embeddings(shown), faces.people))
        faces = self._draw(rng, generator, self.data.identity)
        losses["utility"] = self._step("network", self._expression(faces, self._captured(faces.pictures, generator)))
        if moves:
            losses |= self._move_lens(faces, generator)
        return losses

    def _emotion(self, number: int, rng: np.random.Generator, generator: torch.Generator) -> dict[str, float]:
        faces = self._draw(rng, generator, self.data.emotion)
        shown = self._freshly_captured(faces.pictures, generator)
        return {"utility": self._step("network", self._expression(faces, shown))}

    def _severity(self, number: int, rng: np.random.Generator, generator: torch.Generator) -> dict[str, float]:
        trunk_rests = number < self.iterations("severity") // 2
        clips, truth = self._draw_clips(rng, generator)
        shown = self._freshly_captured(clips.flatten(0, 1), generator)
        with torch.set_grad_enabled(not trunk_rests):
            features = self.network(shown)
        found = self.network.severity_of(features.unflatten(0, clips.shape[:2]))
        return {"severity": self._step("network", severity_loss(found, truth))}

    def _joint(self, number: int, rng: np.random.Generator, generator: torch.Generator) -> dict[str, float]:
        losses = self._identity(number, rng, generator)
        clips, truth = self._draw_clips(rng, generator)
        shown = self._captured(clips.flatten(0, 1), generator)
        found = self.network.severity_of(self.network(shown).unflatten(0, clips.shape[:2]))
        return losses | {"severity": self._step("network", severity_loss(found, truth))}

    # Their parts

    def _move_lens(self, faces: Faces, generator: torch.Generator) -> dict[str, float]:
        """One step of the lens against everybody, networks at rest."""
        config = self.config
        assert self._bank is not None
        distances_m, psfs = self._bank
        for part in (self.network, self.adversary, self.recogniser):
            part.eval().requires_grad_(False)
        conditions = draw_conditions(config, distances_m, len(faces.pictures), generator)
        shown = self.optics(faces.pictures, conditions, psfs)
        losses = {"lens_utility": config.utility_weight * self._expression(faces, shown)}
        share = config.recogniser_share
        with torch.no_grad():
            clear = self.recogniser.embeddings(faces.pictures)
        found = share * likeness(clear, self.recogniser.embeddings(shown))
        found = found + (1 - share) * linkage(self.adversary.embeddings(shown), faces.people)
        losses["lens_identity"] = config.identity_weight * found
        if config.inversion_weight and psfs is not None:
            noise = 0.5 * (config.least_noise + config.most_noise)
            losses["lens_inversion"] = config.inversion_weight * invertible(psfs, config.size_px, noise)
        for part in (self.network, self.adversary, self.recogniser):
            part.requires_grad_(True)
        before_um = self.optics.zernike_um.detach().clone()
        self._step("lens", sum(losses.values(), torch.zeros((), device=self.device)))
        if not torch.isfinite(self.optics.zernike_um).all():
            with torch.no_grad():
                self.optics.zernike_um.copy_(before_um)
            raise _Exploded("the lens became infinite")
        self.optics.limit(before_um)
        assert psfs is not None
        self._bank = distances_m, psfs.detach()
        return {name: float(loss.detach()) for name, loss in losses.items()}

    def _captured(self, pictures: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Through the lens as it was at its last step, without its gradient."""
        assert self._bank is not None
        distances_m, psfs = self._bank
        with torch.no_grad():
            return self.optics(pictures, draw_conditions(self.config, distances_m, len(pictures), generator), psfs)

    def _freshly_captured(self, pictures: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Through a lens that rests: the PSFs of many distances are worked out once."""
        if self._bank is None:
            with torch.no_grad():
                distances_m = draw_distances(_RESTING_DEPTHS, self.config, generator)
                self._bank = distances_m, self.optics.psfs(distances_m)
        return self._captured(pictures, generator)

    def _expression(self, faces: Faces, shown: torch.Tensor) -> torch.Tensor:
        return expression_loss(self.network, self.network(shown), faces.expression, faces.units, self._spread)

    def _step(self, name: str, loss: torch.Tensor) -> float:
        value = float(loss.detach())
        if not abs(value) < _EXPLODED:  # also when it is not a number
            raise _Exploded(f"the loss of the {name} became {value:g}")
        optimiser = self._optimisers[name]
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        parameters = [parameter for group in optimiser.param_groups for parameter in group["params"]]
        norm = nn.utils.clip_grad_norm_(parameters, _LARGEST_GRADIENT)
        if not torch.isfinite(norm):  # of a finite loss, too
            raise _Exploded(f"the gradient of the {name} became {norm.item():g}")
        optimiser.step()
        return value

    def _draw(
        self, rng: np.random.Generator, generator: torch.Generator, splits: tuple[Pictures, Pictures] | None
    ) -> Faces:
        """Several pictures of each of some people where it is known who is who, else any."""
        assert splits is not None
        pictures, config = splits[0], self.config
        several = pictures.people_with_several
        if several:
            known = np.array([len(numbers) for numbers in several])  # who has more pictures is seen more often
            replaced = len(several) < config.batch_people
            people = rng.choice(len(several), config.batch_people, replace=replaced, p=known / known.sum())
            each = config.batch // config.batch_people
            numbers = np.concatenate([rng.choice(several[p], each, replace=len(several[p]) < each) for p in people])
        else:
            numbers = rng.choice(len(pictures), config.batch, replace=len(pictures) < config.batch)
        shown = pictures.batch(numbers).to(self.device)
        units = torch.from_numpy(pictures.units[numbers]).to(self.device)
        mirrored(shown, units, pictures.unit_names, torch.from_numpy(rng.random(len(numbers)) < 0.5))
        return Faces(
            varied(shown, config.augment, generator),
            torch.from_numpy(pictures.people[numbers]).to(self.device),
            torch.from_numpy(pictures.expression[numbers]).to(self.device),
            units,
        )

    def _draw_clips(self, rng: np.random.Generator, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        assert self.data.severity is not None
        clips: Clips = self.data.severity[0]
        numbers = rng.integers(len(clips), size=self.config.clips)
        length = clips.pixels.shape[1]
        frames = np.stack([np.sort(rng.integers(length, size=self.config.clip_frames)) for _ in numbers])
        truth = torch.from_numpy(clips.severity[numbers] / np.float32(HIGHEST_SEVERITY))
        shown = clips.batch(numbers, frames).to(self.device).flatten(0, 1)
        shown = varied(shown, self.config.augment, generator, self.config.clip_frames)
        return shown.unflatten(0, frames.shape), truth.to(self.device)

    # What a run keeps

    def figures(self) -> dict[str, float]:
        """Figures on validation people at the design's own distance and noise, of what the run has learned so far."""
        found: dict[str, float] = {}
        design = self.design
        for splits, kind in ((self.data.identity, "leak"), (self.data.emotion or self.data.identity, "expression")):
            if splits is None:
                continue
            numbers = validation.chosen(splits[1])
            shown = validation.captured(self.optics, design, splits[1].batch(numbers).to(self.device))
            if kind == "leak":
                found["adversary_auc"] = validation.leak(self.adversary, shown, splits[1].people[numbers])
            else:
                found |= validation.expression(self.network, shown, splits[1], numbers)
        if self.held_out is not None:
            found["held_out_auc"] = self.held_out.auc(self.optics, design)
        if self.data.severity is not None and self.phase in ("severity", "joint"):
            clips = self.data.severity[1]
            severities = validation.severities(self.network, self.optics, design, clips)
            found |= validation.severity_figures(severities, clips.severity)
        return found

    def state(self) -> dict[str, Any]:
        """Everything that `restore` needs to go on, as tensors and plain values."""
        parts: Iterator[tuple[str, nn.Module]] = iter(self._parts().items())
        return {
            "phase": self.phase,
            "modules": {name: part.state_dict() for name, part in parts},
            "optimisers": {name: optimiser.state_dict() for name, optimiser in self._optimisers.items()},
            "bank": self._bank and tuple(part if part is None else part.detach() for part in self._bank),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`."""
        if state["phase"]:
            self.begin(state["phase"])
        for name, part in self._parts().items():
            part.load_state_dict(state["modules"][name])
        for name, optimiser in self._optimisers.items():
            optimiser.load_state_dict(state["optimisers"][name])
        self._bank = state["bank"]

    def _parts(self) -> dict[str, nn.Module]:
        return {
            "optics": self.optics,
            "network": self.network,
            "adversary": self.adversary,
            "recogniser": self.recogniser,
        }


def _keep_statistics(network: nn.Module) -> None:
    """Batch norms go on with the statistics of pictures.

    A batch of clips holds few people, each in one light: with its statistics, 80 batches of step 3 took the mean R2 of
    face units from .21 to .00 (Gaussian of 1.5 px, seed 0, validation people); without, it stayed at .21.
    """
    for part in network.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.eval()


def _optimiser(name: str, parts: list[tuple[list[nn.Parameter], float]]) -> torch.optim.Optimizer:
    """Of parameters with the rate of each part."""
    groups = [{"params": parameters, "initial_lr": rate} for parameters, rate in parts]
    return torch.optim.Adadelta(groups) if name == "adadelta" else torch.optim.Adam(groups)


def _unit_spread(pictures: Pictures) -> np.ndarray:
    """(U,): standard deviation of each face unit, 0 for those that never move."""
    if not pictures.units.shape[1]:
        return np.zeros(0, np.float32)
    return np.where(moving_units(pictures.units), np.nanstd(pictures.units, axis=0), 0).astype(np.float32)


def _seed(*numbers: int) -> int:
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint32)[0])
