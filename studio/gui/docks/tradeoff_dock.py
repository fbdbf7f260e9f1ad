"""The Trade-off dock: every trial of the project on a plane of privacy and utility; a click loads its lens."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDockWidget,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from studio.gui.docks.study_panel import StudyPanel
from studio.gui.docks.trial_card import TrialCard
from studio.gui.document import Document
from studio.gui.evaluations import Evaluations
from studio.gui.studies import Studies
from studio.gui.theme import SPACING
from studio.gui.thumbnails import Thumbnails
from studio.gui.trial_model import TrialFilter, TrialModel
from studio.gui.widgets.hints import hint
from studio.gui.widgets.labels import TokenLabel
from studio.project.records import Trial
from studio.study.pinned import scored
from studio.study.plan import MEASURES, PRIVACY, UTILITY, Measure, baseline_of
from studio.study.tradeoff import Scatter, scatter

if TYPE_CHECKING:
    from studio.gui.widgets.tradeoff_plot import TradeoffPlot

_EMPTY = (
    "No trials yet.\n\nA study trains a lens for each of many settings and measures what it hides and what it keeps; "
    "here they become a curve. Start one with “Start study”, or on the command line:\n\n"
    "opticaldr sweep PROJECT.odr --trials 20"
)
_FILTERS = ("All trials", "On the front", "Lenses", "Baselines", "Pinned", "Failed")
_AXES = "tradeoff-axes"


class TradeoffDock(QDockWidget):
    """Shows the trials of `document`. Whoever owns the dock calls `stop` before the end."""

    scoring_begun = Signal()
    """A pinned trial is being scored on test people: see Privacy."""

    def __init__(
        self, document: Document, studies: Studies, evaluations: Evaluations, parent: QWidget | None = None
    ) -> None:
        super().__init__("Trade-off", parent)
        self._document, self._studies, self._evaluations = document, studies, evaluations
        self._scatter: Scatter | None = None
        self._brushed: list[str] | None = None
        self._plot: TradeoffPlot | None = None
        self.thumbnails = Thumbnails(self)
        self.setAccessibleName("Trade-off")
        self.model = TrialModel()
        self.rows = TrialFilter(self.model)
        self.card = TrialCard(self.thumbnails)
        self.study = StudyPanel(studies)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addWidget(self.study)
        column.addWidget(self._make_empty(), 1)
        column.addWidget(self._make_content(), 1)
        self.setWidget(whole)
        self.card.load_wanted.connect(self.load)
        self.card.pin_wanted.connect(self._pin)
        self.card.score_wanted.connect(self._score)
        studies.changed.connect(self._follow)
        evaluations.changed.connect(self._follow)
        document.project_replaced.connect(self._begin)
        self._begin()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the thread for good; False when it is still busy after `timeout_s`."""
        return self.thumbnails.stop(timeout_s)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:
        self.thumbnails.forget_waiting()
        super().hideEvent(event)

    @property
    def measures(self) -> tuple[Measure, Measure]:
        """What the two axes show."""
        return MEASURES[self.privacy.currentData()], MEASURES[self.utility.currentData()]

    # Parts

    def _make_empty(self) -> QWidget:
        self.empty = TokenLabel(_EMPTY)
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.empty.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.empty.setMargin(4 * SPACING)
        return self.empty

    def _make_content(self) -> QWidget:
        self._plot_place = QWidget()
        self._plot_place.setMinimumSize(240, 180)
        self._place = QVBoxLayout(self._plot_place)
        self._place.setContentsMargins(0, 0, 0, 0)
        upper = QSplitter(Qt.Orientation.Horizontal)
        upper.addWidget(self._plot_place)
        upper.addWidget(self.card)
        upper.setStretchFactor(0, 1)
        upper.setCollapsible(0, False)
        whole = QSplitter(Qt.Orientation.Vertical)
        whole.addWidget(upper)
        whole.addWidget(self._make_table())
        whole.setStretchFactor(0, 3)
        whole.setStretchFactor(1, 1)
        self.content = QWidget()
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addLayout(self._make_axes())
        column.addLayout(self._make_filters())
        column.addWidget(whole, 1)
        column.addWidget(self._make_summary())
        return self.content

    def _make_axes(self) -> QHBoxLayout:
        self.privacy, self.utility = (_measures_box(*row) for row in (("Privacy", PRIVACY), ("Utility", UTILITY)))
        self.intervals = QCheckBox("Intervals")
        hint(self.intervals, "Show the 95 % interval of every point, from drawing people anew")
        self.privacy.currentIndexChanged.connect(self._choose_axes)
        self.utility.currentIndexChanged.connect(self._choose_axes)
        self.intervals.toggled.connect(self._follow)
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        for text, box in (("Privacy", self.privacy), ("Utility", self.utility)):
            label = QLabel(text)
            label.setBuddy(box)
            row.addWidget(label)
            row.addWidget(box, 1)
        row.addWidget(self.intervals)
        return row

    def _make_filters(self) -> QHBoxLayout:
        self.filter = QComboBox()
        self.filter.addItems(_FILTERS)
        self.filter.setAccessibleName("Trials to show")
        hint(self.filter, "Which trials the plot and the table show")
        self.limited = QCheckBox("Leak at most")
        hint(self.limited, "Find the lens of most utility among those that leak no more than this")
        self.limit = QDoubleSpinBox(minimum=0.0, maximum=1.0, singleStep=0.01, decimals=3, value=0.6)
        self.limit.setAccessibleName("Largest leak of the working point")
        hint(self.limit, "The best trial that leaks no more than this is marked")
        self.working = TokenLabel(token="text")
        self.working.setTextFormat(Qt.TextFormat.PlainText)
        self.working.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.filter.currentIndexChanged.connect(self._choose_filter)
        self.limited.toggled.connect(self._show_limit)
        self.limit.valueChanged.connect(self._show_limit)
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        for widget in (self.filter, self.limited, self.limit):
            row.addWidget(widget)
        row.addWidget(self.working, 1)
        return row

    def _make_table(self) -> QTableView:
        self.table = QTableView()
        self.table.setModel(self.rows)
        self.table.setAccessibleName("Trials")
        self.table.setAccessibleDescription("Return loads the lens of the selected trial")
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setResizeContentsPrecision(20)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setMinimumHeight(96)
        self.table.selectionModel().currentRowChanged.connect(self._select_row)
        self.table.activated.connect(self._activate_row)
        return self.table

    def _make_summary(self) -> QWidget:
        self.summary = TokenLabel()
        self.summary.setWordWrap(True)
        return self.summary

    # What the user does

    @Slot(str)
    def load(self, trial_id: str) -> None:
        """Make the lens of a trial the current one, as one undo step."""
        trial = self._trial(trial_id)
        if trial is not None and trial.design is not None:
            self._document.edit_design(trial.design, f"Load lens of {trial.label or trial.id}")

    @Slot(str)
    def _choose(self, trial_id: str) -> None:
        self._select(trial_id)
        self.load(trial_id)

    @Slot(str)
    def _pin(self, trial_id: str) -> None:
        trial = self._trial(trial_id)
        if trial is not None:
            self._document.add_records([replace(trial, pinned=not trial.pinned)])

    @Slot(str)
    def _score(self, trial_id: str) -> None:
        trial = self._trial(trial_id)
        if trial is not None and not self._evaluations.scoring(trial):
            self._evaluations.score_trial(trial)
            self.scoring_begun.emit()

    @Slot()
    def _choose_axes(self) -> None:
        self._document.set_view(_AXES, [measure.name for measure in self.measures])
        self._follow()

    @Slot()
    def _choose_filter(self) -> None:
        self._brushed = None
        self._apply_filter()

    @Slot(list)
    def _brush(self, ids: list[str]) -> None:
        self._brushed = ids or None
        self._apply_filter()

    # What follows

    @Slot()
    def _begin(self) -> None:
        axes = self._document.view(_AXES)
        for box, name in zip((self.privacy, self.utility), axes if isinstance(axes, list) else (), strict=False):
            if (at := box.findData(name)) >= 0:
                box.setCurrentIndex(at)
        self._show_card(None)
        self.study.section.fold(bool(self._studies.trials))
        self._follow()

    @Slot()
    def _follow(self) -> None:
        trials = self._studies.trials
        self.empty.setVisible(not trials)
        self.content.setVisible(bool(trials))
        if not trials or not self.isVisible():
            return
        if self._plot is None:
            self._make_plot()
        assert self._plot is not None
        self._scatter = scatter(trials, self.measures)
        self._plot.show_scatter(self._scatter, self.measures, self.intervals.isChecked())
        chosen = self.card.trial_id
        self.model.show_trials(trials, self.measures)
        self.table.resizeColumnsToContents()
        self._apply_filter()
        self._select(chosen)
        self._show_limit()
        self._summarise(self._scatter)

    def _make_plot(self) -> None:
        from studio.gui.widgets.tradeoff_plot import TradeoffPlot  # pyqtgraph: not before it is shown

        self._plot = TradeoffPlot()
        self._place.addWidget(self._plot)
        self._plot.hovered.connect(self._hover)
        self._plot.chosen.connect(self._choose)
        self._plot.brushed.connect(self._brush)
        self._plot.limit_changed.connect(self.limit.setValue)

    def _summarise(self, shown: Scatter) -> None:
        from studio.study.front import hypervolume, reference_point  # moocore: as above

        trials = self._studies.trials
        failed = sum(trial.state in ("failed", "pruned") for trial in trials)
        running = sum(trial.state == "running" for trial in trials)
        text = [f"{len(shown.lenses())} lenses, {len(shown.trials) - len(shown.lenses())} baselines"]
        text += [f"{count} {word}" for count, word in ((running, "running"), (failed, "failed")) if count]
        controls = [i for curve in shown.baselines.values() for i in curve]
        if shown.lenses() and controls:
            corner = reference_point(shown.values, self.measures)
            ours, theirs = (
                hypervolume(shown.values[which], self.measures, corner) for which in (shown.lenses(), controls)
            )
            ratio = f", {ours / theirs:.2f} times that of the baselines" if theirs > 0 else ""
            text.append(f"hypervolume {ours:.3g}{ratio}")
        if shown.published:
            text.append("× published by the paper, on other data: a mark, not a rival")
        text.append("figures on validation people; severity is simulated")
        self.summary.setText(" · ".join(text))

    @Slot()
    def _show_limit(self) -> None:
        if self._plot is None or self._scatter is None:
            return
        limit = self.limit.value() if self.limited.isChecked() else None
        self.limit.setEnabled(limit is not None)
        self._plot.set_limit(limit)
        best = None if limit is None else self._scatter.at_most(limit, self.measures)
        self._plot.ring(best)
        if limit is None:
            self.working.setText("")
        elif best is None:
            self.working.setText("no lens leaks so little")
        else:
            trial, (leak, use) = self._scatter.trials[best], self._scatter.values[best]
            self.working.setText(f"{trial.label or trial.id}: leak {leak:.3f}, {self.measures[1].title} {use:.3g}")

    def _apply_filter(self) -> None:
        ids = self._brushed if self._brushed is not None else self._kept_ids()
        self.rows.keep(ids)
        if self._plot is not None:
            self._plot.show_only(ids)

    def _kept_ids(self) -> list[str] | None:
        shown, trials = self._scatter, self._studies.trials
        front = {trial.id for trial, best in zip(shown.trials, shown.front, strict=True) if best} if shown else set()
        keep = {
            "On the front": lambda trial: trial.id in front,
            "Lenses": lambda trial: not baseline_of(trial),
            "Baselines": lambda trial: bool(baseline_of(trial)),
            "Pinned": lambda trial: trial.pinned,
            "Failed": lambda trial: trial.state in ("failed", "pruned"),
        }.get(self.filter.currentText())
        return None if keep is None else [trial.id for trial in trials if keep(trial)]

    @Slot(str)
    def _hover(self, trial_id: str) -> None:
        if trial_id:
            self._show_card(self._trial(trial_id))
        else:
            self._select_row(self.table.currentIndex())

    @Slot(QModelIndex)
    def _select_row(self, index: QModelIndex) -> None:
        if index.isValid():
            self._show_card(self.model.trial(self.rows.mapToSource(index).row()))

    @Slot(QModelIndex)
    def _activate_row(self, index: QModelIndex) -> None:
        self.load(self.model.trial(self.rows.mapToSource(index).row()).id)

    def _select(self, trial_id: str) -> None:
        row = self.model.row_of(trial_id)
        if row >= 0:
            index = self.rows.mapFromSource(self.model.index(row, 0))
            self.table.setCurrentIndex(index)
            self.table.scrollTo(index)
            self._show_card(self.model.trial(row))

    def _show_card(self, trial: Trial | None) -> None:
        kept = trial is not None and self._studies.is_kept(trial)
        seen = trial is not None and (scored(self._document.project, trial.id) or self._evaluations.scoring(trial))
        self.card.show_trial(trial, self.measures, kept, seen)

    def _trial(self, trial_id: str) -> Trial | None:
        return next((trial for trial in self._studies.trials if trial.id == trial_id), None)


def _measures_box(name: str, measures: tuple[Measure, ...]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(f"{name} measure")
    hint(box, f"What the {name.lower()} axis of the plot shows")
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(12)
    for measure in measures:
        box.addItem(measure.title, measure.name)
    return box
