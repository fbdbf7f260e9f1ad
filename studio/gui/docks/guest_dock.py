"""A dock that comes for a while (Help, Log): it is given its room, and when it goes the others are as they were."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import QDockWidget, QLayout, QMainWindow, QWidget

from studio.gui.theme import SPACING


class GuestDock(QDockWidget):
    """Along `way` it gets `room_px` when it first comes, later what it had when it went."""

    def __init__(self, title: str, way: Qt.Orientation, room_px: int, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.setAccessibleName(title)
        self._way, self._room_px = way, room_px
        self._others: dict[QDockWidget, int] = {}
        """How large the others were when it came; empty when it is not here as a guest."""
        self._settling = QTimer(self, singleShot=True, interval=0)
        self._settling.timeout.connect(self._settle)

    def forget(self) -> None:
        """The docks were arranged anew: nothing is given back."""
        self._settling.stop()
        self._others = {}
        self._ask_for(0)

    def setVisible(self, visible: bool) -> None:
        comes, goes = visible and self.isHidden(), not visible and not self.isHidden()
        if comes and not self.isFloating():
            self._others = self._sizes()  # before the layout moves them
            self._ask_for(min(self._room_px, self._spare_px()))
        elif goes and self._others:
            self._room_px = self._size(self.widget())
        super().setVisible(visible)
        if self._others:
            self._settling.start()

    def _sizes(self) -> dict[QDockWidget, int]:
        window = self.parentWidget()
        docks = window.findChildren(QDockWidget) if isinstance(window, QMainWindow) else []
        return {dock: self._size(dock) for dock in docks if dock is not self and _in_front(dock)}

    def _size(self, widget: QWidget) -> int:
        return widget.width() if self._way == Qt.Orientation.Horizontal else widget.height()

    def _spare_px(self) -> int:
        """What the others can give without the window having to grow."""
        window = self.window()
        layout: QLayout | None = window.layout()
        needed = layout.minimumSize() if layout else QSize()
        spare = window.size() - needed
        return max(0, (spare.width() if self._way == Qt.Orientation.Horizontal else spare.height()) - SPACING)

    def _ask_for(self, least_px: int) -> None:
        if self._way == Qt.Orientation.Horizontal:
            self.widget().setMinimumWidth(least_px)
        else:
            self.widget().setMinimumHeight(least_px)

    @Slot()
    def _settle(self) -> None:
        """It has come, or gone, and the layout has seen to it."""
        window = self.parentWidget()
        if not self.isHidden():
            self._ask_for(0)  # from now on the user may have it smaller
        elif isinstance(window, QMainWindow):
            before = {dock: size for dock, size in self._others.items() if _in_front(dock)}
            window.resizeDocks(list(before), list(before.values()), self._way)
            self.forget()


def _in_front(dock: QDockWidget) -> bool:
    """Part of the arrangement, and not behind another tab: its size there is of another day."""
    return not dock.isFloating() and not dock.visibleRegion().isEmpty()
