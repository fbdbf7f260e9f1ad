from __future__ import annotations

import numpy as np
import pytest

from studio.optics.lens import LensDesign
from studio.optics.presets import preset
from studio.project.model import HISTORY_LIMIT, Edit, Project, Variant, summary
from studio.project.records import Evaluation, ProjectError, Run, Trial
from tests.project.samples import full_project


def test_an_edit_changes_the_lens_and_tells_the_history():
    before = Project()
    after = before.with_design(preset("paper-literal"), "Apply preset")
    assert after.design == preset("paper-literal")
    assert [edit.label for edit in after.history] == ["Apply preset"]
    assert before.design == LensDesign()
    assert before.history == ()


def test_the_history_keeps_its_newest_steps():
    project = Project(history=tuple(Edit(str(i)) for i in range(HISTORY_LIMIT))).with_design(LensDesign(), "newest")
    assert len(project.history) == HISTORY_LIMIT
    assert project.history[0].label == "1"
    assert project.history[-1].label == "newest"


def test_view_state_does_not_touch_the_old_project():
    before = Project(view={"psf.log": True})
    after = before.with_view("depths_m", (0.33, 2.0))
    assert after.view == {"psf.log": True, "depths_m": [0.33, 2.0]}
    assert before.view == {"psf.log": True}


def test_records_are_added_or_replaced_by_name():
    project = Project()
    for record in (Run(id="a"), Run(id="b"), Run(id="a", label="new"), Evaluation(id="a"), Trial(id="a")):
        project = project.with_record(record)
    assert [(run.id, run.label) for run in project.runs] == [("a", "new"), ("b", "")]
    assert len(project.evaluations) == len(project.trials) == 1
    project = project.with_variant(Variant("v", LensDesign())).with_variant(Variant("v", preset("ideal")))
    assert [variant.design.ideal for variant in project.variants] == [True]


def test_arrays_cannot_be_changed_and_do_not_follow_the_callers():
    mine = np.zeros((2, 2))
    run = Run(id="a", curves={"loss": mine})
    mine[0, 0] = 5
    assert run.curves["loss"][0, 0] == 0
    with pytest.raises(ValueError, match="read-only"):
        run.curves["loss"][0, 0] = 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"weights": {"w": np.zeros(1)}}, "holds weights but is not kept"),
        ({"weights": {"w": np.zeros(4 * 1024**2 + 1)}, "kept": True}, "8.0 MiB as float16; a project keeps at most 8"),
        ({"weights": {"w": np.array([1e6])}, "kept": True}, "weight 'w' does not fit float16"),
        ({"curves": {"loss": np.zeros(3)}}, r"curve 'loss' has shape \(3,\)"),
        ({"arrays": {"a": np.array(["text"])}}, "array 'a' is of type"),
        ({"arrays": {"a": np.array([object()])}}, "array 'a' is of type object"),
        ({"arrays": {"": np.zeros(1)}}, "by name"),
        ({"metrics": {"auc": "high"}}, "metric 'auc' = 'high' is not a number"),
        ({"scores": {"auc": (1, 2)}}, "score 'auc' needs three numbers"),
        ({"config": {"rate": float("nan")}}, "config.rate = nan is not finite"),
        ({"seed": 2**64}, "seed does not fit into 64 bits"),
        ({"wall_time_s": 10**400}, "is not a number"),
        ({"wall_time_s": float("inf")}, "wall_time_s = inf is not finite"),
        ({"config": {"net": object()}}, "config.net holds a object"),
        ({"config": {1: 2}}, "the key 1 is not a text"),
        ({"config": [1]}, "is not a dictionary"),
        ({"seed": 1.5}, "seed = 1.5 is not a whole number"),
        ({"design": "lens"}, "not a LensDesign"),
        ({"label": 3}, "label = 3 is not a text"),
    ],
)
def test_what_cannot_be_kept_is_named(values, said):
    with pytest.raises(ProjectError, match=said) as caught:
        Run(id="a", **values)
    assert "run 'a'" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_names_are_given_once():
    with pytest.raises(ProjectError, match="run 'a' is there twice"):
        Project(runs=(Run(id="a"), Run(id="a")))


def test_a_summary_is_plain_json_without_nan():
    import json

    values = json.loads(json.dumps(summary(full_project()), allow_nan=False))
    assert list(values) == ["design", "variants", "runs", "evaluations", "trials"]
    assert values["runs"][0]["metrics"] == {"severity_mae": 7.25, "undefined": None}
    assert values["runs"][0]["curves"] == {"loss": 2, "empty": 0}
    assert values["runs"][0]["weights"] == ["bias", "stem.0.weight"]
    assert values["evaluations"][0]["scores"]["detection"] == [0.5, None, None]
