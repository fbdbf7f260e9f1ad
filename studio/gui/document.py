"""The open project: a frozen record, the steps that led to it, and the signals views listen to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoStack

from studio.gui.commands import EditDesign
from studio.optics.lens import LensDesign, focus_coefficient_um
from studio.optics.presets import PRESETS, preset
from studio.project.model import Project

UNDO_LIMIT = 500
UNTITLED = "untitled"


class Document(QObject):
    """Holds one `Project` and swaps in a new one at each edit; lives in the GUI thread."""

    design_changed = Signal(object)  # LensDesign: after an edit, undo, redo, open, new
    project_replaced = Signal()  # new or open
    dirty_changed = Signal(bool)
    path_changed = Signal(object)  # Path | None; also when only the name changed

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._path: Path | None = None
        self._name = UNTITLED
        self._revision = 0
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(UNDO_LIMIT)
        self.undo_stack.cleanChanged.connect(self._clean_changed)

    @property
    def project(self) -> Project:
        return self._project

    @property
    def design(self) -> LensDesign:
        return self._project.design

    @property
    def revision(self) -> int:
        """Grows by one whenever the design or the whole project changes."""
        return self._revision

    @property
    def path(self) -> Path | None:
        """Where Save writes; None until a place was chosen, as for a new project or an example."""
        return self._path

    @property
    def name(self) -> str:
        """What the window calls the project."""
        return self._path.stem if self._path else self._name

    @property
    def dirty(self) -> bool:
        return not self.undo_stack.isClean()

    def edit_design(self, design: LensDesign, label: str, drag: int | None = None) -> None:
        """Change the lens as one undo step; edits in a row with the same `drag` number make one step together."""
        if design == self.design:
            return
        after = self._project.with_design(design, label)
        self.undo_stack.push(EditDesign(self._show_design, self._project, after, label, drag))

    def apply_preset(self, name: str) -> None:
        """Take the lens called `name`, keeping the sensor and the distance; DesignError when there is none."""
        chosen = replace(preset(name), sensor=self.design.sensor, object_distance_m=self.design.object_distance_m)
        title = PRESETS[name].title if name in PRESETS else name
        self.edit_design(chosen, f"Apply preset {title}")

    def solve_focus(self, object_distance_m: float | None = None) -> None:
        """Set the defocus term so that `object_distance_m` (by default the design's own) is sharp in green."""
        distance_m = self.design.object_distance_m if object_distance_m is None else object_distance_m
        height_um = focus_coefficient_um(self.design, distance_m)
        self.edit_design(self.design.with_zernike(4, height_um), f"Focus at {distance_m:g} m")

    def set_view(self, key: str, value: Any) -> None:
        """Remember how the project is looked at; saved with it, but neither a step nor a change to save."""
        self._project = self._project.with_view(key, value)

    def view(self, key: str, default: Any = None) -> Any:
        return self._project.view.get(key, default)

    def replace_project(
        self, project: Project, path: Path | None = None, *, name: str = UNTITLED, dirty: bool = False
    ) -> None:
        """Start over with `project`. `dirty` marks a project that no file holds yet, such as a recovered one."""
        self._project = project
        self._revision += 1
        self._set_place(path, name)
        self.undo_stack.clear()
        if dirty:
            self.undo_stack.resetClean()
        self.project_replaced.emit()
        self.design_changed.emit(self.design)

    def mark_saved(self, path: Path, revision: int) -> None:
        """The state of `revision` is now in `path`; edits made since then keep the document dirty."""
        self._set_place(path, self._name)
        if revision == self._revision:
            self.undo_stack.setClean()
        else:
            self.undo_stack.resetClean()

    def _set_place(self, path: Path | None, name: str) -> None:
        self._path, self._name = path, name
        self.path_changed.emit(path)

    def _show_design(self, project: Project) -> None:
        # Only what the command is about: view state or results that came meanwhile stay.
        changed = project.design != self.design
        self._project = replace(self._project, design=project.design, history=project.history)
        if changed:
            self._revision += 1
            self.design_changed.emit(self.design)

    @Slot(bool)
    def _clean_changed(self, clean: bool) -> None:
        self.dirty_changed.emit(not clean)
