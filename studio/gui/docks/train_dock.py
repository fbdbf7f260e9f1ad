"""The Training dock: sets up runs, starts them in processes of their own, and shows how lens and networks learn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from studio.gui.docks.run_curves import Curves, RunCurves
from studio.gui.docks.train_form import TrainForm
from studio.gui.document import Document
from studio.gui.jobs import Jobs
from studio.gui.theme import SPACING
from studio.gui.thumbnails import Thumbnails
from studio.gui.widgets.labels import ElidedLabel, TokenLabel
from studio.jobs.process import Job
from studio.optics.lens import DesignError, LensDesign
from studio.project.records import Run
from studio.training.config import ConfigError

KIND = "train"
_PICTURE_PX = 96
_FORM_PX = 288
_MOST_SHOWN = 5
_EMPTY = "No run yet. Choose a preset above and press Train: the lens learns while you go on working."


class LiveRun:
    """What a job has said so far."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.stage, self.share = "Starting", 0.0
        self.curves: dict[str, list[tuple[float, float]]] = {}

    def hear(self, message: dict[str, Any]) -> bool:
        """Take a message in; whether curves have grown. What is not as it should be is left out."""
        if message["kind"] == "progress":
            self.stage, self.share = str(message.get("stage", "")), float(message.get("share") or 0.0)
        values = message.get("values") if message["kind"] == "values" else None
        if not isinstance(values, dict):
            return False
        for name, value in values.items():
            if isinstance(value, (int, float)):
                self.curves.setdefault(name, []).append((float(message.get("step") or 0), float(value)))
        return True

    def arrays(self) -> Curves:
        return {name: np.array(points) for name, points in self.curves.items()}

    def design(self, start: LensDesign) -> LensDesign | None:
        """The lens as the job last told it."""
        terms = {int(n[8:]): points[-1][1] for n, points in self.curves.items() if n.startswith("zernike.")}
        try:
            for j, height_um in terms.items():
                start = start.with_zernike(j, height_um)
        except DesignError:
            return None
        return start if terms else None


class TrainDock(QDockWidget):
    """Shows the runs of `document` and those of `jobs`. Whoever owns the dock calls `stop` before the end."""

    run_finished = Signal(str, object)  # what to say, and what applies its lens

    def __init__(self, document: Document, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__("Training", parent)
        self._document, self._jobs = document, jobs
        self._live: dict[str, LiveRun] = {}
        self.thumbnails = Thumbnails(self)
        self.setAccessibleName("Training")
        self.form = TrainForm()
        self.curves = RunCurves()
        whole = QSplitter(Qt.Orientation.Horizontal)
        whole.addWidget(self._make_left())
        whole.addWidget(self._make_right())
        whole.setStretchFactor(1, 1)
        whole.setChildrenCollapsible(False)
        whole.setSizes([_FORM_PX, 3 * _FORM_PX])
        self.setWidget(whole)
        jobs.started.connect(self._begin)
        jobs.message.connect(self._hear)
        jobs.finished.connect(self._finish)
        jobs.failed.connect(self._fail)
        jobs.changed.connect(self._follow)
        document.records_changed.connect(self._follow)
        self.thumbnails.ready.connect(self._show_pictures)
        self._follow()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the thread for good; False when it is still busy after `timeout_s`."""
        return self.thumbnails.stop(timeout_s)

    # Parts

    def _make_left(self) -> QWidget:
        self.train_button = QPushButton("Train")
        self.train_button.setToolTip("Start this run in the background, from the lens as it is now")
        self.train_button.setDefault(True)
        self.message = TokenLabel("", "error")
        self.message.setWordWrap(True)
        self.runs = QListWidget()
        self.runs.setAccessibleName("Runs")
        self.runs.setAccessibleDescription("Select several to compare their curves")
        self.runs.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.runs.setMinimumHeight(96)
        self.runs.itemSelectionChanged.connect(self._show_selection)
        self.train_button.clicked.connect(self.train)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(2 * SPACING, SPACING, SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addWidget(self.form)
        column.addWidget(self.train_button)
        column.addWidget(self.message)
        column.addWidget(TokenLabel("Runs", "text"))
        column.addWidget(self.runs, 1)
        left.setMinimumWidth(272)
        return left

    def _make_right(self) -> QWidget:
        self.title = ElidedLabel(_EMPTY, "text")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(SPACING)
        self.progress.setAccessibleName("Progress of the run")
        self.figures = TokenLabel()
        self.figures.setWordWrap(True)
        self.buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        for name, text, tip in (
            ("apply", "Apply this lens", "Make the lens of the selected run the current one; undo brings yours back"),
            ("stop", "Stop", "Finish the step and keep what was learned"),
            ("cancel", "Cancel", "End the run now and throw it away"),
            ("remove", "Delete", "Take the selected runs out of the project"),
        ):
            button = QPushButton(text)
            button.setToolTip(tip)
            button.setAccessibleDescription(tip)
            button.clicked.connect(getattr(self, f"_{name}"))
            self.buttons[name] = button
            row.addWidget(button)
        row.addStretch(1)
        self.psf, self.capture = (_picture(name) for name in ("PSF", "Capture"))
        words = QVBoxLayout()
        words.setSpacing(SPACING)
        for widget in (self.title, self.progress, self.figures):
            words.addWidget(widget)
        words.addLayout(row)
        words.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(2 * SPACING)
        top.addLayout(words, 1)
        top.addWidget(self.psf)
        top.addWidget(self.capture)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(SPACING, SPACING, 2 * SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(top)
        column.addWidget(self.curves, 1)
        return right

    # What the user does

    @Slot()
    def train(self) -> None:
        """Start a run as the form says."""
        try:
            arguments = self.form.arguments()
        except ConfigError as error:
            self.message.setText(str(error))
            return
        self.message.setText("")
        self._jobs.start(KIND, f"Training, {self.form.preset.currentText()}", arguments)

    @Slot()
    def _apply(self) -> None:
        run = self._selected_run()
        if run is not None and run.design is not None:
            self.apply(run)

    def apply(self, run: Run) -> None:
        """Make the lens of `run` the current one, as one undo step; sensor and distance stay."""
        if run.design is not None:
            kept = self._document.design
            learned = replace(run.design, sensor=kept.sensor, object_distance_m=kept.object_distance_m)
            self._document.edit_design(learned, f"Apply lens of {run.label or run.id}")

    @Slot()
    def _stop(self) -> None:
        if (live := self._selected_live()) is not None:
            self._jobs.stop_job(live.job)
            live.stage = "Stopping after this step"
            self._show_state()

    @Slot()
    def _cancel(self) -> None:
        if (live := self._selected_live()) is not None:
            self._live.pop(live.job.id, None)
            self._jobs.cancel(live.job)

    @Slot()
    def _remove(self) -> None:
        gone = set(self._selected_ids())
        self._document.remove_runs(gone)

    # What follows

    @Slot(object)
    def _begin(self, job: Job) -> None:
        if job.request.kind == KIND:
            self._live[job.id] = LiveRun(job)
            self._follow()
            self._select(job.id)

    @Slot(object, object)
    def _hear(self, job: Job, message: dict[str, Any]) -> None:
        live = self._live.get(job.id)
        if live is None:
            return
        grown = live.hear(message)
        if job.id in self._selected_ids():
            if grown:
                self._show_selection()
            else:
                self._show_state()

    @Slot(object)
    def _finish(self, job: Job) -> None:
        if self._live.pop(job.id, None) is not None:
            self._follow()
            runs = self._document.project.runs
            if runs:
                self._select(runs[-1].id)
                run = runs[-1]
                self.run_finished.emit(f"{run.label or run.id} {run.state}", lambda: self.apply(run))

    @Slot(object, str)
    def _fail(self, job: Job | None, reason: str) -> None:
        if job is None or self._live.pop(job.id, None) is not None:
            self.message.setText(reason)
            self._follow()

    @Slot()
    def _follow(self) -> None:
        """List what is at work and what is kept, newest first, with the selection as it was."""
        chosen = self._selected_ids()
        self.runs.blockSignals(True)
        self.runs.clear()
        for live in reversed(self._live.values()):
            self._add(live.job.id, f"● {live.job.request.title}")
        for run in reversed(self._document.project.runs):
            state = "" if run.state == "finished" else f" ({run.state})"
            self._add(run.id, f"{run.label or run.id}{state}", run.reason or run.notes)
        for row in range(self.runs.count()):
            item = self.runs.item(row)
            item.setSelected(item.data(Qt.ItemDataRole.UserRole) in chosen)
        if not self.runs.selectedItems() and self.runs.count():
            self.runs.setCurrentRow(0, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.runs.blockSignals(False)
        self._show_selection()

    def _add(self, run_id: str, text: str, tip: str = "") -> None:
        item = QListWidgetItem(text)
        item.setData(Qt.ItemDataRole.UserRole, run_id)
        item.setToolTip(tip)
        self.runs.addItem(item)

    @Slot()
    def _show_selection(self) -> None:
        runs = {run.id: run.curves for run in self._document.project.runs}
        live = {run_id: run.arrays() for run_id, run in self._live.items()}
        known: dict[str, Curves] = {**runs, **live}
        self.curves.show_runs([known[i] for i in self._selected_ids() if i in known][:_MOST_SHOWN])
        self._show_state()
        self._show_pictures()

    def _show_state(self) -> None:
        live, run = self._selected_live(), self._selected_run()
        self.progress.setVisible(live is not None)
        for name, on in (("stop", live), ("cancel", live), ("apply", run and run.design), ("remove", run)):
            self.buttons[name].setVisible(bool(on))
        if live is not None:
            self.title.setText(f"{live.job.request.title}: {live.stage}")
            self.progress.setValue(round(100 * live.share))
            self.figures.setText(_figures({name: points[-1][1] for name, points in live.curves.items()}))
        elif run is not None:
            reason = f": {run.reason}" if run.reason else ""
            self.title.setText(f"{run.label or run.id}, {run.state}{reason}")
            self.figures.setText(f"{_figures(run.metrics)}\nseed {run.seed}, {run.wall_time_s / 60:.1f} min")
        else:
            self.title.setText(_EMPTY)
            self.figures.setText("")

    @Slot()
    @Slot(object)
    def _show_pictures(self, _design: LensDesign | None = None) -> None:
        live, run = self._selected_live(), self._selected_run()
        design = live.design(self._document.design) if live else run.design if run else None
        made = self.thumbnails.get(design) if design is not None else None
        images = (made.psf, made.capture) if made else (None, None)
        for label, image in zip((self.psf, self.capture), images, strict=True):
            if image is not None:
                label.setPixmap(QPixmap.fromImage(image).scaled(QSize(_PICTURE_PX, _PICTURE_PX)))
            elif design is None:
                label.clear()

    def _select(self, run_id: str) -> None:
        for row in range(self.runs.count()):
            if self.runs.item(row).data(Qt.ItemDataRole.UserRole) == run_id:
                self.runs.setCurrentRow(row, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _selected_ids(self) -> list[str]:
        return [item.data(Qt.ItemDataRole.UserRole) for item in self.runs.selectedItems()]

    def _selected_live(self) -> LiveRun | None:
        return next((self._live[i] for i in self._selected_ids() if i in self._live), None)

    def _selected_run(self) -> Run | None:
        chosen = self._selected_ids()
        return next((run for run in self._document.project.runs if run.id in chosen), None)


def _figures(values: dict[str, float]) -> str:
    words = {
        "adversary_auc": "retrained adversary AUC {:.3f}",
        "held_out_auc": "held-out recogniser AUC {:.3f}",
        "expression_r2": "expression R² {:.2f}",
        "severity_mae": "simulated severity MAE {:.1f}",
    }
    shown = [text.format(values[name]) for name, text in words.items() if name in values]
    return "On validation people: " + ", ".join(shown) if shown else ""


def _picture(name: str) -> QLabel:
    label = QLabel()
    label.setAccessibleName(f"{name} of the run's lens")
    label.setFixedSize(_PICTURE_PX, _PICTURE_PX)
    return label
