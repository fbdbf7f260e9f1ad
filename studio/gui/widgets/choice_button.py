"""A button of two lines: what it is, and a little about it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from studio.gui.theme import SPACING
from studio.gui.widgets.labels import ElidedLabel

_ICON_PX = 18


class ChoiceButton(QPushButton):
    """`about` may come later, with `tell`; it is elided to one line, and whole in the tool tip."""

    def __init__(self, title: str, about: str, drawing: QIcon, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("choice")
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        sign, name, self._about = QLabel(), QLabel(title), ElidedLabel()
        sign.setPixmap(drawing.pixmap(_ICON_PX, _ICON_PX))
        name.setTextFormat(Qt.TextFormat.PlainText)  # a file name is no markup
        name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(name)
        words.addWidget(self._about)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(SPACING, SPACING // 2, SPACING, SPACING // 2)
        row.setSpacing(3 * SPACING // 2)
        row.addWidget(sign)
        row.addLayout(words, 1)
        for label in (sign, name, self._about):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.tell(about)

    def tell(self, about: str) -> None:
        self._about.setText(about)
        self.setAccessibleDescription(about)
        self.setToolTip(about)

    def sizeHint(self) -> QSize:
        return self._row.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._row.minimumSize()
