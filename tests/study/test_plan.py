from __future__ import annotations

import json

import pytest

from studio.optics.lens import LensDesign
from studio.study import storage as studies
from studio.study.plan import StudyError, StudyPlan, Varied
from studio.study.records import trials
from studio.study.worker import work

VARY = (Varied("loss.identity", low=0.1, high=10, log=True), Varied("lens.zernike.5", choices=(0, 1, 2)))


def test_a_plan_survives_json():
    plan = StudyPlan("one", VARY, 5, design=LensDesign(object_distance_m=0.7), baselines=("gaussian:3",), seed=4)
    assert StudyPlan.from_dict(json.loads(json.dumps(plan.to_dict()))) == plan


def test_a_grid_has_every_combination():
    plan = StudyPlan("grid", (Varied("a", choices=(1, 2)), Varied("b", choices=("x", "y"))), 4, sampler="grid")
    assert plan.grid() == [{"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 2, "b": "x"}, {"a": 2, "b": "y"}]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": " "}, "needs a name"),
        ({"sampler": "best"}, "'best' is none of random, grid, nsga2, tpe"),
        ({"privacy": "trust"}, "'trust' is none of worst_auc"),
        ({"vary": (*VARY, VARY[0])}, "loss.identity is varied twice"),
        ({"baselines": ("fog:3",)}, "fog"),
        ({"trials": 0}, "1 to 10,000 trials"),
        ({"trials": 10**6}, "1 to 10,000 trials"),
        ({"sampler": "grid"}, "a grid needs choices"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(change, says):
    with pytest.raises(StudyError, match=says) as caught:
        StudyPlan(**({"name": "one", "vary": VARY, "trials": 3} | change))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("low", "high", "log"), [(2, 1, False), (0, 1, True), (float("nan"), 1, False)])
def test_ranges_that_hold_nothing_are_refused(low, high, log):
    with pytest.raises(StudyError, match="key: a"):
        Varied("key", low=low, high=high, log=log)


def test_storages_that_cannot_be_used_say_so(tmp_path):
    with pytest.raises(StudyError, match="no study journal"):
        studies.open_storage(str(tmp_path / "none.journal"))
    with pytest.raises(StudyError, match="cannot be opened"):
        studies.open_storage("nonsense://host/db")
    storage = studies.open_storage(str(tmp_path / "a.journal"), create=True)
    studies.create(storage, StudyPlan("one", VARY, 2))
    with pytest.raises(StudyError, match="'one' is there already"):
        studies.create(storage, StudyPlan("one", VARY, 2))
    with pytest.raises(StudyError, match="no study 'two'"):
        studies.load(storage, "two")
    assert studies.names(storage) == ["one"]


def test_a_study_of_another_version_is_shown_but_not_gone_on_with(tmp_path):
    plan = StudyPlan("old", (Varied("weight", choices=(1, 2)),), 2, sampler="grid", version=1)
    storage = studies.open_storage(str(tmp_path / "a.journal"), create=True)
    studies.create(storage, plan)
    assert trials(storage, "old") == ()
    with pytest.raises(StudyError, match="another version"):
        work(storage, "old", lambda *_: pytest.fail("no trial is run"))
    without = {key: value for key, value in plan.to_dict().items() if key != "version"}
    assert StudyPlan.from_dict(without).version == 1, "that of plans which do not say"
