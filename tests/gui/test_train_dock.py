"""Training from the window, with a job that a test plays."""

from __future__ import annotations

import numpy as np
import pytest

from studio.gui.docks.train_dock import TrainDock
from studio.gui.jobs import Jobs
from studio.jobs import process
from studio.jobs.messages import JobListener
from studio.jobs.process import Job, Request
from studio.optics.lens import LensDesign
from studio.project import store
from studio.project.model import Project
from studio.project.records import Run
from tests.gui.accessible import unnamed

LEARNED = LensDesign().with_zernike(5, 1.5)
CURVES = {"adversary_auc": np.array([[0, 0.9], [9, 0.7]])}
RUN = Run(id="run-1", design=LEARNED, metrics={"adversary_auc": 0.7}, curves=CURVES)


@pytest.fixture
def played(monkeypatch, tmp_path):
    """Jobs that are folders only; their state is what the test says."""
    states: dict[str, process.State] = {}

    def start(request: Request, project: Project, place) -> Job:
        folder = tmp_path / f"job-{len(states)}"
        folder.mkdir()
        store.save(project, folder / process.GIVEN)
        states[folder.name] = process.State.RUNNING
        return Job(folder, request)

    monkeypatch.setattr(process, "start", start)
    monkeypatch.setattr(Job, "state", lambda job: states[job.id])
    return states


@pytest.fixture
def jobs(document):
    made = Jobs(document)
    yield made
    made.stop()


@pytest.fixture
def dock(qtbot, document, jobs):
    dock = TrainDock(document, jobs)
    qtbot.addWidget(dock)
    dock.show()
    yield dock
    assert dock.stop()


def test_a_run_from_start_to_its_lens(qtbot, document, jobs, dock, played):
    dock.train_button.click()
    (job,) = jobs.running
    assert job.request.arguments[:2] == ("train", "{project}")
    assert dock.buttons["stop"].isVisible()
    listener = JobListener(job.folder)
    listener.progress("Step 1: hiding identity", 0.4)
    listener.values(100, {"adversary_auc": 0.8, "zernike.5": 0.7})
    jobs.poll()
    assert dock.progress.value() == 40
    assert "0.800" in dock.figures.text()
    store.save(Project(runs=(RUN,)), job.folder / process.RESULT)
    played[job.id] = process.State.FINISHED
    with qtbot.waitSignal(dock.run_finished):
        jobs.poll()
    assert [run.id for run in document.project.runs] == ["run-1"]
    assert document.dirty
    dock.buttons["apply"].click()
    assert document.design.zernike_um == LEARNED.zernike_um
    document.undo_stack.undo()
    assert document.design == Project().design
    assert [run.id for run in document.project.runs] == ["run-1"]


def test_stop_asks_and_cancel_throws_away(document, jobs, dock, played):
    dock.train()
    (job,) = jobs.running
    dock.buttons["stop"].click()
    assert (job.folder / "stop").exists()
    dock.buttons["cancel"].click()
    assert jobs.running == []
    assert not job.folder.exists()
    assert dock.runs.count() == 0


def test_a_failed_run_leaves_its_reason(jobs, dock, played):
    dock.train()
    (job,) = jobs.running
    JobListener(job.folder).say("failed", reason="the loss became nan")
    played[job.id] = process.State.FAILED
    jobs.poll()
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


def test_a_window_that_opens_a_project_finds_its_jobs(document, jobs, dock, tmp_path, monkeypatch):
    place = process.jobs_folder(tmp_path / "p.odr")
    folder = place / "train-1"
    folder.mkdir(parents=True)
    (folder / process.REQUEST).write_text('{"kind": "train", "title": "Left alone", "arguments": []}')
    store.save(Project(runs=(RUN,)), folder / process.RESULT)
    document.replace_project(Project(), tmp_path / "p.odr")
    assert [run.id for run in document.project.runs] == ["run-1"]
    document.replace_project(Project(), tmp_path / "p.odr")
    assert [run.id for run in document.project.runs] == ["run-1"]  # it was not saved, so it is offered again
    document.mark_saved(tmp_path / "p.odr", document.revision)
    document.replace_project(Project(), tmp_path / "p.odr")
    assert document.project.runs == ()  # saved once; what the user deletes does not come back


def test_every_widget_has_a_name(dock):
    assert unnamed(dock) == []
