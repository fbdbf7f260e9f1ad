"""The Privacy dock: attacks the lens in the background, and says how much of who it is gets through."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDockWidget,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.evaluation.reading import affect, cells, headline
from studio.gui.docks.evaluation_export import EvaluationExport
from studio.gui.docks.evaluation_facts import EvaluationFacts
from studio.gui.docks.evaluation_form import EvaluationForm
from studio.gui.document import Document
from studio.gui.evaluations import Evaluations, Wish
from studio.gui.icons import icon
from studio.gui.leak_model import ALL, WORST, LeakModel
from studio.gui.theme import SPACING
from studio.gui.widgets.buttons import tool_button
from studio.gui.widgets.hints import hint
from studio.gui.widgets.labels import TokenLabel
from studio.gui.widgets.leak_table import LeakTable
from studio.gui.widgets.section import Section
from studio.gui.widgets.work_row import WorkRow
from studio.project.records import Evaluation

COLUMNS_KEY = "privacy.columns"
_EMPTY = (
    "Nothing has attacked this lens yet.\n\nChoose faces and recognisers above and press Evaluate: the quick grid "
    "takes some minutes in the background. On the command line:\n\nopticaldr evaluate PROJECT.odr --out FOLDER"
)


class PrivacyDock(QDockWidget):
    """Shows one of `evaluations` and starts new ones. Whoever owns the dock calls `stop` before the end."""

    told = Signal(str, str)  # text and kind, for a toast
    removed = Signal(str, object)  # what to say of it, and a function that puts it back

    def __init__(self, document: Document, evaluations: Evaluations, parent: QWidget | None = None) -> None:
        super().__init__("Privacy", parent)
        self._document, self._evaluations = document, evaluations
        self.setAccessibleName("Privacy")
        self.form = EvaluationForm(document)
        self.form_section = Section("New evaluation")
        self.form_section.rows.addWidget(self.form)
        self.export = EvaluationExport(document, evaluations, self)
        self.facts = EvaluationFacts(evaluations)
        self.model = LeakModel()
        self.table = LeakTable(self.model)
        self.working = WorkRow(
            "the evaluation", "Finish the step and keep what there is", "End it now and throw away what it made"
        )
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addWidget(self.form_section)
        column.addWidget(self.working)
        column.addWidget(self._make_empty(), 1)
        column.addWidget(self._make_results(), 1)
        self.setWidget(content)
        self.working.stop_wanted.connect(evaluations.stop)
        self.working.cancel_wanted.connect(evaluations.cancel)
        self.form.wished.connect(self._start)
        self.export.told.connect(self._tell_export)
        evaluations.changed.connect(self._list)
        evaluations.shown_changed.connect(self._show)
        evaluations.progressed.connect(self._show_progress)
        document.project_replaced.connect(self._restore)
        self._show_icons()
        self._restore()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the threads for good; False when one is still busy after `timeout_s`."""
        fetched = self.form.stop()
        return self.export.stop(timeout_s) and fetched

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.form.look()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_icons()
        super().changeEvent(event)

    # Parts

    def _make_empty(self) -> QWidget:
        self.empty = TokenLabel(_EMPTY)
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return self.empty

    def _make_results(self) -> QWidget:
        self.headline = TokenLabel(token="text")
        self.headline.setTextFormat(Qt.TextFormat.PlainText)
        self.headline.setWordWrap(True)
        self.headline.setObjectName("heading")
        self.headline.setAccessibleName("Worst attacker")
        self.network = TokenLabel(token="text")
        self.network.setWordWrap(True)
        self.detection = TokenLabel()
        self.detection.setWordWrap(True)
        self.results = QWidget()
        column = QVBoxLayout(self.results)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addLayout(self._make_chooser())
        column.addWidget(self._make_stale())
        column.addWidget(self.headline)
        column.addWidget(self.table, 1)
        column.addWidget(self.network)
        column.addWidget(self.detection)
        column.addWidget(self.facts)
        return self.results

    def _make_chooser(self) -> QHBoxLayout:
        self.chooser = QComboBox()
        self.chooser.setAccessibleName("Evaluation")
        hint(self.chooser, "Which evaluation is shown, the newest first")
        self.chooser.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.chooser.setMinimumContentsLength(10)
        self.chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.chooser.activated.connect(self._choose)
        self.columns = QComboBox()
        self.columns.setAccessibleName("Recognisers in the table")
        self.columns.setToolTip("Which recogniser the figures are of")
        self.columns.activated.connect(self._choose_columns)
        self.remove_button = tool_button("Delete the evaluation", "Take this evaluation out of the project")
        self.remove_button.clicked.connect(self._remove)
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(self.chooser, 2)
        row.addWidget(self.columns, 1)
        row.addWidget(self.export.button)
        row.addWidget(self.remove_button)
        return row

    def _make_stale(self) -> QWidget:
        label = TokenLabel("⚠ The lens has changed since: these figures are of another one.", "warning")
        label.setWordWrap(True)
        self.load_button = QPushButton("Load its lens")
        hint(self.load_button, "Make the lens that was evaluated the current one; undo brings yours back")
        self.load_button.clicked.connect(self._load)
        self.stale = QWidget()
        row = QHBoxLayout(self.stale)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(label, 1)
        row.addWidget(self.load_button)
        return self.stale

    def _show_icons(self) -> None:
        self.remove_button.setIcon(icon("remove"))
        self.export.tint()

    # What the user does

    @Slot(object)
    def _start(self, wish: Wish) -> None:
        self._evaluations.start(wish)

    @Slot()
    def _choose(self) -> None:
        self._evaluations.show(str(self.chooser.currentData()))

    @Slot()
    def _choose_columns(self) -> None:
        self._document.set_view(COLUMNS_KEY, self.columns.currentData())
        self._show()

    @Slot()
    def _load(self) -> None:
        shown = self._evaluations.shown
        if shown is not None:
            self._evaluations.load_lens(shown)

    @Slot()
    def _remove(self) -> None:
        shown = self._evaluations.shown
        if shown is not None and shown in self._evaluations.records:
            self._evaluations.remove(shown)
            said = f"Evaluation “{shown.label or shown.id}” deleted"
            self.removed.emit(said, lambda: self._evaluations.put_back(shown))

    # What follows

    @Slot()
    def _restore(self) -> None:
        self.form_section.fold(bool(self._evaluations.records))
        self._list()
        self._show()
        self._show_progress()

    @Slot(str, str)
    def _tell_export(self, text: str, token: str) -> None:
        if token != "muted":  # what is only under way needs no toast
            self.told.emit(text, token)

    @Slot()
    def _list(self) -> None:
        self.chooser.clear()
        for record in reversed(self._evaluations.records):
            self.chooser.addItem(_title(record), record.id)
        self._select_shown()

    def _select_shown(self) -> None:
        shown = self._evaluations.shown
        self.chooser.setCurrentIndex(self.chooser.findData(shown.id) if shown is not None else -1)

    @Slot()
    def _show(self) -> None:
        shown = self._evaluations.shown
        self.results.setVisible(shown is not None)
        self.empty.setVisible(shown is None)
        if shown is None:
            return
        self._select_shown()
        kept = shown in self._evaluations.records
        self.remove_button.setEnabled(kept)
        self.export.button.setEnabled(kept)
        self.chooser.setPlaceholderText("" if kept else "Being made …")
        found = cells(shown)
        self._list_columns(list(dict.fromkeys(cell.recogniser for cell in found)))
        self.model.show_cells(found, self.columns.currentData())
        partial = "So far: " if shown.state == "running" else "Stopped early. " if shown.state == "stopped" else ""
        self.headline.setText(partial + headline(shown))
        self.stale.setVisible(self._evaluations.stale(shown))
        read = affect(shown)
        self.network.setText("\n".join(["What its network reads of these people:"] + [f"{n}: {v}" for n, v in read]))
        self.network.setVisible(bool(read))
        self.detection.setText(_detection(shown))
        self.detection.setVisible(bool(self.detection.text()))
        self.facts.show_record(shown, kept)

    def _list_columns(self, recognisers: list[str]) -> None:
        entries = [("Worst recogniser", WORST), ("All recognisers", ALL), *((name, name) for name in recognisers)]
        if entries != [(self.columns.itemText(i), self.columns.itemData(i)) for i in range(self.columns.count())]:
            self.columns.clear()
            for text, key in entries:
                self.columns.addItem(text, key)
        self.columns.setCurrentIndex(max(0, self.columns.findData(self._document.view(COLUMNS_KEY, WORST))))

    @Slot()
    def _show_progress(self) -> None:
        running = self._evaluations.running
        self.working.setVisible(running)
        self.form.start_button.setVisible(not running)
        self.working.show_progress(*self._evaluations.progress)


def _title(record: Evaluation) -> str:
    made = record.created.replace("T", " ")[:16]
    state = "" if record.state == "finished" else f", {record.state}"
    return f"{record.label or record.id}{state}" + (f"  ({made})" if made else "")


def _detection(record: Evaluation) -> str:
    """Who was compared, and how many of the pictures showed a face to the detector."""
    rate = record.metrics.get("detection_rate")
    pictures, people = record.config.get("pictures"), record.config.get("people")
    parts = [f"{pictures} pictures" if pictures else "", f"{people} people" if people else ""]
    parts.append(f"faces found on {100 * rate:.1f} % of the clear pictures" if rate is not None else "")
    if str(record.config.get("data", "")).startswith("cohort"):
        parts.append("synthetic people")
    return " · ".join(filter(None, parts))
