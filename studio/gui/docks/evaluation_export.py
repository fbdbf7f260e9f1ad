"""The Export button of the Privacy dock: tables and figures of the evaluation that is shown, as files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from studio.evaluation import tables
from studio.evaluation.reading import BITS, NOISE, cells, roc, strip, sweep
from studio.gui.document import Document
from studio.gui.evaluations import Evaluations
from studio.gui.export import Choose, Export, Kind, Told, choose_file
from studio.gui.long_work import Follow
from studio.project import atomic
from studio.project.records import Evaluation

FIGURE_SUFFIXES = (".png", ".svg", ".pdf")
TABLE = Kind("Table, CSV …", (".csv",), "A row for each attack, with its intervals")
WHOLE = Kind("Everything but pictures, JSON …", (".json",), "Figures, curves and where they come from")
ROC = Kind("ROC curves …", FIGURE_SUFFIXES, "True matches over false ones, with bands", "-roc")
DET = Kind("DET curves …", FIGURE_SUFFIXES, "False non-matches over false matches, with bands", "-det")
OVER_NOISE = Kind("Sweep over noise …", FIGURE_SUFFIXES, "AUC over the sensor's noise", "-noise")
OVER_BITS = Kind("Sweep over bits …", FIGURE_SUFFIXES, "AUC over the sensor's bits", "-bits")
STRIP = Kind("Strip of pictures …", FIGURE_SUFFIXES, "A few people: captured, reconstructed", "-strip")
KINDS = (TABLE, WHOLE, ROC, DET, OVER_NOISE, OVER_BITS, STRIP)
_SWEPT = {OVER_NOISE: NOISE, OVER_BITS: BITS}


class EvaluationExport(Export):
    """Exports the evaluation that is shown."""

    def __init__(
        self, document: Document, evaluations: Evaluations, parent: QWidget, choose: Choose = choose_file
    ) -> None:
        def suggest() -> Path:
            return (document.path.parent if document.path else Path.home()) / f"{document.name}-privacy"

        def work(kind: Kind, path: Path) -> Callable[[Follow], Told]:
            shown = evaluations.shown
            assert shown is not None, "the button rests without one"
            return partial(_write, shown, kind, path)

        def offered(kind: Kind) -> bool:
            return evaluations.shown is not None and _holds(evaluations.shown, kind)

        tip = "Export tables and figures of this evaluation"
        super().__init__(tip, KINDS, suggest, work, parent, choose, offered)


def _holds(record: Evaluation, kind: Kind) -> bool:
    if kind in (ROC, DET):
        return any(roc(record, cell) for cell in cells(record))
    if kind in _SWEPT:
        return bool(sweep(cells(record), _SWEPT[kind]))
    return kind is not STRIP or strip(record) is not None


def _write(record: Evaluation, kind: Kind, path: Path, follow: Follow) -> Told:
    """Runs in the thread."""
    try:
        if kind in (TABLE, WHOLE):
            text = (tables.to_csv if kind is TABLE else tables.to_json)(record)
            atomic.write(path, text.encode(), verify=lambda _: None, progress=follow)
        else:
            path = _write_figure(record, kind, path, follow)
    except OSError as error:
        return f"{path.name} was not exported: {atomic.reason(error)}", "error"
    return f"Exported {path.name}", "success"


def _write_figure(record: Evaluation, kind: Kind, path: Path, follow: Follow) -> Path:
    from studio.evaluation import figures  # matplotlib: not before somebody wants a figure

    if kind in _SWEPT:
        return figures.save(figures.sweep_figure(record, _SWEPT[kind]), path, follow)
    if kind is STRIP:
        pictures = strip(record)
        assert pictures is not None, "it is not offered without"
        return figures.save(figures.strip_figure(pictures), path, follow)
    lines = figures.roc_lines(record, [cell for cell in cells(record) if cell.swept is None])
    return figures.save((figures.roc_figure if kind is ROC else figures.det_figure)(lines), path, follow)
