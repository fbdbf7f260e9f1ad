"""Text in the colours of the theme, and figures that do not dance."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel, QWidget

from studio.gui.theme import number_font, tokens


class TokenLabel(QLabel):
    """A label whose text has the colour of one token: "muted", "warning", "error", "success" and so on."""

    def __init__(self, text: str = "", token: str = "muted", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._token = token
        self._recolour()

    def set_token(self, token: str) -> None:
        self._token = token
        self._recolour()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._recolour()
        super().changeEvent(event)

    def _recolour(self) -> None:
        colour = QColor(getattr(tokens(), self._token))
        palette = self.palette()
        if palette.color(QPalette.ColorRole.WindowText) != colour:  # setting it comes back as a PaletteChange
            palette.setColor(QPalette.ColorRole.WindowText, colour)
            self.setPalette(palette)


class NumberLabel(TokenLabel):
    """A reading that changes in place: figures of one width."""

    def __init__(self, text: str = "", token: str = "text", parent: QWidget | None = None) -> None:
        super().__init__(text, token, parent)
        self.setFont(number_font(self.font()))


class SteadyLabel(TokenLabel):
    """Wrapped text that always takes the room of the longest of `texts`, so that nothing below it moves."""

    def __init__(self, texts: Iterable[str], token: str = "muted", parent: QWidget | None = None) -> None:
        super().__init__("", token, parent)
        self._texts = tuple(texts)
        self._heights: dict[int, int] = {}  # by width; a layout asks over and over
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            room, wrapped = QRect(0, 0, width, 1 << 16), Qt.TextFlag.TextWordWrap
            metrics = self.fontMetrics()
            self._heights[width] = max(metrics.boundingRect(room, wrapped, text).height() for text in self._texts)
        return self._heights[width]

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._heights.clear()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        width = super().sizeHint().width()
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.fontMetrics().lineSpacing())
