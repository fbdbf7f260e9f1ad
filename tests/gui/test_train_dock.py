"""Training from the window, with a job that a test plays."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import numpy as np
import pytest

from studio.gui.docks.train_dock import TrainDock
from studio.gui.widgets.dock_scroll import DockScroll
from studio.jobs import messages
from studio.optics.lens import LensDesign
from studio.project.model import Project
from studio.project.records import Run
from tests.gui.accessible import unnamed
from tests.gui.played_jobs import Played, settle

LEARNED = LensDesign().with_zernike(5, 1.5)
CURVES = {"adversary_auc": np.array([[0, 0.9], [9, 0.7]]), "zernike.5": np.array([[0, 0.0], [9, 1.5]])}
RUN = Run(id="run-1", label="First", design=LEARNED, metrics={"adversary_auc": 0.7}, curves=CURVES, seed=3)


@pytest.fixture
def sure():
    """What the user answers when asked whether to throw a run away."""
    return [True]


@pytest.fixture
def dock(qtbot, document, jobs, sure):
    dock = TrainDock(document, jobs, lambda title: sure[0])
    qtbot.addWidget(dock)
    dock.show()
    yield dock
    assert dock.stop()


def begin(qtbot, jobs, dock):
    dock.train_button.click()
    qtbot.waitUntil(lambda: not jobs.busy)
    return jobs.running[-1]


def seen(dock) -> set[str]:
    return {name for name, button in dock.card.buttons.items() if button.isVisible()}


def rows(dock) -> list[str]:
    return [dock.runs.item(row).text() for row in range(dock.runs.count())]


def test_a_run_from_start_to_its_lens(qtbot, document, jobs, dock, played):
    job = begin(qtbot, jobs, dock)
    assert job.request.arguments[:2] == ("train", "{project}")
    assert seen(dock) == {"pause", "stop", "cancel"}
    listener = played.listener(job)
    listener.progress("Step 1: hiding identity", 0.4)
    listener.values(100, {"adversary_auc": 0.8, "zernike.5": 0.7})
    jobs.poll()
    assert dock.card.progress.value() == 40
    assert "0.800" in dock.card.figures.text()
    assert rows(dock) == ["● Training, Quick look"]
    played.finish(job, replace(RUN, id=job.id))
    with qtbot.waitSignal(dock.run_finished) as finished:
        settle(qtbot, jobs)
    assert finished.args[0] == "First: finished"
    assert rows(dock) == ["First"]
    assert document.dirty
    dock.card.buttons["apply"].click()
    assert document.design.zernike_um == LEARNED.zernike_um
    document.undo_stack.undo()
    assert document.design == Project().design
    assert len(document.project.runs) == 1


def test_the_lens_of_the_moment_is_shown_on_people(qtbot, jobs, dock, played):
    job = begin(qtbot, jobs, dock)
    played.listener(job).values(100, {"zernike.5": 0.7})
    jobs.poll()
    qtbot.waitUntil(lambda: len(dock.card.people.pictures) == 6, timeout=20_000)
    captions = [picture.caption for picture in dock.card.people.pictures]
    assert captions[1:] == ["PSF", "Person 1", "Person 2", "Person 3", "Person 4"]
    assert captions[0].startswith("± ")
    assert captions[0].endswith(" µm")


def test_a_lens_without_pictures_says_why(qtbot, document, dock):
    impossible = LensDesign(aperture_diameter_mm=50.0, sensor_distance_mm=10.0)
    document.add_records([replace(RUN, design=impossible)])
    qtbot.waitUntil(lambda: dock.card.people.accessibleDescription() != "", timeout=20_000)
    assert dock.card.people.pictures == ()


def test_pause_stop_and_cancel(qtbot, jobs, dock, played, sure):
    job = begin(qtbot, jobs, dock)
    dock.card.buttons["pause"].click()
    assert job.pausing
    assert dock.card.buttons["pause"].text() == "Resume"
    assert "Paused" in dock.card.title.text()
    dock.card.buttons["pause"].click()
    assert not job.pausing
    dock.card.buttons["stop"].click()
    assert job.stopping
    assert "Stopping" in dock.card.title.text()
    sure[0] = False
    dock.card.buttons["cancel"].click()
    assert jobs.running == [job]
    sure[0] = True
    dock.card.buttons["cancel"].click()
    qtbot.waitUntil(lambda: not jobs.busy)
    assert jobs.running == []
    assert not job.folder.exists()
    assert rows(dock) == []


def test_a_failed_run_leaves_its_reason(qtbot, jobs, dock, played):
    job = begin(qtbot, jobs, dock)
    played.listener(job).say("failed", reason="the loss became nan")
    played.die(job)
    settle(qtbot, jobs)
    assert dock.message.text() == "the loss became nan"
    assert rows(dock) == []


def test_a_killed_run_goes_on_with_its_curves(qtbot, jobs, dock, played):
    job = begin(qtbot, jobs, dock)
    listener = played.listener(job)
    for step in (100, 200, 300):
        listener.values(step, {"adversary_auc": 0.9})
    played.die(job, checkpoint=True)
    settle(qtbot, jobs)
    assert rows(dock) == ["Training, Quick look (interrupted)"]
    assert seen(dock) == {"go_on", "remove"}
    dock.card.buttons["go_on"].click()
    qtbot.waitUntil(lambda: not jobs.busy)
    played.listener(job).values(200, {"adversary_auc": 0.8})  # its last state was a little older
    jobs.poll()
    assert rows(dock) == ["● Training, Quick look"]
    (curve,) = dock.curves.plots[0].curves.values()
    assert curve.x.tolist() == [100, 200]
    assert curve.y.tolist() == [0.9, 0.8]


def test_a_stopped_run_can_go_on(qtbot, document, jobs, dock, played):
    job = begin(qtbot, jobs, dock)
    (job.folder / "checkpoint.pt").touch()
    played.finish(job, replace(RUN, id=job.id, state="stopped", reason="stopped in step identity"))
    settle(qtbot, jobs)
    assert rows(dock) == ["First (stopped)"]
    assert seen(dock) == {"apply", "go_on", "remove"}
    dock.card.buttons["go_on"].click()
    qtbot.waitUntil(lambda: not jobs.busy)
    assert rows(dock) == ["● Training, Quick look"]
    played.finish(job, replace(RUN, id=job.id))
    settle(qtbot, jobs)
    assert rows(dock) == ["First"]


def test_what_is_left_of_the_time_is_told(qtbot, jobs, dock, played, monkeypatch):
    job = begin(qtbot, jobs, dock)
    with open(job.folder / messages.MESSAGES, "w") as file:
        for second, share in ((0, 0.0), (30, 0.1), (60, 0.2)):
            at = f"2030-01-01T00:0{second // 60}:{second % 60:02d}.000+00:00"
            file.write(json.dumps({"kind": "progress", "at": at, "stage": "Step 1", "share": share}) + "\n")
        file.write('{"kind": "progress", "at": "nonsense", "stage": "Step 2", "share": 7}\n')
    jobs.poll()
    assert dock.card.title.text() == "Training, Quick look: Step 2, 4 min left"
    assert dock.card.progress.value() == 100


def test_further_settings_are_checked_and_passed_on(qtbot, jobs, dock, played):
    dock.form.further.setText("batch=64 inversion_weight")
    assert dock.form.estimate.text() == "'inversion_weight' is not of the form KEY=VALUE"
    dock.form.further.setText("batch=sixty")
    assert "batch = 'sixty' is not a whole number" in dock.form.estimate.text()
    dock.form.further.setText("batch=64  inversion_weight=0.1")
    assert dock.form.estimate.text().startswith("About 10 min and 1.")
    arguments = begin(qtbot, jobs, dock).request.arguments
    assert "batch=64" in arguments
    assert "inversion_weight=0.1" in arguments
    assert dock.train_button.text() == "Train next"


def test_settings_that_make_no_sense_start_nothing(jobs, dock, played):
    for box in dock.form.steps:
        box.setChecked(False)
    dock.train()
    assert jobs.running == []
    assert dock.message.text() == "choose at least one step"


def test_runs_are_compared_deleted_and_brought_back(qtbot, document, dock):
    other = Run(id="run-2", curves={"adversary_auc": np.array([[0, 0.8], [9, 0.6]])})
    document.add_records([RUN, other])
    dock.runs.selectAll()
    assert len(dock.curves.plots[0].curves) == 2
    with qtbot.waitSignal(dock.runs_removed) as removed:
        dock.card.buttons["remove"].click()
    assert document.project.runs == ()
    assert dock.pages.currentIndex() == 0
    assert removed.args[0] == "2 runs deleted"
    removed.args[1]()
    assert {run.id for run in document.project.runs} == {"run-1", "run-2"}


def test_a_narrow_dock_puts_the_run_below_the_form(qtbot, document, dock):
    document.add_records([RUN])
    dock.setWidget(DockScroll(dock.widget(), dock))  # as in the window
    for width, below in ((1100, False), (560, True), (1100, False)):
        dock.resize(width, 800)
        qtbot.waitUntil(lambda: dock.widget().horizontalScrollBar().maximum() == 0)
        form, card = (part.mapTo(dock, part.rect().topLeft()) for part in (dock.form, dock.card))
        assert (card.y() > form.y() + dock.form.height()) == below


def test_runs_have_names_and_notes(document, dock):
    document.add_records([RUN])
    dock.card.label.setText("Winner")
    dock.card.notes.setText("lambda 4")
    dock.card.notes.editingFinished.emit()
    (run,) = document.project.runs
    assert (run.label, run.notes) == ("Winner", "lambda 4")
    assert rows(dock) == ["Winner"]
    assert document.dirty


@pytest.mark.parametrize("number", range(4))
def test_curves_are_exported(qtbot, document, dock, tmp_path, monkeypatch, number):
    document.add_records([RUN])
    place = tmp_path / "curves"
    monkeypatch.setattr(dock.export, "_choose", lambda parent, suggestion, suffixes: place.with_suffix(suffixes[0]))
    with qtbot.waitSignal(dock.export.told, check_params_cb=lambda text, token: token == "success", timeout=30_000):
        dock.export.menu.actions()[number].trigger()
    (written,) = tmp_path.glob("curves.*")
    assert written.stat().st_size > 100
    assert dock.message.text() == f"Exported {written.name}"


def test_an_export_that_fails_is_told(qtbot, document, dock, tmp_path, monkeypatch):
    document.add_records([RUN])
    monkeypatch.setattr(dock.export, "_choose", lambda *_: tmp_path / "missing" / "c.csv")
    with qtbot.waitSignal(dock.export.told, check_params_cb=lambda text, token: token == "error"):
        dock.export.menu.actions()[3].trigger()
    assert "the folder does not exist" in dock.message.text()


def test_the_window_closes_as_the_user_says(qtbot, window, monkeypatch):
    played = Played(monkeypatch)
    job = window.jobs.start("train", "Training", ())
    qtbot.waitUntil(lambda: not window.jobs.busy)
    window.dialogs.running = "cancel"
    window.close()
    assert window.isVisible()
    assert not job.stopping
    window.dialogs.running = "stop"
    window.close()
    assert not window.isVisible()
    assert job.stopping
    assert window.dialogs.asked == ["running: Training"] * 2
    assert played.alive == {job.folder}  # it ends by itself
    assert os.path.exists(job.folder)


@pytest.mark.parametrize("fill", [False, True])
def test_every_widget_has_a_name(document, dock, fill):
    if fill:
        document.add_records([RUN])
    assert unnamed(dock) == []
