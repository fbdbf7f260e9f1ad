"""A square picture, its figures and perhaps a plot, arranged so that the picture is as large as the room allows."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.gui.theme import SPACING

_GAP_PX = 2 * SPACING
_WIDEST = 1.5  # figures may take this many times the width they ask for


class PicturePanel(QWidget):
    """`picture` in the upper left; `figures` beside it, or below it where that makes the picture larger.

    `plot` takes what is left, below both or below the figures only; it shows once `show_plot` says so.
    """

    def __init__(
        self, picture: QWidget, figures: QWidget, plot: QWidget | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._picture, self._figures, self._plot = picture, figures, plot
        for part in filter(None, (picture, figures, plot)):
            part.setParent(self)
        if plot is not None:
            plot.hide()

    def show_plot(self, shown: bool) -> None:
        if self._plot is not None:
            self._plot.setVisible(shown)
        self.updateGeometry()
        self._arrange()

    def sizeHint(self) -> QSize:
        return self._beside(self._picture.sizeHint())

    def minimumSizeHint(self) -> QSize:
        return self._beside(self._picture.minimumSizeHint())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _arrange(self) -> None:
        if self._plot is not None and not self._plot.isHidden():
            self._arrange_with(self._plot)
            return
        figures = self._figures.sizeHint()
        beside = min(self.height(), self.width() - figures.width() - _GAP_PX)
        below = min(self.width(), self.height() - figures.height() - _GAP_PX)
        side = max(beside, below, 0)
        x, y = (side + _GAP_PX, 0) if beside >= below else (0, side + _GAP_PX)
        self._place(side, x, y)

    def _arrange_with(self, plot: QWidget) -> None:
        width, height = self.width(), self.height()
        figures, least = self._figures.sizeHint(), plot.minimumSizeHint()
        under_figures = min(height, width - max(figures.width(), least.width()) - _GAP_PX)
        if height < figures.height() + _GAP_PX + least.height():
            under_figures = 0
        under_both = min(height - least.height() - _GAP_PX, width - figures.width() - _GAP_PX)
        side = max(under_figures, under_both, 0)
        x = side + _GAP_PX
        self._place(side, x, 0)
        if under_figures >= under_both:
            y = figures.height() + _GAP_PX
            plot.setGeometry(x, y, width - x, height - y)
        else:
            y = max(side, figures.height()) + _GAP_PX
            plot.setGeometry(0, y, width, height - y)

    def _place(self, side: int, x: int, y: int) -> None:
        figures = self._figures.sizeHint()
        self._picture.setGeometry(0, 0, side, side)
        width = min(self.width() - x, round(_WIDEST * figures.width()))
        self._figures.setGeometry(QRect(x, y, width, figures.height()))

    def _beside(self, picture: QSize) -> QSize:
        figures = self._figures.sizeHint()
        size = QSize(picture.width() + _GAP_PX + figures.width(), max(picture.height(), figures.height()))
        if self._plot is not None and not self._plot.isHidden():
            least = self._plot.minimumSizeHint()
            size = QSize(max(size.width(), least.width()), size.height() + _GAP_PX + least.height())
        return size
