"""A grid of attacks as the record that a project keeps, and as files for others."""

from __future__ import annotations

import csv
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.evaluation import tables
from studio.evaluation.bench import Grid
from studio.evaluation.reading import cells, leading, strip
from studio.evaluation.verification import FMR_POINTS
from studio.optics.lens import LensDesign
from studio.project.model import now
from studio.project.records import Evaluation

_MOST_LINES = 20  # in a figure; of a full grid the best of each rung are drawn


def evaluation_record(
    grid: Grid, design: LensDesign, record_id: str, label: str, config: dict[str, Any], wall_time_s: float
) -> Evaluation:
    """The record of `grid`: scores "SCENARIO/ATTACKER/RECOGNISER/auc", metrics and curves under the same names.

    `config` says what was asked for: grid, data, split, baseline, recognisers.
    """
    scores, metrics = {}, {"detection_rate": grid.detection_rate}
    curves: dict[str, NDArray[np.float64]] = {}
    for cell in grid.cells:
        name, result = cell.name, cell.result
        scores[f"{name}/auc"] = (result.auc.value, result.auc.low, result.auc.high)
        metrics |= {f"{name}/eer": result.eer, f"{name}/d_prime": result.d_prime}
        metrics |= {f"{name}/fnmr_{_power(fmr)}": value for fmr, value in zip(FMR_POINTS, result.fnmr, strict=True)}
        metrics |= {f"{name}/{figure}": value for figure, value in cell.figures.items()}
        curves |= cell.curves
    facts = {
        "noise": design.sensor.noise,
        "bits": design.sensor.bits,
        "pictures": grid.pictures,
        "people": grid.people,
    }
    return Evaluation(
        id=record_id,
        label=label,
        created=now(),
        state="stopped" if grid.stopped else "finished",
        design=design,
        config={**config, **facts},
        seed=grid.seed,
        versions={"python": platform.python_version(), "studio": version("opticaldr-studio")},
        wall_time_s=wall_time_s,
        metrics=metrics,
        scores=scores,
        curves=curves,
        arrays=grid.strip,
        pair_list_sha256=grid.pairs_sha256,
    )


def write_files(record: Evaluation, folder: Path) -> list[Path]:
    """Tables, curves and figures of `record` in `folder`; OSError. No file holds a clear picture of a real person."""
    from studio.evaluation import figures

    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / "evaluation.json", folder / "scores.csv"]
    files[0].write_text(tables.to_json(record), encoding="utf-8")
    files[1].write_text(tables.to_csv(record), encoding="utf-8")
    for name, curve in record.curves.items():
        path = folder / f"{name.replace('/', '_').replace(' ', '-')}.csv"
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("fmr", "tmr"))
            writer.writerows((f"{x:.6f}", f"{y:.6f}") for x, y in curve)
        files.append(path)
    found = cells(record)
    lines = figures.roc_lines(record, found if len(found) <= _MOST_LINES else leading(found))
    for name, draw in (("roc", figures.roc_figure), ("det", figures.det_figure)):
        files += [figures.save(draw(lines), folder / f"{name}{suffix}") for suffix in figures.FORMATS]
    if (pictures := strip(record)) is not None:
        files.append(figures.save(figures.strip_figure(pictures), folder / "strip.png"))
    return files


def _power(fmr: float) -> str:
    return f"{fmr:.0e}".replace("e-0", "e-")
