"""A strip for what needs attention; it always takes the same room, so that nothing moves when something comes up."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.gui.theme import SPACING, tokens
from studio.gui.widgets.labels import TokenLabel

_LINES = 2
_NOTHING = "No warnings"


class WarningStrip(TokenLabel):
    """Shows the first lines; tool tip and description hold them all with their details."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_NOTHING, parent=parent)
        self._lines: list[str] = []
        self.setAccessibleName("Warnings")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # for screen readers
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setContentsMargins(3 * SPACING // 2, SPACING // 2, SPACING, SPACING // 2)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_warnings(self, warnings: Sequence[tuple[str, str]]) -> None:
        """(line, detail) of each, the weightiest first."""
        self._lines = [f"⚠ {line}" for line, _ in warnings]
        self.set_token("warning" if warnings else "muted")
        text = "\n".join(f"{line}. {detail}" for line, detail in warnings)
        self.setToolTip(text)
        self.setAccessibleDescription(text or _NOTHING)
        self._show()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), _LINES * self.fontMetrics().lineSpacing() + SPACING)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self._show()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, QColor(tokens().border))
        painter.end()
        super().paintEvent(event)

    def _show(self) -> None:
        metrics, shown = self.fontMetrics(), self._lines[:_LINES]
        hidden = len(self._lines) - len(shown)
        more = f"  (+{hidden})" if hidden else ""
        ends = [""] * (len(shown) - 1) + [more]
        elided = [
            metrics.elidedText(
                line, Qt.TextElideMode.ElideRight, self.contentsRect().width() - metrics.horizontalAdvance(end)
            )
            + end
            for line, end in zip(shown, ends, strict=False)
        ]
        self.setText("\n".join(elided) or _NOTHING)
