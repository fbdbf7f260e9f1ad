"""Results kept in a project: training runs, evaluations and trade-off trials, with their numbers as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import numpy as np

from studio.optics.lens import LensDesign

MAX_WEIGHT_BYTES = 8 * 1024**2  # float16, of one run


class ProjectError(Exception):
    """A project or its file cannot be used; the text is one line that says why and what to do."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Record:
    """What runs, evaluations and trials have in common. ProjectError names the entry that cannot be kept.

    `config`, `versions` and `extra` hold plain JSON values. `state` says how it ended: "running", "finished",
    "stopped", "cancelled", "failed" or "pruned", with the `reason` in words.
    """

    id: str
    label: str = ""
    notes: str = ""
    created: str = ""
    """UTC, ISO 8601."""
    state: str = "finished"
    reason: str = ""
    design: LensDesign | None = None
    """The lens it ended with (run, trial) or was made for (evaluation)."""
    config: dict[str, Any] = field(default_factory=dict)
    seed: int | None = None
    versions: dict[str, Any] = field(default_factory=dict)
    device: str = ""
    wall_time_s: float = 0.0
    metrics: dict[str, float] = field(default_factory=dict)
    scores: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    """Value, lower and upper end of its confidence interval, by name, as "clear-clear/A0/sface/auc"."""
    curves: dict[str, np.ndarray] = field(default_factory=dict)
    """float64 (N, 2): abscissa (step, depth, false match rate ...) and value."""
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    """Further integer or floating arrays, any shape; never clear pictures of faces."""
    extra: dict[str, Any] = field(default_factory=dict)
    """Entries that a newer minor schema added; carried along."""

    def __post_init__(self) -> None:
        where = f"{type(self).__name__.lower()} {self.id!r}"
        if not isinstance(self.id, str) or not self.id:
            raise ProjectError(f"{where} needs a name of at least one letter as id")
        check_text(where, self, ("label", "notes", "created", "state", "reason", "device"))
        check_design(where, self.design)
        seed = plain(f"{where}: seed", self.seed)
        if seed is not None and type(seed) is not int:
            raise ProjectError(f"{where}: seed = {seed!r} is not a whole number")
        checked: dict[str, Any] = {
            "seed": seed,
            "wall_time_s": plain(f"{where}: wall_time_s", _number(f"{where}: wall_time_s", self.wall_time_s)),
            "metrics": {name: _number(f"{where}: metric {name!r}", v) for name, v in _named(where, self.metrics)},
            "scores": {name: _score(f"{where}: score {name!r}", v) for name, v in _named(where, self.scores)},
            "curves": {name: _curve(f"{where}: curve {name!r}", v) for name, v in _named(where, self.curves)},
            "arrays": {name: _array(f"{where}: array {name!r}", v) for name, v in _named(where, self.arrays)},
        }
        for name in ("config", "versions", "extra"):
            checked[name] = plain_dict(f"{where}: {name}", getattr(self, name))
        for name, value in checked.items():
            object.__setattr__(self, name, value)


@dataclass(frozen=True, eq=False, kw_only=True)
class Run(Record):
    """A training run. Only a kept run holds weights: float16 arrays by name, 8 MiB together at most."""

    start_design: LensDesign | None = None
    kept: bool = False
    weights: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        where = f"run {self.id!r}"
        check_design(where, self.start_design)
        weights = {name: _weight(f"{where}: weight {name!r}", w) for name, w in _named(where, self.weights)}
        if weights and not self.kept:
            raise ProjectError(f"{where} holds weights but is not kept; keep the run or drop its weights")
        size = sum(weight.nbytes for weight in weights.values())
        if size > MAX_WEIGHT_BYTES:
            raise ProjectError(
                f"{where}: its weights take {size / 1024**2:.1f} MiB as float16; a project keeps at most "
                f"{MAX_WEIGHT_BYTES // 1024**2} MiB a run, so leave them in the run folder"
            )
        object.__setattr__(self, "weights", weights)


@dataclass(frozen=True, eq=False, kw_only=True)
class Evaluation(Record):
    """Scores of a lens under attack, with the pair list they belong to."""

    run_id: str = ""
    pair_list_sha256: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        check_text(f"evaluation {self.id!r}", self, ("run_id", "pair_list_sha256"))


@dataclass(frozen=True, eq=False, kw_only=True)
class Trial(Record):
    """One point of a trade-off study: a lens and its measures."""

    study: str = ""
    run_id: str = ""
    pinned: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        check_text(f"trial {self.id!r}", self, ("study", "run_id"))


def check_text(where: str, record: Any, names: Sequence[str]) -> None:
    """ProjectError when one of the fields `names` of `record` is not a string."""
    for name in names:
        if not isinstance(getattr(record, name), str):
            raise ProjectError(f"{where}: {name} = {getattr(record, name)!r} is not a text")


def plain(where: str, value: Any) -> Any:
    """`value` as JSON knows it (tuples become lists, numpy scalars numbers); ProjectError names what it does not."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        if not -(2**63) <= value < 2**64:
            raise ProjectError(f"{where} does not fit into 64 bits")
        return value
    if isinstance(value, float):
        if not isfinite(value):
            raise ProjectError(f"{where} = {value} is not finite; such values belong into metrics or arrays")
        return value
    if isinstance(value, (list, tuple)):
        return [plain(f"{where}[{i}]", item) for i, item in enumerate(value)]
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise ProjectError(f"{where}: the key {key!r} is not a text")
        return {key: plain(f"{where}.{key}", item) for key, item in value.items()}
    raise ProjectError(f"{where} holds a {type(value).__name__}; numbers, texts, lists and dictionaries can be kept")


def plain_dict(where: str, value: Any) -> dict[str, Any]:
    """`value` as `plain` gives it; ProjectError when it is not a dictionary."""
    if not isinstance(value, Mapping):
        raise ProjectError(f"{where} = {value!r} is not a dictionary")
    return plain(where, value)


def _named(where: str, values: Any) -> list[tuple[str, Any]]:
    if not isinstance(values, Mapping) or not all(isinstance(name, str) and name for name in values):
        raise ProjectError(f"{where}: numbers and arrays need a dictionary by name")
    return list(values.items())


def check_design(where: str, design: Any, optional: bool = True) -> None:
    """ProjectError when `design` is no LensDesign (None is fine where it is optional)."""
    if (design is not None or not optional) and not isinstance(design, LensDesign):
        raise ProjectError(f"{where}: its design is not a LensDesign")


def _number(where: str, value: Any) -> float:
    if isinstance(value, (str, bytes)):
        raise ProjectError(f"{where} = {value!r} is not a number")
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise ProjectError(f"{where} = {value!r} is not a number") from None


def _score(where: str, value: Any) -> tuple[float, float, float]:
    if not isinstance(value, Sequence | np.ndarray) or len(value) != 3:
        raise ProjectError(f"{where} needs three numbers: value, lower and upper end of the interval")
    low, middle, high = (_number(where, number) for number in value)
    return low, middle, high


def _array(where: str, value: Any, dtype: Any = None) -> np.ndarray:
    """`value` as a read-only array of integers or floats."""
    try:
        array = np.asarray(value, dtype)
    except (TypeError, ValueError):
        raise ProjectError(f"{where} is not an array of numbers") from None
    if array.dtype.kind not in "iuf" or array.itemsize > 8:
        raise ProjectError(f"{where} is of type {array.dtype}; integers and floats of up to 64 bits can be kept")
    if array.flags.writeable or not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
        array.setflags(write=False)
    return array


def _curve(where: str, value: Any) -> np.ndarray:
    array = _array(where, value, np.float64)
    if array.ndim != 2 or array.shape[1] != 2:
        raise ProjectError(f"{where} has shape {array.shape}; (N, 2) is needed")
    return array


def _weight(where: str, value: Any) -> np.ndarray:
    with np.errstate(over="ignore"):
        array = _array(where, value, np.float16)
    if not np.isfinite(array).all():
        raise ProjectError(f"{where} does not fit float16 (NaN, or beyond 65504)")
    return array
