"""Text in the colours of the theme, and figures that do not dance."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from studio.gui.theme import number_font, tokens
from studio.gui.widgets.hints import hint


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


class ElidedLabel(TokenLabel):
    """One line that ends in dots where the room does; `text` is the whole of it, and the tool tip says it."""

    def __init__(self, text: str = "", token: str = "muted", parent: QWidget | None = None) -> None:
        super().__init__("", token, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(text)
        hint(self, text)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.contentsRect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
