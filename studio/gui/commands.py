"""What undo and redo step through: one `QUndoCommand` for each thing the user did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtGui import QUndoCommand

from studio.project.model import Edit, Project

Show = Callable[[Project], None]


class Step(QUndoCommand):
    """Swaps one part of `before` (and the history that goes with it) for that of `after`.

    `label` is the user's verb ("Change defocus"). Steps of one kind with the same `run` number merge,
    so that one drag of a slider, or one note being typed, is one step.
    """

    _KIND = 0

    def __init__(self, show: Show, before: Project, after: Project, label: str, run: int | None = None) -> None:
        super().__init__(label)
        self._show = show
        self._before = before
        self._after = after
        self._run = run

    def redo(self) -> None:
        self._show(self._after)

    def undo(self) -> None:
        self._show(self._before)

    def id(self) -> int:
        return -1 if self._run is None else self._KIND

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, type(self)) or other._run != self._run:
            return False
        self._after = replace(other._after, history=(*self._before.history, Edit(self.text())))
        self._show(self._after)  # its history has one label for both
        self.setObsolete(self._part(self._after) == self._part(self._before))
        return True

    def _part(self, project: Project) -> Any:
        """What of a project the step is about."""
        raise NotImplementedError


class EditDesign(Step):
    _KIND = 1

    def _part(self, project: Project) -> Any:
        return project.design


class EditNotes(Step):
    _KIND = 3

    def _part(self, project: Project) -> Any:
        return project.notes


class EditVariants(Step):
    _KIND = 2

    def _part(self, project: Project) -> Any:
        return project.variants
