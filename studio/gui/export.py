"""An Export button: a menu of formats, a question for the place, and a thread that writes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QObject, QSize, Signal, Slot
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from studio.gui.icons import icon
from studio.gui.long_work import Follow, LongWork
from studio.gui.place import choose_place
from studio.gui.widgets.buttons import tool_button

log = logging.getLogger(__name__)

Told = tuple[str, str]
"""What to tell, and the token of its colour."""


@dataclass(frozen=True)
class Kind:
    """One thing that can be exported, in a format of `suffixes`; the first is proposed."""

    text: str
    suffixes: tuple[str, ...]
    tip: str
    ending: str = ""
    """Of the proposed name, before its suffix."""


Choose = Callable[[QWidget, Path, tuple[str, ...]], Path | None]
"""Asks for a place, from a proposal and the suffixes that will do; None when there is none."""


def choose_file(parent: QWidget, suggestion: Path, suffixes: tuple[str, ...]) -> Path | None:
    """A place chosen by the user; the dialog asks before it gives an existing file."""
    return choose_place(parent, "Export", suggestion, {f"{s[1:].upper()} (*{s})": s for s in suffixes})


@runtime_checkable
class Exporting(Protocol):
    """A dock with something to export."""

    export: Export


class Export(QObject):
    """Owns the button and the thread; whoever owns this calls `stop` before the end.

    `suggest()` gives a path without a suffix; `work(kind, path)`, called in the GUI thread, what the thread has to do;
    `offered(kind)` whether there is anything of that kind.
    """

    told = Signal(str, str)  # what happened, token of its colour

    def __init__(
        self,
        tip: str,
        kinds: Sequence[Kind],
        suggest: Callable[[], Path],
        work: Callable[[Kind, Path], Callable[[Follow], Told]],
        parent: QWidget,
        choose: Choose = choose_file,
        offered: Callable[[Kind], bool] = lambda _kind: True,
    ) -> None:
        super().__init__(parent)
        self._suggest, self._make, self._window, self._choose, self._offered = suggest, work, parent, choose, offered
        self.work = LongWork("export", self)
        self.button = tool_button("Export", tip)
        self.button.setIconSize(QSize(16, 16))
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.button)
        self.menu.setAccessibleName("Formats")
        self.menu.setToolTipsVisible(True)
        self.actions = {kind: self.menu.addAction(kind.text, partial(self._export, kind)) for kind in kinds}
        for kind, action in self.actions.items():
            action.setToolTip(kind.tip)
        self.menu.aboutToShow.connect(self.look)
        self.button.setMenu(self.menu)
        self.tint()

    def tint(self) -> None:
        """Take the colours of the theme."""
        self.button.setIcon(icon("export"))

    @Slot()
    def look(self) -> None:
        """Offer what there is."""
        for kind, action in self.actions.items():
            action.setEnabled(self._offered(kind))

    def stop(self, timeout_s: float = 2.0) -> bool:
        """Wait for a file that is being written; False when it takes longer than `timeout_s`."""
        return self.work.stop(timeout_s)

    def _export(self, kind: Kind) -> None:
        suggestion = self._suggest()
        proposed = suggestion.with_name(f"{suggestion.name}{kind.ending}{kind.suffixes[0]}")
        path = self._choose(self._window, proposed, kind.suffixes)
        if path is None or self.work.busy:
            return
        self.button.setEnabled(False)
        self.told.emit(f"Exporting {path.name} …", "muted")
        self.work.run(f"Exporting {path.name}", self._make(kind, path), self._ended, self._refused)

    def _ended(self, outcome: Told) -> None:
        self.button.setEnabled(True)
        log.log(logging.ERROR if outcome[1] == "error" else logging.INFO, outcome[0])
        self.told.emit(*outcome)

    def _refused(self, reason: str) -> None:
        self._ended((reason, "warning"))
