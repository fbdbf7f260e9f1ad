"""The variants of the document as rows for a view."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot

from studio.gui.document import Document
from studio.gui.thumbnails import Thumbnail, Thumbnails, spot_figure
from studio.project import variants
from studio.project.model import Variant
from studio.project.records import ProjectError

Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


class VariantModel(QAbstractListModel):
    """Names can be edited; a name that cannot be given is `refused` with one line and leaves the old one."""

    refused = Signal(str)

    def __init__(self, document: Document, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._thumbnails = thumbnails
        self._shown = document.project.variants
        document.variants_changed.connect(self._follow)
        self._current = self._find_current()
        document.design_changed.connect(self._mark_current)
        thumbnails.ready.connect(self._renew_all)

    def variant(self, index: Index) -> Variant:
        return self._shown[index.row()]

    def thumbnail(self, index: Index) -> Thumbnail | None:
        """None while it is being made."""
        return self._thumbnails.get(self.variant(index).design)

    def is_current(self, index: Index) -> bool:
        """Whether the variant is the very lens being edited."""
        return self.variant(index).design == self._document.design

    def index_of(self, name: str) -> QModelIndex:
        """Where the variant `name` is; not valid when there is none."""
        rows = (row for row, variant in enumerate(self._shown) if variant.name == name)
        return self.index(next(rows, -1), 0)

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDragEnabled

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        variant = self.variant(index)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return variant.name
        if role == Qt.ItemDataRole.ToolTipRole:
            kept = variant.created.replace("T", " ").removesuffix("Z")
            spot = f"{spot_figure(variant.design)}: RMS diameter of the spot on the sensor, all terms counted"
            return "\n".join(filter(None, (variant.name, f"Kept {kept} UTC", spot, variant.notes)))
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            current = "the current lens" if self.is_current(index) else ""
            return ", ".join(filter(None, (current, spot_figure(variant.design), variant.notes)))
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole:
            return False
        try:
            self._document.edit_variants(
                variants.rename(self._document.project, self.variant(index).name, str(value)),
            )
        except ProjectError as error:
            self.refused.emit(str(error))
            return False
        return True

    @Slot()
    def _follow(self) -> None:
        """Rows that stay keep their place and selection; what lies between the first and last change is swapped."""
        old, new = self._shown, self._document.project.variants
        if len(old) == len(new):
            if [v.name for v in old] != [v.name for v in new]:
                self._reorder(new)
            self._shown = new
            self._mark_current()
            self._renew_all()
            return
        shorter = min(len(old), len(new))
        first = next((row for row in range(shorter) if old[row] != new[row]), shorter)
        same_behind = next((n for n in range(shorter - first) if old[-1 - n] != new[-1 - n]), shorter - first)
        gone, come = len(old) - first - same_behind, len(new) - first - same_behind
        if gone:
            self.beginRemoveRows(_NO_PARENT, first, first + gone - 1)
            self._shown = (*old[:first], *old[first + gone :])
            self.endRemoveRows()
        if come:
            self.beginInsertRows(_NO_PARENT, first, first + come - 1)
            self._shown = new
            self.endInsertRows()
        self._mark_current()

    def _reorder(self, new: tuple[Variant, ...]) -> None:
        """What points at a row (selection, an open editor) goes with its variant; a new name keeps its row."""
        rows = {variant.name: row for row, variant in enumerate(new)}
        self.layoutAboutToBeChanged.emit()
        for index in self.persistentIndexList():
            row = rows.get(self.variant(index).name, index.row())
            self.changePersistentIndex(index, self.index(row, 0))
        self._shown = new
        self.layoutChanged.emit()

    @Slot()
    def _mark_current(self) -> None:
        """Repaint only when the mark moves: a lens being dragged is mostly none of the variants."""
        current = self._find_current()
        if current != self._current:
            self._current = current
            self._renew_all()

    def _find_current(self) -> list[int]:
        return [row for row, variant in enumerate(self._shown) if variant.design == self._document.design]

    @Slot()
    def _renew_all(self) -> None:
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, 0))
