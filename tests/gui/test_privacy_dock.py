"""Evaluating from the window, with a job that a test plays."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor

from studio.faces import models
from studio.gui.docks.evaluation_export import DET, FIGURE_SUFFIXES, ROC, STRIP, TABLE, WHOLE
from studio.gui.docks.privacy_dock import PrivacyDock
from studio.gui.evaluations import Evaluations, Wish
from studio.gui.export import Kind
from studio.gui.jobs import Jobs
from studio.gui.leak_model import ALL, CELL_ROLE, LeakModel, leak_colour
from studio.gui.theme import tokens
from studio.jobs import process
from studio.jobs.messages import JobListener
from studio.jobs.process import Job
from studio.optics.presets import preset
from studio.project.model import DataReference, Project
from studio.project.records import Evaluation, Run
from tests.evaluation.made import CELLS, made_evaluation
from tests.gui.accessible import unnamed
from tests.gui.played_jobs import Played, settle


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A cache in which every model seems to be."""
    monkeypatch.setattr(models, "cache_folder", lambda: tmp_path / "models")
    for model in models.MODELS.values():
        model.folder().mkdir(parents=True)
    return tmp_path / "models"


@pytest.fixture
def evaluations(document, jobs):
    return Evaluations(document, jobs)


@pytest.fixture
def dock(qtbot, document, evaluations, installed):
    dock = PrivacyDock(document, evaluations)
    qtbot.addWidget(dock)
    dock.resize(700, 900)
    dock.show()
    yield dock
    assert dock.stop()


def end(qtbot, jobs: Jobs, played: Played, job: Job, *records: Evaluation) -> None:
    played.finish(job, *records)
    settle(qtbot, jobs)


def test_without_results_the_dock_says_what_to_do(dock) -> None:
    assert dock.empty.isVisible()
    assert "opticaldr evaluate" in dock.empty.text()
    assert not dock.results.isVisible()
    assert not dock.working.isVisible()
    assert not dock.form_section.folded


def test_from_start_through_partial_results_to_the_record(qtbot, document, jobs, dock, played) -> None:
    dock.form.recognisers["facenet"].setChecked(False)
    dock.form.start_button.click()
    qtbot.waitUntil(lambda: not jobs.busy)
    (job,) = jobs.running
    arguments = job.request.arguments
    assert arguments[:2] == ("evaluate", "{project}")
    options = dict(zip(arguments[2::2], arguments[3::2], strict=True))
    assert options == {
        "--data": "cohort",
        "--grid": "quick",
        "--recognisers": "dlib,sface",
        "--seed": "0",
        "--job": "{folder}",
    }
    assert dock.working.isVisible()
    listener = JobListener(job.folder)
    listener.progress("capturing", 0.25)
    listener.score("captured-clear/A0/sface/auc", (0.6, 0.5, 0.7))
    jobs.poll()
    assert dock.working.bar.value() == 25
    assert "capturing" in dock.working.stage.text()
    assert dock.headline.text().startswith("So far: Worst attacker: A0 with sface")
    assert not dock.remove_button.isEnabled()
    end(qtbot, jobs, played, job, made_evaluation(design=document.design))
    assert [record.id for record in document.project.evaluations] == ["evaluation-1"]
    assert document.dirty
    assert not dock.working.isVisible()
    assert dock.headline.text().startswith("Worst attacker: A3 wiener with sface")
    assert "98.5 %" in dock.detection.text()


def test_baselines_follow_one_after_the_other(qtbot, jobs, dock, evaluations, played) -> None:
    dock.form.baselines.setText("gaussian:4, pixelate:8")
    dock.form.start_button.click()
    qtbot.waitUntil(lambda: not jobs.busy)
    wanted = [[], ["gaussian:4"], ["pixelate:8"]]
    for number, baseline in enumerate(wanted):
        (job,) = jobs.running
        arguments = job.request.arguments
        asked = [arguments[i + 1] for i, part in enumerate(arguments) if part == "--baseline"]
        assert asked == baseline
        end(qtbot, jobs, played, job, made_evaluation(id=f"evaluation-{number}"))
    assert not jobs.running
    assert len(evaluations.records) == 3


def test_stop_asks_the_job_and_begins_nothing_more(qtbot, jobs, dock, played) -> None:
    dock.form.baselines.setText("gaussian:4")
    dock.form.start_button.click()
    qtbot.waitUntil(lambda: not jobs.busy)
    (job,) = jobs.running
    dock.working.stop_button.click()
    assert (job.folder / "stop").exists()
    assert "stopping" in dock.working.stage.text()
    end(qtbot, jobs, played, job, made_evaluation(state="stopped"))
    assert not jobs.running
    assert dock.headline.text().startswith("Stopped early. ")


def test_cancel_throws_away(qtbot, jobs, dock, evaluations, played) -> None:
    dock.form.start_button.click()
    qtbot.waitUntil(lambda: not jobs.busy)
    (job,) = jobs.running
    JobListener(job.folder).score("captured-clear/A0/sface/auc", (0.6, 0.5, 0.7))
    jobs.poll()
    dock.working.cancel_button.click()
    qtbot.waitUntil(lambda: not job.folder.exists())
    assert evaluations.shown is None
    assert dock.empty.isVisible()


def test_a_failure_ends_the_work_and_is_told(qtbot, jobs, dock, evaluations, played) -> None:
    dock.form.baselines.setText("gaussian:4")
    dock.form.start_button.click()
    qtbot.waitUntil(lambda: not jobs.busy)
    (job,) = jobs.running
    (job.folder / process.LOG).write_text("the model yunet is missing: opticaldr models fetch yunet\n")
    played.die(job)
    with qtbot.waitSignal(evaluations.failed) as told:
        settle(qtbot, jobs)
    assert told.args == ["the model yunet is missing: opticaldr models fetch yunet"]
    assert not dock.working.isVisible()
    assert not jobs.running


def test_messages_that_make_no_sense_are_left_out(qtbot, jobs, dock, evaluations, played) -> None:
    dock.form.start_button.click()
    qtbot.waitUntil(lambda: not jobs.busy)
    (job,) = jobs.running
    listener = JobListener(job.folder)
    for value in ([1, 2], "high", None, 5, [1, "2", 3]):
        listener.say("score", name="captured-clear/A0/sface/auc", value=value)
    listener.say("progress", stage=None, share="half")
    listener.score("captured-clear/A0/dlib/auc", (0.7, float("nan"), float("nan")))
    jobs.poll()
    assert evaluations.shown is not None
    assert "Worst attacker: A0 with dlib" in dock.headline.text()


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [("data", "lfw", "LFW"), ("data", "nowhere:x", "expected cohort"), ("baselines", "blur", "baseline")],
)
def test_nonsense_is_refused_in_place(jobs, dock, field: str, text: str, said: str) -> None:
    widget = getattr(dock.form, field)
    (widget.setEditText if field == "data" else widget.setText)(text)
    dock.form.start_button.click()
    assert said.lower() in dock.form.message.text().lower()
    assert not jobs.running


def test_missing_recognisers_can_be_fetched(qtbot, dock, installed, monkeypatch) -> None:
    (installed / models.MODELS["dlib"].folder().name).rmdir()
    dock.form.look()
    assert not dock.form.recognisers["dlib"].isEnabled()
    assert dock.form.recognisers["sface"].isChecked()
    assert "opticaldr models fetch dlib" in dock.form.missing.text()
    assert dock.form.wish().recognisers == ("sface", "facenet")

    def fetch(names, **_):
        for name in names:
            models.MODELS[name].folder().mkdir()

    monkeypatch.setattr(models, "fetch", fetch)
    with qtbot.waitSignal(dock.form.fetch.ended):
        dock.form.fetch_button.click()
    assert dock.form.recognisers["dlib"].isChecked()
    assert not dock.form.missing.isVisible()


def test_a_fetch_that_fails_says_why(qtbot, dock, installed, monkeypatch) -> None:
    (installed / models.MODELS["dlib"].folder().name).rmdir()
    dock.form.look()

    def fetch(*_given, **_options):
        raise models.ModelError("the index cannot be reached")

    monkeypatch.setattr(models, "fetch", fetch)
    with qtbot.waitSignal(dock.form.fetch.ended):
        dock.form.fetch_button.click()
    assert dock.form.message.text() == "The index cannot be reached"
    assert dock.form.fetch_button.isEnabled()


def test_results_of_another_lens_are_marked_and_its_lens_comes_back(document, dock) -> None:
    document.add_records([made_evaluation()])
    assert dock.stale.isVisible()
    dock.load_button.click()
    assert document.design == preset("defocus-disc")
    assert not dock.stale.isVisible()
    document.undo_stack.undo()
    assert dock.stale.isVisible()


def test_a_plain_blur_does_not_age(document, dock) -> None:
    document.add_records([made_evaluation(config={"baseline": "gaussian:4"})])
    assert not dock.stale.isVisible()


def test_evaluations_are_chosen_named_noted_and_deleted(document, dock, evaluations) -> None:
    document.add_records([made_evaluation(), made_evaluation(id="evaluation-2", label="Second")])
    assert dock.chooser.currentText().startswith("Second")
    dock.chooser.setCurrentIndex(dock.chooser.findData("evaluation-1"))
    dock.chooser.activated.emit(dock.chooser.currentIndex())
    assert evaluations.shown.id == "evaluation-1"
    dock.facts.name.setText("First")
    dock.facts.name.editingFinished.emit()
    dock.facts.notes.setPlainText("on a laptop")
    dock.facts.notes.clearFocus()
    dock.facts._annotate()
    assert (evaluations.shown.label, evaluations.shown.notes) == ("First", "on a laptop")
    put_back = []
    dock.removed.connect(lambda _said, undo: put_back.append(undo))
    dock.remove_button.click()
    assert [record.id for record in evaluations.records] == ["evaluation-2"]
    put_back[0]()
    assert evaluations.shown.notes == "on a laptop"


def test_the_provenance_is_there(document, dock) -> None:
    document.add_records([made_evaluation()])
    text = dock.facts.provenance.text()
    for part in ("data: orl", "seed: 3", "pairs: abababab", "noise: 0.01"):
        assert part in text


def test_what_was_shown_is_remembered_with_the_project(document, dock, evaluations) -> None:
    document.add_records([made_evaluation(), made_evaluation(id="evaluation-2")])
    evaluations.show("evaluation-1")
    document.replace_project(document.project)
    assert evaluations.shown.id == "evaluation-1"
    document.replace_project(Project())
    assert evaluations.shown is None
    assert dock.empty.isVisible()


def test_the_chosen_faces_are_those_of_the_project(document, dock) -> None:
    document.set_data(DataReference("folder:faces", role="evaluation"))
    assert dock.form.wish().data == "folder:faces"


def test_a_wish_makes_one_command_a_baseline() -> None:
    commands = Wish("orl", "full", ("sface",), 7, ("gaussian:4",)).commands()
    assert [title for title, _ in commands] == ["Full grid on orl", "Full grid on orl, gaussian:4"]


def test_the_network_of_the_lens_is_scored_with_it(document, dock, evaluations, jobs) -> None:
    assert not dock.form.network.isVisible()
    config = {"network": {"trunk": "sanet-tiny"}, "baseline": "none"}
    weights = {"w": np.zeros(2, np.float16)}
    run = Run(id="run-1", label="Trial", config=config, kept=True, weights=weights, design=document.design)
    document.add_records([run])
    assert dock.form.network.isVisible()
    assert "Trial" in dock.form.network.text()
    wish = replace(dock.form.wish(), baselines=("gaussian:4",))
    (_, of_lens), (_, of_blur) = wish.commands()
    assert of_lens[-2:] == ("--run", "run-1")
    assert "--run" not in of_blur
    dock.form.network.setChecked(False)
    assert not dock.form.wish().run
    document.apply_preset("paper-peak")
    assert not dock.form.network.isVisible(), "that lens was made by nobody"


# The table


def shown(model: LeakModel) -> dict[str, list[str]]:
    rows = {}
    for row in range(model.rowCount()):
        name = model.headerData(row, Qt.Orientation.Vertical)
        rows[name] = [str(model.index(row, c).data() or "").split("\n")[0] for c in range(model.columnCount())]
    return rows


def test_the_table_has_the_best_recogniser_of_each_attacker(document, dock) -> None:
    document.add_records([made_evaluation()])
    rows = shown(dock.model)
    assert next(iter(rows)) == "Clear against clear"
    assert rows["Captured against clear"] == ["0.520", ""]
    assert rows["Reconstructed against clear"] == ["", "0.880"]
    assert rows["gaussian:4: captured against clear"] == ["0.930", ""]
    assert not any("noise:" in row for row in rows)  # those are a sweep


def test_kinds_of_a_rung_share_a_column(document, dock) -> None:
    record = made_evaluation()
    better = {
        "reconstructed-clear/A3 total-variation/sface/auc": (0.91, 0.88, 0.94),
        "captured-clear/A1/small/auc": (0.7, 0.6, 0.8),
    }
    document.add_records([replace(record, scores={**record.scores, **better})])
    assert shown(dock.model)["Reconstructed against clear"] == ["", "", "0.910"]
    assert [dock.model.headerData(i, Qt.Orientation.Horizontal) for i in range(3)] == ["A0", "A1", "A3"]


def test_each_recogniser_may_have_its_columns(document, dock) -> None:
    document.add_records([made_evaluation()])
    dock.columns.setCurrentIndex(dock.columns.findData("dlib"))
    dock.columns.activated.emit(dock.columns.currentIndex())
    assert shown(dock.model)["Captured against clear"] == ["0.500", ""]
    dock.columns.setCurrentIndex(dock.columns.findData(ALL))
    dock.columns.activated.emit(dock.columns.currentIndex())
    assert dock.model.columnCount() == 4
    assert dock.model.index_of_worst().data() is not None


def test_the_worst_cell_is_marked_in_words_too(document, dock) -> None:
    document.add_records([made_evaluation()])
    worst = dock.model.index_of_worst()
    assert worst.data(CELL_ROLE).name == "reconstructed-clear/A3 wiener/sface"
    assert "Worst attacker" in worst.data(Qt.ItemDataRole.AccessibleTextRole)
    assert not dock.model.data(QModelIndex())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_figures_read_on_every_tint(dressed, theme: str) -> None:
    dressed(theme)
    for auc in (0.3, 0.5, 0.75, 1.0, float("nan")):
        assert contrast(QColor(tokens().text), leak_colour(auc)) >= 4.5
    assert leak_colour(0.3) == leak_colour(0.5)
    assert leak_colour(0.7) != leak_colour(0.9)


def contrast(one: QColor, other: QColor) -> float:
    """WCAG 2."""

    def luminance(colour: QColor) -> float:
        parts = (v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in colour.getRgbF()[:3])
        return sum(w * v for w, v in zip((0.2126, 0.7152, 0.0722), parts, strict=True))

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


# Export


@pytest.mark.parametrize(
    ("kind", "suffix"), [(TABLE, ".csv"), (WHOLE, ".json"), (ROC, ".svg"), (DET, ".pdf"), (STRIP, ".png")]
)
def test_exports(qtbot, document, dock, tmp_path: Path, kind: Kind, suffix: str) -> None:
    document.add_records([made_evaluation()])
    target = tmp_path / f"out{suffix}"
    dock.export._choose = lambda _window, suggestion, suffixes: target
    dock.export.look()
    assert dock.export.actions[kind].isEnabled()
    with qtbot.waitSignal(dock.told, timeout=30_000) as told:
        dock.export.actions[kind].trigger()
    assert told.args == [f"Exported out{suffix}", "success"]
    if kind is TABLE:
        lines = [line for line in target.read_text().splitlines() if not line.startswith("#")]
        assert len(list(csv.DictReader(lines))) == len(CELLS)
    assert target.stat().st_size > 100


def test_what_an_evaluation_lacks_is_not_offered(document, dock) -> None:
    document.add_records([made_evaluation(curves={}, arrays={}, scores={"captured-clear/A0/sface/auc": (0.5, 0, 1)})])
    dock.export.look()
    offered = {kind for kind, action in dock.export.actions.items() if action.isEnabled()}
    assert offered == {TABLE, WHOLE}


def test_an_export_that_fails_says_why(qtbot, document, dock, tmp_path: Path) -> None:
    document.add_records([made_evaluation()])
    dock.export._choose = lambda *_: tmp_path / "missing" / "out.csv"
    with qtbot.waitSignal(dock.told) as told:
        dock.export.actions[TABLE].trigger()
    assert told.args[1] == "error"
    assert "the folder does not exist" in told.args[0]


def test_every_control_has_a_name(document, dock) -> None:
    document.add_records([made_evaluation()])
    assert unnamed(dock.widget()) == []


def test_every_kind_of_figure_has_a_suffix_that_can_be_written() -> None:
    from studio.evaluation.figures import FORMATS

    assert FIGURE_SUFFIXES == FORMATS
