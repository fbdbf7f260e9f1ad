"""The Variants dock: designs kept under a name, with pictures and notes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFocusEvent, QHideEvent, QKeySequence
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.gui.document import Document
from studio.gui.icons import icon
from studio.gui.theme import SPACING
from studio.gui.thumbnails import Thumbnails
from studio.gui.variant_model import VariantModel
from studio.gui.widgets.edit_run import EditRun
from studio.gui.widgets.hints import hint
from studio.gui.widgets.labels import TokenLabel
from studio.gui.widgets.variant_cards import VariantCards
from studio.project import variants
from studio.project.records import ProjectError

_NOTE_LINES = 3
_ROWS = (  # method, text, icon, shortcut, tip
    ("restore", "Restore", "restore", "Return", "Make the selected variant the current lens (double click)"),
    ("compare", "Compare", "side-by-side", "Ctrl+Return", "Compare two variants, or one with the current lens"),
    ("duplicate", "Duplicate", "copy", "Ctrl+Shift+D", "Keep a copy of the selected variant"),
    ("rename", "Rename", "rename", "F2", "Give the selected variant another name"),
    ("remove", "Remove", "remove", "Del", "Take the selected variants out of the project; undo brings them back"),
    ("move_back", "Move back", "", "Alt+Left", "Put the selected variants one place earlier; dragging does the same"),
    ("move_on", "Move on", "", "Alt+Right", "Put the selected variants one place later; dragging does the same"),
)
_WITH_TEXT = ("restore", "compare")
_MANY = ("remove", "move_back", "move_on")  # what can be done with any number of them


class VariantsDock(QDockWidget):
    """Keeps, restores, copies, names and removes the variants of `document`; every change is one undo step.

    Whoever owns the dock calls `stop` before the end.
    """

    compare_wanted = Signal(str, str)  # two names; "" is the current lens
    removed = Signal(str, object)  # what to say of it, and a function that puts the variants back

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__("Variants", parent)
        self._document = document
        self._noted = ""  # the variant whose note is being shown
        self.thumbnails = Thumbnails(self)
        self.model = VariantModel(document, self.thumbnails, self)
        self.cards = VariantCards(self.model)
        self.setAccessibleName("Variants")
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(self._make_keeper())
        column.addWidget(self.message)
        column.addWidget(self.cards, 1)
        column.addLayout(self._make_buttons())
        column.addWidget(self._make_note())
        self.setWidget(content)
        self.cards.doubleClicked.connect(self.restore)
        self.cards.selectionModel().selectionChanged.connect(self._show_selection)
        self.cards.dropped.connect(self._move_to)
        self.model.refused.connect(self._refuse)
        self.destroyed.connect(self.thumbnails.forget_waiting)
        document.variants_changed.connect(self._follow)
        document.design_changed.connect(self._show_state)
        self._show_icons()
        self._follow()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the thread for good; False when it is still busy after `timeout_s`."""
        return self.thumbnails.stop(timeout_s)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_icons()
        super().changeEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.thumbnails.forget_waiting()
        super().hideEvent(event)

    # Parts

    def _make_keeper(self) -> QHBoxLayout:
        self.name = QLineEdit(maxLength=variants.LONGEST_NAME)
        self.name.setAccessibleName("Name for the current lens")
        hint(self.name, "Under which “Keep lens” keeps the lens; the suggestion will do")
        self.keep_button = QPushButton("Keep lens")
        hint(self.keep_button, "Keep the current lens as a variant of this name")
        self.message = TokenLabel()
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setAccessibleName("What the variants say of the current lens")
        self.name.returnPressed.connect(self.keep)
        self.name.textEdited.connect(self._show_state)
        self.keep_button.clicked.connect(self.keep)
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(self.name, 1)
        row.addWidget(self.keep_button)
        return row

    def _make_buttons(self) -> QHBoxLayout:
        self.actions_by_name: dict[str, QAction] = {}
        row = QHBoxLayout()
        row.setSpacing(SPACING // 2)
        for name, text, _icon, shortcut, tip in _ROWS:
            action = QAction(text, self.cards)
            action.setShortcut(QKeySequence(shortcut))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.setToolTip(f"{tip} ({action.shortcut().toString()})")
            action.triggered.connect(getattr(self, name))
            self.cards.addAction(action)
            self.actions_by_name[name] = action
            if not _icon:
                continue
            button = QToolButton()
            button.setDefaultAction(action)
            button.setIconSize(QSize(18, 18))
            button.setAccessibleName(f"{text} variant")
            button.setAccessibleDescription(tip)
            if name in _WITH_TEXT:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.ensurePolished()  # the layout asks for its width before it is shown
            row.addWidget(button)
            if name == _WITH_TEXT[-1]:
                row.addStretch(1)
        self.cards.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        return row

    def _make_note(self) -> QPlainTextEdit:
        self.note = _Note()
        self.note.setAccessibleName("Note on the selected variant")
        hint(self.note, "Kept with the variant; undo takes changes back")
        self.note.setTabChangesFocus(True)
        frame_px = 2 * (self.note.frameWidth() + round(self.note.document().documentMargin()))
        self.note.setFixedHeight(_NOTE_LINES * self.note.fontMetrics().lineSpacing() + frame_px)
        self.note.textChanged.connect(self._write_note)
        return self.note

    def _show_icons(self) -> None:
        for name, _text, drawing, _shortcut, _tip in _ROWS:
            if drawing:
                self.actions_by_name[name].setIcon(icon(drawing))

    # What the user does

    @Slot()
    def begin_keep(self) -> None:
        """Show the dock and ask for the name under which to keep the current lens."""
        self.show()
        self.raise_()
        self.name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.name.selectAll()

    @Slot()
    def keep(self) -> None:
        """Keep the current lens under the name entered, or under the one suggested."""
        project = self._document.project
        try:
            after = variants.keep(project, self.name.text().strip() or self._suggestion())
        except ProjectError as error:
            self._refuse(str(error))
            return
        self.name.clear()
        self._document.edit_variants(after)
        self._select(after.variants[-1].name)

    @Slot()
    def restore(self) -> None:
        names = self._selected()
        if len(names) == 1:
            self._document.restore_variant(names[0])

    @Slot()
    def compare(self) -> None:
        names = self._selected()
        if len(names) in (1, 2):
            first, second = ("", *names)[-2:]
            self.compare_wanted.emit(first, second)

    @Slot()
    def duplicate(self) -> None:
        names = self._selected()
        if len(names) == 1:
            after, copy = variants.duplicate(self._document.project, names[0])
            self._document.edit_variants(after)
            self._select(copy)

    @Slot()
    def rename(self) -> None:
        names = self._selected()
        if len(names) == 1:
            index = self.model.index_of(names[0])
            self.cards.scrollTo(index)
            self.cards.setCurrentIndex(index)
            self.cards.edit(index)

    @Slot()
    def remove(self) -> None:
        names = self._selected()
        if not names:
            return
        document = self._document
        gone = {place: v for place, v in enumerate(document.project.variants) if v.name in names}
        document.edit_variants(variants.remove(document.project, names))
        said = f"Variant “{names[0]}” removed" if len(names) == 1 else f"{len(names)} variants removed"
        self.removed.emit(said, lambda: document.edit_variants(variants.put_back(document.project, gone)))

    @Slot()
    def move_back(self) -> None:
        self._move_to(max(0, min(self._rows(), default=0) - 1))

    @Slot()
    def move_on(self) -> None:
        self._move_to(max(self._rows(), default=-1) + 2)

    @Slot(int)
    def _move_to(self, place: int) -> None:
        names = self._selected()
        if names:
            self._document.edit_variants(variants.move(self._document.project, names, place))
            self.cards.scrollTo(self.model.index_of(names[0]))

    @Slot()
    def _write_note(self) -> None:
        if self._noted:
            after = variants.note(self._document.project, self._noted, self.note.toPlainText())
            self._document.edit_variants(after, self.note.run.number())

    # What follows

    @Slot()
    def _follow(self) -> None:
        self._show_selection()
        self._show_state()

    @Slot()
    def _show_selection(self) -> None:
        names = self._selected()
        for name, action in self.actions_by_name.items():
            most = len(names) if name in _MANY else 2 if name == "compare" else 1
            action.setEnabled(0 < len(names) <= most)
        self._show_note(names[0] if len(names) == 1 else "")

    def _show_note(self, name: str) -> None:
        text = variants.find(self._document.project, name).notes if name else ""
        if name != self._noted:
            self.note.run.end()
        self._noted = ""  # what is shown now was not typed
        if text != self.note.toPlainText():
            self.note.setPlainText(text)
        self._noted = name
        self.note.setEnabled(bool(name))
        self.note.setPlaceholderText(f"Note on {name}" if name else "Select a variant to read and write its note")

    @Slot()
    def _show_state(self) -> None:
        """Say under which name the current lens is kept already, if it is."""
        project = self._document.project
        names = [variant.name for variant in project.variants if variant.design == project.design]
        others = f" and {len(names) - 1} more" if len(names) > 1 else ""
        self._say(f"The current lens is kept as “{names[0]}”{others}." if names else "", "muted")
        self.name.setPlaceholderText(self._suggestion())

    @Slot(str)
    def _refuse(self, reason: str) -> None:
        self._say(f"{reason[:1].upper()}{reason[1:]}.", "error")

    def _say(self, text: str, token: str) -> None:
        self.message.set_token(token)
        self.message.setText(text)
        self.message.setVisible(bool(text))

    def _suggestion(self) -> str:
        project = self._document.project
        return variants.free_name(project, f"Variant {len(project.variants) + 1}")

    def _selected(self) -> list[str]:
        return [self.model.index(row, 0).data() for row in self._rows()]

    def _rows(self) -> list[int]:
        return sorted(index.row() for index in self.cards.selectionModel().selectedIndexes())

    def _select(self, name: str) -> None:
        index = self.model.index_of(name)
        self.cards.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.cards.scrollTo(index)


class _Note(QPlainTextEdit):
    """What is typed between two changes of the focus is one run of edits."""

    def __init__(self) -> None:
        super().__init__()
        self.run = EditRun(self)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.run.hold()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.run.end()
        super().focusOutEvent(event)
