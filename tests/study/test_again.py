"""Trials trained once more from what their study's journal and their record say."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from studio.listener import Listener
from studio.project.records import Trial
from studio.study import again
from studio.study import storage as studies
from studio.study import trial as module
from studio.study.again import trained_again
from studio.study.plan import StudyError
from studio.study.records import trials
from studio.study.trial import TrialRunner
from studio.study.worker import work
from tests.study.test_trial import PLAN
from tests.training import tiny


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A journal with one lens and one baseline, both at their end."""
    monkeypatch.setattr(module, "load", lambda specs, size_px, steps: tiny.data())
    place = str(tmp_path / "s.journal")
    storage = studies.open_storage(place, create=True)
    studies.create(storage, replace(PLAN, trials=1, baselines=("gaussian:2",), privacy="adversary_auc"))
    work(storage, PLAN.name, TrialRunner())
    return place


def ended(place: str) -> tuple[Trial, ...]:
    return trials(studies.open_storage(place), PLAN.name)


def test_the_same_lens_and_figures_come_out(place):
    lens, _ = ended(place)
    run = trained_again(place, lens)
    assert run.design == lens.design != run.start_design
    assert run.weights
    assert all(lens.metrics[name] == value for name, value in run.metrics.items() if name in lens.metrics)
    assert run.config["identity_weight"] == lens.config["identity_weight"]


def test_a_baseline_keeps_its_blur(place):
    _, blur = ended(place)
    assert trained_again(place, blur).config["baseline"] == "gaussian:2"


def test_it_takes_one_thread_as_workers_do(place, monkeypatch):
    threads = []
    train = again.train
    monkeypatch.setattr(again, "train", lambda *asked: threads.append(torch.get_num_threads()) or train(*asked))
    torch.set_num_threads(2)
    trained_again(place, ended(place)[0])
    assert (threads, torch.get_num_threads()) == ([1], 2)
    torch.set_num_threads(1)


def test_what_is_not_in_the_journal_or_stopped_is_refused(place):
    lens, _ = ended(place)

    class Impatient(Listener):
        def stopping(self) -> bool:
            return True

    for trial, where, listener, says in (
        (replace(lens, study="other"), place, Listener(), "no study 'other'"),
        (replace(lens, created="long ago"), place, Listener(), "does not hold trial"),
        (replace(lens, design=lens.design.with_zernike(5, 1.0)), place, Listener(), "away from its own"),
        (lens, place + "x", Listener(), "no study journal"),
        (lens, place, Impatient(), "not trained to its end"),
    ):
        with pytest.raises(StudyError, match=says):
            trained_again(where, trial, listener)
