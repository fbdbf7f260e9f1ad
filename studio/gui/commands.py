"""What undo and redo step through: one `QUndoCommand` for each thing the user did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtGui import QUndoCommand, QUndoStack

from studio.project.model import Edit, Project

Show = Callable[[Project], None]


class Step(QUndoCommand):
    """Swaps one part of `before` (and the history that goes with it) for that of `after`.

    `label` is the user's verb ("Change defocus"). Steps of one kind with the same `run` number become one, see `push`,
    so that one drag of a slider, or one note being typed, is one step.
    """

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

    def goes_on(self, earlier: object) -> bool:
        """Whether this step and `earlier` are of one run."""
        return isinstance(earlier, type(self)) and self._run is not None and self._run == earlier._run

    def absorb(self, later: Step) -> None:
        """Do `later` as part of this step; obsolete afterwards when nothing is changed any more."""
        self._after = replace(later._after, history=(*self._before.history, Edit(self.text())))
        self._show(self._after)
        self.setObsolete(self._part(self._after) == self._part(self._before))

    def _part(self, project: Project) -> Any:
        """What of a project the step is about."""
        raise NotImplementedError


class EditDesign(Step):
    def _part(self, project: Project) -> Any:
        return project.design


class EditNotes(Step):
    def _part(self, project: Project) -> Any:
        return project.notes


class EditVariants(Step):
    def _part(self, project: Project) -> Any:
        return project.variants


def push(stack: QUndoStack, step: Step) -> None:
    """Do `step`; where it goes on with the newest one, which no file holds yet, the two become one.

    Not with QUndoCommand.mergeWith: PySide 6.10 keeps what was merged away for as long as the stack lives, which made a
    drag grow the memory by 200 kB a second.
    """
    at_the_end = 0 < stack.index() == stack.count() and not stack.isClean()
    newest = stack.command(stack.index() - 1) if at_the_end else None
    if isinstance(newest, Step) and step.goes_on(newest):
        newest.absorb(step)
        if newest.isObsolete():
            stack.undo()  # takes an obsolete step away without calling it
    else:
        stack.push(step)
