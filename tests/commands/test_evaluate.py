"""`opticaldr evaluate` and `models`, without recognisers and, where they are installed, with one."""

from __future__ import annotations

import json

import pytest

from studio.cli import main
from studio.faces import recognisers
from studio.project import store
from studio.project.model import Project


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


def test_models_are_listed_with_what_is_there(capsys):
    assert main(["--json", "models", "list"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"dlib", "sface", "facenet", "yunet", "orl", "carphone"} <= {row["name"] for row in rows}
    assert all({"installed", "sha256_ok", "licence"} <= set(row) for row in rows)
