"""Small square pictures in a row, each with a word below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.gui.theme import SPACING, tokens
from studio.gui.widgets.pictures import draw_message

_SIDE_PX, _LEAST_SIDE_PX = 96, 56


@dataclass(frozen=True)
class Captioned:
    caption: str
    image: QImage


class PictureRow(QWidget):
    """Paints what it was given last; an explanation stands in for pictures that are missing."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: tuple[Captioned, ...] = ()
        self._words = ""
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def pictures(self) -> tuple[Captioned, ...]:
        return self._pictures

    def show_pictures(self, pictures: Sequence[Captioned]) -> None:
        self._pictures, self._words = tuple(pictures), ""
        self.setAccessibleDescription(", ".join(picture.caption for picture in pictures))
        self.update()

    def show_message(self, text: str) -> None:
        self._pictures, self._words = (), text
        self.setAccessibleDescription(text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(6 * _SIDE_PX + 5 * SPACING, _SIDE_PX + self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(3 * _LEAST_SIDE_PX, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self._pictures:
            draw_message(painter, QRectF(self.rect()), self._words, token="muted")
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QColor(tokens().muted))
        line = self.fontMetrics().height()
        share = (self.width() + SPACING) // len(self._pictures) - SPACING
        side = min(_SIDE_PX, max(_LEAST_SIDE_PX, share))
        for number, picture in enumerate(self._pictures):
            place = QRectF(number * (side + SPACING), 0, side, side)
            if place.right() > self.width():
                return  # no room: the last ones are left out
            painter.drawImage(place, picture.image)
            words = self.fontMetrics().elidedText(picture.caption, Qt.TextElideMode.ElideRight, side)
            painter.drawText(QRectF(place.left(), place.bottom(), side, line), Qt.AlignmentFlag.AlignCenter, words)
