"""Looks at an untrusted HDF5 image in a process of its own: `python guard.py < FILE.odr`.

Started by trust.py as a plain script, so it imports nothing of the studio and nothing from the current folder.
Exit 0: only plain data within the limits, every byte of it readable. Exit 3: refused, the reason in one line on
stdout. Anything else (killed by a limit, crashed) is a refusal too.
"""

from __future__ import annotations

import io
import resource
import sys
from contextlib import suppress

import h5py
from h5py import h5a, h5d, h5g, h5l, h5o, h5s, h5t, h5z

USER_BLOCK = 512
CPU_S = 10
BASE_MEMORY_BYTES = 1024**3
MAX_OBJECTS = 100_000
MAX_DEPTH = 8
FREE_DECLARED_BYTES = 64 * 1024**2  # whatever the file's size; beyond it four times the size may be declared
KNOWN_FILTERS = (h5z.FILTER_DEFLATE, h5z.FILTER_SHUFFLE, h5z.FILTER_FLETCHER32)
PLAIN_TYPES = (h5t.INTEGER, h5t.FLOAT)


class Refused(Exception):
    """The image holds what no project of ours holds."""


def limit_this_process(file_bytes: int) -> None:
    """Bound time and memory, forbid new files and core dumps."""
    memory = BASE_MEMORY_BYTES + 8 * file_bytes
    for what, limit in (
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # a lower limit is in force already, or the system knows none
            resource.setrlimit(what, (limit, limit))


class Inspector:
    """Walks all objects through hard links only and reads every dataset."""

    def __init__(self, image: bytes) -> None:
        self._allowed_bytes = FREE_DECLARED_BYTES + 4 * len(image)
        self._seen: set[int] = set()

    def group(self, group: h5g.GroupID, name: str, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise Refused(f"{name}: groups are nested deeper than {MAX_DEPTH}")
        self._visit(group, name)
        for link in group:
            path = f"{name.rstrip('/')}/{link.decode('utf-8', 'replace')}"
            self._check_link(group, link, path)
            item = h5o.open(group, link)
            if isinstance(item, h5g.GroupID):
                self.group(item, path, depth + 1)
            elif isinstance(item, h5d.DatasetID):
                self._dataset(item, path)
            else:
                raise Refused(f"{path}: a named data type")

    def _visit(self, item: h5g.GroupID | h5d.DatasetID, name: str) -> None:
        place = h5o.get_info(item).addr
        if place in self._seen:
            raise Refused(f"{name}: an object with two names")
        self._seen.add(place)
        if len(self._seen) > MAX_OBJECTS:
            raise Refused(f"more than {MAX_OBJECTS} objects")
        for index in range(h5a.get_num_attrs(item)):
            attribute = h5a.open(item, index=index)
            where = f"{name}, attribute {attribute.name.decode('utf-8', 'replace')}"
            self._declare(attribute.get_type(), attribute.get_space(), where)

    @staticmethod
    def _check_link(group: h5g.GroupID, link: bytes, path: str) -> None:
        kind = group.links.get_info(link).type
        if kind != h5l.TYPE_HARD:
            kinds = {h5l.TYPE_SOFT: "a soft link", h5l.TYPE_EXTERNAL: "a link to another file"}
            raise Refused(f"{path}: {kinds.get(kind, 'a link of unknown kind')}")

    def _dataset(self, dataset: h5d.DatasetID, path: str) -> None:
        self._visit(dataset, path)
        layout = dataset.get_create_plist()
        if layout.get_external_count():
            raise Refused(f"{path}: its values lie in another file")
        if layout.get_layout() == h5d.VIRTUAL:
            raise Refused(f"{path}: a virtual dataset")
        for index in range(layout.get_nfilters()):
            code = layout.get_filter(index)[0]
            if code not in KNOWN_FILTERS:
                raise Refused(f"{path}: unknown filter {code}")
        # Only now: even asking a virtual dataset for its shape may open other files.
        self._declare(dataset.get_type(), dataset.get_space(), path)
        h5py.Dataset(dataset)[()]

    def _declare(self, kind: h5t.TypeID, space: h5s.SpaceID, path: str) -> None:
        """Check a type, then count the bytes it declares."""
        if isinstance(kind, h5t.TypeStringID):
            if kind.is_variable_str():
                raise Refused(f"{path}: a text of variable length")
        elif kind.get_class() not in PLAIN_TYPES:
            raise Refused(f"{path}: neither numbers nor text")
        self._allowed_bytes -= kind.get_size() * space.get_simple_extent_npoints()
        if self._allowed_bytes < 0:
            raise Refused(f"{path}: declares more data than a file of this size can hold")


def inspect(raw: bytes) -> None:
    """Refused says what the file holds that it must not hold."""
    if raw[USER_BLOCK : USER_BLOCK + 8] != b"\x89HDF\r\n\x1a\n":
        raise Refused("no HDF5 data at byte 512")
    with h5py.File(io.BytesIO(raw), "r") as file:
        Inspector(raw).group(h5g.open(file.id, b"/"), "/", 0)


def main() -> int:
    raw = sys.stdin.buffer.read()
    limit_this_process(len(raw))
    try:
        inspect(raw)
    except (Refused, OSError, RuntimeError, ValueError, TypeError, KeyError, MemoryError) as error:
        text = " ".join((str(error) or type(error).__name__).split())
        sys.stdout.write(text[:200].encode("ascii", "backslashreplace").decode())
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
