"""A run from beginning to end: what it records, how it is stopped, killed, resumed, and how it fails."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace

import numpy as np
import pytest
import torch

from studio.listener import Listener
from studio.project.records import Run
from studio.training import trainer as trainer_module
from studio.training.run import CHECKPOINT, TrainingError, choose_device, train
from studio.training.trainer import Trainer
from tests.training.tiny import CONFIG, LENS, data


class Stopping(Listener):
    """Asks to stop after so many questions."""

    def __init__(self, after: int = 10**9) -> None:
        self.left, self.notes, self.steps, self.shares = after, [], [], []

    def stopping(self) -> bool:
        self.left -= 1
        return self.left < 0

    def note(self, text: str) -> None:
        self.notes.append(text)

    def values(self, step, values) -> None:
        self.steps.append((step, dict(values)))

    def progress(self, stage, share) -> None:
        self.shares.append((stage, share))


def same(first: Run, second: Run) -> None:
    """Bit for bit."""
    assert first.design == second.design
    assert first.metrics == second.metrics
    assert first.weights.keys() == second.weights.keys()
    for name in first.weights:
        np.testing.assert_array_equal(first.weights[name], second.weights[name], err_msg=name)
    assert first.curves.keys() == second.curves.keys()
    for name in first.curves:
        np.testing.assert_array_equal(first.curves[name], second.curves[name], err_msg=name)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Stopping]:
    listener = Stopping()
    return train(LENS, CONFIG, data(), tmp_path_factory.mktemp("whole"), listener), listener


def test_a_run_records_what_it_did(whole):
    run, listener = whole
    assert (run.state, run.reason, run.seed, run.device) == ("finished", "", CONFIG.seed, "cpu")
    assert run.start_design == LENS
    assert run.design != LENS
    assert run.kept
    assert {"adversary_auc", "expression_r2", "expression_accuracy", "severity_mae"} <= run.metrics.keys()
    assert {"loss.utility", "loss.adversary", "loss.severity", "adversary_auc", "zernike.5"} <= run.curves.keys()
    assert all(np.isfinite(list(run.metrics.values())))
    assert run.config["network"]["unit_names"] == ["jawOpen", "browInnerUp"]
    steps = run.curves["zernike.5"][:, 0]
    assert (np.diff(steps) > 0).all()
    assert steps[-1] == CONFIG.warm_up + sum(step.iterations for step in CONFIG.steps())
    assert [step for step, _ in listener.steps] == steps.tolist()


def test_progress_only_grows(whole):
    shares = [share for _, share in whole[1].shares]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert [stage.partition(":")[0] for stage, _ in whole[1].shares][-1] == "Step 4"


def test_equal_seeds_give_equal_runs_and_others_do_not(whole, tmp_path):
    same(train(LENS, CONFIG, data(), tmp_path / "again"), whole[0])
    other = train(LENS, replace(CONFIG, seed=1), data(), tmp_path / "other")
    assert other.design != whole[0].design


@pytest.mark.parametrize("batches", [1, 5, 8, 12, 14])
def test_a_stopped_run_goes_on_as_if_it_had_not_been(whole, tmp_path, batches: int):
    stopped = train(LENS, CONFIG, data(), tmp_path, Stopping(batches))
    assert stopped.state == "stopped"
    same(train(LENS, CONFIG, data(), tmp_path, resume=True), whole[0])


KILLED = """
import os, signal, sys
from pathlib import Path
import torch
from threadpoolctl import threadpool_limits
torch.set_num_threads(1)
threadpool_limits(1)
from studio.listener import Listener
from studio.training.run import train
from tests.training.tiny import CONFIG, LENS, data

class Deadly(Listener):
    left = int(sys.argv[2])
    def progress(self, stage, share):
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)

train(LENS, CONFIG, data(), Path(sys.argv[1]), Deadly())
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is of POSIX")
def test_a_killed_run_goes_on_as_if_it_had_not_been(whole, tmp_path):
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path), "9"]
    ended = subprocess.run(command, timeout=100, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    assert ended.returncode == -signal.SIGKILL
    assert [path.name for path in tmp_path.iterdir()] == [CHECKPOINT]
    same(train(LENS, CONFIG, data(), tmp_path, resume=True), whole[0])


def test_a_killed_run_loses_at_most_the_interval(tmp_path):
    """With an interval of 0 s every batch is kept, with one of an hour none."""
    train(LENS, CONFIG, data(), tmp_path / "often", Stopping(3))
    assert torch.load(tmp_path / "often" / CHECKPOINT, weights_only=True)["progress"]["step"] == 3

    class Gone(Exception):
        pass

    class Dies(Listener):
        def progress(self, stage, share):
            if stage.startswith("Step 1"):
                raise Gone

    with pytest.raises(Gone):
        train(LENS, replace(CONFIG, checkpoint_every_s=3600.0), data(), tmp_path / "seldom", Dies())
    assert not (tmp_path / "seldom" / CHECKPOINT).exists()


def test_what_cannot_be_resumed_is_refused(tmp_path):
    with pytest.raises(TrainingError, match="holds no checkpoint"):
        train(LENS, CONFIG, data(), tmp_path, resume=True)
    train(LENS, CONFIG, data(), tmp_path, Stopping(2))
    with pytest.raises(TrainingError, match=r"other settings \(batch\)"):
        train(LENS, replace(CONFIG, batch=16), data(), tmp_path, resume=True)
    (tmp_path / CHECKPOINT).write_bytes((tmp_path / CHECKPOINT).read_bytes()[:-1000])
    with pytest.raises(TrainingError, match="cannot be read as a checkpoint"):
        train(LENS, CONFIG, data(), tmp_path, resume=True)


def test_another_lens_is_not_resumed(tmp_path):
    train(LENS, CONFIG, data(), tmp_path, Stopping(2))
    with pytest.raises(TrainingError, match="lens"):
        train(LENS.with_zernike(5, 1.0), CONFIG, data(), tmp_path, resume=True)


def test_a_limit_of_time_ends_a_run_that_says_so(tmp_path):
    limited = replace(CONFIG, minutes=1e-6)
    run = train(LENS, limited, data(), tmp_path)
    assert run.state == "stopped"
    assert "limit" in run.reason


@pytest.mark.parametrize("name", ["expression_loss", "contrastive", "likeness"])
def test_a_loss_that_is_no_number_stops_with_the_last_good_state(tmp_path, monkeypatch, name: str):
    honest, calls = getattr(trainer_module, name), []

    def broken(*arguments):
        calls.append(1)
        return honest(*arguments) * (math.nan if len(calls) == 7 or name == "likeness" else 1.0)

    monkeypatch.setattr(trainer_module, name, broken)
    run = train(LENS, CONFIG, data(), tmp_path)
    assert run.state == "failed"
    assert "step identity, batch" in run.reason
    assert "nan" in run.reason
    assert np.isfinite(run.design.zernike_um).all()
    assert all(np.isfinite(weight).all() for weight in run.weights.values())
    assert run.kept


def test_a_gradient_that_is_no_number_leaves_the_weights_alone(tmp_path, monkeypatch):
    honest, calls = trainer_module.expression_loss, []

    def poisoned(network, features, *labels):
        calls.append(1)
        if len(calls) == 3:  # a finite loss, whose gradient is not
            return honest(network, features, *labels) + (features.sum() * 0).sqrt()
        return honest(network, features, *labels)

    monkeypatch.setattr(trainer_module, "expression_loss", poisoned)
    run = train(LENS, CONFIG, data(), tmp_path)
    assert run.state == "failed"
    assert run.kept
    assert all(np.isfinite(weight).all() for weight in run.weights.values())


def test_a_lens_that_leaves_all_bounds_fails_with_a_reason(tmp_path):
    wild = replace(
        CONFIG,
        zernike_terms=66,
        term_limit_um=200.0,
        departure_limit_um=1000.0,
        identity=replace(CONFIG.identity, lens_rate=100.0),
    )
    run = train(LENS, wild, data(), tmp_path)
    assert run.state in ("finished", "failed")
    assert np.isfinite(run.design.zernike_um).all()


def test_step_4_is_taken_back_when_it_costs_privacy(tmp_path, monkeypatch):
    honest, figures = Trainer.figures, []

    def leaking(self):
        found = honest(self)
        if self.phase == "joint" and figures:
            found["adversary_auc"] = 0.99
        elif self.phase == "joint":
            found["adversary_auc"] = 0.5
            figures.append({name: value.clone() for name, value in self.network.state_dict().items()})
            figures.append(self.design)
        return found

    monkeypatch.setattr(Trainer, "figures", leaking)
    listener = Stopping()
    run = train(LENS, CONFIG, data(), tmp_path, listener)
    assert any("taken back" in note for note in listener.notes)
    assert run.design == figures[1]
    for name, value in figures[0].items():
        np.testing.assert_array_equal(run.weights[name], value.numpy().astype(np.float16), err_msg=name)


def test_devices_that_are_not_there_are_refused():
    assert choose_device("cpu") == "cpu"
    if not torch.cuda.is_available():
        with pytest.raises(TrainingError, match="cuda:0 is not there"):
            choose_device("cuda:0")
    if not torch.backends.mps.is_available():
        with pytest.raises(TrainingError, match="mps is not there"):
            choose_device("mps")
