"""An evaluation as text for other programs: CSV with a row a cell, and JSON with all of it but the pictures."""

from __future__ import annotations

import csv
import io
import json
from math import isfinite
from typing import Any

from studio.evaluation.reading import FIGURES, NOTICE, affect, cells, equivalence, facts, headline, worst
from studio.project.records import Evaluation

_COLUMNS = ("control", "scenario", "attacker", "recogniser", "auc", "auc_low", "auc_high", *FIGURES)


def to_csv(record: Evaluation) -> str:
    """A row for each cell; where it all comes from stands above them, in lines that begin with "#"."""
    text = io.StringIO()
    for line in (NOTICE, headline(record), *(f"{name}: {value}" for name, value in (*affect(record), *facts(record)))):
        text.write(f"# {' '.join(line.split())}\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for cell in cells(record):
        auc = (cell.auc.value, cell.auc.low, cell.auc.high)
        numbers = [*auc, *(cell.figures.get(figure) for figure in FIGURES)]
        writer.writerow([cell.control, cell.scenario, cell.attacker, cell.recogniser, *map(_cell, numbers)])
    return text.getvalue()


def to_json(record: Evaluation) -> str:
    """Scores, metrics, curves and provenance; numbers that are not finite become null."""
    found = worst(cells(record))
    whole = {
        "notice": NOTICE,
        "id": record.id,
        "label": record.label,
        "notes": record.notes,
        "created": record.created,
        "state": record.state,
        "worst": found and {"cell": found.name, "auc": _plain(vars(found.auc)), "says": equivalence(found.auc)},
        "design": record.design.to_dict() if record.design else None,
        "config": record.config,
        "seed": record.seed,
        "versions": record.versions,
        "pair_list_sha256": record.pair_list_sha256,
        "wall_time_s": record.wall_time_s,
        "scores": _plain(record.scores),
        "metrics": _plain(record.metrics),
        "curves": {name: _plain(curve.tolist()) for name, curve in record.curves.items()},
    }
    return json.dumps(whole, indent=1) + "\n"


def _cell(value: float | None) -> str:
    return "" if value is None or not isfinite(value) else f"{value:.6g}"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not isfinite(value) else value
