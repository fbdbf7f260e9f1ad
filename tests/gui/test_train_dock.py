"""Training from the window, with a job that a test plays."""

from __future__ import annotations

import numpy as np
import pytest

from studio.gui.docks.train_dock import TrainDock
from studio.gui.jobs import Jobs
from studio.optics.lens import LensDesign
from studio.project.model import Project
from studio.project.records import Run
from tests.gui.accessible import unnamed
from tests.gui.played_jobs import Played, settle

LEARNED = LensDesign().with_zernike(5, 1.5)
CURVES = {"adversary_auc": np.array([[0, 0.9], [9, 0.7]])}
RUN = Run(id="run-1", design=LEARNED, metrics={"adversary_auc": 0.7}, curves=CURVES)


@pytest.fixture
def played(monkeypatch):
    return Played(monkeypatch)


@pytest.fixture
def jobs(played, document):
    made = Jobs(document)
    yield made
    assert made.stop()


@pytest.fixture
def dock(qtbot, document, jobs):
    dock = TrainDock(document, jobs)
    qtbot.addWidget(dock)
    dock.show()
    yield dock
    assert dock.stop()


def begin(qtbot, jobs, dock):
    dock.train_button.click()
    qtbot.waitUntil(lambda: not jobs.busy)
    return jobs.running[-1]


def test_a_run_from_start_to_its_lens(qtbot, document, jobs, dock, played):
    job = begin(qtbot, jobs, dock)
    assert job.request.arguments[:2] == ("train", "{project}")
    assert dock.buttons["stop"].isVisible()
    listener = played.listener(job)
    listener.progress("Step 1: hiding identity", 0.4)
    listener.values(100, {"adversary_auc": 0.8, "zernike.5": 0.7})
    jobs.poll()
    assert dock.progress.value() == 40
    assert "0.800" in dock.figures.text()
    played.finish(job, RUN)
    with qtbot.waitSignal(dock.run_finished):
        jobs.poll()
    assert [run.id for run in document.project.runs] == ["run-1"]
    assert document.dirty
    dock.buttons["apply"].click()
    assert document.design.zernike_um == LEARNED.zernike_um
    document.undo_stack.undo()
    assert document.design == Project().design
    assert [run.id for run in document.project.runs] == ["run-1"]


def test_stop_asks_and_cancel_throws_away(qtbot, jobs, dock, played):
    job = begin(qtbot, jobs, dock)
    dock.buttons["stop"].click()
    assert job.stopping
    dock.buttons["cancel"].click()
    qtbot.waitUntil(lambda: not jobs.busy)
    assert jobs.running == []
    assert not job.folder.exists()
    assert dock.runs.count() == 0


def test_a_failed_run_leaves_its_reason(qtbot, jobs, dock, played):
    job = begin(qtbot, jobs, dock)
    played.listener(job).say("failed", reason="the loss became nan")
    played.die(job)
    settle(qtbot, jobs)
    assert dock.message.text() == "the loss became nan"
    assert dock.train_button.isEnabled()


def test_settings_that_make_no_sense_start_nothing(jobs, dock, played):
    for box in dock.form.steps:
        box.setChecked(False)
    dock.train()
    assert jobs.running == []
    assert dock.message.text() == "choose at least one step"


def test_runs_are_compared_and_deleted(document, dock):
    other = Run(id="run-2", curves={"adversary_auc": np.array([[0, 0.8], [9, 0.6]])})
    document.add_records([RUN, other])
    dock.runs.selectAll()
    assert len(dock.curves.plots[0].curves) == 2
    dock.buttons["remove"].click()
    assert document.project.runs == ()
    assert "No run yet" in dock.title.text()


def test_every_widget_has_a_name(dock):
    assert unnamed(dock) == []
