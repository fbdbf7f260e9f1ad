from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.optics.lens import LensDesign
from studio.study import storage as studies
from studio.study.plan import DRAWS, StudyPlan, Varied, baseline_of
from studio.study.records import trials
from studio.study.worker import DRAWN, Failed, Outcome, work

LENS = replace(LensDesign(), object_distance_m=0.8)


@pytest.fixture
def storage(tmp_path):
    storage = studies.open_storage(str(tmp_path / "a.journal"), create=True)
    plan = StudyPlan("s", (Varied("weight", choices=(1, 2)),), 2, sampler="grid", baselines=("gaussian:2",))
    studies.create(storage, plan)
    return storage


def run(plan, params, seed, listener):
    if params.get("weight") == 2:
        raise Failed("diverged")
    details = {"design": LENS.to_dict(), "scores": {"worst_auc": [0.6, 0.5, 0.7]}, DRAWN: [[0.6, 0.3], [0.5, 0.2]]}
    return Outcome({"worst_auc": 0.6, "expression_r2": 0.3}, details)


def test_finished_and_failed_trials_become_records(storage):
    assert trials(storage, "s") == ()
    work(storage, "s", run)
    first, second, baseline = trials(storage, "s")
    assert (first.id, first.state, first.metrics["worst_auc"]) == ("s/0", "finished", 0.6)
    assert first.design == LENS
    assert first.scores["worst_auc"] == (0.6, 0.5, 0.7)
    np.testing.assert_allclose(first.arrays[f"{DRAWS}worst_auc"], [0.6, 0.5])
    np.testing.assert_allclose(first.arrays[f"{DRAWS}expression_r2"], [0.3, 0.2])
    assert (second.state, second.reason) == ("failed", "diverged")
    assert (baseline.label, baseline_of(baseline), baseline_of(first)) == ("gaussian:2", "gaussian:2", "")
    assert len({trial.id for trial in trials(storage, "s")}) == 3


def test_a_lens_of_another_version_leaves_the_figures(storage):
    work(storage, "s", lambda *_: Outcome({"worst_auc": 0.6, "expression_r2": 0.3}, {"design": {"warp": 9}}))
    assert trials(storage, "s")[0].design is None
    assert trials(storage, "s")[0].metrics["expression_r2"] == 0.3
