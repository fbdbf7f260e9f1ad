"""A project as the body of an `.odr` file, schema 1.0 (layout: schema.py)."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import h5py
import numpy as np

from studio.optics.lens import LensDesign
from studio.project import hdf5
from studio.project.model import Project
from studio.project.records import Record
from studio.project.schema import ARRAYS_OF, MAJOR, MINOR, TABLES, array_path


def minor_of(project: Project) -> int:
    """The minor version to write: a newer one that the project was loaded from stays."""
    return max(MINOR, project.kept.minor) if project.kept else MINOR


def encode(project: Project) -> bytes:
    """The HDF5 image of `project`, its user block still empty."""

    def fill(file: h5py.File) -> None:
        file.attrs["schema_major"] = MAJOR
        file.attrs["schema_minor"] = minor_of(project)
        hdf5.write_json(file, "project", _project_record(project))
        for name in TABLES:
            _write_table(file.create_group(name), getattr(project, name))
        if project.kept and project.kept.image:
            with hdf5.open_image(project.kept.image) as kept:
                for name in kept:
                    kept.copy(name, file, name)

    return hdf5.build(fill)


def _project_record(project: Project) -> dict[str, Any]:
    return {
        **project.extra,
        "design": project.design.to_dict(),
        "variants": [_flat(variant) for variant in project.variants],
        "history": [[edit.label, edit.at] for edit in project.history],
        "data": [_flat(reference) for reference in project.data],
        "view": project.view,
        "notes": project.notes,
        "created": project.created,
    }


def _flat(item: Any, skip: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields of a record as JSON values; what a newer minor added comes back out of `extra`."""
    values = {f.name: getattr(item, f.name) for f in fields(item) if f.name not in (*skip, "extra")}
    designs = {name: value.to_dict() for name, value in values.items() if isinstance(value, LensDesign)}
    return {**item.extra, **values, **designs}


def _write_table(group: h5py.Group, records: tuple[Record, ...]) -> None:
    rows: list[dict[str, Any]] = []
    numbers: list[np.ndarray] = [np.empty(0)]
    for record in records:
        row = _flat(record, skip=("metrics", "scores", "curves", *ARRAYS_OF[type(record)]))
        row["metrics"] = list(record.metrics)
        row["scores"] = list(record.scores)
        row["curves"] = {name: len(curve) for name, curve in record.curves.items()}
        rows.append(row)
        numbers.append(np.array(list(record.metrics.values()), np.float64))
        numbers.append(np.array(list(record.scores.values()), np.float64).ravel())
        numbers.extend(curve.ravel() for curve in record.curves.values())
        for kind in ARRAYS_OF[type(record)]:
            row[kind] = list(getattr(record, kind))
            for name, array in getattr(record, kind).items():
                group.create_dataset(array_path(kind, record.id, name), data=array)
    hdf5.write_json(group, "records", rows)
    group.create_dataset("numbers", data=np.concatenate(numbers))
