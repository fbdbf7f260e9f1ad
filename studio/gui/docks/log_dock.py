"""The Log dock: what the studio did in this session, and where the rest is."""

from __future__ import annotations

import logging
from html import escape

from PySide6.QtCore import QEvent, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from studio.gui.docks.guest_dock import GuestDock
from studio.gui.icons import icon
from studio.gui.logs import RecentLines, log_folder, recent
from studio.gui.theme import SPACING, tokens
from studio.gui.widgets.segments import Choice, Segments

LOOK_EVERY_MS = 400
_HEIGHT_PX = 22 * SPACING
_LEVELS = {"all": logging.INFO, "warnings": logging.WARNING, "errors": logging.ERROR}


class LogDock(GuestDock):
    """Follows `lines` while it is in sight; what is marked stays in place as long as the end is out of sight."""

    def __init__(self, lines: RecentLines = recent, parent: QWidget | None = None) -> None:
        super().__init__("Log", Qt.Orientation.Vertical, _HEIGHT_PX, parent)
        self._lines = lines
        self._seen = -1
        self.level = Segments(
            "Level",
            (
                Choice("all", "All", "Everything of note"),
                Choice("warnings", "Warnings", "Warnings and errors"),
                Choice("errors", "Errors", "Errors alone"),
            ),
        )
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Log lines")
        self.text.setAccessibleDescription("What the studio did, the newest last")
        self.text.setPlaceholderText("Nothing to tell at this level.")
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.copy, self.folder = QPushButton("Copy"), QPushButton("Open folder")
        self.copy.setToolTip("Copy the lines in sight, for a report")
        self.folder.setToolTip("Show the log files of earlier sessions")
        controls = QHBoxLayout()
        controls.setSpacing(SPACING)
        controls.addWidget(self.level)
        controls.addStretch(1)
        controls.addWidget(self.copy)
        controls.addWidget(self.folder)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(controls)
        column.addWidget(self.text, 1)
        self.setWidget(content)
        self._look = QTimer(self, interval=LOOK_EVERY_MS)
        self._look.timeout.connect(self._follow)
        self.level.chosen.connect(self._choose_level)
        self.copy.clicked.connect(self._copy)
        self.folder.clicked.connect(self._open_folder)
        self._tint()

    def end(self) -> None:
        self._look.stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()
        self._look.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._look.stop()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "folder"):
            self._tint()
            self._fill()
        super().changeEvent(event)

    @Slot()
    def _follow(self) -> None:
        if self._lines.count != self._seen:
            self._fill()

    @Slot(str)
    def _choose_level(self, _choice: str) -> None:
        self._fill()

    def _fill(self) -> None:
        bar = self.text.verticalScrollBar()
        place, at_end = bar.value(), bar.value() == bar.maximum()
        self._seen = self._lines.count
        self.text.clear()
        colours = {logging.WARNING: tokens().warning, logging.ERROR: tokens().error}
        for line in self._lines.lines(_LEVELS[self.level.choice]):
            colour = colours.get(min(line.level, logging.ERROR), tokens().text)
            shown = escape(line.text).replace("\n", "<br>").replace("  ", "&nbsp; ")
            self.text.appendHtml(f'<span style="color:{colour}">{shown}</span>')
        bar.setValue(bar.maximum() if at_end else place)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    @Slot()
    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_folder())))

    def _tint(self) -> None:
        self.copy.setIcon(icon("copy"))
        self.folder.setIcon(icon("folder"))
