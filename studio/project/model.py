"""What a project holds: frozen records, checked on construction, free of files and of Qt.

Every change makes a new `Project`, so a snapshot may be saved in another thread while editing goes on.
Arrays are made read-only; dictionaries are never changed after construction. Clear face pixels have no
place in any of these records.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from studio.optics.lens import LensDesign
from studio.project.records import Evaluation, ProjectError, Record, Run, Trial, check_design, check_text, plain_dict

HISTORY_LIMIT = 1000


def now() -> str:
    """This moment in UTC, ISO 8601, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Edit:
    """One step of the history: what the user did and when (UTC)."""

    label: str
    at: str = field(default_factory=now)

    def __post_init__(self) -> None:
        check_text("history", self, ("label", "at"))


@dataclass(frozen=True)
class Variant:
    """A named design kept beside the current one."""

    name: str
    design: LensDesign
    notes: str = ""
    created: str = field(default_factory=now)
    extra: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_text("variant", self, ("name", "notes", "created"))
        check_design(f"variant {self.name!r}", self.design, optional=False)
        object.__setattr__(self, "extra", plain_dict("variant.extra", self.extra))


@dataclass(frozen=True)
class DataReference:
    """Where data lie: a SPEC of the command line, its folder or file, and a SHA-256 of what was read; no pixels."""

    spec: str
    path: str = ""
    sha256: str = ""
    role: str = ""
    notes: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_text("data", self, ("spec", "path", "sha256", "role", "notes"))
        object.__setattr__(self, "extra", plain_dict("data.extra", self.extra))


@dataclass(frozen=True)
class Kept:
    """What a newer minor schema added and this version cannot read: carried along, written back as it was."""

    minor: int
    image: bytes = b""
    """An HDF5 file in memory (see hdf5.build) that holds the unknown root entries; empty when there are none."""


@dataclass(frozen=True)
class Project:
    """Everything an `.odr` file holds. Two projects are equal when they hold the very same results."""

    design: LensDesign = field(default_factory=LensDesign)
    variants: tuple[Variant, ...] = ()
    history: tuple[Edit, ...] = ()
    runs: tuple[Run, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    trials: tuple[Trial, ...] = ()
    data: tuple[DataReference, ...] = ()
    view: dict[str, Any] = field(default_factory=dict)
    notes: str = ""
    created: str = field(default_factory=now)
    extra: dict[str, Any] = field(default_factory=dict)
    """Entries of the project record that a newer minor schema added."""
    kept: Kept | None = None

    def __post_init__(self) -> None:
        def put(name: str, value: Any) -> None:
            object.__setattr__(self, name, value)

        check_design("project", self.design, optional=False)
        check_text("project", self, ("notes", "created"))
        put("view", plain_dict("view", self.view))
        put("extra", plain_dict("extra", self.extra))
        for name in ("variants", "runs", "evaluations", "trials", "data"):
            put(name, tuple(getattr(self, name)))
        put("history", tuple(self.history)[-HISTORY_LIMIT:])
        _check_unique("variant", [variant.name for variant in self.variants])
        for kind in ("runs", "evaluations", "trials"):
            _check_unique(kind[:-1], [record.id for record in getattr(self, kind)])

    def with_design(self, design: LensDesign, label: str) -> Project:
        """A copy with another lens and one more step, `label`, in its history."""
        return replace(self, design=design, history=(*self.history, Edit(label)))

    def with_notes(self, notes: str) -> Project:
        """A copy with other notes on the whole project; a step of its history."""
        return replace(self, notes=notes, history=(*self.history, Edit("Edit notes")))

    def with_view(self, key: str, value: Any) -> Project:
        """A copy whose view state holds `value` (plain JSON values; ProjectError otherwise) under `key`."""
        return replace(self, view={**self.view, key: value})

    def with_variant(self, variant: Variant) -> Project:
        """A copy with `variant` added, or put in the place of the one of the same name."""
        return replace(self, variants=_put(self.variants, variant, "name"))

    def with_record(self, record: Record) -> Project:
        """A copy with a run, evaluation or trial added, or put in the place of the one of the same id."""
        if isinstance(record, Run):
            return replace(self, runs=_put(self.runs, record, "id"))
        if isinstance(record, Evaluation):
            return replace(self, evaluations=_put(self.evaluations, record, "id"))
        if isinstance(record, Trial):
            return replace(self, trials=_put(self.trials, record, "id"))
        raise ProjectError(f"{type(record).__name__} is neither a Run, an Evaluation nor a Trial")


def summary(project: Project) -> dict[str, Any]:
    """The project in plain JSON values, without curves, arrays and weights: what `opticaldr info` prints."""
    return {
        "design": project.design.to_dict(),
        "variants": [{"name": v.name, "design": v.design.to_dict(), "notes": v.notes} for v in project.variants],
        "runs": [_outline(run) | {"kept": run.kept, "weights": sorted(run.weights)} for run in project.runs],
        "evaluations": [
            _outline(e) | {"run_id": e.run_id, "pair_list_sha256": e.pair_list_sha256} for e in project.evaluations
        ],
        "trials": [_outline(trial) | {"study": trial.study, "pinned": trial.pinned} for trial in project.trials],
    }


def _outline(record: Record) -> dict[str, Any]:
    return {
        "id": record.id,
        "label": record.label,
        "created": record.created,
        "state": record.state,
        "seed": record.seed,
        "wall_time_s": record.wall_time_s,
        "metrics": {name: _finite(value) for name, value in record.metrics.items()},
        "scores": {name: [_finite(value) for value in score] for name, score in record.scores.items()},
        "curves": {name: len(curve) for name, curve in record.curves.items()},
    }


def _finite(value: float) -> float | None:
    """JSON knows no NaN and no infinity; they become null."""
    return value if isfinite(value) else None


def _put(items: tuple[Any, ...], item: Any, key: str) -> tuple[Any, ...]:
    keys = [getattr(other, key) for other in items]
    if getattr(item, key) not in keys:
        return (*items, item)
    at = keys.index(getattr(item, key))
    return (*items[:at], item, *items[at + 1 :])


def _check_unique(kind: str, names: list[str]) -> None:
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ProjectError(f"{kind} {twice!r} is there twice; each needs a name of its own")
