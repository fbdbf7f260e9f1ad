"""Zernike terms as a table of bars: name, bar to the left or right of zero, value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.gui.theme import SPACING, number_font, tokens
from studio.optics.zernike import term_name

_LEAST_SHOWN = 5e-4  # below that a value reads 0.000
_LEAST_BAR_PX = 2.0
_NAMES_SHARE = 0.55
_WIDEST_VALUE = "−000.000 "


class TermBars(QWidget):
    """Lists the terms that are not 0 and counts the others. The largest bar fills its half."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, float]] = []
        self._rest = self._unit = ""
        self._least_limit = 1.0
        self.setFont(number_font(self.font()))
        self.setAccessibleName("Zernike terms")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_terms(self, terms: Sequence[float] | np.ndarray, unit: str, least_limit: float) -> None:
        """Show Noll terms 1 .. J; `least_limit` keeps rounding errors from filling the scale."""
        before = len(self._rows), self._rest, self._unit
        self._rows = [
            (term_name(j).capitalize(), float(value)) for j, value in enumerate(terms, 1) if abs(value) >= _LEAST_SHOWN
        ]
        self._unit, self._least_limit = unit, least_limit
        zero = len(terms) - len(self._rows)
        self._rest = "" if not zero else f"{zero} more are 0" if self._rows else f"All {zero} terms are 0"
        spoken = [f"{name} {value:.3f}" for name, value in self._rows]
        self.setAccessibleDescription(f"{unit}: {', '.join(spoken) or 'all 0'}")
        if before != (len(self._rows), self._rest, self._unit):
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(
            self._names_width + self._value_width + 16 * SPACING,
            self._row_height * (len(self._rows) + bool(self._rest)),
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(self._value_width + 18 * SPACING, self.sizeHint().height())

    @property
    def _row_height(self) -> int:
        return self.fontMetrics().height() + SPACING // 4

    @property
    def _value_width(self) -> int:
        return self.fontMetrics().horizontalAdvance(_WIDEST_VALUE + self._unit) + SPACING

    @property
    def _names_width(self) -> int:
        return max((self.fontMetrics().horizontalAdvance(name) + 2 for name, _ in self._rows), default=0)

    def _elided(self, name: str, width_px: int) -> str:
        return self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, width_px)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours, height = tokens(), self._row_height
        names = min(self._names_width, round(_NAMES_SHARE * self.width()))
        left, right = names + SPACING, self.width() - self._value_width
        zero, reach = (left + right) / 2.0, max(0.0, (right - left) / 2.0)
        limit = max([self._least_limit, *(abs(value) for _, value in self._rows)])
        middle = Qt.AlignmentFlag.AlignVCenter
        for line, (name, value) in enumerate(self._rows):
            row = QRectF(0.0, line * height, self.width(), height)
            painter.setPen(QColor(colours.muted))
            painter.drawText(row, Qt.AlignmentFlag.AlignLeft | middle, self._elided(name, names))
            painter.setPen(QColor(colours.text))
            said = f"{value:+.3f} {self._unit}".replace("-", "−")
            painter.drawText(row, Qt.AlignmentFlag.AlignRight | middle, said)
            length = max(reach * abs(value) / limit, _LEAST_BAR_PX)
            bar = QRectF(zero if value > 0.0 else zero - length, row.top() + height * 0.25, length, height * 0.5)
            painter.fillRect(bar, QColor(colours.channel_red if value > 0.0 else colours.channel_blue))
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.drawLine(round(zero), 0, round(zero), height * len(self._rows))
        painter.setPen(QColor(colours.muted))
        rest = QRectF(0.0, height * len(self._rows), self.width(), height)
        painter.drawText(rest, Qt.AlignmentFlag.AlignLeft | middle, self._rest)
