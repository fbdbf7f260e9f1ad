"""What a run has said so far, in the words and arrays that views show."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import Any

import numpy as np

from studio.jobs.process import Job
from studio.optics.lens import DesignError, LensDesign

_REMEMBERED = 120  # progress messages, about two minutes of them
_LEAST_S = 10.0  # before that an estimate would jump about


class LiveRun:
    """Takes in the messages of `job`."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.stage, self.share = "Starting", 0.0
        self.curves: dict[str, list[tuple[float, float]]] = {}
        self._pace: deque[tuple[float, float]] = deque(maxlen=_REMEMBERED)  # (seconds, share)

    def hear(self, message: dict[str, Any]) -> bool:
        """Take a message in; whether curves have grown."""
        if message["kind"] == "started":
            self._pace.clear()  # it goes on after a rest
        elif message["kind"] == "progress":
            self.stage, self.share = message["stage"], min(max(float(message["share"]), 0.0), 1.0)
            if (at_s := _seconds(message)) is not None:
                self._pace.append((at_s, self.share))
        elif message["kind"] == "values":
            for name, value in message["values"].items():
                if value is not None:
                    self._add(name, float(message["step"]), float(value))
            return True
        return False

    def arrays(self) -> dict[str, np.ndarray]:
        """(N, 2) by name: step and value."""
        return {name: np.array(points) for name, points in self.curves.items()}

    def latest(self) -> dict[str, float]:
        """The last value of each curve."""
        return {name: points[-1][1] for name, points in self.curves.items()}

    def design(self, start: LensDesign) -> LensDesign | None:
        """The lens as the job last told it, on the model of `start`; None before it has."""
        terms = {name[8:]: value for name, value in self.latest().items() if name.startswith("zernike.")}
        try:
            for j, height_um in terms.items():
                start = start.with_zernike(int(j), height_um)
        except (DesignError, ValueError):
            return None
        return start if terms else None

    def left_s(self) -> float | None:
        """About how long it still takes, by its pace of the last minutes; None as long as nobody can tell."""
        if len(self._pace) < 2 or self.job.pausing:
            return None
        (first_s, first), (last_s, last) = self._pace[0], self._pace[-1]
        if last_s - first_s < _LEAST_S or last <= first:
            return None
        return (last_s - first_s) / (last - first) * (1.0 - last)

    def words(self) -> str:
        """What it does, and how long it still takes."""
        if self.job.stopping:
            return "Stopping after this step"
        if self.job.pausing:
            return f"Paused. {self.stage}"
        left_s = self.left_s()
        return self.stage if left_s is None else f"{self.stage}, {in_words(left_s)} left"

    def _add(self, name: str, step: float, value: float) -> None:
        points = self.curves.setdefault(name, [])
        while points and points[-1][0] >= step:  # it was killed and took these up again
            points.pop()
        points.append((step, value))


def in_words(seconds: float) -> str:
    """About so long: "50 s", "12 min", "3.5 h"."""
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"


def _seconds(message: dict[str, Any]) -> float | None:
    try:
        return datetime.fromisoformat(message["at"]).timestamp()
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
