"""From arrays to pictures on screen, and the small things drawn on them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from studio.exchange.scales import nice_length
from studio.gui.theme import SPACING, tokens

STALE_OPACITY = 0.45
UPDATING = ("updating", "warning")
"""How a picture is drawn, and the chip on it, while it is of another lens than it should be."""
_PLATE_OPACITY = 0.88


def to_image(rgb: np.ndarray) -> QImage:
    """`rgb` (H, W, 3) uint8 as an image of its own, in the format that is drawn fastest."""
    rgb = np.ascontiguousarray(rgb)
    height, width = rgb.shape[:2]
    borrowed = QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return borrowed.convertToFormat(QImage.Format.Format_RGB32)


def fit(size: QSizeF, room: QRectF) -> QRectF:
    """The largest rectangle of the shape of `size` in the middle of `room`, on whole pixels."""
    fitted = size.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    left, top = room.center().x() - fitted.width() / 2, room.center().y() - fitted.height() / 2
    return QRectF(round(left), round(top), round(fitted.width()), round(fitted.height()))


def draw_chips(
    painter: QPainter,
    picture: QRectF,
    chips: Iterable[tuple[str, str]],
    *,
    at_right: bool = False,
    at_bottom: bool = False,
) -> None:
    """Small labels (text, token of its colour) in a row from the upper left of `picture`, or from another corner."""
    metrics = QFontMetricsF(painter.font())
    height = metrics.height() + SPACING / 2
    top = picture.bottom() - SPACING - height if at_bottom else picture.top() + SPACING
    x = picture.right() - SPACING if at_right else picture.left() + SPACING
    for text, token in chips:
        width = metrics.horizontalAdvance(text) + 2 * SPACING
        box = QRectF(x - width if at_right else x, top, width, height)
        draw_plate(painter, box)
        painter.setPen(QColor(getattr(tokens(), token)))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        x += (width + SPACING / 2) * (-1 if at_right else 1)


def draw_scale_bar(painter: QPainter, picture: QRectF, um_per_px: float) -> float:
    """A bar of a round length in the lower left of `picture`, at most a third of it; returns the length in um."""
    length_um = nice_length(picture.width() / 3.0 * um_per_px)
    width = length_um / um_per_px
    text = f"{length_um / 1000:g} mm" if length_um >= 1000 else f"{length_um:g} µm"
    metrics = QFontMetricsF(painter.font())
    box = QRectF(0, 0, max(width, metrics.horizontalAdvance(text)) + 2 * SPACING, metrics.height() + 1.5 * SPACING)
    box.moveBottomLeft(picture.bottomLeft() + QPointF(SPACING, -SPACING))
    draw_plate(painter, box)
    painter.setPen(QPen(QColor(tokens().text), 2))
    middle = QPointF(box.center().x(), box.bottom() - 0.75 * SPACING)
    painter.drawLine(middle - QPointF(width / 2, 0), middle + QPointF(width / 2, 0))
    painter.drawText(box.adjusted(0, 0, 0, -SPACING), Qt.AlignmentFlag.AlignCenter, text)
    return length_um


def draw_plate(painter: QPainter, box: QRectF) -> None:
    """What words stand on where a picture or curves are behind them."""
    background = QColor(tokens().panel)
    background.setAlphaF(_PLATE_OPACITY)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(background)
    painter.drawRoundedRect(box, SPACING / 2, SPACING / 2)


def draw_message(painter: QPainter, room: QRectF, title: str, detail: str = "", token: str = "text") -> None:
    """Words in the middle of an empty `room`: what is the matter, and below it what to do."""
    flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
    room = room.adjusted(2 * SPACING, SPACING, -2 * SPACING, -SPACING)
    unlimited = QRectF(0, 0, room.width(), 1e4)
    gap = SPACING / 2 if detail else 0.0
    above = painter.boundingRect(unlimited, flags, title).height()
    below = painter.boundingRect(unlimited, flags, detail).height() if detail else 0.0
    top = max(room.top(), room.center().y() - (above + gap + below) / 2)
    painter.setPen(QColor(getattr(tokens(), token)))
    painter.drawText(QRectF(room.left(), top, room.width(), above), flags, title)
    if detail:
        painter.setPen(QColor(tokens().muted))
        painter.drawText(QRectF(room.left(), top + above + gap, room.width(), below), flags, detail)


def draw_colour_bar(painter: QPainter, picture: QRectF, colours: np.ndarray, ends: tuple[str, str]) -> None:
    """The colours (N, 3) uint8 of a map from its lowest to its highest end, in the lower right of `picture`."""
    metrics = QFontMetricsF(painter.font())
    words = [metrics.horizontalAdvance(end) for end in ends]
    box = QRectF(0, 0, 8 * SPACING + sum(words) + 3 * SPACING, metrics.height() + SPACING / 2)
    box.moveBottomRight(picture.bottomRight() - QPointF(SPACING, SPACING))
    draw_plate(painter, box)
    bar = box.adjusted(words[0] + SPACING, SPACING / 2, -words[1] - SPACING, -SPACING / 2)
    painter.drawImage(bar.adjusted(SPACING / 2, 0, -SPACING / 2, 0), to_image(colours[None]))
    painter.setPen(QColor(tokens().text))
    room = box.adjusted(SPACING / 2, 0, -SPACING / 2, 0)
    for text, side in zip(ends, (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight), strict=True):
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, text)
