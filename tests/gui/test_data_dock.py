"""The Data dock: sets of faces chosen, checked, and seen through the lens."""

from __future__ import annotations

import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt

from studio.gui.docks import data_dock
from studio.gui.docks.data_dock import DataDock
from studio.gui.face_thumbnails import FaceThumbnails
from studio.optics.presets import preset
from studio.project.model import DataReference, Project
from tests.gui.accessible import unnamed


def write_faces(root: Path, people: int = 3, each: int = 4) -> Path:
    """A bright stripe on dark ground, at another place for each person; one file is broken."""
    for person in range(people):
        (root / f"p{person}").mkdir(parents=True)
        for number in range(each):
            picture = np.zeros((48, 40, 3), np.uint8)
            picture[:, 8 * person : 8 * person + 4] = 255
            cv2.imwrite(str(root / f"p{person}" / f"{number}.png"), picture)
    (root / "p0" / "0.png").write_bytes(b"no picture")
    return root


@pytest.fixture
def root(tmp_path) -> Path:
    return write_faces(tmp_path / "faces")


@pytest.fixture
def dock(qtbot, document, settings, root):
    document.set_data(DataReference(f"folder:{root}", str(root), "", "evaluation"))
    dock = DataDock(document, settings)
    qtbot.addWidget(dock)
    dock.resize(500, 500)
    with qtbot.waitSignal(dock.opened):
        dock.show()
    yield dock
    assert dock.stop()


def test_a_set_is_counted_and_its_oddities_are_said(dock, root) -> None:
    assert "12 pictures" in dock.counts.text()
    assert "3 people" in dock.counts.text()
    assert dock.grid.count == 12
    assert dock.name.text() == f"folder:{root}"
    assert not dock.message.isVisible()


def test_faces_are_seen_through_the_lens_and_clear_only_while_held(qtbot, document, dock) -> None:
    document.edit_design(preset("defocus-disc"), "Blur")

    def seen() -> bool:
        known, image = dock.thumbnails.get(5)
        return known and image is not None

    qtbot.waitUntil(seen)
    assert not any(black_and_white(image) for image in dock.thumbnails._made.values() if image)
    qtbot.mousePress(dock.reveal, Qt.MouseButton.LeftButton)
    assert dock.thumbnails._made == {}
    qtbot.waitUntil(seen)
    assert black_and_white(dock.thumbnails.get(5)[1])
    qtbot.mouseRelease(dock.reveal, Qt.MouseButton.LeftButton)
    assert not any(black_and_white(image) for image in dock.thumbnails._made.values() if image)
    qtbot.waitUntil(seen)
    assert not black_and_white(dock.thumbnails.get(5)[1])


def black_and_white(image) -> bool:
    values = {image.pixelColor(x, image.height() // 2).green() for x in range(image.width())}
    return values <= {0, 255}


def test_a_picture_that_cannot_be_read_is_known_to_be_so(qtbot, dock) -> None:
    qtbot.waitUntil(lambda: dock.thumbnails.get(0) == (True, None))


def test_another_lens_gives_other_pictures(qtbot, document, dock) -> None:
    qtbot.waitUntil(lambda: dock.thumbnails.get(1)[1] is not None)
    document.edit_design(preset("defocus-disc"), "Blur")
    assert dock.thumbnails.get(1) == (False, None)
    qtbot.waitUntil(lambda: dock.thumbnails.get(1)[1] is not None)


def test_a_choice_is_remembered_in_the_project_and_among_the_recent(qtbot, document, dock, settings, tmp_path) -> None:
    other = write_faces(tmp_path / "others", people=2)
    with qtbot.waitSignal(dock.opened):
        dock.open(f"folder:{other}")
    (known,) = document.project.data
    assert (known.spec, known.path, known.role) == (f"folder:{other}", str(other), "evaluation")
    assert len(known.sha256) == 64
    assert document.dirty
    assert settings.recent_data[0] == f"folder:{other}"
    dock._fill_menu()
    assert f"folder:{other}" in [action.data() for action in dock.menu.actions()]


@pytest.mark.parametrize("bad", ["nothing:here", "folder:", "folder:/nowhere/at/all", "celeba:/nowhere"])
def test_what_cannot_be_used_is_one_line_in_place(qtbot, document, dock, bad: str) -> None:
    before = document.project.data
    dock.open(bad)
    qtbot.waitUntil(lambda: dock.message.isVisible() and "Reading" not in dock.message.text())
    assert "\n" not in dock.message.text()
    assert document.project.data == before
    assert dock.grid.count == 0


def test_reading_can_be_cancelled(qtbot, document, dock, tmp_path, monkeypatch) -> None:
    gate, real = threading.Event(), data_dock._check
    monkeypatch.setattr(data_dock, "_check", lambda spec: gate.wait(10) and real(spec))
    other = write_faces(tmp_path / "others")
    kept = document.project.data
    with qtbot.waitSignal(dock.begun) as begun:
        dock.open(f"folder:{other}")
    assert begun.args == [f"Reading folder:{other}"]
    with qtbot.waitSignal(dock.ended):
        dock.cancel()
    assert "cancelled" in dock.message.text()
    gate.set()
    qtbot.waitUntil(lambda: not dock._work.busy)
    assert "cancelled" in dock.message.text()
    assert document.project.data == kept
    with qtbot.waitSignal(dock.opened):
        dock.open(f"folder:{other}")
    assert dock.message.text() == ""


def test_a_set_that_changed_meanwhile_is_noticed(qtbot, document, dock, root) -> None:
    with qtbot.waitSignal(dock.opened):
        dock.open(f"folder:{root}")
    project = document.project
    cv2.imwrite(str(root / "p1" / "new.png"), np.zeros((48, 40, 3), np.uint8))
    document.replace_project(Project())
    with qtbot.waitSignal(dock.opened):
        document.replace_project(project)
    assert "have changed" in dock.warnings.text()
    assert document.project.data == project.data
    with qtbot.waitSignal(dock.opened):
        dock.open(f"folder:{root}")
    assert "have changed" not in dock.warnings.text()


def test_only_what_is_in_sight_is_read(qtbot, document, settings, monkeypatch) -> None:
    read: list[int] = []

    def picture(number: int) -> np.ndarray:
        read.append(number)
        return np.full((32, 32, 3), number % 256, np.uint8)

    checked = data_dock._Checked("cohort", 200_000, picture, "200,000 pictures", "", "", "")
    monkeypatch.setattr(data_dock, "_check", lambda spec: checked)
    dock = DataDock(document, settings)
    qtbot.addWidget(dock)
    dock.resize(450, 400)
    with qtbot.waitSignal(dock.opened):
        dock.show()
    first = dock.grid.in_sight()
    assert 0 < len(first) < 60
    qtbot.waitUntil(lambda: set(first) <= set(read))
    bar = dock.grid.verticalScrollBar()
    bar.setValue(bar.maximum())
    last = dock.grid.in_sight()
    assert last[-1] == 199_999
    qtbot.waitUntil(lambda: set(last) <= set(read))
    assert len(set(read)) < 200
    assert dock.stop()


def test_the_newest_wish_is_served_first(qtbot, document) -> None:
    read: list[int] = []
    thumbnails = FaceThumbnails()
    thumbnails.show(lambda number: (read.append(number), np.zeros((32, 32, 3), np.uint8))[1], document.design)
    for number in range(100):
        thumbnails.get(number)
    qtbot.waitUntil(lambda: not thumbnails.busy)
    assert read.index(99) < read.index(10)
    assert thumbnails.stop()


def test_a_hidden_dock_opens_nothing(document, settings, monkeypatch, qtbot) -> None:
    monkeypatch.setattr(data_dock, "_check", pytest.fail)
    dock = DataDock(document, settings)
    qtbot.addWidget(dock)
    document.set_data(DataReference("orl", role="evaluation"))
    assert dock.stop()


def test_every_control_has_a_name(dock) -> None:
    assert unnamed(dock.widget()) == []
