"""A training run from beginning to end: the four steps, figures on the way, checkpoints, and the record it leaves."""

from __future__ import annotations

import io
import platform
import time
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import torch

from studio.listener import SILENT, Listener
from studio.optics.lens import LensDesign
from studio.project import atomic
from studio.project.model import now
from studio.project.records import MAX_WEIGHT_BYTES, Run
from studio.training.config import BATCH_S, STEPS, TrainingConfig
from studio.training.data import TrainingData
from studio.training.held_out import held_out
from studio.training.start import StartError
from studio.training.trainer import PHASES, Diverged, Trainer

CHECKPOINT = "checkpoint.pt"
_FORMAT = 1
_LOSS_MEMORY = 0.95  # of the running means that are drawn


class TrainingError(Exception):
    """A run that cannot begin or go on; the text is one line that says why and what to do."""


@dataclass
class _Progress:
    """Where a run stands; all of it goes into the checkpoint."""

    phase: int = 0
    batch: int = 0
    seconds: float = 0.0
    step: int = 0
    """Batches so far, over all phases."""
    curves: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    losses: dict[str, float] = field(default_factory=dict)
    kept: dict[str, Any] | None = None
    """The better state before step 4, with its figures."""

    def note(self, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            self.curves.setdefault(name, []).append((self.step, float(value)))


def train(
    design: LensDesign,
    config: TrainingConfig,
    data: TrainingData,
    folder: Path,
    listener: Listener = SILENT,
    *,
    resume: bool = False,
    run_id: str = "",
) -> Run:
    """Train in `folder`, which holds the checkpoints, and give the record of the run.

    `resume` goes on from the checkpoint in `folder`; the end is the same, bit for bit on one machine with equal thread
    counts, as that of a run that was never stopped (limits of time aside). A run that diverges is given with the state
    "failed", where it happened, and its last good lens. TrainingError when it cannot begin.
    """
    device = choose_device(config.device)
    torch.use_deterministic_algorithms(device == "cpu")
    try:
        trainer = Trainer(design, config, data, device)
    except StartError as error:
        raise TrainingError(str(error)) from None
    trainer.held_out = held_out(data.identity[1]) if data.identity else None
    progress = _Progress()
    path = folder / CHECKPOINT
    if resume:
        progress = _load(path, trainer, config)
    state, reason = "finished", ""
    try:
        state, reason = _phases(trainer, progress, path, listener)
    except Diverged as error:
        state, reason = "failed", str(error)
    record = _record(trainer, progress, data, run_id or f"run-{uuid4().hex[:8]}")
    return replace(record, state=state, reason=reason, start_design=design)


def choose_device(name: str) -> str:
    """The torch device for "auto", "cpu", "cuda:N" or "mps"; TrainingError when it is not there."""
    if name == "auto":
        return "cuda:0" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    if name.startswith("cuda") and not (torch.cuda.is_available() and int(name[5:]) < torch.cuda.device_count()):
        raise TrainingError(f"device {name} is not there; use auto or cpu")
    if name == "mps" and not torch.backends.mps.is_available():
        raise TrainingError("device mps is not there; use auto or cpu")
    return name


def _phases(trainer: Trainer, progress: _Progress, path: Path, listener: Listener) -> tuple[str, str]:
    """Run what is left; the state in which the run ends, and why."""
    config = trainer.config
    budget = _budget(trainer)
    ended_by_time = False
    saved_s = time.monotonic()
    while progress.phase < len(PHASES):
        phase = PHASES[progress.phase]
        total = trainer.iterations(phase)
        if progress.batch == 0 and total:
            trainer.begin(phase)
            if phase == "joint":
                progress.kept = {"state": deepcopy(trainer.state()), "figures": trainer.figures()}
        while progress.batch < total:
            if budget and progress.seconds >= budget[phase]:
                ended_by_time = True
                break
            if listener.stopping():
                _save(path, trainer, progress)
                return "stopped", f"stopped in step {phase}, batch {progress.batch} of {total}"
            begun_s = time.monotonic()
            _batch(trainer, progress, listener)
            listener.progress(_words(phase), _share(trainer, progress, budget))
            progress.seconds += time.monotonic() - begun_s
            if time.monotonic() - saved_s >= config.checkpoint_every_s:
                _save(path, trainer, progress)
                saved_s = time.monotonic()
        if phase == "joint" and total:
            _keep_the_better(trainer, progress, listener)
        progress.phase, progress.batch = progress.phase + 1, 0
    if ended_by_time:
        return "stopped", f"the limit of {config.minutes:g} min was reached"
    return "finished", ""


def _batch(trainer: Trainer, progress: _Progress, listener: Listener) -> None:
    losses = trainer.advance(progress.batch)
    progress.batch += 1
    progress.step += 1
    for name, value in losses.items():
        before = progress.losses.get(name, value)
        progress.losses[name] = _LOSS_MEMORY * before + (1 - _LOSS_MEMORY) * value
    last = progress.batch == trainer.iterations(trainer.phase)
    if progress.step % trainer.config.validate_every == 0 or last:
        lens = {f"zernike.{j}": a for j, a in enumerate(trainer.design.zernike_um, 1) if j > 3}
        values = {**trainer.figures(), **{f"loss.{n}": v for n, v in progress.losses.items()}, **lens}
        progress.note(values)
        listener.values(progress.step, values)


def _keep_the_better(trainer: Trainer, progress: _Progress, listener: Listener) -> None:
    """Step 4 may not cost privacy: what it left is kept only if the adversary finds no more than before, and the
    severities are no worse."""
    assert progress.kept is not None
    before, after = progress.kept["figures"], trainer.figures()
    leaks_more = after.get("adversary_auc", 0.5) > before.get("adversary_auc", 0.5) + 0.01
    reads_worse = after.get("severity_mae", 0.0) > before.get("severity_mae", np.inf)
    if leaks_more or reads_worse:
        trainer.restore(progress.kept["state"])
        why = "the adversary finds more" if leaks_more else "severities are read worse"
        listener.note(f"step 4 was taken back: {why} than after step 3")
    progress.kept = None


def _budget(trainer: Trainer) -> dict[str, float]:
    """Seconds into the run at which each phase has to end; empty without a limit of time."""
    if not trainer.config.minutes:
        return {}
    costs = np.array([BATCH_S[phase] * trainer.iterations(phase) for phase in PHASES])
    ends = 60 * trainer.config.minutes * np.cumsum(costs) / max(costs.sum(), 1)
    return dict(zip(PHASES, ends.tolist(), strict=True))


def _share(trainer: Trainer, progress: _Progress, budget: dict[str, float]) -> float:
    costs = {phase: BATCH_S[phase] * trainer.iterations(phase) for phase in PHASES}
    done = sum(costs[phase] for phase in PHASES[: progress.phase])
    done += BATCH_S[PHASES[progress.phase]] * progress.batch
    share = done / max(sum(costs.values()), 1)
    return max(share, progress.seconds / (60 * trainer.config.minutes)) if budget else share


def _words(phase: str) -> str:
    number = {name: f"Step {i}: " for i, name in enumerate(STEPS, 1)}.get(phase, "")
    return (
        number
        + {
            "warm_up": "Learning faces without the lens",
            "identity": "hiding identity",
            "emotion": "reading expressions",
            "severity": "reading severity",
            "joint": "everything together",
        }[phase]
    )


def _save(path: Path, trainer: Trainer, progress: _Progress) -> None:
    content = io.BytesIO()
    state = {"format": _FORMAT, "config": trainer.config.to_dict(), "start": trainer.optics.start.to_dict()}
    torch.save(state | {"trainer": trainer.state(), "progress": progress.__dict__}, content)
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write(path, content.getvalue(), lambda _: None)


def _load(path: Path, trainer: Trainer, config: TrainingConfig) -> _Progress:
    if not path.is_file():
        raise TrainingError(f"{path.parent} holds no checkpoint; start the run without --resume")
    try:
        state = torch.load(path, weights_only=True)
    except Exception as error:  # torch raises many kinds for a file that is cut or foreign
        raise TrainingError(f"{path} cannot be read as a checkpoint: {type(error).__name__}") from error
    if state.get("format") != _FORMAT:
        raise TrainingError(f"{path} was written by another version of the studio; start the run anew")
    if state["start"] != trainer.optics.start.to_dict():
        raise TrainingError(f"the run in {path.parent} began with another lens; resume it with that one")
    asked = {name: value for name, value in config.to_dict().items() if name not in ("minutes", "device")}
    kept = {name: value for name, value in state["config"].items() if name not in ("minutes", "device")}
    if asked != kept:
        different = ", ".join(name for name in asked if asked[name] != kept.get(name))
        raise TrainingError(f"the run in {path.parent} has other settings ({different}); resume it with its own")
    trainer.restore(state["trainer"])
    return _Progress(**state["progress"])


def _record(trainer: Trainer, progress: _Progress, data: TrainingData, run_id: str) -> Run:
    weights = {name: array.astype(np.float16) for name, array in trainer.network.to_arrays().items()}
    fits = sum(array.nbytes for array in weights.values()) <= MAX_WEIGHT_BYTES
    kept = fits and all(np.isfinite(array).all() for array in weights.values())
    spec = trainer.network.spec
    return Run(
        id=run_id,
        created=now(),
        design=trainer.design,
        config={**trainer.config.to_dict(), "data": list(data.specs), "network": spec.__dict__ | _names(data)},
        seed=trainer.config.seed,
        versions={"python": platform.python_version(), "torch": version("torch"), "numpy": version("numpy")},
        device=str(trainer.device),
        wall_time_s=progress.seconds,
        metrics=trainer.figures(),
        curves={name: np.array(points, np.float64) for name, points in progress.curves.items()},
        kept=kept,
        weights=weights if kept else {},
    )


def _names(data: TrainingData) -> dict[str, list[str]]:
    labelled = data.emotion or data.identity
    if labelled is None:
        return {"class_names": [], "unit_names": []}
    return {"class_names": list(labelled[0].classes), "unit_names": list(labelled[0].unit_names)}
