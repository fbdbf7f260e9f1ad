"""A choice of colour maps, each shown as it looks."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QIcon, QPixmap
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from studio.exchange.psf_picture import COLOUR_MAPS, colour_table
from studio.gui.widgets.pictures import to_image

_SWATCH = QSize(16, 14)


class ColourMapButton(QToolButton):
    """Reports the user's choice with `chosen(name)`; `choose` sets it without a signal."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._menu = QMenu(self)
        self._menu.setAccessibleName("Colour maps")
        group = QActionGroup(self)
        self.actions_by_name: dict[str, QAction] = {}
        for name in COLOUR_MAPS:
            action = self._menu.addAction(_swatch(name), name.capitalize())
            action.setCheckable(True)
            action.setData(name)
            group.addAction(action)
            self.actions_by_name[name] = action
        group.triggered.connect(self._choose)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setIconSize(_SWATCH)
        self.setToolTip("Colours of a single channel; brightness grows evenly along each map")
        self.choose(COLOUR_MAPS[0])

    @property
    def choice(self) -> str:
        return next(name for name, action in self.actions_by_name.items() if action.isChecked())

    def choose(self, name: str) -> None:
        """Check `name`; an unknown one (from another version's file) changes nothing."""
        if name in self.actions_by_name:
            self.actions_by_name[name].setChecked(True)
            self.setIcon(self.actions_by_name[name].icon())
            self.setAccessibleName(f"Colour map: {name}")

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        self.choose(action.data())
        self.chosen.emit(action.data())


def _swatch(name: str) -> QIcon:
    image = to_image(colour_table(name)[None])
    return QIcon(QPixmap.fromImage(image.scaled(_SWATCH * 2, Qt.AspectRatioMode.IgnoreAspectRatio)))
