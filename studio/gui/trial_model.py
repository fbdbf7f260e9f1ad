"""The trials of a project as a table that can be sorted and filtered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isfinite
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt

from studio.project.records import Trial
from studio.study.plan import Measure

_LEADING, _TRAILING = ("Trial", "State"), ("Seed", "Tries", "Minutes")
_PINNED = "★ "
HIDDEN = {"baseline", "tries", "preset", "data", "size_px"}
"""Entries of a trial's configuration that are no setting of its own."""
Index = QModelIndex | QPersistentModelIndex


class TrialModel(QAbstractTableModel):
    """A row for each trial: name, state, both measures, what was varied, seed, tries and cost.

    The cost is its time: a worker keeps one core busy. Sorts by value, not by text, and by itself: Qt would ask for
    every value it compares, which takes a quarter of a second for 1,000 trials.
    """

    def __init__(self) -> None:
        super().__init__()
        self._trials: list[Trial] = []
        self._cells: list[list[Any]] = []
        self._measures: tuple[Measure, ...] = ()
        self._varied: list[str] = []
        self._sorted_by, self._descending = _LEADING[0], False

    def show_trials(self, trials: Sequence[Trial], measures: tuple[Measure, Measure]) -> None:
        self.beginResetModel()
        self._trials, self._measures = list(trials), measures
        self._varied = sorted({key for trial in trials for key in trial.config if key not in HIDDEN})
        self._arrange()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        places = [(self._trials[index.row()].id, index.column()) for index in before]
        self._sorted_by, self._descending = self._names()[max(column, 0)], order == Qt.SortOrder.DescendingOrder
        self._arrange()
        rows = {trial.id: row for row, trial in enumerate(self._trials)}
        self.changePersistentIndexList(before, [self.index(rows[trial_id], at) for trial_id, at in places])
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        names = self._names()
        column = names.index(self._sorted_by) if self._sorted_by in names else 0
        rows = [(trial, self._row(trial)) for trial in self._trials]
        rows.sort(key=lambda row: _rank(row[1][column], self._descending), reverse=self._descending)
        self._trials, self._cells = [trial for trial, _ in rows], [cells for _, cells in rows]

    def trial(self, row: int) -> Trial:
        return self._trials[row]

    def row_of(self, trial_id: str) -> int:
        """-1 when there is no such trial."""
        return next((row for row, trial in enumerate(self._trials) if trial.id == trial_id), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self._trials)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(self._names())

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        names = self._names()
        if role == Qt.ItemDataRole.DisplayRole:
            return names[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            titles = {measure.name: measure.title for measure in self._measures}
            return titles.get(names[section], names[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        value = self._cells[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _shown(value)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._trials[index.row()].reason or None
        if role == Qt.ItemDataRole.TextAlignmentRole and isinstance(value, (int, float)):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _names(self) -> list[str]:
        return [*_LEADING, *(measure.name for measure in self._measures), *self._varied, *_TRAILING]

    def _row(self, trial: Trial) -> list[Any]:
        measures = [trial.metrics.get(measure.name) for measure in self._measures]
        varied = [trial.config.get(key) for key in self._varied]
        minutes = trial.wall_time_s / 60 if trial.wall_time_s else None
        name = (_PINNED if trial.pinned else "") + (trial.label or trial.id)
        return [name, trial.state, *measures, *varied, trial.seed, trial.config.get("tries"), minutes]


class TrialFilter(QSortFilterProxyModel):
    """Shows only the trials of `keep`; the model below sorts."""

    def __init__(self, model: TrialModel) -> None:
        super().__init__()
        self._keep: set[str] | None = None
        self.setSourceModel(model)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.sourceModel().sort(column, order)

    def keep(self, ids: Sequence[str] | None) -> None:
        """Show only these trials; None shows all."""
        self._keep = None if ids is None else set(ids)
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        model = self.sourceModel()
        assert isinstance(model, TrialModel)
        return self._keep is None or model.trial(row).id in self._keep


def _rank(value: Any, descending: bool) -> tuple[bool, bool, Any]:
    """Numbers before words, "Trial 9" before "Trial 10"; what is missing comes last either way."""
    missing = value is None or (isinstance(value, float) and not isfinite(value))
    words = isinstance(value, str)
    if words:
        parts = re.split(r"(\d+)", value.removeprefix(_PINNED))
        value = [int(part) if part.isdecimal() else part for part in parts]
    return missing is not descending, words, "" if missing else value


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3g}" if isfinite(value) else "–"
    return str(value)
