"""What a trial is: its lens' PSF and capture, its figures, and the buttons that load and pin it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.gui.theme import SPACING
from studio.gui.thumbnails import Thumbnails
from studio.gui.trial_model import HIDDEN
from studio.gui.widgets.labels import TokenLabel
from studio.optics.lens import LensDesign
from studio.project.records import Trial
from studio.study.plan import Measure, baseline_of

_PICTURE_PX = 112


class TrialCard(QWidget):
    """Shows one trial at a time."""

    load_wanted = Signal(str)
    pin_wanted = Signal(str)
    score_wanted = Signal(str)

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._trial: Trial | None = None
        self.setAccessibleName("Trial")
        self.title = TokenLabel(token="text")
        self.title.setWordWrap(True)
        self.figures = TokenLabel()
        self.figures.setWordWrap(True)
        self.figures.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.psf, self.capture = (self._make_picture(name) for name in ("PSF", "Capture"))
        self.load_button = QPushButton("Load this lens")
        self.load_button.setToolTip("Make it the current lens; undo brings the old one back")
        self.pin_button = QPushButton("Pin")
        self.pin_button.setToolTip("Keep this trial in view; pinned ones can be scored on test people")
        self.score_button = QPushButton("Score on test people")
        self.score_button.setToolTip(
            "Attack this lens and read through it on people that no choice was made on; once for each trial. "
            "Some minutes, in Privacy"
        )
        pictures = QHBoxLayout()
        pictures.setSpacing(SPACING)
        for picture in (self.psf, self.capture):
            pictures.addWidget(picture)
        pictures.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACING)
        for button in (self.load_button, self.pin_button, self.score_button):
            button.setAccessibleDescription(button.toolTip())
        for button in (self.load_button, self.pin_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(self.title)
        column.addLayout(pictures)
        column.addWidget(self.figures, 1)
        column.addWidget(self.score_button, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addLayout(buttons)
        self.setMinimumWidth(2 * _PICTURE_PX + 3 * SPACING)
        self.load_button.clicked.connect(self._load)
        self.pin_button.clicked.connect(self._pin)
        self.score_button.clicked.connect(self._score)
        thumbnails.ready.connect(self._show_pictures)

    @property
    def trial_id(self) -> str:
        """Of the trial shown; "" for none."""
        return self._trial.id if self._trial else ""

    def show_trial(
        self, trial: Trial | None, measures: tuple[Measure, Measure], kept: bool, scored: bool = False
    ) -> None:
        """Show `trial` with its figures; None asks to choose one. Only what is `kept` can be pinned, and only what is
        pinned and not `scored` yet can be scored."""
        self._trial = trial
        self.score_button.setVisible(kept and trial is not None and trial.pinned and not scored)
        self.load_button.setEnabled(trial is not None and trial.design is not None)
        self.pin_button.setEnabled(kept)
        if trial is None:
            self.title.setText("Point at a trial, or choose one from the table")
            self.figures.setText("A click loads its lens. Drag to move, wheel to zoom, Shift and drag to mark several.")
        else:
            kind = "Baseline " if baseline_of(trial) else ""
            self.title.setText(f"{kind}{trial.label or trial.id}" + (" ★" if trial.pinned else ""))
            self.figures.setText("\n".join(_lines(trial, measures)))
            self.pin_button.setText("Unpin" if trial.pinned else "Pin")
        self._show_pictures()

    @Slot()
    @Slot(object)
    def _show_pictures(self, _design: LensDesign | None = None) -> None:
        design = self._trial.design if self._trial else None
        made = self._thumbnails.get(design) if design is not None else None
        images = (made.psf, made.capture) if made else (None, None)
        for label, image in zip((self.psf, self.capture), images, strict=True):
            if image is None:
                label.clear()
            else:
                mode = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
                label.setPixmap(QPixmap.fromImage(image).scaled(_PICTURE_PX, _PICTURE_PX, *mode))

    @Slot()
    def _load(self) -> None:
        self.load_wanted.emit(self.trial_id)

    @Slot()
    def _pin(self) -> None:
        self.pin_wanted.emit(self.trial_id)

    @Slot()
    def _score(self) -> None:
        self.score_wanted.emit(self.trial_id)

    def _make_picture(self, name: str) -> QLabel:
        label = QLabel()
        label.setAccessibleName(f"{name} of the trial")
        label.setToolTip(f"{name} of this lens")
        label.setFixedSize(_PICTURE_PX, _PICTURE_PX)
        return label


def _lines(trial: Trial, measures: tuple[Measure, Measure]) -> list[str]:
    lines = [trial.reason] if trial.reason else []
    for measure in measures:
        value = trial.metrics.get(measure.name)
        if value is None:
            continue
        low, high = trial.scores.get(measure.name, (value, value, value))[1:]
        span = f"  [{low:.3f}, {high:.3f}]" if low < high else ""
        lines.append(f"{measure.title}: {value:.3f}{span}")
    lines += [f"{key} = {_short(value)}" for key, value in trial.config.items() if key not in HIDDEN]
    lines.append(f"seed {trial.seed}" + (f", {trial.wall_time_s / 60:.1f} min" if trial.wall_time_s else ""))
    return lines


def _short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
