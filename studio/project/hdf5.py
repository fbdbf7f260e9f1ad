"""HDF5 files in memory: built, opened, and the two kinds of entry an `.odr` file is made of."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import h5py
import numpy as np

USER_BLOCK = 512


def build(fill: Callable[[h5py.File], None]) -> bytes:
    """The HDF5 file that `fill` writes, after a user block of 512 zeros. Equal content gives equal bytes."""
    # The core driver keeps it all in memory; HDF5 only wants names that no other open file has.
    with h5py.File(
        f"image-{uuid4().hex}",
        "w",
        driver="core",
        backing_store=False,
        userblock_size=USER_BLOCK,
        libver=("v108", "v108"),  # what every viewer of the last fifteen years reads
    ) as file:
        fill(file)
        file.flush()
        return bytes(USER_BLOCK) + file.id.get_file_image()


def open_image(image: bytes) -> h5py.File:
    """An image of `build` (whatever its user block now says), opened for reading; OSError when it is none."""
    return h5py.File(io.BytesIO(image), "r")


def write_json(group: h5py.Group, name: str, value: Any) -> None:
    """`value` as a scalar, fixed-length string of ASCII JSON; ValueError for NaN and infinities."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    group.create_dataset(name, data=np.bytes_(text.encode("ascii")))


def read_json(group: h5py.Group, name: str, kind: type) -> Any:
    """The value that `write_json` stored; ValueError unless it is a `kind` (dict or list)."""
    stored = group[name][()]
    if not isinstance(stored, bytes):
        raise ValueError(f"{name} is not a text")
    value = json.loads(stored)
    if not isinstance(value, kind):
        raise ValueError(f"{name} is not a {kind.__name__}")
    return value
