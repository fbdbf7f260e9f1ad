"""The Data dock: which faces the project works with, whether they are sound, and what the lens leaves of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QAction, QHideEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QFileDialog, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from studio.faces.avec import ClipSet
from studio.faces.kinds import KINDS, WITHOUT_PLACE, check_spec
from studio.faces.pictures import Frame
from studio.gui.docks.evaluation_form import DATA_ROLE
from studio.gui.document import Document
from studio.gui.face_thumbnails import SIDE_PX, FaceThumbnails, Read
from studio.gui.icons import icon
from studio.gui.newest import NewestWork
from studio.gui.settings import Settings
from studio.gui.theme import SPACING
from studio.gui.widgets.hints import hint
from studio.gui.widgets.labels import ElidedLabel, TokenLabel
from studio.gui.widgets.thumbnail_grid import ThumbnailGrid
from studio.project.model import DataReference

DEFAULT = "cohort"
_CHANGED = "⚠ These faces have changed since the project was told of them; choose them again to go on with them"
_WORDS = {"with_severity": "with a severity"}


@dataclass(frozen=True)
class _Checked:
    """A set that was opened: how many pictures there are, how to read one, and what is to be said of them."""

    spec: str
    count: int
    read: Read
    counts: str
    labels: str
    warnings: str
    sha256: str


class DataDock(QDockWidget):
    """Opens sets in a thread, while it is in view. Whoever owns the dock calls `stop` before the end."""

    opened = Signal(str)
    begun = Signal(str)
    """What is being read; `cancel` ends that."""
    advanced = Signal(object)
    """Never: nobody knows how long a set takes."""
    ended = Signal()

    def __init__(self, document: Document, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__("Data", parent)
        self._document, self._settings = document, settings
        self._spec = self._asked = ""
        self._chosen = False
        self._shown: _Checked | None = None
        self._work = NewestWork("data-check", self._show, self._fail)
        self.thumbnails = FaceThumbnails(self)
        self.setAccessibleName("Data")
        self.grid = ThumbnailGrid("Faces through the lens", self.thumbnails.get, SIDE_PX)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(self._make_row())
        self.message, self.counts, self.labels, self.warnings = (
            TokenLabel(token=token) for token in ("error", "text", "muted", "warning")
        )
        for label in (self.message, self.counts, self.labels, self.warnings):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.hide()
            column.addWidget(label)
        column.addWidget(self.grid, 1)
        self.setWidget(content)
        self.thumbnails.ready.connect(self.grid.look_again)
        document.design_changed.connect(self._follow_lens)
        document.data_changed.connect(self._restore)
        self._show_icons()
        self._restore()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the threads for good; False when one is still busy after `timeout_s`."""
        checked = self._work.stop(timeout_s)
        return self.thumbnails.stop(timeout_s) and checked

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        self._conceal()
        self.thumbnails.forget_waiting()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_icons()
        super().changeEvent(event)

    # Parts

    def _make_row(self) -> QHBoxLayout:
        self.button = QPushButton("Choose faces")
        hint(self.button, "Which faces the project works with; they stay where they are")
        self.menu = QMenu("Faces", self.button)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.menu.triggered.connect(self._choose)
        self.button.setMenu(self.menu)
        self._fill_menu()
        self.name = ElidedLabel(token="text")
        self.name.setAccessibleName("Faces in use")
        self.reveal = QPushButton("Hold to reveal")
        hint(self.reveal, "Shows clear pictures while held; they are forgotten with it and never written")
        self.reveal.pressed.connect(self._reveal)
        self.reveal.released.connect(self._conceal)
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(self.button)
        row.addWidget(self.name, 1)
        row.addWidget(self.reveal)
        return row

    @Slot()
    def _fill_menu(self) -> None:
        self.menu.clear()
        for kind, text in KINDS.items():
            self.menu.addAction(text if kind in WITHOUT_PLACE else f"{text} …").setData(kind)
        if recent := [spec for spec in self._settings.recent_data if spec not in WITHOUT_PLACE]:
            self.menu.addSeparator()
            for spec in recent:
                self.menu.addAction(spec).setData(spec)

    def _show_icons(self) -> None:
        self.button.setIcon(icon("folder"))
        self.reveal.setIcon(icon("eye"))

    # What the user does

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        spec = str(action.data())
        if spec in KINDS and spec not in WITHOUT_PLACE:
            folder = QFileDialog.getExistingDirectory(self, KINDS[spec])
            spec = f"{spec}:{folder}" if folder else ""
        if spec:
            self.open(spec)

    def open(self, spec: str) -> None:
        """Look at `spec`; once it is found sound the project works with it."""
        self._chosen = True
        self._begin(spec)

    def _begin(self, spec: str) -> None:
        self._spec, self._asked = spec, ""
        self._look()

    @Slot()
    def _reveal(self) -> None:
        self.thumbnails.set_clear(True)

    @Slot()
    def _conceal(self) -> None:
        self.thumbnails.set_clear(False)

    # What follows

    @Slot()
    def _restore(self) -> None:
        known = self._known()
        kept = known.spec if known is not None else DEFAULT
        if kept != self._spec:
            self._chosen = False
            self._begin(kept)

    def _look(self) -> None:
        if not self.isVisible() or self._asked == self._spec:
            return
        self._asked = self._spec
        self._say("Reading …", "muted")
        self.name.setText(self._spec)
        self.thumbnails.show(None, self._document.design)
        for label in (self.counts, self.labels, self.warnings):
            label.hide()
        self.grid.show_message("")
        self._work.request(lambda _wanted: _check(self._asked))
        self.begun.emit(f"Reading {self._spec}")

    @Slot()
    def cancel(self) -> None:
        """Wait no more for what is being read; the faces in use stay those of the project."""
        self._work.cancel()
        self._fail("Reading was cancelled; choose the faces again")

    def _show(self, outcome: _Checked | str) -> None:
        self.ended.emit()
        if isinstance(outcome, str):
            self._fail(outcome)
            return
        self._say("", "error")
        self._shown = outcome
        known = self._known()
        changed = known is not None and (known.spec, known.sha256) != (outcome.spec, outcome.sha256)
        aged = [_CHANGED] if changed and not self._chosen else []
        for label, text in (
            (self.counts, outcome.counts),
            (self.labels, outcome.labels),
            (self.warnings, "\n".join(filter(None, [*aged, outcome.warnings]))),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        self.thumbnails.show(outcome.read, self._document.design)
        self.grid.show_count(outcome.count)
        self._settings.add_recent_data(outcome.spec)
        self._remember(outcome)
        self.opened.emit(outcome.spec)

    def _remember(self, checked: _Checked) -> None:
        """What was chosen by hand belongs to the project; looking at what it has changes nothing."""
        if self._chosen:
            path = checked.spec.partition(":")[2]
            self._document.set_data(DataReference(checked.spec, path, checked.sha256, DATA_ROLE))

    def _known(self) -> DataReference | None:
        return next((data for data in self._document.project.data if data.role == DATA_ROLE), None)

    def _fail(self, reason: str) -> None:
        self.ended.emit()
        self._shown = None
        self._say(f"{reason[:1].upper()}{reason[1:]}", "error")
        self.grid.show_message("No faces", "Choose others above")

    @Slot()
    def _follow_lens(self) -> None:
        if self._shown is not None:
            self.thumbnails.show(self._shown.read, self._document.design)

    def _say(self, text: str, token: str) -> None:
        self.message.set_token(token)
        self.message.setText(text)
        self.message.setVisible(bool(text))


def _check(spec: str) -> _Checked | str:
    """Runs in the thread: the set, or in one line why it cannot be used."""
    from studio.faces.specs import open_faces  # with scipy: not at the start of the window
    from studio.faces.summary import summarise

    try:
        faces = open_faces(check_spec(spec))
    except (ValueError, RuntimeError, OSError) as error:  # FacesError, ModelError: one line each
        return str(error)
    found = summarise(faces)
    read: Read = partial(_first_frame, faces) if isinstance(faces, ClipSet) else faces.read
    counts = " · ".join(f"{count:,} {_WORDS.get(name, name)}" for name, count in found.counts.items())
    warnings = "\n".join(f"⚠ {line}" for line in (found.overlap, *found.warnings) if line)
    return _Checked(spec, len(faces), read, counts, "\n".join(found.labels), warnings, found.sha256)


def _first_frame(clips: ClipSet, number: int) -> Frame:
    for frame in clips.frames(number):
        return frame
    raise ValueError(f"{clips.clips[number].place} holds no frame")
