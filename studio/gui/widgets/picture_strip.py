"""A column of pictures for each of a few people: clear, captured, reconstructed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.gui.theme import tokens
from studio.gui.widgets.pictures import draw_message, fit

_LEAST_PX = 32
_GAP_PX = 4


@dataclass(frozen=True)
class StripRow:
    """`images` of all people; an empty row says `instead`."""

    name: str
    images: Sequence[QImage]
    instead: str = ""


class PictureStrip(QWidget):
    """Rows of pictures, all of one size, as large as the room allows."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[StripRow, ...] = ()
        self._message = ("", "")
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def rows(self) -> tuple[StripRow, ...]:
        return self._rows

    def show_rows(self, rows: Sequence[StripRow]) -> None:
        self._rows = tuple(rows)
        shown = [f"{len(row.images)} {row.name}" if row.images else f"{row.name}: {row.instead}" for row in rows]
        self.setAccessibleDescription("; ".join(shown))
        self.update()

    def show_message(self, title: str, detail: str = "") -> None:
        self._rows, self._message = (), (title, detail)
        self.setAccessibleDescription(f"{title}. {detail}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(4 * _LEAST_PX, 3 * (_LEAST_PX + self.fontMetrics().height() + _GAP_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if not self._rows:
            painter.fillRect(self.rect(), QColor(tokens().plot_background))
            draw_message(painter, QRectF(self.rect()), *self._message, "muted")
            return
        people = max(len(row.images) for row in self._rows)
        words = self.fontMetrics().height()
        height = self.height() / len(self._rows) - words - _GAP_PX
        width = (self.width() - (people - 1) * _GAP_PX) / max(people, 1)
        shape = next(QSizeF(row.images[0].size()) for row in self._rows if row.images)
        cell = shape.scaled(QSizeF(width, max(height, 1.0)), Qt.AspectRatioMode.KeepAspectRatio)
        top = 0.0
        for row in self._rows:
            painter.setPen(QColor(tokens().muted))
            line = QRectF(0, top, self.width(), words)
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, row.name)
            top += words
            for place, image in enumerate(row.images):
                room = QRectF(place * (cell.width() + _GAP_PX), top, cell.width(), cell.height())
                painter.drawImage(fit(QSizeF(image.size()), room), image)
            if not row.images:
                whole = people * (cell.width() + _GAP_PX) - _GAP_PX
                room = QRectF(0, top, whole, cell.height())
                painter.fillRect(room, QColor(tokens().plot_background))
                draw_message(painter, room, row.instead, token="muted")
            top += cell.height() + _GAP_PX
        painter.end()
