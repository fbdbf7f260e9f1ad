"""What an evaluation is to do: faces, grid, recognisers, plain blurs to compare with."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QSpinBox, QWidget

from studio.evaluation.reading import GRIDS
from studio.faces import models
from studio.faces.kinds import WITHOUT_PLACE, check_spec
from studio.gui.document import Document
from studio.gui.evaluations import Wish
from studio.gui.model_fetch import ModelFetch, command_line, megabytes, missing
from studio.gui.theme import SPACING
from studio.gui.widgets.hints import hint
from studio.gui.widgets.labels import TokenLabel
from studio.gui.widgets.segments import Choice, Segments
from studio.optics.baselines import parse_baseline
from studio.optics.lens import DesignError
from studio.project.records import Run
from studio.training.readout import newest_reader

DATA_ROLE = "evaluation"
DETECTOR = "yunet"
_GRIDS = (
    Choice("quick", "Quick", "A0 and A3: recognisers as they are, and after deconvolution; minutes"),
    Choice("full", "Full", "Every attacker, trained against this lens, with sweeps; one to two hours"),
)
_NEEDED = (*models.RECOGNISERS, DETECTOR)


class EvaluationForm(QWidget):
    """Tells with `wished` that an evaluation is to begin. Whoever owns this calls `stop` before the end."""

    wished = Signal(object)  # Wish

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.fetch = ModelFetch(self)
        self.data = QComboBox(editable=True)
        entry = QLineEdit()
        entry.setAccessibleName("Faces")
        hint(entry, "cohort, orl, or a set as KIND:PATH; choose and check one in the Data panel")
        self.data.setLineEdit(entry)
        self.data.setAccessibleName("Faces")
        self.data.setToolTip("cohort, orl, or a set as KIND:PATH; choose and check one in the Data panel")
        self.grid = Segments("Grid", [choice for choice in _GRIDS if choice.key in GRIDS])
        self.recognisers = {name: QCheckBox(name) for name in models.RECOGNISERS}
        self.fetch_button = QPushButton("Fetch")
        hint(self.fetch_button, "Downloads the missing recognisers with pip and checks them")
        self.network = QCheckBox("Score what its network reads")
        hint(self.network, "Scores face units and severity with the network of the newest run that made this lens")
        self.network.setChecked(True)
        self.baselines = QLineEdit()
        self.baselines.setPlaceholderText("none; as gaussian:4, defocus:12, pixelate:8")
        self.baselines.setToolTip("Plain blurs, evaluated in the lens' place on the same pairs: strengths in pixels")
        self.seed = QSpinBox(minimum=0, maximum=2**31 - 1)
        self.seed.setToolTip("Equal seeds compare the same pairs")
        self.start_button = QPushButton("Evaluate")
        hint(self.start_button, "Attack this lens in the background; you can go on working")
        self.start_button.setDefault(True)
        self.message = TokenLabel("", "error")
        self.message.setWordWrap(True)
        self.missing = TokenLabel()
        self.missing.setWordWrap(True)
        self._lay_out()
        self.start_button.clicked.connect(self._wish)
        self.fetch_button.clicked.connect(self._fetch_missing)
        self.fetch.ended.connect(self._show_fetched)
        document.data_changed.connect(self._show_data)
        for changed in (document.design_changed, document.records_changed, document.project_replaced):
            changed.connect(self._show_network)
        self._show_data()
        self._show_network()
        self.look()

    def stop(self) -> bool:
        return self.fetch.stop()

    @Slot()
    def look(self) -> None:
        """See anew which recognisers are there."""
        absent = missing(_NEEDED)
        for name, box in self.recognisers.items():
            there = name not in absent
            if there != box.isEnabled() or not box.toolTip():
                box.setChecked(there)
            box.setEnabled(there)
            box.setToolTip(models.MODELS[name].what if there else f"missing: {command_line([name])}")
        self.missing.setVisible(bool(absent))
        self.fetch_button.setVisible(bool(absent))
        self.fetch_button.setEnabled(not self.fetch.busy)
        if self.fetch.busy:
            self.missing.setText(f"Fetching {', '.join(absent)} …")
        else:
            self.missing.setText(f"Missing: {', '.join(absent)}. Fetch them here, or with\n{command_line(absent)}")
            self.fetch_button.setText(f"Fetch {megabytes(absent)} MB")
        self.start_button.setEnabled(DETECTOR not in absent and len(set(absent) & set(self.recognisers)) < 3)

    def wish(self) -> Wish:
        """What is asked for; ValueError with one line when it makes no sense."""
        chosen = tuple(name for name, box in self.recognisers.items() if box.isChecked())
        if not chosen:
            raise ValueError("choose at least one recogniser")
        data = check_spec(self.data.currentText() or "cohort")
        texts = self.baselines.text().replace(",", " ").split()
        baselines = tuple(str(parse_baseline(text)) for text in texts if text != "none")
        run = self._run() if self.network.isChecked() else None
        beside = tuple(dict.fromkeys(baselines))
        return Wish(data, self.grid.choice, chosen, self.seed.value(), beside, run.id if run is not None else "")

    def _run(self) -> Run | None:
        """The newest run that made the lens as it is now, and kept its network."""
        runs, design = self._document.project.runs, self._document.design
        made = [run for run in runs if run.design == design and run.config.get("baseline") == "none"]
        return newest_reader(tuple(made))

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(SPACING)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        boxes, ends = QHBoxLayout(), QHBoxLayout()
        for box in self.recognisers.values():
            boxes.addWidget(box)
        boxes.addStretch(1)
        boxes.addWidget(self.fetch_button)
        ends.addWidget(self.grid)
        ends.addStretch(1)
        ends.addWidget(self.seed)
        ends.addWidget(self.start_button)
        for row in (boxes, ends):
            row.setSpacing(SPACING)
        self.seed.setPrefix("seed ")
        self.seed.setAccessibleName("Seed")
        form.addRow("Faces", self.data)
        form.addRow("Recognisers", boxes)
        form.addRow(self.missing)
        form.addRow("Its network", self.network)
        form.addRow("Beside it", self.baselines)
        self.baselines.setAccessibleName("Plain blurs beside the lens")
        form.addRow("Grid", ends)
        form.addRow(self.message)
        self.message.hide()

    @Slot()
    def _wish(self) -> None:
        try:
            wish = self.wish()
        except (ValueError, DesignError) as error:
            self._say(str(error))
            return
        self._say("")
        self.wished.emit(wish)

    @Slot()
    def _fetch_missing(self) -> None:
        self.fetch.fetch(missing(_NEEDED))
        self._say("")
        self.look()

    @Slot(str)
    def _show_fetched(self, reason: str) -> None:
        self._say(reason)
        self.look()

    @Slot()
    def _show_network(self) -> None:
        run = self._run()
        form = cast(QFormLayout, self.layout())
        form.setRowVisible(self.network, run is not None)
        if run is not None:
            self.network.setText(f"Score what {run.label or run.id} reads")
            tip = "How well the network that was trained with this lens reads people whom it has never seen"
            hint(self.network, tip)

    @Slot()
    def _show_data(self) -> None:
        kept = [data.spec for data in self._document.project.data if data.role == DATA_ROLE]
        known = list(dict.fromkeys([*kept, *WITHOUT_PLACE]))
        self.data.clear()
        self.data.addItems(known)

    def _say(self, text: str) -> None:
        self.message.setText(f"{text[:1].upper()}{text[1:]}")
        self.message.setVisible(bool(text))
