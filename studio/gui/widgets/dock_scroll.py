"""What lets a dock be smaller than its content: it scrolls, so that no dock makes the window outgrow the screen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDockWidget, QFrame, QScrollArea, QSizePolicy, QWidget

from studio.gui.theme import SPACING

LEAST = QSize(17 * SPACING, 12 * SPACING)


class DockScroll(QScrollArea):
    """Gives `content` all the room there is, and scrolls it where that is less than it needs.

    `widgetResizable` would not do: for content with wrapped text it scrolls below the *preferred* height.
    """

    def __init__(self, content: QWidget, dock: QDockWidget) -> None:
        super().__init__(dock)
        self.setAccessibleName(dock.windowTitle())
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFocusProxy(content)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._content = content
        content.resize(LEAST)  # any size: Qt would measure all of a content without one, also of hidden docks
        self.setWidget(content)

    def sizeHint(self) -> QSize:
        return self._content.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._content.minimumSizeHint().boundedTo(LEAST)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        room, least = self.maximumViewportSize(), self._content.minimumSizeHint()
        width = max(room.width(), least.width())
        if width > room.width():
            room.setHeight(room.height() - self.horizontalScrollBar().sizeHint().height())
        height = self._least_height(width)
        if height > room.height():
            width = max(room.width() - self.verticalScrollBar().sizeHint().width(), least.width())
            height = self._least_height(width)
        self._content.resize(width, max(room.height(), height))

    def _least_height(self, width: int) -> int:
        layout = self._content.layout()
        if layout is not None and layout.hasHeightForWidth():
            return layout.minimumHeightForWidth(width)
        return self._content.minimumSizeHint().height()
