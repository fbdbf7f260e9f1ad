"""The open project: a frozen record, the steps that led to it, and the signals views listen to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoStack

from studio.gui.commands import EditDesign, EditNotes, EditVariants, push
from studio.gui.locks import LOCKED_KEY, known_keys, with_values_of
from studio.gui.widgets.quantity import on_screen
from studio.optics.lens import DesignError, LensDesign, focus_coefficient_um
from studio.optics.presets import PRESETS, preset
from studio.project import variants
from studio.project.model import DataReference, Project
from studio.project.records import Record

UNDO_LIMIT = 500
UNTITLED = "untitled"


class Document(QObject):
    """Holds one `Project` and swaps in a new one at each edit; lives in the GUI thread."""

    design_changed = Signal(object)  # LensDesign: after an edit, undo, redo, open, new
    variants_changed = Signal()  # the same for the variants
    records_changed = Signal()  # runs, evaluations or trials
    data_changed = Signal()  # which data the project works with
    revised = Signal()  # anything that `revision` counts but the design: variants, notes, records, data
    locks_changed = Signal()
    project_replaced = Signal()  # new or open
    dirty_changed = Signal(bool)
    saved = Signal()
    path_changed = Signal(object)  # Path | None; also when only the name changed

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._path: Path | None = None
        self._source: Path | None = None
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
        """Grows by one whenever the design, the variants or the whole project change."""
        return self._revision

    @property
    def path(self) -> Path | None:
        """Where Save writes; None until a place was chosen, as for a new project or an example."""
        return self._path

    @property
    def source(self) -> Path | None:
        """The file that the project was read from; what lies beside that is the project's, too."""
        return self._source

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
        push(self.undo_stack, EditDesign(self._show_design, self._project, after, label, drag))

    def apply_preset(self, name: str) -> None:
        """Take the lens called `name`, keeping sensor, distance and what is locked; DesignError when there is none."""
        chosen = replace(preset(name), sensor=self.design.sensor, object_distance_m=self.design.object_distance_m)
        chosen = with_values_of(self.design, chosen, self.locked)
        title = on_screen(PRESETS[name].title) if name in PRESETS else name
        self.edit_design(chosen, f"Apply preset {title}")

    def solve_focus(self, object_distance_m: float | None = None) -> None:
        """Set the defocus term so that `object_distance_m` (by default the design's own) is sharp in green.

        DesignError when no allowed value does that, when the term is locked, and for a perfect image.
        """
        if self.design.ideal:
            raise DesignError("a perfect image has no focus to solve for; use the lens first")
        if "zernike.4" in self.locked:
            raise DesignError("zernike.4 is locked; unlock it to solve for focus")
        distance_m = self.design.object_distance_m if object_distance_m is None else object_distance_m
        height_um = focus_coefficient_um(self.design, distance_m)
        self.edit_design(self.design.with_zernike(4, height_um), f"Focus at {distance_m:g} m")

    def edit_variants(self, after: Project, run: int | None = None) -> None:
        """Take over the variants of `after`, which a function of `studio.project.variants` made of our project.

        One undo step, named as in the history of `after`; edits in a row with the same `run` number make one together.
        """
        if after.variants != self._project.variants:
            label = after.history[-1].label
            push(self.undo_stack, EditVariants(self._show_variants, self._project, after, label, run))

    def edit_notes(self, notes: str) -> None:
        """Change the notes on the project, as one undo step."""
        if notes != self._project.notes:
            after = self._project.with_notes(notes)
            push(self.undo_stack, EditNotes(self._show_notes, self._project, after, after.history[-1].label))

    def restore_variant(self, name: str) -> None:
        """Make the design of a variant the current one, as one undo step; ProjectError when there is none."""
        after = variants.restore(self._project, name)
        self.edit_design(after.design, after.history[-1].label)

    def add_records(self, records: Iterable[Record]) -> None:
        """Take in finished results, in place of those of the same id. To be saved, but nothing to undo."""
        project = self._project
        for record in records:
            project = project.with_record(record)
        if project is not self._project:
            self._take(project)
            self.records_changed.emit()

    def remove_runs(self, ids: Collection[str]) -> None:
        """Take runs out of the project; evaluations and trials that name them stay. Nothing to undo."""
        left = tuple(run for run in self._project.runs if run.id not in ids)
        if len(left) < len(self._project.runs):
            self._take(replace(self._project, runs=left))
            self.records_changed.emit()

    def remove_evaluation(self, evaluation_id: str) -> None:
        """Take an evaluation out of the project. Nothing to undo; `add_records` brings it back."""
        left = tuple(record for record in self._project.evaluations if record.id != evaluation_id)
        if len(left) < len(self._project.evaluations):
            self._take(replace(self._project, evaluations=left))
            self.records_changed.emit()

    def set_data(self, reference: DataReference) -> None:
        """Remember where data lie, in place of what had the same role. To be saved, but nothing to undo."""
        others = tuple(data for data in self._project.data if data.role != reference.role)
        if (reference, *others) != self._project.data:
            self._take(replace(self._project, data=(reference, *others)))
            self.data_changed.emit()

    @property
    def locked(self) -> frozenset[str]:
        """Keys of the parameters that the user locked: no drag, preset, paste or reset changes them.

        What brings back a whole design (undo, a variant) brings back all of it.
        """
        return known_keys(self.view(LOCKED_KEY))

    def set_locked(self, key: str, locked: bool) -> None:
        keys = self.locked | {key} if locked else self.locked - {key}
        self.set_view(LOCKED_KEY, sorted(keys))
        self.locks_changed.emit()

    def set_view(self, key: str, value: Any) -> None:
        """Remember how the project is looked at; saved with it, but neither a step nor a change to save."""
        self._project = self._project.with_view(key, value)

    def view(self, key: str, default: Any = None) -> Any:
        return self._project.view.get(key, default)

    def replace_project(
        self,
        project: Project,
        path: Path | None = None,
        *,
        name: str = UNTITLED,
        dirty: bool = False,
        source: Path | None = None,
    ) -> None:
        """Start over with `project`. `dirty` marks a project that no file holds yet, such as a recovered one; `source`
        is the file that it was read from, where it is not to be saved to that: an example."""
        self._project = project
        self._source = path or source
        self._revision += 1
        self._set_place(path, name)
        self.undo_stack.clear()
        if dirty:
            self.undo_stack.resetClean()
        self.project_replaced.emit()
        self.design_changed.emit(self.design)
        self.variants_changed.emit()
        self.records_changed.emit()
        self.data_changed.emit()

    def mark_saved(self, path: Path, revision: int) -> None:
        """The state of `revision` is now in `path`; edits made since then keep the document dirty."""
        self._set_place(path, self._name)
        if revision == self._revision:
            self.undo_stack.setClean()
        else:
            self.undo_stack.resetClean()
        self.saved.emit()

    def _take(self, project: Project) -> None:
        """Show `project`, which holds what there is nothing to undo about."""
        self._project = project
        self._revision += 1
        self.revised.emit()
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

    def _show_variants(self, project: Project) -> None:
        changed = project.variants != self._project.variants
        self._project = replace(self._project, variants=project.variants, history=project.history)
        if changed:
            self._revision += 1
            self.revised.emit()
            self.variants_changed.emit()

    def _show_notes(self, project: Project) -> None:
        self._project = replace(self._project, notes=project.notes, history=project.history)
        self._revision += 1
        self.revised.emit()

    @Slot(bool)
    def _clean_changed(self, clean: bool) -> None:
        self.dirty_changed.emit(not clean)
