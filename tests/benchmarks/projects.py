"""Opening and saving a large project."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from studio.project import store
from studio.project.model import Project
from studio.project.records import Run
from tests.benchmarks.timing import Row, median_ms


def large_project(runs: int = 100) -> Project:
    """`runs` runs of ten curves with 500 points and twenty metrics, no weights."""
    rng = np.random.default_rng(0)
    steps = np.arange(500.0)
    return Project(
        runs=tuple(
            Run(
                id=f"run-{i:03d}",
                label=f"run {i}",
                curves={f"curve {c}": np.column_stack((steps, rng.normal(size=500))) for c in range(10)},
                metrics={f"metric {m}": float(v) for m, v in enumerate(rng.normal(size=20))},
            )
            for i in range(runs)
        )
    )


def project_rows() -> Iterator[Row]:
    project = large_project()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "large.odr")
        save = median_ms(lambda: store.save(project, path), repeats=5, warm_up=1)
        load = median_ms(lambda: store.load(path), repeats=5, warm_up=1)
        size = path.stat().st_size / 2**20
    yield Row("open a project with 100 runs", f"{load:.0f} ms", "300 ms", load <= 300, f"{size:.1f} MiB")
    yield Row(
        "save a project with 100 runs", f"{save:.0f} ms", "500 ms", save <= 500, "written, synced, read back, checked"
    )
