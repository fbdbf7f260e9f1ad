"""What a training run is to do: data, preset, steps and the settings one changes most."""

from __future__ import annotations

from textwrap import fill

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from studio.gui.live_run import in_words
from studio.gui.theme import SPACING
from studio.gui.widgets.hints import hint
from studio.gui.widgets.labels import TokenLabel
from studio.gui.widgets.section import Section
from studio.training.config import (
    PRESETS,
    STEPS,
    ConfigError,
    TrainingConfig,
    estimate_memory_gb,
    estimate_minutes,
    keys,
)

_PRESET_WORDS = {
    "trial": "Trial: does it run at all",
    "quick": "Quick look",
    "standard": "Standard",
    "thorough": "Thorough, 80 px",
    "paper-protocol": "As published, 224 px",
}
_LABEL_PX = 88
_STEP_TIPS = (
    "Step 1: the lens learns to hide who it is, and the face to be read through it",
    "Step 2: expressions, lens at rest",
    "Step 3: severity over time, lens at rest",
    "Step 4: everything at small rates",
)


class TrainForm(QWidget):
    """Gives the arguments of `opticaldr train`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preset = QComboBox()
        for name, words in _PRESET_WORDS.items():
            self.preset.addItem(words, name)
        self.preset.setCurrentIndex(self.preset.findData("quick"))
        self.data = QLineEdit("cohort")
        self.data.setToolTip("cohort, or a data set as celeba:PATH; 1=...,2=...,3=... gives each step its own")
        self.identity = _decimal(0, 1000, 0.5, "Weight of hiding identity against reading the face (lambda i)")
        self.lens_rate = _decimal(0, 100, 0.05, "How far a step moves a Zernike term; 0 keeps the lens as it is")
        self.lens_rate.setSuffix(" µm")
        self.minutes = _decimal(0, 100_000, 5, "Longest time for all of it; 0 sets no limit")
        self.minutes.setSuffix(" min")
        self.minutes.setSpecialValueText("no limit")
        self.terms = QSpinBox(minimum=4, maximum=66)
        self.terms.setToolTip("Noll terms up to this one are learned")
        self.seed = QSpinBox(minimum=0, maximum=2**31 - 1)
        self.seed.setToolTip("Equal seeds give equal runs on one machine")
        self.device = QComboBox()
        entry = QLineEdit()
        entry.setAccessibleName("Device")
        for widget in (entry, self.device):
            hint(widget, "Where to compute: auto takes a graphics card where there is one")
        self.device.setEditable(True)
        self.device.setLineEdit(entry)
        self.device.addItems(["auto", "cpu", "cuda:0", "mps"])
        self.further = QLineEdit()
        self.further.setPlaceholderText("batch=64 inversion_weight=0.1")
        self.further.setToolTip("Any other setting as KEY=VALUE, apart by spaces:\n" + fill(", ".join(keys()), 90))
        self.steps = [QCheckBox(str(number)) for number in range(1, 5)]
        self.estimate = TokenLabel()
        self.estimate.setWordWrap(True)
        self.more = Section("More settings", folded=True)
        self._lay_out()
        hint(self.preset, "How thorough the run is; what follows can be changed")
        self.preset.currentIndexChanged.connect(self._take_preset)
        for box in self.steps:
            box.toggled.connect(self._show_estimate)
        for changed in (self.minutes.valueChanged, self.further.textChanged, self.device.currentTextChanged):
            changed.connect(self._show_estimate)
        self._take_preset()

    def config(self) -> TrainingConfig:
        """What is asked for; ConfigError when it makes no sense."""
        chosen = tuple(number for number, box in enumerate(self.steps, 1) if box.isChecked())
        if not chosen:
            raise ConfigError("choose at least one step")
        changes = {}
        for change in self._changes():
            key, equals, value = change.partition("=")
            if not equals:
                raise ConfigError(f"{change!r} is not of the form KEY=VALUE")
            changes[key] = value
        changes |= {"seed": str(self.seed.value()), "minutes": str(self.minutes.value())}
        config = PRESETS[self.preset.currentData()].changed(changes | {"device": self.device.currentText()})
        return config.only(chosen)

    def arguments(self) -> tuple[str, ...]:
        """Options of `opticaldr train`. ConfigError as `config`."""
        self.config()
        steps = ",".join(str(number) for number, box in enumerate(self.steps, 1) if box.isChecked())
        return (
            *("--preset", self.preset.currentData(), "--data", self.data.text().strip() or "cohort"),
            *("--steps", steps, "--seed", str(self.seed.value()), "--device", self.device.currentText()),
            *("--minutes", f"{self.minutes.value():g}", "--set", *self._changes()),
        )

    def _changes(self) -> list[str]:
        return [
            f"identity_weight={self.identity.value():g}",
            f"identity.lens_rate={self.lens_rate.value():g}",
            f"zernike_terms={self.terms.value()}",
            *self.further.text().split(),
        ]

    def _lay_out(self) -> None:
        steps = QHBoxLayout()
        steps.setSpacing(SPACING)
        for box, tip, name in zip(self.steps, _STEP_TIPS, STEPS, strict=True):
            box.setToolTip(tip)
            box.setAccessibleName(f"Step {box.text()}: {name}")
            steps.addWidget(box)
        steps.addStretch(1)
        always = _grid(
            ("Preset", self.preset),
            ("Data", self.data),
            ("Hiding weight", self.identity),
            ("Lens rate", self.lens_rate),
            ("Time limit", self.minutes),
        )
        always.addWidget(QLabel("Steps"), always.rowCount(), 0)
        always.addLayout(steps, always.rowCount() - 1, 1)
        self.more.rows.addLayout(
            _grid(("Terms", self.terms), ("Seed", self.seed), ("Device", self.device), ("Others", self.further))
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addLayout(always)
        column.addWidget(self.more)
        column.addWidget(self.estimate)

    @Slot()
    def _take_preset(self) -> None:
        config = PRESETS[self.preset.currentData()]
        self.identity.setValue(config.identity_weight)
        self.lens_rate.setValue(config.identity.lens_rate)
        self.terms.setValue(config.zernike_terms)
        self.minutes.setValue(config.minutes)
        for box, step in zip(self.steps, config.steps(), strict=True):
            box.setChecked(step.iterations > 0)
        self._show_estimate()

    @Slot()
    def _show_estimate(self) -> None:
        try:
            config = self.config()
        except ConfigError as error:
            self.estimate.setText(str(error))
            self.estimate.set_token("error")
            return
        time, memory = in_words(60 * estimate_minutes(config)), estimate_memory_gb(config)
        self.estimate.setText(f"About {time} and {memory:.1f} GB as measured on an AMD EPYC. The window stays free.")
        self.estimate.set_token("muted")


def _grid(*rows: tuple[str, QWidget]) -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(SPACING)
    grid.setColumnStretch(1, 1)
    for number, (text, field) in enumerate(rows):
        field.setAccessibleName(text)
        field.setAccessibleDescription(field.toolTip())
        label = QLabel(text)
        label.setMinimumWidth(_LABEL_PX)  # fields of both grids begin at one line
        label.setBuddy(field)
        grid.addWidget(label, number, 0)
        grid.addWidget(field, number, 1)
    return grid


def _decimal(low: float, high: float, step: float, tip: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox(minimum=low, maximum=high, singleStep=step, decimals=2)
    box.setToolTip(tip)
    return box
