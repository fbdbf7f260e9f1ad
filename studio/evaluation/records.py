"""A grid of attacks as the record that a project keeps, and as files for others."""

from __future__ import annotations

import csv
import json
import platform
from importlib.metadata import version
from math import isfinite
from pathlib import Path
from typing import Any

from studio.evaluation.quick_grid import Grid
from studio.evaluation.verification import FMR_POINTS
from studio.optics.lens import LensDesign
from studio.project.model import now
from studio.project.records import Evaluation


def evaluation_record(
    grid: Grid, design: LensDesign, record_id: str, config: dict[str, Any], wall_time_s: float
) -> Evaluation:
    """The record of `grid`: scores "SCENARIO/ATTACKER/RECOGNISER/auc", metrics and curves under the same names.

    `config` says what was asked for: grid, data, split, baseline, recognisers.
    """
    scores, metrics, curves = {}, {"detection_rate": grid.detection_rate}, {}
    for cell in grid.cells:
        name, result = f"{cell.scenario}/{cell.attacker}/{cell.recogniser}", cell.result
        scores[f"{name}/auc"] = (result.auc.value, result.auc.low, result.auc.high)
        metrics |= {f"{name}/eer": result.eer, f"{name}/d_prime": result.d_prime}
        metrics |= {f"{name}/fnmr_{_power(fmr)}": value for fmr, value in zip(FMR_POINTS, result.fnmr, strict=True)}
        curves[f"{name}/roc"] = cell.roc
    sensor = {"noise": design.sensor.noise, "bits": design.sensor.bits, "pictures": grid.pictures}
    return Evaluation(
        id=record_id,
        created=now(),
        design=design,
        config={**config, **sensor},
        seed=grid.seed,
        versions={"python": platform.python_version(), "studio": version("opticaldr-studio")},
        wall_time_s=wall_time_s,
        metrics=metrics,
        scores=scores,
        curves=curves,
        pair_list_sha256=grid.pairs_sha256,
    )


def write_files(record: Evaluation, folder: Path) -> list[Path]:
    """`evaluation.json` with everything but curves, `scores.csv`, and a CSV for each ROC curve; OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = {
        "id": record.id,
        "created": record.created,
        "notice": "Research use only. Not a medical device; nothing here is a diagnosis.",
        "config": record.config,
        "seed": record.seed,
        "versions": record.versions,
        "pair_list_sha256": record.pair_list_sha256,
        "scores": {name: [_finite(value) for value in score] for name, score in record.scores.items()},
        "metrics": {name: _finite(value) for name, value in record.metrics.items()},
        "design": record.design.to_dict() if record.design else None,
    }
    files = [folder / "evaluation.json", folder / "scores.csv"]
    files[0].write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    with open(files[1], "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("scenario", "attacker", "recogniser", "auc", "low", "high", "eer"))
        for name, score in record.scores.items():
            scenario, attacker, recogniser, _ = name.split("/")
            eer = record.metrics[name.removesuffix("auc") + "eer"]
            writer.writerow((scenario, attacker, recogniser, *(f"{value:.6f}" for value in (*score, eer))))
    for name, curve in record.curves.items():
        path = folder / f"{name.replace('/', '_').replace(' ', '-')}.csv"
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("fmr", "tmr"))
            writer.writerows((f"{x:.6f}", f"{y:.6f}") for x, y in curve)
        files.append(path)
    return files


def _power(fmr: float) -> str:
    return f"{fmr:.0e}".replace("e-0", "e-")


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
