"""New, open, save: the document's way to and from the disk. Reading and writing happen off the GUI thread.

Whatever fails leaves the open document and the file as they were, and says so.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from studio.gui.autosave import Autosave
from studio.gui.background import Background
from studio.gui.dialogs import Dialogs
from studio.gui.document import UNTITLED, Document
from studio.gui.opening import (
    Loaded,
    backup_problem,
    is_example,
    kept_when,
    load,
    load_backup,
    locked,
    open_problem,
    reason,
    recovery_question,
    save_problem,
)
from studio.gui.settings import Settings
from studio.optics.presets import DEFAULT_PRESET, preset
from studio.project import recovery, store
from studio.project.model import Project
from studio.project.recovery import Offer
from studio.project.store import ProjectChanged, ProjectError, ProjectLock
from studio.resources import project_path

EXAMPLE = "first-light.odr"

_NOWHERE = Path(UNTITLED)

Action = Callable[[], object]

log = logging.getLogger(__name__)


class Files(QObject):
    """Owns the lock of the open project and every read and write of project files."""

    busy_changed = Signal(bool)
    recent_changed = Signal()
    message = Signal(str)
    warned = Signal(str)
    """Nothing is lost, yet the user should know."""
    saved_share = Signal(float)
    """How much of the file that is being saved is written, 0 to 1."""
    copied = Signal(object)
    """Path of a copy that was saved."""
    unsaved_found = Signal(str, object)
    """Work that a crash left of another project: what to say of it, and a function that offers it."""
    nothing_open = Signal()
    """The first project of the session was refused, or the user declined it."""

    def __init__(self, document: Document, settings: Settings, dialogs: Dialogs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._settings = settings
        self._dialogs = dialogs
        self._background = Background("project-file", self)
        self._background.busy_changed.connect(self._follow_work)
        self.autosave = Autosave(document, self)
        self.autosave.message.connect(self.warned)
        self._lock: ProjectLock | None = None
        self._digest: str | None = None
        self._saving = False
        self._stop_saving = threading.Event()
        self._after_save: Action | None = None
        self._opening = ""
        self._begun = False

    @property
    def busy(self) -> bool:
        return self._background.busy

    @property
    def saving(self) -> bool:
        """A save is under way; the window waits for it before it closes."""
        return self._saving

    @property
    def opening(self) -> str:
        """Name of the file that is being opened, "" for none; `cancel_opening` stops that."""
        return self._opening

    @Slot(bool)
    def _follow_work(self, busy: bool) -> None:
        """Nothing is saved or opened any more once the work ends, in whatever way."""
        if not busy:
            self._saving, self._opening = False, ""
        self.busy_changed.emit(busy)

    # New and open

    def new(self, preset_name: str = DEFAULT_PRESET) -> None:
        """An untitled project with a preset's lens."""
        self.when_settled(lambda: self._begin(Project(design=preset(preset_name)), _NOWHERE))

    def open(self) -> None:
        path = self._dialogs.choose_open(self._folder())
        if path is not None:
            self.open_path(path)

    def open_path(self, path: Path, then: Action | None = None) -> None:
        """Open `path` after asking about unsaved changes; `then` is called once it is open."""
        self.when_settled(lambda: self._load(path, then))

    def open_example(self, then: Action | None = None) -> None:
        """Open the shipped example, or begin a new project where it is missing."""
        try:
            path = project_path(EXAMPLE)
        except FileNotFoundError:
            self.new()
            return
        self.open_path(path, then)

    def _load(self, path: Path, then: Action | None) -> None:
        mine = self._lock if self._lock is not None and self._lock.path == path.resolve() else None
        self._read(
            path,
            lambda: load(path, mine),
            done=lambda loaded: self._loaded(path, loaded, then),
            failed=lambda error: self._open_failed(path, error, then),
        )

    def _read(
        self, path: Path, work: Callable[[], Loaded], done: Callable[[Loaded], None], failed: Callable[[Any], None]
    ) -> None:
        self.message.emit(f"Opening {path.name} ...")
        self._opening = path.name
        self._background.run(work, done, failed)

    def cancel_opening(self) -> None:
        """Stay with the project that is open; the check of the file ends by itself and is forgotten."""
        self._background.cancel(self._release)
        self.message.emit("Opening was cancelled")
        log.info("opening was cancelled")
        self._stay()

    def _let_go(self, outcome: object) -> None:
        """Of something that is no longer waited for; what was left unsaved stays where it is."""
        if isinstance(outcome, Loaded):
            self._release(outcome)

    def _release(self, loaded: Loaded) -> None:
        if loaded.lock is not None and loaded.lock is not self._lock:
            loaded.lock.release()

    def _stay(self) -> None:
        if not self._something_open:
            self.nothing_open.emit()

    @property
    def _something_open(self) -> bool:
        return self._begun or self._document.dirty

    def _loaded(self, path: Path, loaded: Loaded, then: Action | None) -> None:
        self.message.emit("")
        if loaded.refused and not self._dialogs.ask_read_only(path.stem, loaded.refused):
            self._stay()
            return
        offer = loaded.offer
        answer = self._dialogs.ask_recover(path.stem, recovery_question(offer)) if offer else "later"
        if answer == "cancel":
            self._release(loaded)
            self._stay()
            return
        self._begin(loaded.project, path, loaded.lock, loaded.digest)
        log.info("opened %s%s", path, "" if loaded.lock is not None else " (a copy: saving asks for a place)")
        if offer and answer == "discard":
            offer.discard()
        elif offer and answer == "recover":
            self._recover(offer)
        if loaded.lock is not None:
            self._remember(path)
        if then is not None:
            then()

    def offer_unsaved(self) -> None:
        """Look for what studios left when they died: projects that had no file yet, and work on recent ones.

        The former are asked about at once unless a project of the user's is open already.
        """
        recent = [path for path in self._settings.recent if path != self._document.path]
        self._background.run(
            lambda: (recovery.find_unsaved(), recovery.find_left_behind(recent)),
            lambda found: self._offer_each(*found),
            self._look_failed,
        )

    def cancel_looking(self) -> None:
        """What there is to recover stays where it is, for the next start."""
        self._background.cancel(self._let_go)

    def _offer_each(self, unsaved: list[Offer], of_recent: list[Offer]) -> None:
        for offer in of_recent:
            assert offer.path is not None, "they were found by it"
            self._mention(offer, partial(self.open_path, offer.path))
        for offer in reversed(unsaved):  # newest first
            if self._document.path is not None:
                self._mention(offer, partial(self._offer, offer))
            elif self._offer(offer):
                return

    def _mention(self, offer: Offer, look: Action) -> None:
        self.unsaved_found.emit(f"Unsaved work on {offer.name} is kept, as it was {kept_when(offer)}", look)

    def _offer(self, offer: Offer) -> bool:
        """Whether the user wants it back."""
        answer = self._dialogs.ask_recover(offer.name, recovery_question(offer))
        if answer == "discard":
            offer.discard()
        elif answer == "recover":
            self.when_settled(partial(self._recover, offer))
        return answer == "recover"

    def _look_failed(self, error: ProjectError) -> None:
        self.message.emit(str(error))

    def _recover(self, offer: Offer) -> None:
        if offer.path is None:
            self._begin(offer.project, Path(f"{offer.name}.odr"))
        self._document.replace_project(offer.project, self._document.path, name=self._document.name, dirty=True)
        self.autosave.recovered(offer)
        log.info("recovered unsaved work on %s, kept %s", offer.path or offer.name, offer.saved_at)

    def _begin(
        self, project: Project, source: Path, lock: ProjectLock | None = None, digest: str | None = None
    ) -> None:
        self.autosave.forget()
        self._take_lock(lock)
        self._digest = digest
        self._begun = True
        if lock is not None:
            self._document.replace_project(project, source)
        else:  # new, an example, or in use elsewhere: saving asks for a place of its own
            self._document.replace_project(project, name=source.stem, source=source)

    def _open_failed(self, path: Path, error: ProjectError, then: Action | None) -> None:
        self.message.emit("")
        if self._dialogs.show_problem(open_problem(path, error, self._document.name if self._something_open else "")):
            self._read(
                path,
                lambda: load_backup(path),
                done=lambda loaded: self._loaded_backup(path, loaded, then),
                failed=lambda error: self._backup_failed(path, error),
            )
        else:
            self._stay()

    def _loaded_backup(self, path: Path, loaded: Loaded, then: Action | None) -> None:
        self._loaded(path, loaded, then=None)
        self._document.replace_project(loaded.project, name=path.stem, dirty=True)  # no file of its own holds it
        self.warned.emit(f"This is the backup of {path.name}. Save it, best under another name, to keep it.")
        if then is not None:
            then()

    def _backup_failed(self, path: Path, error: ProjectError) -> None:
        self.message.emit("")
        self._dialogs.show_problem(backup_problem(path, error))
        self._stay()

    # Save

    def save(self, then: Action | None = None) -> None:
        """Save where the project belongs, asking for a place when it has none; `then` only after success."""
        if self._document.path is None:
            self.save_as(then)
        else:
            self._save(self._document.path, then, self._digest)

    def save_as(self, then: Action | None = None) -> None:
        path = self._dialogs.choose_save(self._folder() / f"{self._document.name}.odr")
        if path is not None:
            self._save(path, then, self._digest if path == self._document.path else None)

    def save_copy(self) -> None:
        """Write the project elsewhere and go on with the file that is open."""
        suggestion = self._folder() / f"{self._document.name} copy.odr"
        path = self._dialogs.choose_save(suggestion, "Save a copy of the project")
        if path is None:
            return
        if path == self._document.path:
            self.save()
            return
        snapshot = self._document.project
        self._start_saving(
            path,
            lambda: store.save(snapshot, path, progress=self._follow_saving),
            done=lambda _: self._copied(path),
            failed=lambda error: self._save_failed(path, error),
        )

    def _copied(self, path: Path) -> None:
        self.message.emit("")
        log.info("saved a copy: %s", path)
        self.copied.emit(path)

    def _save(self, path: Path, then: Action | None, expected_digest: str | None) -> None:
        snapshot, revision = self._document.project, self._document.revision
        mine = self._lock if self._lock is not None and self._lock.path == path.resolve() else None

        def work() -> tuple[ProjectLock, str]:
            lock = mine or locked(path)
            try:
                return lock, store.save(snapshot, path, expected_digest=expected_digest, progress=self._follow_saving)
            except ProjectError:
                if lock is not mine:
                    lock.release()
                raise

        def done(saved: tuple[ProjectLock, str]) -> None:
            self.autosave.forget()
            lock, self._digest = saved
            self._take_lock(lock)
            self._document.mark_saved(path, revision)
            self._remember(path)
            self.message.emit(f"Saved {path.name}")
            log.info("saved %s", path)
            if then is not None:
                then()

        def failed(error: ProjectError) -> None:
            if isinstance(error, ProjectChanged) and self._dialogs.ask_overwrite_changed(reason(path, error)):
                self._save(path, then, expected_digest=None)
            elif not isinstance(error, ProjectChanged):
                self._save_failed(path, error)

        self._start_saving(path, work, done, failed)

    def _start_saving(
        self, path: Path, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[ProjectError], None]
    ) -> None:
        if is_example(path):
            self._save_failed(path, ProjectError(f"{path}: an example that came with the studio; it is never changed"))
            return
        self.message.emit(f"Saving {path.name} ...")
        self._saving, self._after_save = True, None
        self._stop_saving.clear()

        def succeeded(outcome: Any) -> None:
            done(outcome)
            waiting, self._after_save = self._after_save, None
            if waiting is not None:
                waiting()

        def broke(error: ProjectError) -> None:
            self._after_save = None
            self.message.emit("")
            if self._stop_saving.is_set():
                self.message.emit(f"Saving was cancelled; {path.name} is as it was")
                log.info("saving %s was cancelled", path)
            else:
                failed(error)

        self._background.run(work, succeeded, broke)

    def cancel_saving(self) -> None:
        """Leave the file as it was, unless it is written already."""
        self._stop_saving.set()

    def _follow_saving(self, share: float) -> None:
        """Called in the worker."""
        if self._stop_saving.is_set():
            raise ProjectError("the save was cancelled")
        self.saved_share.emit(share)

    def when_saved(self, action: Action) -> None:
        """Do `action` after the save that is under way, if it succeeds."""
        self._after_save = action

    def _save_failed(self, path: Path, error: ProjectError) -> None:
        self._dialogs.show_problem(save_problem(path, error))

    # Leaving

    def when_settled(self, action: Action) -> None:
        """Do `action` once no unsaved work is at stake: at once, after saving, or never when the user cancels.

        A save that is under way is waited for; a file that is being opened gives way.
        """
        if self._saving:
            self.when_saved(partial(self.when_settled, action))
            return
        if self.busy:
            self._background.cancel(self._let_go)
            self.message.emit("")
        if not self._document.dirty:
            action()
            return
        answer = self._dialogs.ask_unsaved(self._document.name)
        if answer == "save":
            self.save(then=action)
        elif answer == "discard":
            action()

    def close(self) -> None:
        """Let go of the project for good: its lock and its recovery file."""
        self._background.abandon()
        self.autosave.close()
        self._take_lock(None)

    def _take_lock(self, lock: ProjectLock | None) -> None:
        if self._lock is not None and self._lock is not lock:
            self._lock.release()
        self._lock = lock

    def _folder(self) -> Path:
        if self._document.path is not None:
            return self._document.path.parent
        return next((path.parent for path in self._settings.recent), Path.home())

    def clear_recent(self) -> None:
        """Forget which projects were open lately."""
        self._settings.clear_recent()
        self.recent_changed.emit()

    def _remember(self, path: Path) -> None:
        self._settings.add_recent(path)
        self.recent_changed.emit()
