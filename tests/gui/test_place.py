"""The question where: the name follows the kind, so the dialog asks about the very file that will be written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from studio.gui.docks.transport_bar import RECORDINGS
from studio.gui.place import PlaceDialog


@pytest.fixture
def dialog(qapp, tmp_path: Path) -> Iterator[PlaceDialog]:
    parent = QWidget()
    yield PlaceDialog(parent, "Record", tmp_path / "capture.mp4", RECORDINGS)
    parent.deleteLater()


def named(dialog: PlaceDialog) -> str:
    return Path(dialog.selectedFiles()[0]).name


def test_the_name_takes_the_suffix_of_the_kind(dialog: PlaceDialog) -> None:
    assert named(dialog) == "capture.mp4"
    for kind, suffix in RECORDINGS.items():
        dialog.selectNameFilter(kind)
        dialog.filterSelected.emit(kind)
        assert named(dialog) == f"capture{suffix}"


def test_a_name_without_suffix_gets_one_before_it_is_asked_about(dialog: PlaceDialog) -> None:
    dialog.selectFile("talk")
    assert named(dialog) == "talk.mp4"
    stills = next(kind for kind, suffix in RECORDINGS.items() if not suffix)
    dialog.filterSelected.emit(stills)
    dialog.selectFile("talk")
    assert named(dialog) == "talk"


def test_a_suffix_of_one_s_own_stays(dialog: PlaceDialog) -> None:
    dialog.selectFile("Dr. Jones v1.2")
    dialog.filterSelected.emit(next(iter(RECORDINGS)))
    assert named(dialog).startswith("Dr. Jones v1.2")
