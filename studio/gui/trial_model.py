"""The trials of a project as a table that can be sorted and filtered."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt

from studio.project.records import Trial
from studio.study.plan import Measure

_LEADING, _TRAILING = ("Trial", "State"), ("Seed", "Tries", "Minutes")
HIDDEN = {"baseline", "tries", "preset", "data", "size_px"}
"""Entries of a trial's configuration that are no setting of its own."""
Index = QModelIndex | QPersistentModelIndex


class TrialModel(QAbstractTableModel):
    """A row for each trial: name, state, both measures, what was varied, seed, tries and cost.

    The cost is its time: a worker keeps one core busy.
    """

    def __init__(self) -> None:
        super().__init__()
        self._trials: tuple[Trial, ...] = ()
        self._measures: tuple[Measure, ...] = ()
        self._varied: list[str] = []

    def show_trials(self, trials: Sequence[Trial], measures: tuple[Measure, Measure]) -> None:
        self.beginResetModel()
        self._trials, self._measures = tuple(trials), measures
        self._varied = sorted({key for trial in trials for key in trial.config if key not in HIDDEN})
        self.endResetModel()

    def trial(self, row: int) -> Trial:
        return self._trials[row]

    def row_of(self, trial_id: str) -> int:
        """-1 when there is no such trial."""
        return next((row for row, trial in enumerate(self._trials) if trial.id == trial_id), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self._trials)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(_LEADING) + len(self._measures) + len(self._varied) + len(_TRAILING)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        names = [*_LEADING, *(measure.name for measure in self._measures), *self._varied, *_TRAILING]
        if role == Qt.ItemDataRole.DisplayRole:
            return names[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            titles = {measure.name: measure.title for measure in self._measures}
            return titles.get(names[section], names[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        trial = self._trials[index.row()]
        value = self._cell(trial, index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return _shown(value)
        if role == Qt.ItemDataRole.UserRole:
            return value
        if role == Qt.ItemDataRole.ToolTipRole:
            return trial.reason or None
        if role == Qt.ItemDataRole.TextAlignmentRole and isinstance(value, (int, float)):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _cell(self, trial: Trial, column: int) -> Any:
        measures = [trial.metrics.get(measure.name) for measure in self._measures]
        varied = [trial.config.get(key) for key in self._varied]
        minutes = trial.wall_time_s / 60 if trial.wall_time_s else None
        name = f"★ {trial.label or trial.id}" if trial.pinned else trial.label or trial.id
        return [name, trial.state, *measures, *varied, trial.seed, trial.config.get("tries"), minutes][column]


class TrialFilter(QSortFilterProxyModel):
    """Sorts by value, not by text; shows only the trials of `keep`."""

    def __init__(self, model: TrialModel) -> None:
        super().__init__()
        self._keep: set[str] | None = None
        self.setSourceModel(model)
        self.setSortRole(Qt.ItemDataRole.UserRole)

    def keep(self, ids: Sequence[str] | None) -> None:
        """Show only these trials; None shows all."""
        self._keep = None if ids is None else set(ids)
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        model = self.sourceModel()
        assert isinstance(model, TrialModel)
        return self._keep is None or model.trial(row).id in self._keep


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3g}" if isfinite(value) else "–"
    return str(value)
