"""What lets a dock be smaller than its content: it scrolls, so that no dock makes the window outgrow the screen."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QFrame, QScrollArea, QSizePolicy, QWidget

from studio.gui.theme import SPACING

LEAST = QSize(17 * SPACING, 12 * SPACING)


class DockScroll(QScrollArea):
    """Gives `content` all the room there is, and scrolls it where that is less than it needs."""

    def __init__(self, content: QWidget, dock: QDockWidget) -> None:
        super().__init__(dock, widgetResizable=True)
        self.setAccessibleName(dock.windowTitle())
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFocusProxy(content)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._content = content
        self.setWidget(content)

    def sizeHint(self) -> QSize:
        return self._content.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._content.minimumSizeHint().boundedTo(LEAST)
