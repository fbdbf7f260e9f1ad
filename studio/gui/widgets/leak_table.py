"""The table of an evaluation; the worst cell has a frame, so that no colour needs to be told from another."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from studio.gui.leak_model import WORST_ROLE, LeakModel
from studio.gui.theme import SPACING, number_font, tokens

_COLUMN_PX = 13 * SPACING
_FRAME_PX = 2


class LeakTable(QTableView):
    """Rows are tall enough for an AUC over its interval."""

    def __init__(self, model: LeakModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName("AUC by scenario and attacker")
        self.setAccessibleDescription(
            "A row for each attack, a column for each recogniser; 0.5 is chance, 1 is no privacy"
        )
        self.setFont(number_font(self.font()))
        self.setItemDelegate(_Framed(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setShowGrid(True)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setMinimumSectionSize(_COLUMN_PX)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(2 * self.fontMetrics().height() + SPACING)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMinimumHeight(5 * self.verticalHeader().defaultSectionSize())


class _Framed(QStyledItemDelegate):
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        if index.data(WORST_ROLE):
            painter.save()
            painter.setPen(QPen(QColor(tokens().error), _FRAME_PX))
            painter.drawRect(option.rect.adjusted(1, 1, -_FRAME_PX, -_FRAME_PX))
            painter.restore()
