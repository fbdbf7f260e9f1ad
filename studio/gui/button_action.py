"""Actions that stand for a button of a dock, so that menus, shortcuts and the command palette can press it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QDockWidget

_CHANGES = (QEvent.Type.EnabledChange, QEvent.Type.ShowToParent, QEvent.Type.HideToParent)


class ButtonAction(QObject):
    """Lets `action` press `button`; it is possible and checked whenever the button is."""

    def __init__(self, action: QAction, button: QAbstractButton) -> None:
        super().__init__(action)
        self._action, self._button = action, button
        action.setCheckable(button.isCheckable())
        action.triggered.connect(self._press)
        button.toggled.connect(self._follow)
        button.installEventFilter(self)
        self._follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _CHANGES:
            self._follow()
        return False

    @Slot()
    def _press(self) -> None:
        dock = self._dock()
        if dock is not None and not dock.isVisible():  # what it does is seen there
            dock.show()
            dock.raise_()
        self._button.click()
        self._follow()  # the button decides whether it is checked now

    @Slot()
    def _follow(self) -> None:
        self._action.setEnabled(self._button.isEnabled() and not self._button.isHidden())
        self._action.setChecked(self._button.isChecked())

    def _dock(self) -> QDockWidget | None:
        widget = self._button.parentWidget()
        while widget is not None and not isinstance(widget, QDockWidget):
            widget = widget.parentWidget()
        return widget
