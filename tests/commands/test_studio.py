"""studio: what is checked before the window, and what is said after it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.commands.conftest import photo


@pytest.fixture
def launched(monkeypatch) -> list[tuple]:
    """Stands for the window: what it was opened with."""
    calls: list[tuple] = []

    def launch(*arguments: object) -> int:
        calls.append(arguments)
        return 0

    monkeypatch.setattr("studio.gui.launch.launch", launch)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    return calls


def test_a_picture_is_reported_as_json(project, tmp_path, run_json, launched):
    photo(tmp_path / "a.png")
    options = ["--source", f"folder:{tmp_path}", "--screenshot", tmp_path / "w.png", "--after", "0.5"]
    assert run_json("studio", project, *options) == {
        "file": str(project),
        "source": f"folder:{tmp_path}",
        "screenshot": str(tmp_path / "w.png"),
    }
    assert launched == [(project, f"folder:{tmp_path}", tmp_path / "w.png", 0.5)]


def test_a_window_that_failed_has_said_why(capsys, monkeypatch, launched):
    monkeypatch.setattr("studio.gui.launch.launch", lambda *_: 1)
    from studio import cli

    assert cli.main(["--json"]) == 1
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("spec", ["clip:nowhere.mp4", "folder:nowhere", "nonsense", "camera:x", "clip:~nosuchuser/x"])
@pytest.mark.parametrize("picture", [[], ["--screenshot", "w.png"]])
def test_a_bad_source_is_bad_input(spec, picture, refused, launched, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused("studio", "--source", spec, *picture)
    assert launched == []


def test_a_camera_is_left_to_the_window(launched, run_json):
    assert run_json("--source", "camera:7")["source"] == "camera:7"
    assert len(launched) == 1


@pytest.mark.parametrize(
    ("after", "word"), [("x", "'x' is not a number"), ("-1", "between 0 and 3600"), ("nan", "between 0 and 3600")]
)
def test_a_bad_delay_is_one_line(after, word, refused, launched):
    assert word in refused("studio", "--screenshot", "w.png", "--after", after)


def test_the_picture_of_the_window_is_a_png(tmp_path, refused, run_json, launched):
    assert "only .png" in refused("studio", "--screenshot", tmp_path / "w.jpg")
    assert launched == []
    assert run_json("studio", "--screenshot", tmp_path / "w")["screenshot"] == str(tmp_path / "w.png")


def test_a_missing_folder_for_the_picture_is_bad_input(tmp_path, refused, launched):
    assert "does not exist" in refused("studio", "--screenshot", tmp_path / "no" / "w.png")
    assert launched == []


@pytest.fixture
def no_display(monkeypatch) -> None:
    monkeypatch.setattr("studio.display.trouble", lambda: "there is no display: DISPLAY=:77")
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")


def test_without_a_display_there_is_one_line(launched, no_display, refused):
    assert "DISPLAY=:77" in refused("studio", code=1)
    assert launched == []


def test_without_a_display_a_picture_still_comes(launched, no_display, run_json, tmp_path: Path):
    assert run_json("--screenshot", tmp_path / "w.png")["screenshot"]
    assert len(launched) == 1
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
