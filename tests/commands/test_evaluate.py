"""`opticaldr evaluate` and `models`, without recognisers and, where they are installed, with one."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import replace

import cv2
import numpy as np
import pytest

from studio.cli import main
from studio.commands.evaluate import _people
from studio.evaluation import full_grid, scenes
from studio.evaluation.bootstrap import Interval
from studio.evaluation.controls import mean_colour
from studio.evaluation.reading import affect, cells, roc, strip
from studio.faces import recognisers
from studio.faces.detector import Face
from studio.faces.face_set import SPLITS
from studio.faces.recognisers import ARCFACE_POINTS
from studio.faces.specs import open_faces
from studio.jobs.messages import read_messages
from studio.jobs.process import RESULT
from studio.optics.lens import LensDesign
from studio.project import store
from studio.project.model import Project
from studio.project.records import Run, Trial
from studio.training.data import kept_apart


@pytest.fixture
def project(tmp_path):
    path = tmp_path / "a.odr"
    store.save(Project(), path)
    return path


def test_without_recognisers_it_says_how_to_get_them(project, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(recognisers, "installed", lambda: ())
    assert main(["evaluate", str(project), "--out", str(tmp_path / "out")]) == 2
    assert "opticaldr models fetch" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_data_without_faces_is_bad_input(project, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(recognisers, "installed", lambda: ("sface",))
    assert main(["evaluate", str(project), "--data", f"folder:{tmp_path}", "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert store.load(project).evaluations == ()


@pytest.mark.parametrize(("option", "value"), [("--attackers", "A1,A9"), ("--other-lens", "monocle")])
def test_what_the_full_grid_cannot_use_is_refused_at_once(project, tmp_path, capsys, option, value):
    out = tmp_path / "out"
    assert main(["evaluate", str(project), "--grid", "full", option, value, "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert value.split(",")[-1] in said
    assert not out.exists()


def test_the_full_grid_goes_from_the_command_line_into_the_project(project, colourful, tmp_path, monkeypatch):
    for name in ("NOISES", "BIT_DEPTHS", "FRAMES", "DEPTH_ERRORS", "KNOWN_PICTURES"):
        monkeypatch.setattr(full_grid, name, {})
    monkeypatch.setattr(full_grid.practice, "crowd_scenes", lambda _: object())  # nothing is made of it
    asked = ["evaluate", str(project), "--data", colourful, "--grid", "full", "--attackers", ""]
    assert main([*asked, "--out", str(tmp_path / "out")]) == 0
    (record,) = store.load(project).evaluations
    assert record.config["grid"] == "full"
    assert {cell.scenario for cell in cells(record)} >= {"lens-lens", "captured-clear"}
    assert any(cell.recogniser == "raw pixels" for cell in cells(record))


class WholePicture:
    """Finds every face where the picture is."""

    def find(self, picture):
        return Face((0, 0, 32, 32), (ARCFACE_POINTS * 32 / 112).astype(np.float32), 1.0)


@pytest.fixture
def colourful(tmp_path, monkeypatch):
    """Six people of a colour each, as data; their mean colour tells them apart."""
    rng = np.random.default_rng(0)
    for person in range(6):
        (tmp_path / "faces" / f"p{person}").mkdir(parents=True)
        colour = rng.uniform(60, 200, 3)
        for number in range(4):
            picture = np.clip(colour + rng.normal(0, 9, 3) + rng.normal(0, 20, (32, 32, 3)), 0, 255)
            cv2.imwrite(str(tmp_path / "faces" / f"p{person}" / f"{number}.png"), picture.astype(np.uint8))
    monkeypatch.setattr(recognisers, "installed", lambda: ("sface",))
    monkeypatch.setattr(recognisers, "load", lambda name: replace(mean_colour(), name=name))
    monkeypatch.setattr(scenes, "Detector", WholePicture)
    return f"folder:{tmp_path / 'faces'}"


def test_a_job_tells_its_scores_and_leaves_tables_figures_and_the_record(project, colourful, tmp_path):
    job = tmp_path / "job"
    job.mkdir()
    assert main(["evaluate", str(project), "--data", colourful, "--baseline", "gaussian:2", "--job", str(job)]) == 0
    (record,) = store.load(job / RESULT).evaluations
    assert record.label == f"Quick grid on {colourful}, gaussian:2"
    assert store.load(project).evaluations == ()
    messages, _ = read_messages(job)
    told = {message["name"]: message["value"] for message in messages if message["kind"] == "score"}
    assert told.keys() == record.scores.keys()
    shares = [message["share"] for message in messages if message["kind"] == "progress"]
    assert shares == sorted(shares)
    written = {path.name for path in (job / "out").iterdir()}
    assert {"evaluation.json", "scores.csv", "roc.png", "roc.svg", "det.pdf", "strip.png"} <= written
    assert "strip/clear" not in record.arrays
    kept = strip(record)
    assert kept is not None
    faces = open_faces(colourful)
    assert len({int(faces.identities[number]) for number in kept.numbers}) == len(kept.captured) == 6
    curve = roc(record, cells(record)[1])
    assert curve is not None
    assert (curve.high > curve.low).any()


def test_a_pinned_trial_is_scored_on_test_people_once(tmp_path, colourful, capsys):
    lens = LensDesign().with_zernike(5, 1.5)
    pinned = Trial(id="s/0", label="Trial 1", design=lens, pinned=True)
    blur = Trial(id="b/0", label="gaussian:4", config={"baseline": "gaussian:4", "size_px": 16}, pinned=True)
    project = tmp_path / "trials.odr"
    store.save(Project(trials=(pinned, blur, Trial(id="s/1", design=lens))), project)
    evaluate = ["evaluate", str(project), "--data", colourful, "--out", str(tmp_path / "out"), "--trial"]
    assert main([*evaluate, "s/0"]) == 2
    assert "--storage none" in capsys.readouterr().err
    assert store.load(project).evaluations == (), "the one look is not used up"
    assert main([*evaluate, "s/0", "--storage", "none"]) == main([*evaluate, "b/0", "--storage", "none"]) == 0
    of_lens, of_blur = store.load(project).evaluations
    assert (of_lens.design, of_lens.config["baseline"], of_lens.config["trial"]) == (lens, "none", "s/0")
    assert (of_lens.label, of_blur.config["baseline"]) == ("Trial 1, test people", "gaussian:8")
    for again, says in (("s/0", "was scored before"), ("s/1", "is not pinned"), ("s/7", "no trial 's/7'")):
        assert main([*evaluate, again]) == 2
        assert says in capsys.readouterr().err


def test_the_network_of_a_pinned_trial_is_trained_again_and_reads_test_people(tmp_path, colourful, monkeypatch):
    from studio.study import again
    from studio.training import affect_scores

    lens, began = LensDesign().with_zernike(5, 1.5), LensDesign()
    project = tmp_path / "trials.odr"
    store.save(Project(trials=(Trial(id="s/0", study="s", label="Trial 1", design=lens, pinned=True),)), project)
    run = Run(id="r", design=lens.with_zernike(5, 1.4), start_design=began, config={"data": ["people"], "size_px": 16})
    places = []
    monkeypatch.setattr(again, "trained_again", lambda place, trial, listener: places.append(place) or run)
    monkeypatch.setattr(affect_scores, "affect_scores", lambda *asked: {"severity_mae": Interval(9.0, 8.0, 10.0)})
    asked = ["evaluate", str(project), "--data", colourful, "--out", str(tmp_path / "out"), "--trial", "s/0"]
    assert main(asked) == 0
    (record,) = store.load(project).evaluations
    assert places == [str(tmp_path / "trials.study.journal")]
    assert record.scores["affect/severity_mae"] == (9.0, 8.0, 10.0)
    assert record.config["network"] == "trained again"
    assert (record.design, record.config["affect_data"], record.run_id) == (lens, "people", "")
    assert any(cell.control == "start lens" for cell in cells(record))


def test_a_run_stands_in_the_place_of_the_lens_and_its_network_is_scored(tmp_path, colourful, monkeypatch, capsys):
    from studio.training import affect_scores

    lens = LensDesign().with_zernike(5, 1.5)
    made = {"size_px": 16, "baseline": "none", "data": ["people"]}
    runs = Run(id="r-1", label="Mine", design=lens, config=made), Run(id="r-2", state="failed")
    project = tmp_path / "runs.odr"
    store.save(Project(runs=runs), project)
    asked = []

    def scores(run, spec, split, seed, listener):
        asked.append((run.id, spec, split, seed))
        return {"severity_mae": Interval(9.0, 8.0, 10.0), "constant/severity_mae": Interval(13.0, 12.0, 14.0)}

    monkeypatch.setattr(affect_scores, "affect_scores", scores)
    evaluate = ["evaluate", str(project), "--data", colourful, "--out", str(tmp_path / "out")]
    assert main([*evaluate, "--run", "r-1"]) == 0
    (record,) = store.load(project).evaluations
    assert asked == [("r-1", "people", "test", 0)]
    assert (record.run_id, record.design, record.label) == ("r-1", lens, "Mine, test people")
    assert record.scores["affect/severity_mae"] == (9.0, 8.0, 10.0)
    assert affect(record) == [("severity, MAE", "9.000 [8.000, 10.000], 13.000 without looking")]
    assert "# severity, MAE: 9.000" in (tmp_path / "out" / "scores.csv").read_text(encoding="utf-8")
    refused = {
        ("--run", "r-2"): "is failed",
        ("--run", "r-7"): "no run 'r-7'",
        ("--affect-data", "cohort"): "needs --run",
        ("--storage", "none"): "needs --trial",
        ("--run", "r-1", "--baseline", "gaussian:2"): "give one of them",
    }
    capsys.readouterr()
    for options, says in refused.items():
        assert main([*evaluate, *options]) == 2
        assert says in capsys.readouterr().err


def test_people_whom_a_network_has_learned_from_are_left_out(colourful):
    options = Namespace(data=colourful, split="test")
    faces, numbers, split = _people(options, [])
    assert (len(numbers), split) == (len(faces), "all")
    faces, numbers, split = _people(options, ["cohort", colourful])
    assert split == "test"
    assert 0 < len(numbers) < len(faces)
    assert set(numbers) == set(np.flatnonzero(kept_apart(faces, colourful).splits == SPLITS.index("test")))


def test_without_a_place_for_its_files_it_asks_for_one(project, monkeypatch, capsys):
    assert main(["evaluate", str(project)]) == 2
    assert "--out DIR" in capsys.readouterr().err


def test_stopped_at_once_there_is_nothing_to_keep(project, colourful, tmp_path):
    job = tmp_path / "job"
    job.mkdir()
    (job / "stop").touch()
    assert main(["evaluate", str(project), "--data", colourful, "--job", str(job)]) == 2
    assert not (job / RESULT).exists()
    assert read_messages(job)[0][-1]["reason"] == "stopped before anything was found"


def test_models_are_listed_with_what_is_there(capsys):
    assert main(["--json", "models", "list"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"dlib", "sface", "facenet", "yunet", "orl", "carphone"} <= {row["name"] for row in rows}
    assert all({"installed", "sha256_ok", "licence"} <= set(row) for row in rows)
