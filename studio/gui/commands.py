"""What undo and redo step through: one `QUndoCommand` for each thing the user did."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from studio.project.model import Project

Show = Callable[[Project], None]


class EditDesign(QUndoCommand):
    """Swaps the design (and the history that goes with it) of `before` for another one.

    `label` is the user's verb ("Change defocus"). Commands with the same `drag` number merge,
    so that one drag of a slider is one step.
    """

    _MERGES = 1

    def __init__(self, show: Show, before: Project, after: Project, label: str, drag: int | None = None) -> None:
        super().__init__(label)
        self._show = show
        self._before = before
        self._after = after
        self._drag = drag

    def redo(self) -> None:
        self._show(self._after)

    def undo(self) -> None:
        self._show(self._before)

    def id(self) -> int:
        return -1 if self._drag is None else self._MERGES

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, EditDesign) or other._drag != self._drag:
            return False
        self._after = self._before.with_design(other._after.design, self.text())
        self._show(self._after)  # its history has one label for both
        self.setObsolete(self._after.design == self._before.design)
        return True
