from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from studio.commands import variant
from studio.commands.shared import Answer, UsageError
from studio.optics.presets import preset
from studio.project import store
from studio.project.model import Project
from studio.project.records import ProjectError


@pytest.fixture(autouse=True)
def private_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    store.save(Project(design=preset("defocus-disc")), tmp_path / "lens.odr")
    return tmp_path / "lens.odr"


def variant_command(path: Path, *words: str) -> Answer:
    parser = argparse.ArgumentParser()
    variant.add_arguments(parser)
    return variant.run(parser.parse_args([str(path), *words]))


def test_a_variant_from_keeping_to_removing(path):
    assert variant_command(path, "list").data == []
    assert variant_command(path, "list").text == "no variant has been kept yet"
    variant_command(path, "keep", "disc")
    store.save(store.load(path).with_design(preset("focused-1m"), "Apply preset"), path)
    variant_command(path, "keep", "sharp one")
    variant_command(path, "note", "disc", "wide,\nand soft")
    answer = variant_command(path, "rename", "disc", "defocus")
    assert [(row["name"], row["notes"], row["current"]) for row in answer.data] == [
        ("defocus", "wide,\nand soft", False),
        ("sharp one", "", True),
    ]
    assert answer.text == "  defocus: wide, and soft\n* sharp one"
    variant_command(path, "restore", "defocus")
    assert store.load(path).design == preset("defocus-disc")
    variant_command(path, "remove", "sharp one")
    assert [v.name for v in store.load(path).variants] == ["defocus"]


def test_a_variant_moves_to_a_place(path):
    for name in "abcd":
        variant_command(path, "keep", name)

    def order(*words: str) -> str:
        return "".join(row["name"] for row in variant_command(path, *words).data)

    assert order("move", "a", "3") == "bcad"
    assert order("move", "d", "1") == "dbca"
    assert order("move", "d", "4") == "bcad"
    assert order("move", "c", "2") == "bcad"
    for place in ("0", "5", "x"):
        with pytest.raises(UsageError, match="places 1 to 4"):
            variant_command(path, "move", "a", place)


def test_what_changes_nothing_is_not_written(path):
    variant_command(path, "keep", "disc")
    before = path.read_bytes()
    variant_command(path, "rename", "disc", "disc")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("keep",), "0 words after keep; use `variant FILE.odr keep NAME`"),
        (("rename", "a", "b", "c"), "3 words after rename; use `variant FILE.odr rename OLD NEW`"),
        (("list", "a"), "1 words after list; use `variant FILE.odr list`"),
    ],
)
def test_wrong_words_are_named(path, words, said):
    with pytest.raises(UsageError, match=said):
        variant_command(path, *words)


def test_a_refused_name_leaves_the_file_alone(path):
    variant_command(path, "keep", "disc")
    before = path.read_bytes()
    for words in (("keep", "disc"), ("keep", "\x1b[31mred"), ("restore", "gone"), ("rename", "disc", " ")):
        with pytest.raises(ProjectError):
            variant_command(path, *words)
    assert path.read_bytes() == before
