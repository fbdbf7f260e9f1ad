"""The History dock: the steps of the session, and what the project brought along."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.gui.docks.history_dock import HistoryDock
from studio.gui.document import Document
from studio.project.model import Project


@pytest.fixture
def dock(document: Document, qtbot) -> HistoryDock:
    dock = HistoryDock(document)
    qtbot.addWidget(dock)
    dock.show()
    return dock


def edit(document: Document, height_um: float) -> None:
    document.edit_design(document.design.with_zernike(4, height_um), f"Defocus {height_um:g}")


def rows(dock: HistoryDock) -> list[str]:
    model = dock.steps.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_a_step_chosen_is_the_step_in_force(dock: HistoryDock, document: Document) -> None:
    begun = document.design
    edit(document, -20.0)
    edit(document, -10.0)
    assert rows(dock) == ["As begun", "Defocus -20", "Defocus -10"]
    model = dock.steps.model()
    dock.steps.setCurrentIndex(model.index(1, 0))
    assert document.design.zernike_um[3] == -20.0
    dock.steps.setCurrentIndex(model.index(0, 0))
    assert document.design == begun
    dock.steps.setCurrentIndex(model.index(2, 0))
    assert document.design.zernike_um[3] == -10.0


def test_the_saved_step_is_marked(dock: HistoryDock, document: Document) -> None:
    edit(document, -20.0)
    document.mark_saved(Path("lens.odr"), document.revision)
    edit(document, -10.0)
    model = dock.steps.model()
    marks = [model.index(row, 0).data(1) for row in range(3)]  # 1: the decoration
    assert [mark is not None and not mark.isNull() for mark in marks] == [False, True, False]


def test_steps_of_earlier_sessions_can_be_read(dock: HistoryDock, document: Document) -> None:
    assert not dock.earlier.isVisible()
    project = Project()
    for height_um in (-20.0, -10.0):
        project = project.with_design(project.design.with_zernike(4, height_um), f"Defocus {height_um:g}")
    document.replace_project(project)
    assert rows(dock) == ["As opened"]
    assert dock.earlier.isVisible()
    assert dock.caption.text() == "2 earlier steps"
    assert [dock.earlier.item(row).text() for row in range(2)] == ["Defocus -20", "Defocus -10"]
    document.replace_project(Project())
    assert not dock.earlier.isVisible()
