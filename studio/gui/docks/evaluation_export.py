"""The Export button of the Privacy dock: tables and figures of the evaluation that is shown, as files."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from studio.evaluation import tables
from studio.evaluation.reading import BITS, NOISE, cells, roc, strip, sweep
from studio.gui.background import Background
from studio.gui.document import Document
from studio.gui.evaluations import Evaluations
from studio.gui.icons import icon
from studio.gui.widgets.buttons import tool_button
from studio.project import atomic
from studio.project.records import Evaluation, ProjectError

log = logging.getLogger(__name__)

FIGURE_SUFFIXES = (".png", ".svg", ".pdf")
SWEEPS = (NOISE, BITS)


@dataclass(frozen=True)
class _Kind:
    key: str
    text: str
    suffixes: tuple[str, ...]
    held_by: Callable[[Evaluation], object]
    """Whether an evaluation has what is to be written."""


KINDS = (
    _Kind("table", "Table, CSV …", (".csv",), lambda record: True),
    _Kind("all", "Everything but pictures, JSON …", (".json",), lambda record: True),
    _Kind("roc", "ROC curves …", FIGURE_SUFFIXES, lambda record: any(roc(record, cell) for cell in cells(record))),
    _Kind("det", "DET curves …", FIGURE_SUFFIXES, lambda record: any(roc(record, cell) for cell in cells(record))),
    _Kind(NOISE, "Sweep over noise …", FIGURE_SUFFIXES, lambda record: sweep(cells(record), NOISE)),
    _Kind(BITS, "Sweep over bits …", FIGURE_SUFFIXES, lambda record: sweep(cells(record), BITS)),
    _Kind("strip", "Strip of pictures …", FIGURE_SUFFIXES, lambda record: strip(record)),
)


def choose_file(parent: QWidget, suggestion: Path, suffixes: tuple[str, ...]) -> Path | None:
    """A place chosen by the user; the dialog asks before it gives an existing file."""
    filters = [f"{suffix[1:].upper()} (*{suffix})" for suffix in suffixes]
    dialog = QFileDialog(parent, "Export the evaluation", str(suggestion.parent), ";;".join(filters))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffixes[0][1:])
    dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(suffixes[filters.index(chosen)][1:]))
    dialog.selectFile(suggestion.name)
    return Path(dialog.selectedFiles()[0]) if dialog.exec() else None


class EvaluationExport(QObject):
    """Owns the button and the thread that writes; whoever owns this calls `stop` before the end."""

    told = Signal(str, str)  # what happened, kind of toast

    def __init__(
        self,
        document: Document,
        evaluations: Evaluations,
        parent: QWidget,
        choose: Callable[[QWidget, Path, tuple[str, ...]], Path | None] = choose_file,
    ) -> None:
        super().__init__(parent)
        self._document, self._evaluations, self._window, self._choose = document, evaluations, parent, choose
        self._work = Background("evaluation-export", self)
        self.button = tool_button("Export the evaluation", "Export tables and figures of this evaluation")
        self.button.setIconSize(QSize(16, 16))
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.button)
        self.menu.setAccessibleName("What to export")
        self.actions = {kind.key: self.menu.addAction(kind.text, partial(self._export, kind)) for kind in KINDS}
        self.menu.aboutToShow.connect(self.look)
        self.button.setMenu(self.menu)

    def tint(self) -> None:
        """Take the colours of the theme."""
        self.button.setIcon(icon("export"))

    def look(self) -> None:
        """Offer what the evaluation has."""
        shown = self._evaluations.shown
        for kind in KINDS:
            self.actions[kind.key].setEnabled(shown is not None and bool(kind.held_by(shown)))

    def stop(self, timeout_s: float = 2.0) -> bool:
        """Wait for a file that is being written; False when it takes longer than `timeout_s`."""
        self._work.abandon()
        return self._work.wait(timeout_s)

    def _export(self, kind: _Kind) -> None:
        shown = self._evaluations.shown
        if shown is None:
            return
        folder = self._document.path.parent if self._document.path else Path.home()
        name = f"{self._document.name}-privacy{'' if kind.key in ('table', 'all') else f'-{kind.key}'}"
        path = self._choose(self._window, folder / f"{name}{kind.suffixes[0]}", kind.suffixes)
        if path is not None and not self._work.busy:
            self._work.run(partial(_write, shown, kind.key, path), self._ended, self._refuse)

    def _ended(self, outcome: tuple[str, str]) -> None:
        log.log(logging.ERROR if outcome[1] == "error" else logging.INFO, outcome[0])
        self.told.emit(*outcome)

    def _refuse(self, error: ProjectError) -> None:
        self._ended((str(error), "error"))


def _write(record: Evaluation, key: str, path: Path) -> tuple[str, str]:
    """Runs in the thread: what to tell, and the kind of toast."""
    try:
        if key in ("table", "all"):
            text = (tables.to_csv if key == "table" else tables.to_json)(record)
            atomic.write(path, text.encode(), verify=lambda _: None)
        else:
            path = _write_figure(record, key, path)
    except OSError as error:
        return f"{path.name} was not exported: {atomic.reason(error)}", "error"
    return f"Exported {path.name}", "success"


def _write_figure(record: Evaluation, key: str, path: Path) -> Path:
    from studio.evaluation import figures  # matplotlib: not before somebody wants a figure

    if key in SWEEPS:
        return figures.save(figures.sweep_figure(record, key), path)
    if key == "strip":
        pictures = strip(record)
        assert pictures is not None, "it is not offered without"
        return figures.save(figures.strip_figure(pictures), path)
    lines = figures.roc_lines(record, [cell for cell in cells(record) if cell.swept is None])
    return figures.save((figures.roc_figure if key == "roc" else figures.det_figure)(lines), path)
