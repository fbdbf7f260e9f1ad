"""Reading what may come from anywhere: a job folder lies beside a project that somebody may have sent."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

_MOST_JSON_BYTES = 1 << 20


def read_plain(path: Path, most_bytes: int, offset: int = 0) -> bytes:
    """Up to `most_bytes` of an ordinary file from `offset` on, from the end for a negative one; else b"".

    A pipe never keeps the reader waiting, and no file fills the memory.
    """
    try:
        with open(path, "rb", opener=_at_once) as file:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode):
                return b""
            file.seek(offset if offset >= 0 else max(0, state.st_size + offset))
            return file.read(most_bytes)
    except OSError:
        return b""


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a file; {} when there is none."""
    try:
        found = json.loads(read_plain(path, _MOST_JSON_BYTES))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)
