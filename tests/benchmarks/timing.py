"""Timing for the benchmark tables: medians of repeated calls in one process, and interleaved peers."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, the figure, its budget, and how a peer compares."""

    name: str
    figure: str
    budget: str = ""
    met: bool | None = None
    note: str = ""

    def __str__(self) -> str:
        verdict = {True: "met", False: "MISSED", None: ""}[self.met]
        return f"| {self.name} | {self.figure} | {self.budget} | {verdict} | {self.note} |"


HEADER = "| what | measured | budget | | note |\n| --- | --- | --- | --- | --- |"


def median_ms(call: Callable[[], object], repeats: int = 30, warm_up: int = 3) -> float:
    """Median wall time of `call`, ms."""
    for _ in range(warm_up):
        call()
    return statistics.median(_once_ms(call) for _ in range(repeats))


def interleaved_ms(calls: dict[str, Callable[[], object]], repeats: int = 15) -> dict[str, float]:
    """Medians (ms) of several calls taken in turn, so that a drifting machine speed meets them all alike.

    Each timed call follows an untimed one of its own, which fills the caches again.
    """
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            call()
            times[name].append(_once_ms(call))
    return {name: statistics.median(values) for name, values in times.items()}


def _once_ms(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return 1e3 * (time.perf_counter() - start)
