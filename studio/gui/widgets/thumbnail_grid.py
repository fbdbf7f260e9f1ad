"""A grid of very many small pictures: what is in sight is painted and asked for, and nothing else exists."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from studio.gui.theme import SPACING, tokens
from studio.gui.widgets.pictures import draw_message, fit

_GAP_PX = SPACING // 2

Get = Callable[[int], tuple[bool, QImage | None]]


class ThumbnailGrid(QAbstractScrollArea):
    """`get(number)` gives (whether it is known, the picture); unknown ones are asked for again at each paint."""

    def __init__(self, name: str, get: Get, side_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._get, self._side = get, side_px
        self._count = 0
        self._message = ("", "")
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setAccessibleName(f"Scroll {name.lower()}")

    @property
    def count(self) -> int:
        return self._count

    def show_count(self, count: int) -> None:
        """Show pictures 0 to `count` - 1, from the first."""
        self._count = count
        self.setAccessibleDescription(f"{count:,} pictures")
        self.verticalScrollBar().setValue(0)
        self._arrange()

    def show_message(self, title: str, detail: str = "") -> None:
        self._message = (title, detail)
        self.show_count(0)
        self.setAccessibleDescription(f"{title}. {detail}")

    def in_sight(self) -> range:
        """Numbers of the pictures that can be seen."""
        top = self.verticalScrollBar().value()
        first = top // self._step * self._columns
        rows = self.viewport().height() // self._step + 2
        return range(first, min(self._count, first + rows * self._columns))

    @Slot()
    def look_again(self) -> None:
        """Pictures have come."""
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(4 * self._step, 3 * self._step)

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * self._step, self._step)

    @property
    def _step(self) -> int:
        return self._side + _GAP_PX

    @property
    def _columns(self) -> int:
        return max(1, (self.viewport().width() + _GAP_PX) // self._step)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if not self._count:
            draw_message(painter, QRectF(self.viewport().rect()), *self._message, "muted")
            return
        top = self.verticalScrollBar().value()
        for number in self.in_sight():
            row, column = divmod(number, self._columns)
            room = QRectF(column * self._step, row * self._step - top, self._side, self._side)
            known, image = self._get(number)
            if image is not None:
                painter.drawImage(fit(QSizeF(image.size()), room), image)
            else:
                painter.fillRect(room, QColor(tokens().plot_background))
                if known:
                    draw_message(painter, room, "cannot be read", token="muted")

    def _arrange(self) -> None:
        rows = -(-self._count // self._columns)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, rows * self._step - _GAP_PX - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self._step)
        self.viewport().update()
