"""What a job says while it runs: one JSON object a line in a file of its folder, so that anybody may read along.

A file, not a pipe: a window that crashed and was started again reads on where it likes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any

from studio.listener import Listener

MESSAGES, STOP = "messages.jsonl", "stop"
KINDS = ("started", "progress", "values", "score", "note", "finished", "failed")
_MOST_BYTES = 1 << 20  # read at once


class JobListener(Listener):
    """Writes what it hears into `folder`; a file named `stop` in there asks it to stop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.say("started", pid=os.getpid())

    def progress(self, stage: str, share: float) -> None:
        self.say("progress", stage=stage, share=share)

    def values(self, step: int, values: Mapping[str, float]) -> None:
        self.say(
            "values", step=step, values={name: value if isfinite(value) else None for name, value in values.items()}
        )

    def score(self, name: str, value: tuple[float, float, float]) -> None:
        self.say("score", name=name, value=[part if isfinite(part) else None for part in value])

    def note(self, text: str) -> None:
        self.say("note", text=text)

    def stopping(self) -> bool:
        return (self._folder / STOP).exists()

    def say(self, kind: str, **facts: Any) -> None:
        """One message; a line is written at once, so that a reader never sees half of it for long."""
        record = {"kind": kind, "at": datetime.now(UTC).isoformat(timespec="milliseconds"), **facts}
        with open(self._folder / MESSAGES, "ab", buffering=0) as file:
            file.write(json.dumps(record).encode() + b"\n")


def read_messages(folder: Path, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
    """The whole messages from byte `offset` on, and where to go on. What is no message of ours is left out."""
    try:
        with open(folder / MESSAGES, "rb") as file:
            file.seek(offset)
            text = file.read(_MOST_BYTES)
    except OSError:
        return [], offset
    whole = text.rfind(b"\n") + 1
    if not whole and len(text) == _MOST_BYTES:
        return [], offset + len(text)  # no line of ours is so long
    return [message for line in text[:whole].splitlines() if (message := _parsed(line))], offset + whole


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found.get("kind") in KINDS else None
