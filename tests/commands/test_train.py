from __future__ import annotations

import json

import pytest

from studio.cli import main
from studio.commands.train import data_specs
from studio.optics.presets import preset
from studio.project import store
from studio.project.model import Project
from studio.training import data
from tests.training import tiny

FEW = ["identity.iterations=2", "emotion.iterations=1", "severity.iterations=2", "joint.iterations=1", "depths=1"]
SMALL = ["size_px=32", "start=scratch", "batch=8", "batch_people=4", "clips=2", "clip_frames=2", "lens_every=1"]


@pytest.fixture
def project(tmp_path):
    path = tmp_path / "lens.odr"
    store.save(Project(design=preset("random-zernike:1")), path)
    return path


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--set", "batch"], "'batch' is not of the form KEY=VALUE"),
        (["--set", "speed=3"], "speed is no setting"),
        (["--steps", "1,7"], "give some of 1,2,3,4"),
        (["--steps", "one"], "give some of 1,2,3,4"),
        (["--data", "2=cohort"], "number the data of the steps in order"),
        (["--data", "nowhere:x"], "nowhere"),
        (["--baseline", "fog:3"], "baseline"),
        (["--device", "tpu"], "device"),
        (["--set", "trunk=sanet-tiny"], "start = scratch"),
        (["--resume"], "start the run without --resume"),
    ],
)
def test_bad_input_is_one_line_and_leaves_the_project_alone(project, capsys, options, said):
    before = project.read_bytes()
    assert main(["train", str(project), *options]) == 2
    told = capsys.readouterr().err.strip().splitlines()
    assert said in told[-1]
    assert project.read_bytes() == before


def test_a_run_is_kept_in_the_project_and_its_lens_applied(project, capsys, monkeypatch):
    monkeypatch.setattr(data, "load", lambda *_: tiny.data())
    before = store.load(project).design
    assert main(["--json", "train", str(project), "--apply", "--seed", "3", "--set", *FEW, *SMALL]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["state"] == "finished"
    after = store.load(project)
    (run,) = after.runs
    assert run.id == told["run"]
    assert run.seed == 3
    assert run.start_design == before
    assert after.design == run.design != before
    assert {"adversary_auc", "expression_r2", "severity_mae"} <= told["metrics"].keys()
    assert sorted(path.name for path in project.parent.iterdir()) == ["lens.odr", "lens.odr.bak"]


def test_each_step_may_have_its_own_data():
    assert data_specs("cohort") == ["cohort"]
    assert data_specs("1=celeba:/a,b,2=rafdb:/c,3=avec2014:/d=e") == ["celeba:/a,b", "rafdb:/c", "avec2014:/d=e"]
