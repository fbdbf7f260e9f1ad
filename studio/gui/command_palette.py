"""The command palette (Ctrl+K): type a few letters, press Enter. It offers what the menus hold, all of it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Slot
from PySide6.QtGui import QAction, QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QMenu,
    QMenuBar,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.gui.fuzzy import fit
from studio.gui.theme import SPACING, tokens
from studio.gui.widgets.labels import TokenLabel

_WIDTH_PX = 80 * SPACING
_HEIGHT_PX = 56 * SPACING
_ROW_PX = 4 * SPACING
_LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


@dataclass(frozen=True)
class Command:
    """One entry of the menus; `place` is the way to it ("File › Open recent")."""

    title: str
    place: str
    action: QAction

    @property
    def tip(self) -> str:
        return self.action.statusTip()

    @property
    def shortcut(self) -> str:
        return self.action.shortcut().toString()


def commands(bar: QMenuBar) -> list[Command]:
    """Every entry below `bar`, in the order of the menus, those that cannot be used now included."""
    menus = bar.findChildren(QMenu)  # not through QAction.menu(): PySide deletes the menu with its wrapper
    for menu in menus:
        menu.aboutToShow.emit()  # some look then at what is possible
    ways = [menu.menuAction() for menu in menus]
    return [
        Command(_plain(action.text()), _place(menu), action)
        for menu in menus
        for action in menu.actions()
        if not action.isSeparator() and action.isVisible() and action not in ways
    ]


def ranked(found: list[Command], query: str) -> list[Command]:
    """Those that fit `query`, best first; what can be used goes before what cannot."""
    scored = [(command, fit(query, f"{command.title} {command.place}")) for command in found]
    fitting = [(command, score) for command, score in scored if score is not None]
    if query:
        fitting.sort(key=lambda pair: (pair[0].action.isEnabled(), pair[1]), reverse=True)
    return [command for command, _ in fitting]


class CommandPalette(QFrame):
    """Floats over the top of `window` until a command is chosen, Escape is pressed or the focus goes elsewhere."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._commands: list[Command] = []
        self._came_from: QWidget | None = None
        self.setObjectName("command-palette")
        self.setAccessibleName("Command palette")
        self.setAutoFillBackground(True)
        self.query = QLineEdit()
        self.query.setAccessibleName("Command")
        self.query.setAccessibleDescription("Type some letters; arrows choose, Enter runs, Escape closes")
        self.query.setPlaceholderText("Type a command, a preset, a dock, a file ...")
        self.list = QListWidget()
        self.list.setAccessibleName("Commands")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(_Row(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tip = TokenLabel()
        self.tip.setWordWrap(True)
        self.tip.setFixedHeight(2 * self.tip.fontMetrics().lineSpacing())
        self.tip.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        column.setSpacing(SPACING)
        for widget in (self.query, self.list, self.tip):
            column.addWidget(widget)
        self.query.textChanged.connect(self._fill)
        self.query.installEventFilter(self)
        self.list.currentItemChanged.connect(self._show_tip)
        self.list.itemClicked.connect(self._run)
        self.hide()

    def open(self) -> None:
        """Show it, or put it away when it is there."""
        if self.isVisible():
            self.dismiss()
            return
        self._came_from = QApplication.focusWidget()
        self._commands = commands(self._window.menuBar())
        self.query.clear()
        self._fill("")
        width = min(_WIDTH_PX, self._window.width() - 4 * SPACING)
        height = min(_HEIGHT_PX, self._window.height() - 8 * SPACING)
        self.setGeometry((self._window.width() - width) // 2, 4 * SPACING, width, height)
        self.show()
        self.raise_()
        self.query.setFocus()

    def dismiss(self) -> None:
        """Put it away; the focus goes back to where it was."""
        self.hide()
        if self._came_from is not None:
            self._came_from.setFocus()

    @property
    def shown(self) -> list[Command]:
        return [self.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.list.count())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut and not self.query.hasFocus():
            self.hide()
        elif event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                event.accept()  # ours, whatever shortcut the window has
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._take_key(event)
        return super().eventFilter(watched, event)

    def _take_key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self.list.currentItem())
        elif event.key() in _LIST_KEYS:
            QApplication.sendEvent(self.list, event)
        else:
            return False
        return True

    @Slot(str)
    def _fill(self, query: str) -> None:
        self.list.clear()
        for command in ranked(self._commands, query):
            item = QListWidgetItem(f"{command.title}, {command.place}", self.list)  # what a screen reader says
            item.setData(Qt.ItemDataRole.UserRole, command)
        self.list.setCurrentRow(0)
        if not self.list.count():
            self.tip.setText("Nothing fits. Fewer letters find more.")

    @Slot(QListWidgetItem, QListWidgetItem)
    def _show_tip(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            command: Command = item.data(Qt.ItemDataRole.UserRole)
            self.tip.setText(command.tip if command.action.isEnabled() else "Not possible at the moment.")

    @Slot(QListWidgetItem)
    def _run(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        action: QAction = item.data(Qt.ItemDataRole.UserRole).action
        if action.isEnabled():
            self.dismiss()
            action.trigger()


class _Row(QStyledItemDelegate):
    """Title and place on the left, the shortcut on the right; muted when it cannot be used."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, _ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        command: Command = index.data(Qt.ItemDataRole.UserRole)
        from_style = QStyleOptionViewItem(option)
        self.initStyleOption(from_style, index)
        chosen = bool(QStyle.StateFlag.State_Selected & from_style.state)
        colours = tokens()
        rect: QRect = from_style.rect
        painter.save()
        if chosen:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.border))
            painter.drawRoundedRect(rect, 4, 4)
        text = rect.adjusted(SPACING, 0, -SPACING, 0)
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setPen(QColor(colours.text if command.action.isEnabled() else colours.muted))
        metrics = from_style.fontMetrics
        key_px = metrics.horizontalAdvance(command.shortcut) + 2 * SPACING if command.shortcut else 0
        room = text.adjusted(0, 0, -key_px, 0)
        title = metrics.elidedText(command.title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, left, title)
        painter.setPen(QColor(colours.muted))
        behind = room.adjusted(metrics.horizontalAdvance(title) + 2 * SPACING, 0, 0, 0)
        painter.drawText(
            behind, left, metrics.elidedText(command.place, Qt.TextElideMode.ElideRight, max(0, behind.width()))
        )
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, command.shortcut)
        painter.restore()


def _place(menu: QMenu) -> str:
    above = menu.parent()
    title = _plain(menu.title())
    return f"{_place(above)} › {title}" if isinstance(above, QMenu) else title


def _plain(text: str) -> str:
    """Without the marks of the access keys."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")
