from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from studio.commands import notes
from studio.commands.shared import Answer
from studio.project import store
from studio.project.model import Project
from studio.project.records import ProjectError


@pytest.fixture(autouse=True)
def private_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def notes_command(*words: str) -> Answer:
    parser = argparse.ArgumentParser()
    notes.add_arguments(parser)
    return notes.run(parser.parse_args(words))


def test_notes_are_written_read_and_emptied(tmp_path):
    path = tmp_path / "lens.odr"
    store.save(Project(), path)
    assert notes_command(str(path)).text == "no notes"
    notes_command(str(path), " Lens for the hallway camera\n")
    assert notes_command(str(path)).data == {"notes": "Lens for the hallway camera"}
    assert [edit.label for edit in store.load(path).history] == ["Edit notes"]
    notes_command(str(path), "")
    assert store.load(path).notes == ""


def test_notes_need_a_project(tmp_path):
    with pytest.raises(ProjectError, match=r"lens\.odr"):
        notes_command(str(tmp_path / "lens.odr"), "Of nothing")
