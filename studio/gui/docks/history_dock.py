"""The History dock: the steps of this session; a click goes back or forth to any of them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Slot
from PySide6.QtWidgets import QDockWidget, QListWidget, QUndoView, QVBoxLayout, QWidget

from studio.gui.document import Document
from studio.gui.icons import icon
from studio.gui.theme import SPACING
from studio.gui.widgets.hints import hint
from studio.gui.widgets.labels import TokenLabel


class HistoryDock(QDockWidget):
    """Lists the undo stack of `document`; the step that the file holds carries the mark of Save."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__("History", parent)
        self._document = document
        self.setAccessibleName("History")
        self.steps = QUndoView(document.undo_stack)
        self.steps.setAccessibleName("Steps")
        self.steps.setAccessibleDescription("Arrow keys or a click go back or forth to a step")
        self.steps.setFrameShape(QUndoView.Shape.NoFrame)
        self.caption = TokenLabel()
        self.earlier = QListWidget()
        self.earlier.setAccessibleName("Steps of earlier sessions")
        hint(self.earlier, "What was done to this project before; these steps can be read, not undone")
        self.earlier.setFrameShape(QListWidget.Shape.NoFrame)
        self.earlier.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addWidget(self.caption)
        column.addWidget(self.earlier, 1)
        column.addWidget(self.steps, 2)
        self.setWidget(content)
        document.project_replaced.connect(self._begin)
        self._begin()
        self._show_icon()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_icon()
        super().changeEvent(event)

    @Slot()
    def _begin(self) -> None:
        """A project may bring steps of earlier sessions: they can be read, not undone."""
        labels = [edit.label for edit in self._document.project.history]
        self.steps.setEmptyLabel("As opened" if labels else "As begun")
        self.caption.setText(f"{len(labels)} earlier step{'s' if len(labels) > 1 else ''}")
        self.earlier.clear()
        self.earlier.addItems(labels)
        self.earlier.scrollToBottom()
        for part in (self.caption, self.earlier):
            part.setVisible(bool(labels))

    def _show_icon(self) -> None:
        self.steps.setCleanIcon(icon("save", "success"))
