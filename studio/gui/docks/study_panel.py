"""The upper part of the Trade-off dock: what a study varies, and the sweep that is at work on it."""

from __future__ import annotations

import os

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from studio.gui.live_run import in_words
from studio.gui.studies import Studies
from studio.gui.theme import SPACING
from studio.gui.widgets.hints import hint
from studio.gui.widgets.labels import TokenLabel
from studio.gui.widgets.section import Section
from studio.gui.widgets.work_row import WorkRow
from studio.training.config import PRESETS, ConfigError, estimate_minutes

_TRUNK = "trunk"
_SCRATCH = {"start": "scratch", "warm_up": "2000"}
"""Where the network varies: those that trials begin with are of one kind."""
_VARIED = (
    ("identity_weight", "Hiding weight", "log:0.1..30", True, "What hiding who it is weighs against reading the face"),
    ("lens.zernike.4", "Starting defocus", "-31..-22", True, "Noll term 4 of the lens a trial begins with, µm"),
    ("lens.preset", "Starting lens", "focused-1m,paper-peak,defocus-disc", False, "Presets that trials begin with"),
    ("zernike_terms", "Zernike terms", "4,10,15,21", False, "Noll terms up to this one are learned"),
    ("lens.sensor.noise", "Read noise", "0.002,0.01,0.02", False, "Of the sensor, as a share of full scale"),
    ("lens.sensor.bits", "Bits", "4,6,8", False, "Of the sensor"),
    ("farthest_m", "Farthest distance", "0.6,1,2", False, "Of the depth range that the lens is trained for, m"),
    ("identity.lens_rate", "Lens rate", "0,0.05,0.15", False, "How far a step moves a term, µm; 0 keeps the lens"),
    (
        _TRUNK,
        "Network",
        "resnet-small,sanet-tiny",
        False,
        "That reads faces; each learns from scratch, which takes longer",
    ),
    ("seed", "Seed", "0,1,2", False, "The same settings again: how much is chance"),
)
_BASELINES = "gaussian:1,gaussian:2,gaussian:4,defocus:4,defocus:8,defocus:16,pixelate:2,pixelate:4,pixelate:8,clear"
_ATTACK_MIN = 1.0  # about, of a trial, beside its training
_VALUES_TIP = "A,B,C for values, LOW..HIGH for a range, log:LOW..HIGH for one by ratio"


class StudyPanel(QWidget):
    """Starts, continues, stops sweeps of `studies`."""

    unsaved = Signal()
    """A study was asked for, but the project has no file yet."""

    def __init__(self, studies: Studies, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studies = studies
        self.section = Section("Study")
        self.section.rows.addWidget(self._make_form())
        self.working = WorkRow(
            "the study",
            "Put back the trials under way; the study can go on later",
            "End it at once; what has ended is kept, the rest can go on later",
        )
        self.working.stop_wanted.connect(studies.stop_sweep)
        self.working.cancel_wanted.connect(studies.cancel_sweep)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(self.section)
        column.addWidget(self.working)
        studies.changed.connect(self.follow)
        studies.progressed.connect(self._show_progress)
        self._show_estimate()
        self.follow()

    def arguments(self) -> tuple[str, ...]:
        """Options of `opticaldr sweep` for what the form says."""
        workers = ("--workers", str(self.workers.value()))
        if self._continues():
            return ("--more", str(self.trials.value()), *workers)
        baselines = self.baselines.text().replace(" ", "")
        vary = [f"{key}={entry.text().strip()}" for key, (box, entry) in self.varied.items() if box.isChecked()]
        return (
            *("--trials", str(self.trials.value()), *workers),
            *(("--vary", *vary) if vary else ()),
            *(("--set", *(f"{key}={value}" for key, value in self._settings().items())) if self._settings() else ()),
            *(("--baselines", baselines) if baselines else ()),
        )

    def _settings(self) -> dict[str, str]:
        """That are the same in all trials, beside the preset."""
        return _SCRATCH if self.varied[_TRUNK][0].isChecked() else {}

    # Parts

    def _make_form(self) -> QWidget:
        self.varied: dict[str, tuple[QCheckBox, QLineEdit]] = {}
        self.choices = QWidget()
        grid = QGridLayout(self.choices)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(SPACING)
        for number, (key, words, values, on, tip) in enumerate(_VARIED):
            box, entry = QCheckBox(words), QLineEdit(values)
            box.setChecked(on)
            entry.setEnabled(on)
            entry.setAccessibleName(f"Values of {words}")
            entry.setToolTip(_VALUES_TIP)
            box.setToolTip(tip)
            for widget in (box, entry):
                widget.setAccessibleDescription(widget.toolTip())
            box.toggled.connect(entry.setEnabled)
            row, column = divmod(number, 2)
            grid.addWidget(box, row, 2 * column)
            grid.addWidget(entry, row, 2 * column + 1)
            box.toggled.connect(self._show_estimate)
            entry.textChanged.connect(self._show_estimate)
            self.varied[key] = box, entry
        self.baselines = QLineEdit(_BASELINES)
        self.baselines.setAccessibleName("Baselines")
        self.baselines.setToolTip("Plain blurs with networks of their own; strengths in pixels of 64 px pictures")
        self.baselines.setCursorPosition(0)
        self.name = QLineEdit("study")
        self.name.setAccessibleName("Name of the study")
        self.name.setToolTip("The name of a study that is there already continues it, with its own settings")
        label = QLabel("Baselines")
        label.setBuddy(self.baselines)
        grid.addWidget(label, grid.rowCount(), 0)
        grid.addWidget(self.baselines, grid.rowCount() - 1, 1, 1, 3)
        whole = QWidget()
        column_of_all = QVBoxLayout(whole)
        column_of_all.setContentsMargins(0, 0, 0, 0)
        column_of_all.setSpacing(SPACING)
        column_of_all.addWidget(self.choices)
        column_of_all.addLayout(self._make_start())
        self.message = TokenLabel()
        self.message.setWordWrap(True)
        column_of_all.addWidget(self.message)
        self.name.textChanged.connect(self.follow)
        return whole

    def _make_start(self) -> QHBoxLayout:
        self.trials = QSpinBox(minimum=0, maximum=10_000, value=20)
        self.trials.setAccessibleName("Trials")
        self.workers = QSpinBox(minimum=1, maximum=max(1, os.cpu_count() or 1), prefix="workers ")
        self.workers.setAccessibleName("Workers")
        self.workers.setToolTip("Processes side by side, one core and about 1 GB each")
        self.start_button = QPushButton("Start study")
        hint(self.start_button, "Train and measure every trial in the background; you can close the window")
        self.start_button.setDefault(True)  # in the accent, as Train and Evaluate are
        self.start_button.clicked.connect(self._start)
        for box in (self.trials, self.workers):
            box.valueChanged.connect(self._show_estimate)
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        for widget in (self.name, self.trials, self.workers, self.start_button):
            row.addWidget(widget)
        row.setStretch(0, 1)
        return row

    # What happens

    @Slot()
    def _start(self) -> None:
        name = self.name.text().strip() or "study"
        title = f"Study “{name}”, {self.trials.value()} {'more ' if self._continues() else ''}trials"
        if not self._studies.start(title, name, self.arguments()):
            self.unsaved.emit()
            self._say("Save the project first: a study lies in a file beside it.", "warning")

    def _continues(self) -> bool:
        name = self.name.text().strip() or "study"
        return any(trial.study == name for trial in self._studies.trials)

    @Slot()
    def follow(self) -> None:
        """Show what there is: a new study or one that goes on, and whether a sweep is at work."""
        continues, running = self._continues(), self._studies.running is not None
        self.choices.setVisible(not continues)
        self.trials.setPrefix("more trials " if continues else "trials ")
        self.trials.setToolTip("0: only those that still wait" if continues else "Lenses; baselines come in addition")
        self.start_button.setText("Go on" if continues else "Start study")
        self.start_button.setEnabled(not running)
        self.working.setVisible(running)
        self._show_progress()
        self._show_estimate()

    @Slot()
    def _show_progress(self) -> None:
        self.working.show_progress(*self._studies.progress)

    @Slot()
    def _show_estimate(self) -> None:
        a_trial = self._trial_minutes()
        if a_trial is None:
            self._say("", "muted")
            return
        count = self.trials.value() + len([text for text in self.baselines.text().split(",") if text.strip()])
        minutes = count * (a_trial + _ATTACK_MIN) / self.workers.value()
        self._say(f"About {in_words(60 * minutes)} on cores like those it was measured on, AMD EPYC.", "muted")

    def _trial_minutes(self) -> float | None:
        """The training of one trial, about; None where the form does not say it, or says what there is not."""
        if self._continues():
            return None
        box, entry = self.varied[_TRUNK]
        trunks = [text.strip() for text in entry.text().split(",") if text.strip()] if box.isChecked() else []
        settings = [self._settings() | {_TRUNK: trunk} for trunk in trunks] or [{}]
        try:
            minutes = [estimate_minutes(PRESETS["trial"].changed(changes)) for changes in settings]
        except ConfigError:
            return None
        return sum(minutes) / len(minutes)

    def _say(self, text: str, token: str) -> None:
        self.message.set_token(token)
        self.message.setText(text)
