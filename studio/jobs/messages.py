"""What a job says while it runs: one JSON object a line in a file of its folder, so that anybody may read along.

A file, not a pipe: a window that crashed and was started again reads on where it likes.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any

from studio.jobs.plain_files import read_plain
from studio.listener import Listener

MESSAGES, STOP, PAUSE = "messages.jsonl", "stop", "pause"
_MOST_BYTES = 1 << 17  # read at once: about a millisecond of parsing
_LARGEST = 1e300
_PROGRESS_EVERY_S = 1.0
_PAUSE_LOOK_S = 0.2


class JobListener(Listener):
    """Writes what it hears into `folder`. A file named `pause` in there makes the work rest, one named `stop` end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._new_line = (folder / MESSAGES).exists()  # who wrote before may have been killed within a line
        self._progress: tuple[str, float] = "", -1.0
        self._progress_s = 0.0
        self.say("started", pid=os.getpid())

    def progress(self, stage: str, share: float) -> None:
        """Steps that follow fast are not all told: the file of a long run stays small."""
        before, self._progress = self._progress, (stage, share)
        soon = time.monotonic() < self._progress_s + _PROGRESS_EVERY_S
        if before != self._progress and not (soon and before[0] == stage and share < 1.0):
            self._progress_s = time.monotonic()
            self.say("progress", stage=stage, share=share)

    def values(self, step: int, values: Mapping[str, float]) -> None:
        self.say("values", step=step, values={name: _finite(value) for name, value in values.items()})

    def score(self, name: str, value: tuple[float, float, float]) -> None:
        self.say("score", name=name, value=[_finite(part) for part in value])

    def trial(self, record: Mapping[str, Any]) -> None:
        self.say("trial", record=record)

    def note(self, text: str) -> None:
        self.say("note", text=text)

    def stopping(self) -> bool:
        """Asked between the steps of the work, so this is where a pause is spent."""
        while (self._folder / PAUSE).exists() and not (self._folder / STOP).exists():
            time.sleep(_PAUSE_LOOK_S)
        return (self._folder / STOP).exists()

    def say(self, kind: str, **facts: Any) -> None:
        """One message. A disk that takes no more costs the message, not the work."""
        record = {"kind": kind, "at": datetime.now(UTC).isoformat(timespec="milliseconds"), **facts}
        line = (b"\n" if self._new_line else b"") + json.dumps(record).encode() + b"\n"
        try:
            with open(self._folder / MESSAGES, "ab", buffering=0) as file:
                self._new_line = file.write(line) < len(line)
        except OSError:
            return


def read_messages(folder: Path, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
    """The whole messages from byte `offset` on, and where to go on. What is no message of ours is left out.

    Not all at once when there are many: as long as the offset grows there may be more.
    """
    text = read_plain(folder / MESSAGES, _MOST_BYTES, offset)
    whole = text.rfind(b"\n") + 1
    if not whole and len(text) == _MOST_BYTES:
        return [], offset + len(text)  # no line of ours is so long
    return _messages(text[:whole]), offset + whole


def last_messages(folder: Path) -> list[dict[str, Any]]:
    """The last ones, of a file of any length."""
    return _messages(read_plain(folder / MESSAGES, _MOST_BYTES, -_MOST_BYTES))


def _messages(text: bytes) -> list[dict[str, Any]]:
    return [message for line in text.splitlines() if (message := _parsed(line))]


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and _is_ours(found) else None


def _is_ours(message: dict[str, Any]) -> bool:
    """Whether the facts are of the types that belong to the kind: views need not look again."""
    value = message.get
    match value("kind"):
        case "started" | "finished":
            return True
        case "progress":
            return isinstance(value("stage"), str) and _is_number(value("share"))
        case "values":
            values = value("values")
            known = isinstance(values, dict) and all(v is None or _is_number(v) for v in values.values())
            return known and _is_number(value("step"))
        case "score":
            parts = value("value")
            known = isinstance(parts, list) and len(parts) == 3 and all(v is None or _is_number(v) for v in parts)
            return known and isinstance(value("name"), str)
        case "trial":
            return isinstance(value("record"), dict)
        case "note":
            return isinstance(value("text"), str)
        case "failed":
            return isinstance(value("reason"), str)
        case _:
            return False


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= _LARGEST  # no NaN either


def _finite(value: float) -> float | None:
    return float(value) if isfinite(value) else None
