"""A square picture and its figures, arranged so that the picture is as large as the room allows."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.gui.theme import SPACING

_GAP_PX = 2 * SPACING
_WIDEST = 1.5  # figures may take this many times the width they ask for


class PicturePanel(QWidget):
    """`picture` in the upper left; `figures` beside it, or below it where that makes the picture larger."""

    def __init__(self, picture: QWidget, figures: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture, self._figures = picture, figures
        for part in (picture, figures):
            part.setParent(self)

    def sizeHint(self) -> QSize:
        return self._beside(self._picture.sizeHint())

    def minimumSizeHint(self) -> QSize:
        return self._beside(self._picture.minimumSizeHint())

    def resizeEvent(self, event: QResizeEvent) -> None:
        figures = self._figures.sizeHint()
        beside = min(self.height(), self.width() - figures.width() - _GAP_PX)
        below = min(self.width(), self.height() - figures.height() - _GAP_PX)
        side = max(beside, below, 0)
        at = QPoint(side + _GAP_PX, 0) if beside >= below else QPoint(0, side + _GAP_PX)
        width = min(self.width() - at.x(), round(_WIDEST * figures.width()))
        self._picture.setGeometry(0, 0, side, side)
        self._figures.setGeometry(QRect(at, QSize(width, figures.height())))

    def _beside(self, picture: QSize) -> QSize:
        figures = self._figures.sizeHint()
        return QSize(picture.width() + _GAP_PX + figures.width(), max(picture.height(), figures.height()))
