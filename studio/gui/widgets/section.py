"""A titled part of a panel that folds away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.gui.icons import icon
from studio.gui.theme import SPACING
from studio.gui.widgets.buttons import tool_button


class Section(QWidget):
    """A header button over `rows`; widgets put in `header` stand at its right end.

    `fill`, if given, puts the rows in when they are first wanted.
    """

    def __init__(
        self,
        title: str,
        *,
        folded: bool = False,
        fill: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._fill_rows = fill
        self._button = tool_button(title, "Shows or hides this part of the panel")
        self._button.setText(title)
        self._button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._button.setIconSize(QSize(16, 16))
        font = self._button.font()
        font.setBold(True)
        self._button.setFont(font)
        self._body = QWidget()
        self.header = QHBoxLayout()
        self.header.addWidget(self._button)
        self.rows = QVBoxLayout(self._body)
        self.rows.setContentsMargins(0, 0, 0, SPACING)
        self.rows.setSpacing(SPACING // 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING // 2)
        column.addLayout(self.header)
        column.addWidget(self._body)
        self._button.clicked.connect(self._toggle)
        self.fold(folded)

    @property
    def folded(self) -> bool:
        return self._folded

    def fill(self) -> None:
        """Make the rows if they are not there yet."""
        fill, self._fill_rows = self._fill_rows, None
        if fill is None:
            return
        fill()
        before: QWidget = self._button
        for widget in self._body.findChildren(QWidget):  # what comes late is last in the Tab order otherwise
            in_a_list = widget.window() is not self.window()  # that a combo box lets down
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not in_a_list:
                QWidget.setTabOrder(before, widget)
                before = widget

    def fold(self, folded: bool) -> None:
        if not folded:
            self.fill()
        self._folded = folded
        self._body.setVisible(not folded)
        self._show_arrow()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_arrow()
        super().changeEvent(event)

    @Slot()
    def _toggle(self) -> None:
        self.fold(not self._folded)

    def _show_arrow(self) -> None:
        self._button.setIcon(icon("chevron-right" if self.folded else "chevron-down"))
