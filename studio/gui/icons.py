"""Icons: one set of line drawings in resources/icons, tinted with the text colour of the theme."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from studio.gui.theme import tokens
from studio.gui.tokens import Tokens
from studio.resources import resource_path

_SIZES_PX = (16, 18, 24, 48)  # those in use, at scale 1
APP_ICON = "opticaldr-studio"


def icon(name: str, token: str = "text") -> QIcon:
    """The drawing `name` in a colour of the theme in force; ask again after a change of theme.

    Raises FileNotFoundError when there is no such drawing.
    """
    return _tinted(name, token, tokens(), cast(QGuiApplication, QGuiApplication.instance()).devicePixelRatio())


@lru_cache(maxsize=256)  # a panel asks for the same few drawings dozens of times
def _tinted(name: str, token: str, colours: Tokens, scale: float) -> QIcon:
    drawing = resource_path("icons", f"{name}.svg").read_bytes()
    renderer, one_colour = QSvgRenderer(QByteArray(drawing)), b"currentColor" in drawing
    sizes_px = [round(size_px * scale) for size_px in _SIZES_PX]
    drawn, tinted = _side_by_side(renderer, sizes_px), QIcon()
    for mode, state, colour in (
        (QIcon.Mode.Normal, QIcon.State.Off, getattr(colours, token)),
        (QIcon.Mode.Normal, QIcon.State.On, colours.accent),
        (QIcon.Mode.Disabled, QIcon.State.Off, colours.border),
        (QIcon.Mode.Selected, QIcon.State.Off, colours.on_accent),  # in a chosen row of a list
    ):
        strip, left_px = _in_colour(drawn, colour) if one_colour else drawn, 0
        for size_px in sizes_px:
            tinted.addPixmap(strip.copy(left_px, 0, size_px, size_px), mode, state)
            left_px += size_px
    return tinted


def _side_by_side(renderer: QSvgRenderer, sizes_px: list[int]) -> QPixmap:
    """The drawing at every size in one strip: a painter for each costs more than what it paints."""
    strip, left_px = QPixmap(sum(sizes_px), max(sizes_px)), 0
    strip.fill(Qt.GlobalColor.transparent)
    painter = QPainter(strip)
    for size_px in sizes_px:
        renderer.render(painter, QRectF(left_px, 0, size_px, size_px))
        left_px += size_px
    painter.end()
    return strip


def _in_colour(drawn: QPixmap, colour: str) -> QPixmap:
    """The same shape, which costs a fraction of drawing it anew."""
    pixmap = QPixmap(drawn)
    painter = QPainter(pixmap)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), QColor(colour))
    painter.end()
    return pixmap
