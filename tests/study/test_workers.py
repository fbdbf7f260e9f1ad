"""Several processes on one study: nothing is lost, nothing is done twice, a killed one costs its trial's time only."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from optuna.trial import TrialState

from studio.listener import Listener
from studio.study import storage as studies
from studio.study.plan import StudyPlan, Varied
from studio.study.worker import Failed, Outcome, work

SCRIPT = Path(__file__).with_name("slow_worker.py")
PLAN = StudyPlan("curve", (Varied("weight", choices=tuple(range(6))),), 6, sampler="grid", baselines=("gaussian:2",))


@pytest.fixture(params=["journal", "sqlite"])
def place(request, tmp_path) -> str:
    path = tmp_path / "study.journal"
    place = str(path) if request.param == "journal" else f"sqlite:///{path}"
    studies.create(studies.open_storage(place, create=True), PLAN)
    return place


def start(place: str, *more: str) -> subprocess.Popen:
    command = [sys.executable, str(SCRIPT), place, PLAN.name, *more]
    root = Path(__file__).parents[2]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root, env={"PYTHONPATH": str(root)})


def results(place: str) -> list:
    study, _ = studies.load(studies.open_storage(place), PLAN.name)
    return [(trial.params, trial.values, trial.state) for trial in studies.planned(study)]


def test_two_workers_give_what_one_gives(place, tmp_path):
    both = [start(place), start(place)]
    finished = [int(worker.communicate(timeout=60)[0]) for worker in both]
    alone = str(tmp_path / "alone.journal")
    studies.create(studies.open_storage(alone, create=True), PLAN)
    assert int(start(alone).communicate(timeout=60)[0]) == sum(finished) == 7
    assert results(place) == results(alone)


def test_a_killed_worker_loses_only_its_trial(place):
    killed = start(place, "2")
    assert killed.stdout is not None
    assert killed.stdout.readline() == "hanging\n"
    killed.kill()
    killed.wait(timeout=10)
    assert int(start(place).communicate(timeout=60)[0]) == 5  # two were done, one is tried again, one baseline
    assert [state for *_, state in results(place)] == [TrialState.COMPLETE] * 6
    study, _ = studies.load(studies.open_storage(place), PLAN.name)
    lost = [trial for trial in study.trials if trial.state == TrialState.FAIL]
    assert [trial.user_attrs["reason"] for trial in lost] == ["its worker died"]


def test_a_trial_that_always_kills_its_worker_is_given_up(place):
    for _ in range(studies.MAX_TRIES):
        worker = start(place, "0")
        assert worker.stdout is not None
        assert worker.stdout.readline() == "hanging\n"
        worker.kill()
        worker.wait(timeout=10)
    assert int(start(place).communicate(timeout=60)[0]) == 1  # the baseline; the other lenses were done in between
    assert [state for *_, state in results(place)] == [TrialState.FAIL] + [TrialState.COMPLETE] * 5


def test_a_failed_trial_keeps_its_reason(place):
    def run(plan, params, seed, listener):
        if params.get("weight") == 3:
            raise Failed("the loss became NaN at step 12")
        return Outcome({"worst_auc": 0.6, "expression_r2": 0.2})

    assert work(studies.open_storage(place), PLAN.name, run) == 6
    study, _ = studies.load(studies.open_storage(place), PLAN.name)
    failed = studies.planned(study)[3]
    assert failed.state == TrialState.FAIL
    assert failed.user_attrs["reason"] == "the loss became NaN at step 12"


def test_a_result_without_one_of_its_measures_is_a_failure(place):
    work(studies.open_storage(place), PLAN.name, lambda *_: Outcome({"worst_auc": 0.6}))
    study, _ = studies.load(studies.open_storage(place), PLAN.name)
    assert studies.planned(study)[0].user_attrs["reason"] == "no value for expression_r2"


def test_stopping_puts_the_trial_back(place):
    class Impatient(Listener):
        asked = False

        def stopping(self) -> bool:
            return self.asked

    listener = Impatient()

    def run(plan, params, seed, told):
        listener.asked = params["weight"] == 1
        return Outcome({"worst_auc": 0.6, "expression_r2": 0.2})

    assert work(studies.open_storage(place), PLAN.name, run, listener) == 1
    assert work(studies.open_storage(place), PLAN.name, lambda *_: Outcome({"worst_auc": 0.6, "expression_r2": 0})) == 6
    assert {state for *_, state in results(place)} == {TrialState.COMPLETE}


def test_more_trials_go_on_where_the_plan_ended(tmp_path):
    plan = StudyPlan("more", (Varied("weight", low=1, high=2),), 2)
    storage = studies.open_storage(str(tmp_path / "a.journal"), create=True)
    studies.create(storage, plan)
    study, _ = studies.load(storage, "more")
    studies.extend(study, plan, 3)
    work(storage, "more", lambda _, params, *__: Outcome({"worst_auc": params["weight"], "expression_r2": 0}))
    once = studies.open_storage(str(tmp_path / "b.journal"), create=True)
    studies.create(once, StudyPlan("more", plan.vary, 5))
    work(once, "more", lambda _, params, *__: Outcome({"worst_auc": params["weight"], "expression_r2": 0}))
    values = [trial.values for trial in studies.planned(study)]
    assert values == [trial.values for trial in studies.planned(studies.load(once, "more")[0])]
    assert len(values) == 5


@pytest.mark.parametrize("sampler", ["nsga2", "tpe"])
def test_samplers_that_learn_fill_the_plan(tmp_path, sampler):
    plan = StudyPlan(
        "search", (Varied("weight", low=0.01, high=10, log=True), Varied("order", choices=(4, 5))), 15, sampler=sampler
    )
    storage = studies.open_storage(str(tmp_path / "a.journal"), create=True)
    studies.create(storage, plan)
    done = work(
        storage, "search", lambda _, p, *__: Outcome({"worst_auc": p["weight"] / 20, "expression_r2": p["order"]})
    )
    study, _ = studies.load(storage, "search")
    assert done == 15
    assert len({trial.params["weight"] for trial in studies.planned(study)}) > 5


@pytest.mark.parametrize("sampler", ["nsga2", "tpe"])
def test_a_worker_that_comes_later_draws_what_was_not_drawn_before(tmp_path, sampler):
    storage = studies.open_storage(str(tmp_path / "a.journal"), create=True)
    studies.create(storage, StudyPlan("search", (Varied("weight", low=0.01, high=10),), 6, sampler=sampler))
    drawn = []
    for _ in range(6):  # each a worker that has just begun
        study, plan = studies.load(storage, "search")
        claimed = studies.claim(study, plan)
        assert claimed is not None
        drawn.append(claimed.params["weight"])
    assert len(set(drawn)) == 6
