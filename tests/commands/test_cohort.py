"""`opticaldr cohort`: facts, pictures in folders, and new people."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys

import cv2
import numpy as np
import pytest

from studio.commands import console
from studio.commands.console import Console
from studio.faces import plain_folder
from studio.faces.cohort import faces
from studio.faces.cohort.storage import Cohort

NEW = (sys.executable, "-m", "studio")
SIZES = ("--pictures", "2", "--sessions", "1", "--frames", "3", "--size", "32")
GENERATE = ("cohort", "generate", "--seed", "5", "--people", "3", *SIZES, "--out")


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """A cohort of 3 people with 2 pictures each and one clip, as the command makes it, and what the command said."""
    path = tmp_path_factory.mktemp("cohort") / "small.h5"
    done = subprocess.run([*NEW, *GENERATE, str(path)], check=True, capture_output=True, text=True)
    return path, done.stderr.splitlines()


@pytest.fixture
def small(generated):
    return generated[0]


def test_facts_of_the_shipped_cohort(run_json):
    facts = run_json("cohort", "info")
    assert facts["people"] >= 200
    assert facts["pictures"] >= 10 * facts["people"]
    assert facts["sessions"] >= 150
    assert sum(facts["splits"].values()) == facts["people"]
    assert "simulated" in facts["severity"]


def test_what_is_generated_is_as_asked_and_repeats(small, run_json, tmp_path):
    assert [file.name for file in small.parent.iterdir()] == ["small.h5"]
    facts = run_json("cohort", "info", "--file", small)
    assert (facts["people"], facts["pictures"], facts["sessions"], facts["side_px"]) == (3, 6, 1, 32)
    run_json(*GENERATE, tmp_path / "again.h5")
    with Cohort(small) as first, Cohort(tmp_path / "again.h5") as again:
        assert all(np.array_equal(first.pictures[i], again.pictures[i]) for i in range(6))
        assert np.array_equal(first.clips[0], again.clips[0])


def test_time_and_size_are_said_before_the_work(generated):
    _, said = generated
    assert "9 frames: about" in said[0]
    assert "MB" in said[0]
    assert said[-1].endswith("100%")


def test_an_interrupted_cohort_leaves_nothing(tmp_path):
    endless = (*NEW, "cohort", "generate", "--seed", "5", "--people", "500", "--out")
    with subprocess.Popen([*endless, str(tmp_path / "new.h5")], stderr=subprocess.PIPE, text=True) as running:
        while "rendering" not in running.stderr.readline():
            assert running.poll() is None
        os.kill(running.pid, signal.SIGINT)
        assert running.stderr.read().splitlines()[-1] == "opticaldr: stopped"
        assert running.wait(30) == 1
    assert not list(tmp_path.iterdir())


def test_numbers_nobody_can_mean_are_refused(refused, small, tmp_path):
    goal = str(tmp_path / "new.h5")
    many = ("cohort", "generate", "--seed", "1", "--out", goal, "--people")
    assert "at most as many people" in refused(*many, "90000000")
    assert "GB are free; ask for less" in refused(*many, "1000000", "--pictures", "999")
    assert "too many" in refused(*many, "2", "--pictures", "5000")
    assert "too large" in refused(*many, "2", "--frames", "5000", "--size", "512")
    assert "exists; choose another name" in refused(*GENERATE, small)
    assert not list(tmp_path.iterdir())


def test_exported_pictures_are_a_plain_folder_with_labels(small, run_json, tmp_path):
    answer = run_json("cohort", "export", tmp_path / "out", "--file", small)
    assert answer["people"] == 3
    assert {file.name for file in (tmp_path / "out").iterdir()} == {
        "person-0000",
        "person-0001",
        "person-0002",
        "labels.csv",
    }
    exported, found = plain_folder.read(tmp_path / "out"), faces.pictures(small)
    assert len(exported) == 6
    assert all(np.array_equal(exported.read(i), found.read(i)) for i in range(6))
    with (tmp_path / "out" / "labels.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [row["file"] for row in rows] == list(exported.pictures)
    assert rows[4]["expression"] == found.classes["expression"][int(found.labels["expression"][4])]
    assert float(rows[4]["yaw_deg"]) == pytest.approx(found.labels["yaw_deg"][4], rel=1e-3)


def test_one_split_is_exported_and_nothing_is_overwritten(small, run_json, refused, tmp_path):
    with Cohort(small) as cohort:
        people = cohort.split_counts()
    assert (
        run_json("cohort", "export", tmp_path / "out", "--file", small, "--split", "train")["people"] == people["train"]
    )
    before = cv2.imread(str(next((tmp_path / "out").rglob("*.png"))))
    assert "nothing is overwritten" in refused("cohort", "export", tmp_path / "out", "--file", small)
    assert np.array_equal(cv2.imread(str(next((tmp_path / "out").rglob("*.png")))), before)


def test_what_is_no_cohort_is_named(refused, tmp_path):
    assert "cannot be read as a cohort" in refused("cohort", "info", "--file", tmp_path / "none.h5")


def test_a_log_gets_a_line_now_and_then_and_a_terminal_one_line(capsys, monkeypatch):
    for terminal, lines in ((False, 3), (True, 1)):
        monkeypatch.setattr(console.sys.stderr, "isatty", lambda answer=terminal: answer)
        listener = Console()
        for percent in (0, 1, 2, 50, 51, 100):
            listener.progress("work", percent / 100)
        said = capsys.readouterr().err
        assert said.count("\n") == lines
        assert "work: 100%" in said
