"""A study from the window: started, followed trial by trial, stopped, found again; with jobs that a test plays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.gui.docks.tradeoff_dock import TradeoffDock
from studio.gui.evaluations import Evaluations
from studio.gui.studies import Studies
from studio.jobs.messages import STOP
from studio.optics.lens import LensDesign
from studio.project import store
from studio.project.model import Project
from studio.project.records import Evaluation, Trial
from studio.study.pinned import TRIAL
from studio.study.plan import journal_of
from studio.study.told import to_plain
from tests.gui.accessible import unnamed
from tests.gui.played_jobs import settle


def made(number: int, leak: float, kept: float, **more) -> Trial:
    design = replace(LensDesign(), object_distance_m=0.5 + number / 100)
    values: dict = {"id": f"study/{number}", "study": "study", "label": f"Trial {number + 1}", "design": design}
    values |= {"metrics": {"worst_auc": leak, "expression_r2": kept}, "config": {"identity_weight": 1.0, "tries": 1}}
    return Trial(**values | more)


@pytest.fixture
def studies(document, jobs) -> Studies:
    return Studies(document, jobs)


@pytest.fixture
def evaluations(document, jobs) -> Evaluations:
    return Evaluations(document, jobs)


@pytest.fixture
def dock(qtbot, document, studies, evaluations):
    dock = TradeoffDock(document, studies, evaluations)
    qtbot.addWidget(dock)
    dock.resize(900, 800)
    dock.show()
    yield dock
    assert dock.stop()


@pytest.fixture
def saved(document, tmp_path):
    """The project has a file."""
    path = tmp_path / "lens.odr"
    store.save(Project(), path)
    document.replace_project(Project(), path)
    return path


def begin(qtbot, dock, jobs):
    dock.study.start_button.click()
    qtbot.waitUntil(lambda: not jobs.busy)
    (job,) = jobs.running
    return job


def test_an_empty_dock_says_what_to_do_and_has_what_it_names(dock):
    assert "Start study" in dock.empty.text()
    assert dock.study.start_button.isVisible()
    assert dock.study.start_button.text() == "Start study"
    assert dock.study.start_button.isDefault()
    assert not dock.study.working.isVisible()
    assert unnamed(dock) == []


def test_a_project_without_a_file_is_asked_to_be_saved_first(dock, jobs):
    dock.study.start_button.click()
    assert jobs.running == []
    assert "Save the project first" in dock.study.message.text()


def test_the_form_becomes_the_command_line(qtbot, dock, jobs, saved):
    dock.study.varied["lens.sensor.bits"][0].setChecked(True)
    dock.study.baselines.setText("gaussian:2, clear")
    dock.study.trials.setValue(7)
    arguments = begin(qtbot, dock, jobs).request.arguments
    assert arguments == (
        *("sweep", "{project}", "--storage", str(saved.with_name("lens.study.journal")), "--name", "study"),
        *("--trials", "7", "--workers", "1", "--vary", "identity_weight=log:0.1..30", "lens.zernike.4=-31..-22"),
        *("lens.sensor.bits=4,6,8", "--baselines", "gaussian:2,clear", "--job", "{folder}"),
    )
    assert not dock.study.start_button.isEnabled()


def test_networks_that_vary_learn_from_scratch_and_it_is_said_what_that_takes(qtbot, dock, jobs, saved):
    minutes = []
    box, entry = dock.study.varied["trunk"]
    for networks in (None, "resnet-small", "resnet-small,resnet18"):
        box.setChecked(networks is not None)
        entry.setText(networks or "")
        minutes.append(dock.study._trial_minutes())
    assert minutes[0] < minutes[1] < minutes[2]
    entry.setText("lenet")
    assert dock.study.message.text() == ""
    entry.setText("resnet-small,sanet-tiny")
    arguments = begin(qtbot, dock, jobs).request.arguments
    at = arguments.index("--set")
    assert "trunk=resnet-small,sanet-tiny" in arguments[:at]
    assert arguments[at + 1 : at + 3] == ("start=scratch", "warm_up=2000")


def test_points_come_while_the_sweep_goes_on_then_its_result(qtbot, dock, jobs, played, saved, document):
    job = begin(qtbot, dock, jobs)
    listener = played.listener(job)
    listener.progress("1 of 3 trials", 0.4)
    listener.trial(to_plain(made(0, 0.7, 0.5)))
    listener.trial(to_plain(made(1, 0.6, 0.4)))
    listener.trial(to_plain(made(2, float("nan"), 0.4, state="running", design=None)))
    settle(qtbot, jobs)
    qtbot.waitUntil(lambda: dock.model.rowCount() == 3)
    assert dock.study.working.bar.value() == 40
    assert dock.study.working.stage.text() == "1 of 3 trials"
    assert "2 lenses" in dock.summary.text()
    assert "1 running" in dock.summary.text()
    dock.load("study/1")
    assert document.design == made(1, 0, 0).design
    dock.table.selectRow(0)
    assert not dock.card.pin_button.isEnabled()
    played.finish(job, made(0, 0.7, 0.5, arrays={"draws": np.zeros((2, 2))}), made(1, 0.6, 0.4))
    settle(qtbot, jobs)
    assert [trial.id for trial in document.project.trials] == ["study/0", "study/1"]
    qtbot.waitUntil(lambda: dock.model.rowCount() == 2)
    assert not dock.study.working.isVisible()
    dock.table.selectRow(1)
    dock.card.pin_button.click()
    assert [trial.pinned for trial in document.project.trials].count(True) == 1


def test_only_pinned_trials_are_scored_on_test_people_and_once(qtbot, dock, document, saved):
    trial = made(0, 0.7, 0.5)
    document.add_records([trial])
    qtbot.waitUntil(lambda: dock.model.rowCount() == 1)
    dock.table.selectRow(0)
    assert not dock.card.score_button.isVisible()
    dock.card.pin_button.click()
    qtbot.waitUntil(dock.card.score_button.isVisible)
    with qtbot.waitSignal(dock.scoring_begun):
        dock.card.score_button.click()
    qtbot.waitUntil(lambda: not dock.card.score_button.isVisible())  # while it is under way
    document.add_records([Evaluation(id="e", config={TRIAL: trial.id, "split": "test"})])
    qtbot.waitUntil(lambda: not dock.card.score_button.isVisible())


def test_a_trial_is_scored_by_a_job_that_knows_its_study_and_its_data(qtbot, document, evaluations, jobs, saved):
    trial = made(0, 0.7, 0.5, pinned=True, config={"data": "orl"})
    evaluations.score_trial(trial)
    qtbot.waitUntil(lambda: not jobs.busy)
    (job,) = jobs.running
    assert job.request.title == "Trial 1, test people"
    options = ("--trial", "study/0", "--data", "orl", "--storage", str(saved.with_name("lens.study.journal")))
    assert job.request.arguments[:8] == ("evaluate", "{project}", *options)
    assert evaluations.scoring(trial)
    assert not evaluations.scoring(made(1, 0.7, 0.5))
    assert evaluations._making.record.design is None, "it is not that of the window"


def test_a_study_goes_along_when_its_project_is_saved_elsewhere(document, studies, tmp_path):
    trial, here, there = made(0, 0.6, 0.3), tmp_path / "here.odr", tmp_path / "there.odr"
    Path(journal_of(here)).write_text("trials\n", encoding="utf-8")
    document.replace_project(Project(trials=(trial,)), here)
    document.mark_saved(here, document.revision)
    document.mark_saved(there, document.revision)
    assert Path(journal_of(there)).read_text(encoding="utf-8") == "trials\n"
    Path(journal_of(there)).write_text("more trials\n", encoding="utf-8")
    document.mark_saved(here, document.revision)
    assert Path(journal_of(here)).read_text(encoding="utf-8") == "trials\n", "what is there is not overwritten"


def test_the_study_of_an_example_goes_along(document, studies, tmp_path):
    example, mine = tmp_path / "example.odr", tmp_path / "mine.odr"
    Path(journal_of(example)).write_text("trials\n", encoding="utf-8")
    document.replace_project(Project(trials=(made(0, 0.6, 0.3),)), name="example", source=example)
    document.mark_saved(mine, document.revision)
    assert Path(journal_of(mine)).exists()


def test_another_project_takes_no_study_along(document, studies, tmp_path):
    first, second = tmp_path / "first.odr", tmp_path / "second.odr"
    Path(journal_of(first)).write_text("trials\n", encoding="utf-8")
    document.replace_project(Project(trials=(made(0, 0.6, 0.3),)), first)
    document.replace_project(Project(trials=(made(0, 0.6, 0.3),)))
    document.mark_saved(second, document.revision)
    assert not Path(journal_of(second)).exists()


def test_stop_asks_the_sweep_and_what_is_there_goes_on(qtbot, dock, jobs, played, saved):
    job = begin(qtbot, dock, jobs)
    dock.study.working.stop_button.click()
    assert (job.folder / STOP).exists()
    played.finish(job, made(0, 0.7, 0.5))
    settle(qtbot, jobs)
    qtbot.waitUntil(lambda: dock.study.start_button.text() == "Go on")
    dock.study.trials.setValue(10)
    arguments = begin(qtbot, dock, jobs).request.arguments
    assert arguments[6:-2] == ("--more", "10", "--workers", "1")


@pytest.mark.parametrize("end", ["cancelled", "killed"])
def test_what_has_ended_stays_when_the_sweep_does_not(qtbot, dock, jobs, played, saved, document, end):
    job = begin(qtbot, dock, jobs)
    listener = played.listener(job)
    listener.trial(to_plain(made(0, 0.7, 0.5)))
    listener.trial(to_plain(made(1, float("nan"), 0.4, state="running")))
    settle(qtbot, jobs)
    if end == "cancelled":
        dock.study.working.cancel_button.click()
    else:
        played.die(job)
    settle(qtbot, jobs)
    assert [trial.id for trial in document.project.trials] == ["study/0"]
    assert jobs.running == []
    qtbot.waitUntil(lambda: not dock.study.working.isVisible())


def test_a_sweep_outlives_the_window_and_is_found_again_with_its_trials(qtbot, dock, jobs, played, saved, document):
    job = begin(qtbot, dock, jobs)
    played.listener(job).trial(to_plain(made(0, 0.7, 0.5)))
    document.replace_project(Project())
    settle(qtbot, jobs)
    qtbot.waitUntil(lambda: not dock.study.working.isVisible())
    assert dock._studies.trials == ()
    document.replace_project(store.load(saved), saved)
    settle(qtbot, jobs)
    qtbot.waitUntil(lambda: [trial.id for trial in dock._studies.trials] == ["study/0"])
    assert dock.study.working.isVisible()


def test_what_is_no_trial_is_passed_over(qtbot, studies, jobs, played, saved):
    assert studies.start("Study", "study", ())
    qtbot.waitUntil(lambda: not jobs.busy)
    (job,) = jobs.running
    played.listener(job).trial({"id": "study/0", "metrics": 3})
    settle(qtbot, jobs)
    assert studies.trials == ()
