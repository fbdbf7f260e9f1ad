"""The Help dock (F1): what a dock shows, how to read it, the formula and its source. Texts: resources/help/*.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import cast

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QLineEdit,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.gui.docks.guest_dock import GuestDock
from studio.gui.theme import SPACING
from studio.gui.widgets.hints import hint
from studio.resources import resource_path

START = "start"
_WIDTH_PX = 40 * SPACING
_ORDER = (START, "lens", "psf", "wavefront", "mtf", "depth", "live", "history", "variants", "compare", "privacy", "log")


@dataclass(frozen=True)
class Topic:
    """`name` is that of the dock it explains."""

    name: str
    text: str

    @property
    def title(self) -> str:
        return self.text.splitlines()[0].removeprefix("# ")

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(re.findall(r"^##+ (.+)$", self.text, re.MULTILINE))


@cache
def topics() -> dict[str, Topic]:
    """Every help text by its name, in the order of the list; others than the ones named above come last."""
    found = {path.stem: path.read_text(encoding="utf-8") for path in resource_path("help").glob("*.md")}
    names = [*(n for n in _ORDER if n in found), *sorted(set(found) - set(_ORDER))]
    return {name: Topic(name, found[name]) for name in names}


class HelpDock(GuestDock):
    """One topic at a time, chosen from a list, found by a heading, or asked for with F1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Help", Qt.Orientation.Horizontal, _WIDTH_PX, parent)
        self.topic = QComboBox()
        self.topic.setAccessibleName("Topic")
        hint(self.topic, "What the text below explains; F1 in a dock chooses that dock")
        for topic in topics().values():
            self.topic.addItem(topic.title, topic.name)
        self.search = QLineEdit()
        self.search.setAccessibleName("Search in headings")
        hint(self.search, "Offers the headings that have these letters, of all topics")
        self.search.setPlaceholderText("Find a heading ...")
        self.search.setClearButtonEnabled(True)
        clear = cast(QToolButton, self.search.findChild(QToolButton))
        clear.setAccessibleName("Clear")
        hint(clear, "Empties the search")
        self._headings = {
            f"{topic.title}: {heading}": (topic.name, heading)
            for topic in topics().values()
            for heading in topic.headings
        }
        completer = QCompleter(list(self._headings), self.search)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.search.setCompleter(completer)
        self.text = QTextBrowser()
        self.text.setAccessibleName("Help text")
        self.text.setAccessibleDescription("Explains the dock named above")
        self.text.setOpenExternalLinks(True)
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addWidget(self.topic)
        column.addWidget(self.search)
        column.addWidget(self.text, 1)
        self.setWidget(content)
        self.topic.currentIndexChanged.connect(self._show_topic)
        completer.activated.connect(self.go_to)
        self.search.returnPressed.connect(self._search_entered)
        self._show_topic()

    def show_topic(self, name: str) -> None:
        """Show the text for the dock `name`; the first text for a dock that has none."""
        self.topic.setCurrentIndex(max(0, self.topic.findData(name)))

    @Slot(str)
    def go_to(self, heading: str) -> None:
        """Show "Topic: Heading" at that heading."""
        name, title = self._headings[heading]
        self.show_topic(name)
        cursor = QTextCursor(self.text.document())
        while not (cursor.block().text() == title and cursor.blockFormat().headingLevel() > 1):
            if not cursor.movePosition(QTextCursor.MoveOperation.NextBlock):
                return
        self.text.moveCursor(QTextCursor.MoveOperation.End)  # from below, so that the heading ends up at the top
        self.text.setTextCursor(cursor)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "text"):
            self._show_topic()
        super().changeEvent(event)

    @Slot()
    def _search_entered(self) -> None:
        wanted = self.search.text().casefold()
        first = next((heading for heading in self._headings if wanted in heading.casefold()), None)
        if wanted and first is not None:
            self.go_to(first)

    @Slot()
    def _show_topic(self) -> None:
        document = self.text.document()
        document.setDocumentMargin(SPACING)
        document.setMarkdown(topics()[self.topic.currentData()].text)  # links in the colours of the theme in force
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
