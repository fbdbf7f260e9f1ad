"""The status bar: a message that has no room ends in an ellipsis instead of being cut off."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QStatusBar, QStyle, QStyleOption, QWidget

from studio.gui.theme import SPACING
from studio.gui.widgets.hints import hint


class StatusBar(QStatusBar):
    """`add_lasting` instead of addPermanentWidget: messages end where these begin."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lasting: list[QWidget] = []
        self.setAccessibleName("Status")
        self.setSizeGripEnabled(False)
        self.messageChanged.connect(self._tell)

    def add_lasting(self, widget: QWidget) -> None:
        self._lasting.append(widget)
        self.addPermanentWidget(widget)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, option = QPainter(self), QStyleOption()
        option.initFrom(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelStatusBar, option, painter, self)
        painter.setPen(self.palette().windowText().color())
        painter.drawText(self._room(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.shown)

    @property
    def shown(self) -> str:
        """The message as far as there is room for it."""
        return self.fontMetrics().elidedText(self.currentMessage(), Qt.TextElideMode.ElideRight, self._room().width())

    def _room(self) -> QRect:
        ends = min((w.x() for w in self._lasting if w.isVisible()), default=self.width())
        return QRect(SPACING, 0, ends - 2 * SPACING, self.height())

    @Slot(str)
    def _tell(self, text: str) -> None:
        hint(self, text)
