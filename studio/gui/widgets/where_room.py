"""Controls that give way: shown only while the widget around them has room for them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtWidgets import QLayout, QWidget


class WhereRoom(QWidget):
    """Holds `layout`; hides while `around` is smaller than `least`, and never keeps it from getting smaller."""

    def __init__(self, layout: QLayout, around: QWidget, least: QSize) -> None:
        super().__init__(around)
        layout.setContentsMargins(0, 0, 0, 0)
        self.setLayout(layout)
        self._around, self._least = around, least
        around.installEventFilter(self)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            room = self._around.size()
            self.setVisible(room.width() >= self._least.width() and room.height() >= self._least.height())
        return False
