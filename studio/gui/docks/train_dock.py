"""The Training dock: sets up runs, starts them in processes of their own, and shows how lens and networks learn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QItemSelectionModel, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.exchange.run_figure import CSV, Curves, write_runs
from studio.gui.docks.run_card import RunCard
from studio.gui.docks.run_curves import COLOURS, RunCurves
from studio.gui.docks.train_form import TrainForm
from studio.gui.document import Document
from studio.gui.export import Export, Kind, Told
from studio.gui.jobs import Jobs
from studio.gui.live_run import LiveRun
from studio.gui.long_work import Follow
from studio.gui.run_pictures import PicturesOfRuns
from studio.gui.theme import SPACING, tokens
from studio.gui.widgets.labels import TokenLabel
from studio.jobs.process import Job
from studio.optics.lens import LensDesign
from studio.project import atomic
from studio.project.records import Run
from studio.training.config import ConfigError

KIND = "train"
EXPORTS = (
    Kind("PNG picture …", (".png",), "Plots of the selected runs"),
    Kind("SVG figure …", (".svg",), "The same, for papers and drawing programs"),
    Kind("PDF figure …", (".pdf",), "The same, for papers"),
    Kind("CSV numbers …", (CSV,), "Every point of every curve of the selected runs"),
)
_FORM_PX, _ROW_PX, _SWATCH_PX = 288, 24, 14
_BESIDE_PX = 780  # from here on form and run stand side by side
_EMPTY = (
    "No run yet.\n\nChoose a preset and press Train: lens and networks learn in the background while you go on "
    "working. Here you see what the lens hides and what it keeps, and with one button it becomes yours."
)


class TrainDock(QDockWidget):
    """Shows the runs of `document` and those of `jobs`. Whoever owns the dock calls `stop` before the end."""

    run_finished = Signal(str, object)  # what to say, and what applies its lens
    runs_removed = Signal(str, object)  # what to say, and what brings them back

    def __init__(
        self, document: Document, jobs: Jobs, sure: Callable[[str], bool], parent: QWidget | None = None
    ) -> None:
        """`sure(title)` asks whether to throw away what a run has learned."""
        super().__init__("Training", parent)
        self._document, self._jobs, self._sure = document, jobs, sure
        self._live: dict[str, LiveRun] = {}
        self.setAccessibleName("Training")
        self.form, self.card, self.curves = TrainForm(), RunCard(), RunCurves()
        self.pictures = PicturesOfRuns(self)
        self.export = Export("Export the curves of the selected runs", EXPORTS, self._place, self._export_work, self)
        self.card.row.insertWidget(self.card.row.count() - 1, self.export.button)
        self._whole = whole = QSplitter(Qt.Orientation.Horizontal)
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
        self.pictures.ready.connect(self.card.show_pictures)
        self.card.wanted.connect(self._do)
        self.card.renamed.connect(self._rename)
        self.export.told.connect(self._tell)
        self._follow()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the threads for good; False when one is still busy after `timeout_s`."""
        return self.pictures.stop(timeout_s) & self.export.stop(timeout_s)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "export"):
            self.export.tint()
            self._show_swatches()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask_pictures()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.width() >= _BESIDE_PX
        self._whole.setOrientation(Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical)

    # Parts

    def _make_left(self) -> QWidget:
        self.train_button = QPushButton("Train")
        self.train_button.setToolTip("Start this run in the background, from the lens as it is now")
        self.train_button.setDefault(True)
        self.train_button.clicked.connect(self.train)
        self.message = TokenLabel("", "error")
        self.message.setWordWrap(True)
        self.message.setVisible(False)
        self.runs = QListWidget()
        self.runs.setAccessibleName("Runs")
        self.runs.setAccessibleDescription("Select several to compare their curves")
        self.runs.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.runs.setMinimumHeight(96)
        self.runs.itemSelectionChanged.connect(self._show_selection)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(2 * SPACING, SPACING, SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addWidget(self.form)
        column.addWidget(self.train_button)
        column.addWidget(self.message)
        self.runs_title = TokenLabel("Runs", "text")
        column.addWidget(self.runs_title)
        column.addWidget(self.runs, 1)
        column.addStretch()
        left.setMinimumWidth(272)
        return left

    def _make_right(self) -> QWidget:
        run = QWidget()
        column = QVBoxLayout(run)
        column.setContentsMargins(SPACING, SPACING, 2 * SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addWidget(self.card)
        column.addWidget(self.curves, 1)
        empty = TokenLabel(_EMPTY)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setWordWrap(True)
        empty.setMargin(4 * SPACING)
        self.pages = QStackedWidget()
        self.pages.addWidget(empty)
        self.pages.addWidget(run)
        return self.pages

    # What the user does

    @Slot()
    def train(self) -> None:
        """Start a run as the form says."""
        try:
            arguments = self.form.arguments()
        except ConfigError as error:
            self._tell(str(error), "error")
            return
        self._tell("", "error")
        self._jobs.start(KIND, f"Training, {self.form.preset.currentText()}", arguments)

    def apply(self, run: Run) -> None:
        """Make the lens of `run` the current one, as one undo step; sensor and distance stay."""
        if run.design is not None:
            kept = self._document.design
            learned = replace(run.design, sensor=kept.sensor, object_distance_m=kept.object_distance_m)
            self._document.edit_design(learned, f"Apply lens of {run.label or run.id}")

    @Slot(str)
    def _do(self, name: str) -> None:
        """What a button of the card asks for."""
        live, run = self._selected_live(), self._selected_run()
        if name == "remove":
            self._remove()
        elif name == "go_on" and (job := self._resting()) is not None:
            self._jobs.go_on(job)
        elif name == "apply" and run is not None:
            self.apply(run)
        elif live is not None:
            self._do_live(name, live)

    def _do_live(self, name: str, live: LiveRun) -> None:
        if name == "pause":
            self._jobs.pause_job(live.job, not live.job.pausing)
        elif name == "stop":
            self._jobs.stop_job(live.job)
        elif name == "cancel" and self._sure(live.job.request.title) and self._live.pop(live.job.id, None) is not None:
            self._jobs.cancel(live.job)
        self._show_state()

    def _remove(self) -> None:
        ids = set(self._selected_ids())
        gone = [run for run in self._document.project.runs if run.id in ids]
        self._jobs.forget(ids)
        self._document.remove_runs(ids)
        if gone:
            said = f"{gone[0].label or gone[0].id} deleted" if len(gone) == 1 else f"{len(gone)} runs deleted"
            self.runs_removed.emit(said, partial(self._document.add_records, gone))

    @Slot(str, str)
    def _rename(self, label: str, notes: str) -> None:
        run = self._selected_run()
        if run is not None and (label, notes) != (run.label, run.notes):
            self._document.add_records([replace(run, label=label, notes=notes)])

    def _place(self) -> Path:
        folder = self._document.path.parent if self._document.path else Path.home()
        return folder / f"{self._document.name}-runs"

    def _export_work(self, _kind: Kind, path: Path) -> Callable[[Follow], Told]:
        return partial(_write, self._shown(), path)

    @Slot(str, str)
    def _tell(self, text: str, token: str) -> None:
        self.message.set_token(token)
        self.message.setText(text)
        self.message.setVisible(bool(text))

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
        if _trains(job):
            self._follow()
            run = next((run for run in self._document.project.runs if run.id == job.id), None)
            if run is not None:
                self._select(run.id)
                self.run_finished.emit(f"{run.label or run.id}: {run.state}", partial(self.apply, run))

    @Slot(object, str)
    def _fail(self, job: Job | None, reason: str) -> None:
        if job is None or _trains(job):
            self._tell(reason, "error")
            self._follow()

    @Slot()
    def _follow(self) -> None:
        """List what is at work, what was interrupted and what is kept, newest first, with the selection as it was."""
        chosen = self._selected_ids()
        self.train_button.setText("Train next" if self._jobs.running else "Train")
        self._live = {job.id: self._live.get(job.id) or LiveRun(job) for job in self._jobs.running if _trains(job)}
        kept = [run for run in self._document.project.runs if run.id not in self._live]
        known = {run.id for run in kept}
        resting = [job for job in self._jobs.resting if _trains(job) and job.id not in known]
        self.runs.blockSignals(True)
        self.runs.clear()
        for live in reversed(self._live.values()):
            self._add(live.job.id, f"● {live.job.request.title}")
        for job in reversed(resting):
            self._add(job.id, f"{job.request.title} (interrupted)")
        for run in reversed(kept):
            state = "" if run.state == "finished" else f" ({run.state})"
            self._add(run.id, f"{run.label or run.id}{state}", run.reason or run.notes)
        for row in range(self.runs.count()):
            item = self.runs.item(row)
            item.setSelected(item.data(Qt.ItemDataRole.UserRole) in chosen)
        if not self.runs.selectedItems() and self.runs.count():
            self.runs.setCurrentRow(0, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.runs.blockSignals(False)
        for part in (self.runs_title, self.runs):
            part.setVisible(self.runs.count() > 0)
        self._show_selection()

    def _add(self, run_id: str, text: str, tip: str = "") -> None:
        item = QListWidgetItem(text)
        item.setSizeHint(QSize(0, _ROW_PX))
        item.setData(Qt.ItemDataRole.UserRole, run_id)
        item.setToolTip(tip)
        self.runs.addItem(item)

    @Slot()
    def _show_selection(self) -> None:
        shown = self._shown()
        self.curves.show_runs([curves for _, curves in shown])
        self.export.button.setVisible(bool(shown))
        self.pages.setCurrentIndex(1 if self.runs.count() else 0)
        self._show_swatches()
        self._show_state()
        self._ask_pictures()

    def _show_swatches(self) -> None:
        """Which curve is whose, where there are several."""
        chosen = [self.runs.row(item) for item in self._selected()] if len(self._selected()) > 1 else []
        for row in range(self.runs.count()):
            token = COLOURS[chosen.index(row)] if row in chosen[: len(COLOURS)] else ""
            self.runs.item(row).setIcon(_swatch(token) if chosen else QIcon())

    def _show_state(self) -> None:
        live, run, job = self._selected_live(), self._selected_run(), self._resting()
        if live is not None:
            self.card.show_live(live)
        elif run is not None:
            self.card.show_run(run, job is not None)
        elif job is not None:
            self.card.show_resting(job)
        else:
            self.card.show_nothing()

    def _ask_pictures(self) -> None:
        design = self._shown_design()
        if design is None:
            self.card.show_pictures(None)
        if self.isVisible():
            self.pictures.ask(design)

    # What is selected

    def _shown(self) -> list[tuple[str, Curves]]:
        """Names and curves of the selected runs, as many as have a colour."""
        runs = {run.id: (run.label or run.id, run.curves) for run in self._document.project.runs}
        live = {run_id: (run.job.request.title, run.arrays()) for run_id, run in self._live.items()}
        known: dict[str, tuple[str, Curves]] = {**runs, **live}
        return [known[run_id] for run_id in self._selected_ids() if run_id in known][: len(COLOURS)]

    def _shown_design(self) -> LensDesign | None:
        live, run = self._selected_live(), self._selected_run()
        if live is not None:
            return live.design(self._document.design)
        return run.design if run is not None else None

    def _select(self, run_id: str) -> None:
        for row in range(self.runs.count()):
            if self.runs.item(row).data(Qt.ItemDataRole.UserRole) == run_id:
                self.runs.setCurrentRow(row, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _selected(self) -> list[QListWidgetItem]:
        """From the top down."""
        return [item for row in range(self.runs.count()) if (item := self.runs.item(row)).isSelected()]

    def _selected_ids(self) -> list[str]:
        return [item.data(Qt.ItemDataRole.UserRole) for item in self._selected()]

    def _selected_live(self) -> LiveRun | None:
        return next((self._live[i] for i in self._selected_ids() if i in self._live), None)

    def _selected_run(self) -> Run | None:
        chosen = self._selected_ids()
        return next((run for run in self._document.project.runs if run.id in chosen), None)

    def _resting(self) -> Job | None:
        chosen = self._selected_ids()
        return next((job for job in self._jobs.resting if job.id in chosen), None)


def _swatch(token: str) -> QIcon:
    """A square of the colour of `token`; nothing of that size for ""."""
    pixmap = QPixmap(_SWATCH_PX, _SWATCH_PX)
    pixmap.fill(QColor(tokens().panel) if token else Qt.GlobalColor.transparent)  # a rim: rows may have that colour
    if token:
        painter = QPainter(pixmap)
        painter.fillRect(pixmap.rect().adjusted(2, 2, -2, -2), QColor(getattr(tokens(), token)))
        painter.end()
    made = QIcon(pixmap)
    made.addPixmap(pixmap, QIcon.Mode.Selected)  # not tinted
    return made


def _trains(job: Job) -> bool:
    return job.request.kind == KIND


def _write(runs: list[tuple[str, Curves]], path: Path, follow: Follow) -> Told:
    """Runs in the thread."""
    try:
        write_runs(runs, path, follow)
    except OSError as error:
        return f"{path.name} was not exported: {atomic.reason(error)}", "error"
    return f"Exported {path.name}", "success"
