"""What is read of a project file before it is shown, and how what went wrong or comes back is put into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from studio.gui.dialogs import Problem
from studio.project import recovery, store
from studio.project.model import Project
from studio.project.places import beside
from studio.project.recovery import Offer
from studio.project.store import ProjectError, ProjectLock
from studio.resources import project_path


@dataclass(frozen=True)
class Loaded:
    project: Project
    lock: ProjectLock | None
    digest: str | None
    refused: str = ""
    """Why the lock could not be had; the project may then only be opened as a copy."""
    offer: Offer | None = None
    """Newer work on it that a crash left."""


def load_backup(path: Path) -> Loaded:
    """The state of `path` before its last save, to be saved under a name of its own."""
    return Loaded(store.load(backup_of(path)), None, None)


def backup_of(path: Path) -> Path:
    return beside(path, "bak")


def open_problem(path: Path, error: ProjectError, open_now: str) -> Problem:
    """What to say when `path` could not be opened; `open_now` is the name of what stays open, if anything."""
    stays = f"“{open_now}” stays open as it was; the file" if open_now else "The file"
    backup = path.exists() and backup_of(path).is_file()
    return Problem(
        f"{path.name} could not be opened.",
        reason(path, error),
        f"{stays} was not changed.",
        _what_to_do(path),
        details=str(error),
        way_out="Open the backup" if backup else "",
    )


def backup_problem(path: Path, error: ProjectError) -> Problem:
    """The same of its backup."""
    backup = backup_of(path)
    return Problem(
        f"The backup, {backup.name}, could not be opened either.",
        reason(backup, error),
        "Neither file was changed.",
        "Use a copy of your own.",
        details=str(error),
    )


def save_problem(path: Path, error: ProjectError) -> Problem:
    return Problem(
        f"{path.name} could not be saved.",
        reason(path, error),
        "Your work is still in the window, and the file that was there is as it was.",
        details=str(error),
    )


def _what_to_do(path: Path) -> str:
    if not path.exists():
        return "It may have been moved or renamed; look for it with Open."
    if backup_of(path).is_file():
        backup = backup_of(path)
        return f"The backup beside it, {backup.name}, holds an earlier state, saved {saved_when(backup)}."
    return "There is no backup beside it. Use a copy of your own, or fetch the file anew from where it came."


def recovery_question(offer: Offer) -> str:
    """What there is to recover, and what each answer does."""
    return f"{what_comes_back(offer)}\n\n{what_answers_do(offer)}"


def saved_when(path: Path) -> str:
    """The local time of the last save of a file that exists, such as "today at 14:20"."""
    return _local(datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat())


def kept_when(offer: Offer) -> str:
    """The local time of the last autosave, such as "today at 14:20"."""
    return _local(offer.saved_at)


def what_comes_back(offer: Offer) -> str:
    """When the work was kept, in local time, and what it holds, a line each."""
    lines = [f"Kept {kept_when(offer)}. What comes back:", *(f"• {gain}" for gain in offer.gains)]
    if offer.outdated:
        lines.append("Its file was saved again since then, perhaps by another program.")
    return "\n".join(lines)


def what_answers_do(offer: Offer) -> str:
    """A line for each button."""
    if offer.path is None:
        return (
            "Recover shows it as unsaved work; it has no file of its own yet.\n"
            "Discard removes it for good.\n"
            "Cancel keeps it: it is offered again at the next start."
        )
    return (
        "Recover shows it as unsaved work; the saved project stays as it is until you save.\n"
        "Discard removes it for good and opens the saved project.\n"
        "Cancel opens nothing and keeps it: it is offered again with the project."
    )


def _local(timestamp: str) -> str:
    try:
        when = datetime.fromisoformat(timestamp).astimezone()
    except ValueError:
        return "at an unknown time"
    day = {0: "today", 1: "yesterday"}.get((date.today() - when.date()).days, f"on {when:%d %B %Y}")
    return f"{day} at {when:%H:%M}"


def load(path: Path, held: ProjectLock | None) -> Loaded:
    """Runs in the worker. The digest is taken first: a change in between then shows as a change."""
    lock, refused = held, ""
    if held is None and not is_example(path) and path.is_file():
        try:
            lock = locked(path)
        except ProjectError as error:
            refused = reason(path, error)
    try:
        digest, project = store.digest(path), store.load(path)
        offer = recovery.find(path) if lock is not None else None
    except ProjectError:
        if lock is not None and lock is not held:
            lock.release()
        raise
    return Loaded(project, lock, digest, refused, offer)


def reason(path: Path, error: ProjectError) -> str:
    """The error as a sentence, without the folder."""
    text = str(error).removeprefix(f"{path}: ")
    return f"{text[:1].upper()}{text[1:]}."


def locked(path: Path) -> ProjectLock:
    lock = ProjectLock(path)
    lock.acquire()
    return lock


def is_example(path: Path) -> bool:
    try:
        return path.resolve().parent == project_path().resolve()
    except FileNotFoundError:
        return False
