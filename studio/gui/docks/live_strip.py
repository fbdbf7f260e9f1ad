"""A row under the live picture that a button of another row switches; it works only while it is seen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from studio.gui.document import Document
from studio.gui.icons import icon
from studio.gui.widgets.buttons import tool_button


class LiveStrip(QWidget):
    """Calls `begin` whenever it is switched on and seen, and `end` whenever it no longer is. The project keeps the
    switch under `key`. Whoever makes one calls `restore` when it is complete."""

    def __init__(self, document: Document, key: str, name: str, tip: str, icon_name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._document, self._key, self._icon_name = document, key, icon_name
        self._wanted = False
        self.button = tool_button(name, tip, checkable=True)
        self.button.setIcon(icon(icon_name))
        self.button.toggled.connect(self._switch)
        document.project_replaced.connect(self.restore)

    @property
    def active(self) -> bool:
        """Switched on, and seen."""
        return self._wanted and self.isVisible()

    def begin(self) -> None:
        raise NotImplementedError

    def end(self) -> None:
        raise NotImplementedError

    @Slot()
    def restore(self) -> None:
        """Take the switch from the project."""
        on = self._document.view(self._key, False) is True
        self.button.blockSignals(True)
        self.button.setChecked(on)
        self.button.blockSignals(False)
        self._set_wanted(on)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.end()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.button.setIcon(icon(self._icon_name))
        super().changeEvent(event)

    @Slot(bool)
    def _switch(self, on: bool) -> None:
        self._document.set_view(self._key, on)
        self._set_wanted(on)

    def _set_wanted(self, on: bool) -> None:
        self._wanted = on
        self.setVisible(on)
        self._follow()

    def _follow(self) -> None:
        if self.active:
            self.begin()
        else:
            self.end()
