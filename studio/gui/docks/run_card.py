"""One run: how it goes or went, what its lens does to people, and what can be done with it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from studio.gui.live_run import LiveRun, in_words
from studio.gui.run_pictures import RunPictures
from studio.gui.theme import SPACING, tokens
from studio.gui.widgets.aperture_view import diverging
from studio.gui.widgets.hints import hint
from studio.gui.widgets.labels import ElidedLabel, NumberLabel
from studio.gui.widgets.picture_row import Captioned, PictureRow
from studio.gui.widgets.pictures import to_image
from studio.jobs.process import Job
from studio.project.records import Run

EMPTY = "No run is selected"
_BUTTONS = (
    ("apply", "Apply this lens", "Make the lens of this run the current one; undo brings yours back"),
    ("pause", "Pause", "Rest after this step, and leave the computer to you"),
    ("stop", "Stop", "Finish the step and keep what was learned"),
    ("cancel", "Cancel", "End the run now and throw away what it learned"),
    ("go_on", "Go on", "Train on from where it stopped"),
    ("remove", "Delete", "Take the selected runs out of the project"),
)


class RunCard(QWidget):
    """Shows one run, or that there is none."""

    wanted = Signal(str)
    """Name of the button that was pressed."""
    renamed = Signal(str, str)  # label and notes

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: RunPictures | None = None
        self.setAccessibleName("Run")
        self.title = ElidedLabel(EMPTY, "text")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(SPACING)
        self.progress.setAccessibleName("Progress of the run")
        self.figures = NumberLabel(token="muted")
        self.figures.setWordWrap(True)
        self.label, self.notes = QLineEdit(), QLineEdit()
        for field, name in ((self.label, "Name of the run"), (self.notes, "Notes on the run")):
            field.setAccessibleName(name)
            hint(field, f"{name}; kept in the project, undo takes changes back")
            field.setPlaceholderText(name)
            field.editingFinished.connect(self._rename)
        self.buttons: dict[str, QPushButton] = {}
        self.row = QHBoxLayout()
        self.row.setSpacing(SPACING)
        for name, text, tip in _BUTTONS:
            button = QPushButton(text)
            button.setObjectName(name)
            hint(button, tip)
            button.clicked.connect(self._press)
            self.buttons[name] = button
            self.row.addWidget(button)
        self.pause_button = self.buttons["pause"]
        self.row.addStretch(1)
        self.people = PictureRow("What the lens of the run does")
        names = QHBoxLayout()
        names.setSpacing(SPACING)
        names.addWidget(self.label, 1)
        names.addWidget(self.notes, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        for part in (self.title, self.progress, self.figures):
            column.addWidget(part)
        column.addLayout(names)
        column.addLayout(self.row)
        column.addWidget(self.people)
        self.show_nothing()

    def show_nothing(self) -> None:
        self._show(EMPTY, "")

    def show_live(self, live: LiveRun) -> None:
        """A run that is under way."""
        self._show(f"{live.job.request.title}: {live.words()}", _figures(live.latest()), "pause", "stop", "cancel")
        self.progress.setVisible(True)
        self.progress.setValue(round(100 * live.share))
        self.buttons["pause"].setText("Resume" if live.job.pausing else "Pause")
        self.buttons["stop"].setEnabled(not live.job.stopping)

    def show_resting(self, job: Job) -> None:
        """A run that was killed before it left anything but a state to go on from."""
        self._show(f"{job.request.title}, interrupted: {job.reason()}", "", "go_on", "remove")

    def show_run(self, run: Run, goes_on: bool) -> None:
        """A run that the project holds; `goes_on` when it can be trained on."""
        reason = f": {run.reason}" if run.reason else ""
        figures = [_figures(run.metrics), f"Seed {run.seed}, {in_words(run.wall_time_s)}, {run.device}"]
        shown = [name for name, on in (("apply", run.design), ("go_on", goes_on)) if on]
        self._show(f"{run.label or run.id}, {run.state}{reason}", "\n".join(filter(None, figures)), *shown, "remove")
        for field, text in ((self.label, run.label), (self.notes, run.notes)):
            field.setVisible(True)
            if not field.hasFocus():
                field.setText(text)

    def show_pictures(self, pictures: RunPictures | None) -> None:
        """Of the run's lens; None while there are none."""
        self._pictures = pictures
        if pictures is None:
            self.people.show_message("")
        elif pictures.error:
            self.people.show_message(pictures.error)
        else:
            self.people.show_pictures(_captioned(pictures))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._pictures is not None:
            self.show_pictures(self._pictures)  # the map of the surface has the colours of the theme

    def _show(self, title: str, figures: str, *buttons: str) -> None:
        self.title.setText(title)
        self.figures.setText(figures)
        self.figures.setVisible(bool(figures))
        for part in (self.progress, self.label, self.notes):
            part.setVisible(False)
        for name, button in self.buttons.items():
            button.setVisible(name in buttons)

    @Slot()
    def _press(self) -> None:
        self.wanted.emit(self.sender().objectName())

    @Slot()
    def _rename(self) -> None:
        if self.label.isVisible():
            self.renamed.emit(self.label.text().strip(), self.notes.text().strip())


def _figures(values: dict[str, float]) -> str:
    words = {
        "adversary_auc": "adversary AUC {:.3f}",
        "held_out_auc": "SFace AUC {:.3f}",
        "expression_r2": "expression R² {:.2f}",
        "severity_mae": "simulated severity MAE {:.1f}",
    }
    shown = [text.format(values[name]) for name, text in words.items() if name in values]
    return "On validation people: " + ", ".join(shown) if shown else ""


def _captioned(pictures: RunPictures) -> list[Captioned]:
    found = []
    if pictures.surface_um is not None:
        height = pictures.surface_um
        limit = max(float(np.nanmax(np.abs(height))), 0.01)
        colours = diverging(np.nan_to_num(height / limit), tokens())
        outside = QColor(tokens().panel)
        colours[np.isnan(height)] = (outside.red(), outside.green(), outside.blue())
        found.append(Captioned(f"± {limit:.3g} µm", to_image(colours)))
    if pictures.psf is not None:
        found.append(Captioned("PSF", to_image(pictures.psf)))
    people = (Captioned(f"Person {number}", to_image(capture)) for number, capture in enumerate(pictures.captures, 1))
    return [*found, *people]
