"""Whom long work tells how it goes, and whom it asks whether to go on. Free of Qt, of torch and of files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Listener:
    """Hears of everything and does nothing; subclasses do something with what they care for."""

    def progress(self, stage: str, share: float) -> None:
        """`stage` in words for a person; `share` of the whole work done, 0 to 1."""

    def values(self, step: int, values: Mapping[str, float]) -> None:
        """One point of each named curve at `step`."""

    def score(self, name: str, value: tuple[float, float, float]) -> None:
        """A partial result: value, lower and upper end of its interval, by the name it has in the record."""

    def trial(self, record: Mapping[str, Any]) -> None:
        """A trial of a study has begun or ended: its record in plain values, see `studio.study.told`."""

    def note(self, text: str) -> None:
        """A line that belongs into the record: what was left out, and why."""

    def stopping(self) -> bool:
        """Whether the user asked to stop: finish the step, keep what there is."""
        return False


class Part(Listener):
    """Tells `listener` of a part of its work: shares go from `begin` to `end`, which may be moved on."""

    def __init__(self, listener: Listener, begin: float = 0.0, end: float = 1.0) -> None:
        self._listener = listener
        self.begin, self.end = begin, end

    def progress(self, stage: str, share: float) -> None:
        self._listener.progress(stage, self.begin + (self.end - self.begin) * share)

    def score(self, name: str, value: tuple[float, float, float]) -> None:
        self._listener.score(name, value)

    def note(self, text: str) -> None:
        self._listener.note(text)

    def stopping(self) -> bool:
        return self._listener.stopping()


SILENT = Listener()
