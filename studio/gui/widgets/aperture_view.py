"""A map over the aperture with its colour bar: the surface, or the wavefront behind it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.gui.theme import SPACING, number_font, tokens
from studio.gui.tokens import Tokens
from studio.gui.widgets.pictures import draw_message, to_image

_BAR_PX = 2 * SPACING


def diverging(share: np.ndarray, colours: Tokens) -> np.ndarray:
    """Colours (..., 3) uint8 of `share` in [-1, 1]: blue below 0, the plot's background at 0, orange above.

    Blue and orange stay apart for every kind of colour vision, and brightness runs evenly from 0 to both ends.
    """
    table = _diverging_table(colours)
    half = len(table) // 2
    return table[np.rint((np.clip(share, -1.0, 1.0) + 1.0) * half).astype(np.intp)]


@lru_cache(maxsize=2)
def _diverging_table(colours: Tokens) -> np.ndarray:
    share = np.linspace(-1.0, 1.0, 511)
    below, middle, above = (
        np.array(_rgb(c), float) for c in (colours.channel_blue, colours.plot_background, colours.channel_red)
    )
    end = np.where(share[..., None] < 0.0, below, above)
    return np.rint(middle + (end - middle) * np.abs(share)[..., None]).astype(np.uint8)


@lru_cache(maxsize=2)
def _nearest_inside(samples: int) -> tuple[np.ndarray, np.ndarray]:
    """For each point of a map the row and column of the nearest one in the aperture, so that its rim can be smooth."""
    axis = (2.0 * np.arange(samples) + 1.0) / samples - 1.0
    radius = np.hypot(axis[:, None], axis)
    inwards = np.where(radius > 1.0, (1.0 - 3.0 / samples) / radius, 1.0)
    rows, columns = (np.rint(((a * inwards) + 1.0) * samples / 2.0 - 0.5).astype(int) for a in (axis[:, None], axis))
    return rows, columns


def _rgb(colour: str) -> tuple[int, int, int]:
    return QColor(colour).red(), QColor(colour).green(), QColor(colour).blue()


class ApertureView(QWidget):
    """Paints one map; the colour scale is symmetric about 0. An explanation stands in for a map that is missing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: np.ndarray | None = None
        self._unit, self._limit = "", 1.0
        self._words = ("", "")
        self._image: QImage | None = None
        self._bar: QImage | None = None
        self.setFont(number_font(self.font()))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def limit(self) -> float:
        """Value at the end of the colour bar."""
        return self._limit

    def show_map(self, values: np.ndarray, unit: str, least_limit: float) -> None:
        """Show `values` (N, N), NaN outside the aperture; the scale reaches at least to `least_limit`."""
        self._values, self._unit = values, unit
        self._limit = max(float(np.nanmax(np.abs(values))), least_limit)
        self._renew()

    def show_message(self, title: str, detail: str) -> None:
        self._values, self._words = None, (title, detail)
        self._renew()

    def sizeHint(self) -> QSize:
        return QSize(280, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 110)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._renew()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if self._image is None or self._bar is None:
            draw_message(painter, QRectF(self.rect()), *self._words)
            return
        metrics = QFontMetricsF(self.font())
        texts = [f"{v:+.3g}".replace("-", "−") if v else "0" for v in (self._limit, 0.0, -self._limit)]
        scale_width = _BAR_PX + 2 * SPACING + max(metrics.horizontalAdvance(t) for t in (*texts, self._unit))
        side = min(self.width() - scale_width, float(self.height()))
        if side <= 0.0:
            return
        disc = QRectF((self.width() - scale_width - side) / 2, (self.height() - side) / 2, side, side)
        disc.adjust(1.0, 1.0, -1.0, -1.0)
        rim = QPainterPath()
        rim.addEllipse(disc)
        painter.setClipPath(rim)
        painter.drawImage(disc, self._image)
        painter.setClipping(False)
        painter.setPen(QPen(QColor(tokens().border), 1.5))
        painter.drawEllipse(disc)
        line = metrics.height()
        bar = QRectF(disc.right() + SPACING, disc.top() + 1.5 * line, _BAR_PX, disc.height() - 2.0 * line)
        painter.drawImage(bar, self._bar)
        painter.drawRect(bar)
        painter.setPen(QColor(tokens().muted))
        painter.drawText(QPointF(bar.left(), disc.top() + metrics.ascent()), self._unit)
        painter.setPen(QColor(tokens().text))
        for text, y in zip(texts, (bar.top(), bar.center().y(), bar.bottom()), strict=True):
            place = QRectF(bar.right() + SPACING / 2, y - line / 2, scale_width, line)
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _renew(self) -> None:
        self._image = self._bar = None
        if self._values is None:
            self.setAccessibleDescription(". ".join(self._words))
        else:
            filled = self._values[_nearest_inside(len(self._values))]
            self._image = to_image(diverging(filled / self._limit, tokens()))
            self._bar = to_image(diverging(np.linspace(1.0, -1.0, 255)[:, None], tokens()))
            self.setAccessibleDescription(
                f"{np.nanmin(self._values):.3g} to {np.nanmax(self._values):.3g} {self._unit}"
            )
        self.update()
