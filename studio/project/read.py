"""The body of an `.odr` file as a project: one loader for each major version, never edited once released."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import h5py
import numpy as np

from studio.optics.lens import DesignError, LensDesign
from studio.project import hdf5
from studio.project.model import DataReference, Edit, Kept, Project, Variant
from studio.project.records import ProjectError, Record
from studio.project.schema import ARRAYS_OF, MINOR, ROOT_NAMES, TABLES, array_path


def decode(image: bytes, major: int, minor: int) -> Project:
    """The project in a checked file of schema `major`.`minor`; ProjectError when the content does not fit it."""
    try:
        with hdf5.open_image(image) as file:
            return LOADERS[major](file, minor)
    except (ProjectError, DesignError, KeyError, TypeError, ValueError, OSError, RuntimeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ProjectError(f"the content does not fit schema {major}.{minor}: {reason}") from error


def _load_1(file: h5py.File, minor: int) -> Project:
    if (file.attrs["schema_major"], file.attrs["schema_minor"]) != (1, minor):
        raise ValueError("the schema version inside is not the one of the header")
    values = hdf5.read_json(file, "project", dict)
    values["design"] = LensDesign.from_dict(_of(dict, values, "design"))
    values["variants"] = tuple(_record(Variant, row) for row in _of(list, values, "variants"))
    values["history"] = tuple(Edit(label, at) for label, at in _of(list, values, "history"))
    values["data"] = tuple(_record(DataReference, row) for row in _of(list, values, "data"))
    for name in TABLES:
        values[name] = _read_table(file[name], TABLES[name])
    return _record(Project, values, kept=_kept(file, minor))


def _record(cls: type, row: Any, **more: Any) -> Any:
    """A `cls` from a JSON object; keys of a newer minor go to its `extra`."""
    if not isinstance(row, dict):
        raise ValueError(f"{cls.__name__} is not an object")
    known = {f.name for f in fields(cls)} - {"extra"}
    values = {name: value for name, value in row.items() if name in known}
    extra = {name: value for name, value in row.items() if name not in known}
    for name in ("design", "start_design"):
        if isinstance(values.get(name), dict):
            values[name] = LensDesign.from_dict(values[name])
    return cls(**values, **more, extra=extra)


def _read_table(group: h5py.Group, cls: type[Record]) -> tuple[Any, ...]:
    rows = hdf5.read_json(group, "records", list)
    numbers = _Numbers(group["numbers"][()])
    records = []
    for row in rows:
        row["metrics"] = {name: float(numbers.take(1)[0]) for name in _of(list, row, "metrics")}
        row["scores"] = {name: tuple(numbers.take(3).tolist()) for name in _of(list, row, "scores")}
        row["curves"] = {
            name: numbers.take(2 * _count(length)).reshape(-1, 2) for name, length in _of(dict, row, "curves").items()
        }
        for kind in ARRAYS_OF[cls]:
            row[kind] = {name: _frozen(group[array_path(kind, row["id"], name)][()]) for name in _of(list, row, kind)}
        records.append(_record(cls, row))
    numbers.check_all_taken()
    return tuple(records)


def _frozen(values: Any) -> np.ndarray:
    array = np.asarray(values)
    array.setflags(write=False)
    return array


def _kept(file: h5py.File, minor: int) -> Kept | None:
    unknown = [name for name in file if name not in ROOT_NAMES]
    if not unknown:
        return Kept(minor) if minor > MINOR else None

    def fill(image: h5py.File) -> None:
        for name in unknown:
            file.copy(name, image, name)

    return Kept(minor, hdf5.build(fill))


def _of(kind: type, values: Any, name: str) -> Any:
    value = values[name]
    if not isinstance(value, kind):
        raise ValueError(f"{name} is not a {kind.__name__}")
    return value


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"a length of {value!r} is not possible")
    return value


class _Numbers:
    """The numbers of a table, handed out in the order they were written."""

    def __init__(self, values: np.ndarray) -> None:
        if not isinstance(values, np.ndarray) or values.dtype != np.float64 or values.ndim != 1:
            raise ValueError("numbers is not a list of float64")
        self._values = _frozen(values)
        self._at = 0

    def take(self, count: int) -> np.ndarray:
        start, self._at = self._at, self._at + count
        if self._at > len(self._values):
            raise ValueError("numbers are missing")
        return self._values[start : self._at]

    def check_all_taken(self) -> None:
        if self._at != len(self._values):
            raise ValueError("there are more numbers than the records name")


LOADERS: dict[int, Callable[[h5py.File, int], Project]] = {1: _load_1}
