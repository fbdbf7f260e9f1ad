"""An evaluation as a table: a row for each scenario, a column for each attacker, in every cell the AUC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from studio.evaluation.reading import FIGURES, MEANINGS, SCENARIOS, Cell, equivalence, spoken, worst
from studio.gui.theme import tokens

WORST, ALL = "worst", "all"
"""What the columns may show beside a single recogniser: in each cell the best one of a rung, or each in a column."""
CELL_ROLE = Qt.ItemDataRole.UserRole
WORST_ROLE = Qt.ItemDataRole.UserRole + 1
MOST_TINT = 0.38
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class _Row:
    control: str
    scenario: str

    @property
    def title(self) -> str:
        title = SCENARIOS.get(self.scenario, self.scenario)
        return f"{self.control}: {title}" if self.control else title[:1].upper() + title[1:]


class LeakModel(QAbstractTableModel):
    """Cells of a sweep are left out: they have a curve of their own."""

    def __init__(self) -> None:
        super().__init__()
        self._cells: list[Cell] = []
        self._rows: list[_Row] = []
        self._columns: list[tuple[str, str]] = []
        self._at: dict[tuple[int, int], Cell] = {}
        self._worst: Cell | None = None

    def show_cells(self, cells: Iterable[Cell], recogniser: str) -> None:
        """`recogniser` is a name, WORST or ALL."""
        self.beginResetModel()
        self._cells = [cell for cell in cells if cell.swept is None]
        self._worst = worst(self._cells)
        shown = [cell for cell in self._cells if recogniser in (WORST, ALL, cell.recogniser)]
        self._rows = _rows(shown)
        columns = [(cell.attacker, cell.recogniser if recogniser == ALL else "") for cell in shown]
        if recogniser == WORST:
            columns = _rungs(shown)
        self._columns = sorted(dict.fromkeys(columns), key=lambda column: column[0].partition(" ")[0])
        self._at = {}
        for cell, column in zip(shown, columns, strict=True):
            place = (self._rows.index(_Row(cell.control, cell.scenario)), self._columns.index(column))
            known = self._at.get(place)
            if known is None or not known.auc.value >= cell.auc.value:
                self._at[place] = cell
        self.endResetModel()

    def recognisers(self) -> list[str]:
        """Names of all recognisers in the evaluation, in its order."""
        return list(dict.fromkeys(cell.recogniser for cell in self._cells))

    def cell(self, index: Index) -> Cell | None:
        return self._at.get((index.row(), index.column()))

    def index_of_worst(self) -> QModelIndex:
        """Where the worst cell is; an invalid index when it is not in the columns shown."""
        for (row, column), cell in self._at.items():
            if cell is self._worst:
                return self.index(row, column)
        return QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            attacker, recogniser = self._columns[section]
            shown: dict[Qt.ItemDataRole, Any] = {
                Qt.ItemDataRole.DisplayRole: "\n".join(filter(None, (attacker, recogniser)))
            }
        else:
            row = self._rows[section]
            meaning = MEANINGS.get(row.scenario, row.scenario)
            tip = f"{meaning}. With {row.control} in the lens' place" if row.control else meaning
            shown = {
                Qt.ItemDataRole.DisplayRole: row.title,
                Qt.ItemDataRole.ToolTipRole: tip,
                Qt.ItemDataRole.TextAlignmentRole: Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            }
        return shown.get(Qt.ItemDataRole(role))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        cell = self.cell(index)
        if cell is None:
            return None
        is_worst = cell is self._worst
        if role == Qt.ItemDataRole.DisplayRole:
            return _figure(cell)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return _whole(cell, is_worst)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        if role == Qt.ItemDataRole.BackgroundRole:
            return leak_colour(cell.auc.value) if _is_leak(cell) else None
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(tokens().text if _is_leak(cell) else tokens().muted)
        if role == Qt.ItemDataRole.FontRole and is_worst:
            font = QFont()
            font.setBold(True)
            return font
        return {CELL_ROLE: cell, WORST_ROLE: is_worst}.get(role)


def leak_colour(auc: float) -> QColor:
    """What a cell is tinted with: nothing at chance, more of the error colour the more `auc` leaks.

    So little of it that the theme's text still reads on it at 4.5:1.
    """
    share = MOST_TINT * min(max(2 * auc - 1, 0.0), 1.0) if isfinite(auc) else 0.0
    ground, colour = QColor(tokens().raised), QColor(tokens().error)
    ends = ((ground.redF(), colour.redF()), (ground.greenF(), colour.greenF()), (ground.blueF(), colour.blueF()))
    return QColor.fromRgbF(*((1 - share) * a + share * b for a, b in ends))


def _rows(cells: list[Cell]) -> list[_Row]:
    """The lens first, then what stood in its place; each in the order of SCENARIOS."""
    order = {scenario: number for number, scenario in enumerate(SCENARIOS)}
    controls = {control: number for number, control in enumerate(dict.fromkeys(["", *(c.control for c in cells)]))}
    found = {_Row(cell.control, cell.scenario) for cell in cells}
    return sorted(found, key=lambda row: (controls[row.control], order.get(row.scenario, len(order)), row.scenario))


def _rungs(cells: list[Cell]) -> list[tuple[str, str]]:
    """The column of each cell: its rung, or its attacker's full name where there is but one of the rung."""
    kinds: dict[str, set[str]] = {}
    for cell in cells:
        kinds.setdefault(cell.rung, set()).add(cell.attacker)
    return [(cell.rung if len(kinds[cell.rung]) > 1 else cell.attacker, "") for cell in cells]


def _is_leak(cell: Cell) -> bool:
    return cell.against_the_lens or bool(cell.control)


def _figure(cell: Cell) -> str:
    if not isfinite(cell.auc.value):
        return "–"
    interval = f"\n{cell.auc.low:.2f} – {cell.auc.high:.2f}" if isfinite(cell.auc.high) else ""
    return f"{cell.auc.value:.3f}{interval}"


def _whole(cell: Cell, is_worst: bool) -> str:
    lines = [f"{'Worst attacker: ' if is_worst else ''}{spoken(cell)}", f"AUC {cell.auc}"]
    lines += [f"{FIGURES[name]} {value:.3g}" for name, value in cell.figures.items()]
    if cell.against_the_lens:
        lines.append(equivalence(cell.auc))
    return "\n".join(lines)
