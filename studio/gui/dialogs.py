"""Every question the window asks and every error it shows, in one place.

`Dialogs` shows them; `QuietDialogs` answers for a run without a user (screenshots): it never shows a window,
never overwrites anything, and keeps the errors for whoever started it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QPlainTextEdit, QWidget

from studio.gui.about import AboutDialog
from studio.gui.crash import versions
from studio.gui.icons import icon
from studio.gui.place import choose_place
from studio.project.schema import SUFFIX

APP_NAME = "OpticalDR Studio"
FILE_FILTER = "OpticalDR Studio projects (*.odr)"
NOTICE = "Research use only. Not a medical device; nothing it shows is a diagnosis."
_NOTES_SIZE = QSize(480, 280)

log = logging.getLogger(__name__)

Unsaved = Literal["save", "discard", "cancel"]
Recover = Literal["recover", "discard", "later", "cancel"]
Recording = Literal["keep", "discard", "cancel"]
Running = Literal["go on", "stop", "cancel"]


@dataclass(frozen=True)
class Problem:
    """An error in the user's terms: what happened, why, what was kept, what to do; `details` are folded away."""

    happened: str
    why: str
    kept: str
    to_do: str = ""
    details: str = ""
    way_out: str = ""
    """What a button offers to do instead."""

    def __str__(self) -> str:
        return "\n".join(filter(None, (self.happened, self.why, self.kept, self.to_do)))


class Dialogs:
    """Modal dialogs on `parent`."""

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent

    def ask_unsaved(self, name: str) -> Unsaved:
        box = self._box("save", f"Save the changes to “{name}”?", "They are lost otherwise.")
        button = QMessageBox.StandardButton
        box.setStandardButtons(button.Save | button.Discard | button.Cancel)
        box.setDefaultButton(button.Save)
        answers: dict[int, Unsaved] = {button.Save: "save", button.Discard: "discard"}
        return answers.get(self._run(box), "cancel")

    def ask_read_only(self, name: str, why: str) -> bool:
        """Whether to open a project that cannot be written, as a copy to be saved elsewhere."""
        about = "A copy can be changed and saved under another name; the file itself stays as it is."
        box = self._box("lock", f"“{name}” can only be opened as a copy.", f"{why}\n\n{about}")
        return self._ask(box, "Open a copy")

    def ask_recover(self, name: str, what: str) -> Recover:
        """What to do with work that was never saved; `what` says what comes back and what each answer does.

        "later" leaves it where it is.
        """
        box = self._box(
            "retry",
            f"Recover the unsaved work on “{name}”?",
            f"The studio ended before it was saved.\n\n{what}",
        )
        recover = box.addButton("Recover", QMessageBox.ButtonRole.AcceptRole)
        discard = box.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(recover)
        self._run(box)
        if box.clickedButton() is recover:
            return "recover"
        return "discard" if box.clickedButton() is discard else "cancel"

    def ask_recording(self) -> Recording:
        """What to do with a recording that is running when the window is to close."""
        box = self._box("record", "The capture is being recorded.", "Closing the studio ends the recording.")
        keep = box.addButton("Finish and keep", QMessageBox.ButtonRole.AcceptRole)
        discard = box.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(keep)
        self._run(box)
        if box.clickedButton() is keep:
            return "keep"
        return "discard" if box.clickedButton() is discard else "cancel"

    def ask_running(self, titles: list[str]) -> Running:
        """What becomes of the jobs that run when the window is to close."""
        many = f"{len(titles)} runs are" if len(titles) > 1 else f"“{titles[0]}” is"
        box = self._box(
            "train",
            f"{many} still at work.",
            "They can go on without the window; what they make is there when the project is opened again. Or they "
            "stop after the step under way and keep what they have.",
        )
        go_on = box.addButton("Let them go on", QMessageBox.ButtonRole.AcceptRole)
        stop = box.addButton("Stop them", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(go_on)
        self._run(box)
        if box.clickedButton() is go_on:
            return "go on"
        return "stop" if box.clickedButton() is stop else "cancel"

    def ask_cancel_run(self, title: str) -> bool:
        """Whether to throw away what a run has learned so far."""
        box = self._box("train", f"Cancel “{title}”?", "What it has learned so far is lost. Stop keeps it.")
        return self._ask(box, "Throw it away")

    def ask_consent(self) -> bool:
        """Whether captures that show who it is may be written to a disk from now on."""
        box = self._box(
            "portrait",
            "Allow recordings that show who it is?",
            "A weak blur leaves a face that anyone recognises, and such captures are not recorded. If you allow it, "
            "Record and Save still write them to the disk, until you switch it off or close the studio.\n\n"
            "Go on only when everyone in the picture has agreed to that.",
            "error",
        )
        allow = box.addButton("Allow", QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        self._run(box)
        return box.clickedButton() is allow

    def ask_overwrite_changed(self, text: str) -> bool:
        """Whether to save over a file that another program changed meanwhile."""
        box = self._box("warning", "The file was changed by another program.", text, "warning")
        return self._ask(box, "Save over it")

    def ask_random_seed(self) -> int | None:
        seed, given = QInputDialog.getInt(
            self._parent, "Random lens", "Seed (the same seed gives the same lens):", 1, 0, 2**31 - 1
        )
        return seed if given else None

    def ask_notes(self, notes: str) -> str | None:
        """`notes` as the user wants them; None when they stay."""
        box = QInputDialog(self._parent)
        box.setOption(QInputDialog.InputDialogOption.UsePlainTextEditForTextInput)
        box.setWindowTitle("Project notes")
        box.setLabelText("What this project is about; its report begins with it:")
        box.setTextValue(notes)
        box.resize(_NOTES_SIZE)
        field = cast(QPlainTextEdit, box.findChild(QPlainTextEdit))
        field.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        given = box.exec()
        box.deleteLater()
        return box.textValue().strip() if given else None

    def ask_layout_name(self, existing: list[str]) -> str:
        """A name for the arrangement of the docks, a new one or one of `existing`; "" when none is given."""
        name, given = QInputDialog.getItem(self._parent, "Save layout", "Name of the layout:", existing, editable=True)
        return name.strip() if given else ""

    def choose_layout(self, existing: list[str]) -> str:
        """Which of the named layouts to remove; "" for none."""
        name, given = QInputDialog.getItem(self._parent, "Remove layout", "Layout:", existing, editable=False)
        return name if given else ""

    def choose_open(self, folder: Path) -> Path | None:
        name, _ = QFileDialog.getOpenFileName(self._parent, "Open a project", str(folder), FILE_FILTER)
        return Path(name) if name else None

    def choose_save(self, suggestion: Path, title: str = "Save the project as") -> Path | None:
        """A place chosen by the user, `.odr` added; the file dialog asks before it gives an existing one."""
        return choose_place(self._parent, title, suggestion, {FILE_FILTER: SUFFIX})

    def show_problem(self, problem: Problem) -> bool:
        """Whether the user takes its way out."""
        log.error("%s %s", problem.happened, problem.why)
        more = "\n\n".join(filter(None, (problem.why, problem.kept, problem.to_do)))
        box = self._box("error", problem.happened, more, "error")
        report = f"{problem}\n\n{problem.details or versions()}"
        box.setDetailedText(report)
        way_out = box.addButton(problem.way_out, QMessageBox.ButtonRole.AcceptRole) if problem.way_out else None
        copy = box.addButton("Copy report", QMessageBox.ButtonRole.ActionRole)
        copy.setIcon(icon("copy"))
        copy.clicked.disconnect()  # the box would close

        def copy_report() -> None:
            QGuiApplication.clipboard().setText(report)
            copy.setText("Copied")

        copy.clicked.connect(copy_report)
        box.addButton(QMessageBox.StandardButton.Close)
        if way_out is None:
            box.setDefaultButton(QMessageBox.StandardButton.Close)
        else:
            box.setDefaultButton(way_out)
        self._run(box)
        return way_out is not None and box.clickedButton() is way_out

    def show_about(self) -> None:
        about = AboutDialog(
            APP_NAME,
            "Design a lens that removes identity at capture, and see what it leaves.\n\n"
            "An independent implementation after OpticalDR (Pan et al., CVPR 2024), not by its authors.\n\n"
            f"{NOTICE}\n\n"
            "MIT licence. The libraries it stands on keep theirs; Qt and PySide6 are used under the LGPL v3.",
            self._parent,
        )
        about.exec()
        about.deleteLater()

    def _box(self, drawing: str, text: str, more: str, token: str = "accent") -> QMessageBox:
        box = QMessageBox(self._parent)
        box.setIconPixmap(icon(drawing, token).pixmap(48, 48))
        box.setWindowTitle(APP_NAME)
        box.setAccessibleName(text)
        box.setTextFormat(Qt.TextFormat.PlainText)  # a file name is no markup
        box.setText(text)
        box.setInformativeText(more)
        return box

    @staticmethod
    def _run(box: QMessageBox) -> int:
        answer = box.exec()
        box.deleteLater()  # once control is back in the event loop; its buttons may be asked until then
        return answer

    def _ask(self, box: QMessageBox, accept: str) -> bool:
        yes = box.addButton(accept, QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(yes)
        self._run(box)
        return box.clickedButton() is yes


class QuietDialogs(Dialogs):
    """Shows nothing: discards, declines, and adds what went wrong to `problems`."""

    def __init__(self, parent: QWidget, problems: list[Problem]) -> None:
        super().__init__(parent)
        self._problems = problems

    def ask_unsaved(self, name: str) -> Unsaved:
        return "discard"

    def ask_read_only(self, name: str, why: str) -> bool:
        return True

    def ask_recover(self, name: str, what: str) -> Recover:
        return "later"

    def ask_recording(self) -> Recording:
        return "keep"

    def ask_running(self, titles: list[str]) -> Running:
        return "go on"

    def ask_cancel_run(self, title: str) -> bool:
        return False

    def ask_consent(self) -> bool:
        return False

    def ask_overwrite_changed(self, text: str) -> bool:
        return False

    def ask_random_seed(self) -> int | None:
        return None

    def ask_notes(self, notes: str) -> str | None:
        return None

    def ask_layout_name(self, existing: list[str]) -> str:
        return ""

    def choose_layout(self, existing: list[str]) -> str:
        return ""

    def choose_open(self, folder: Path) -> Path | None:
        return None

    def choose_save(self, suggestion: Path, title: str = "") -> Path | None:
        return None

    def show_problem(self, problem: Problem) -> bool:
        self._problems.append(problem)
        return False

    def show_about(self) -> None:
        return
