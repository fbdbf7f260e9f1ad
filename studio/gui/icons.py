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
    tinted = QIcon()
    for size_px in _SIZES_PX:
        drawn = _pixmap(renderer, round(size_px * scale))
        for mode, state, colour in (
            (QIcon.Mode.Normal, QIcon.State.Off, getattr(colours, token)),
            (QIcon.Mode.Normal, QIcon.State.On, colours.accent),
            (QIcon.Mode.Disabled, QIcon.State.Off, colours.border),
            (QIcon.Mode.Selected, QIcon.State.Off, colours.on_accent),  # in a chosen row of a list
        ):
            tinted.addPixmap(_in_colour(drawn, colour) if one_colour else drawn, mode, state)
    return tinted


def _pixmap(renderer: QSvgRenderer, size_px: int) -> QPixmap:
    pixmap = QPixmap(size_px, size_px)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    return pixmap


def _in_colour(drawn: QPixmap, colour: str) -> QPixmap:
    """The same shape, which costs a fraction of drawing it anew."""
    pixmap = QPixmap(drawn)
    painter = QPainter(pixmap)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), QColor(colour))
    painter.end()
    return pixmap
