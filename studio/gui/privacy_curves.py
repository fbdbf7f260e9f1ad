"""Which curves of an evaluation can be drawn, with those of others beside them, and which are drawn at first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studio.evaluation.reading import BITS, NOISE, Cell, cells, roc, sweep, worst
from studio.project.records import Evaluation

ROC, DET = "roc", "det"
KINDS = (ROC, DET, NOISE, BITS)
LEAST_RATE = 1e-3
"""Where the logarithmic axes of a DET plot begin."""
_MOST_AT_FIRST = 6


@dataclass(frozen=True)
class Drawable:
    """One curve; `at_first` says whether it is drawn before somebody chooses."""

    key: str
    label: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    at_first: bool


def drawables(shown: Evaluation, others: Iterable[Evaluation], kind: str, recogniser: str) -> list[Drawable]:
    """Curves of `kind` (one of KINDS) of `shown` for `recogniser`; ROC and DET of `others` that used the same pairs."""
    if kind in (NOISE, BITS):
        return _sweeps(shown, kind, recogniser)
    headline = worst(cells(shown))
    found = [_rate_curve(shown, cell, kind, "", headline) for cell in _of(shown, recogniser)]
    for other in others:
        if other.id != shown.id and other.pair_list_sha256 and other.pair_list_sha256 == shown.pair_list_sha256:
            before = f"{other.label or other.id}: "
            found += [_rate_curve(other, cell, kind, before, None) for cell in _of(other, recogniser)]
    return _few_at_first([curve for curve in found if curve is not None])


def recognisers(record: Evaluation) -> list[str]:
    """Those with a cell, that of the worst attacker first."""
    found = cells(record)
    headline = worst(found)
    names = [headline.recogniser] if headline else []
    return list(dict.fromkeys([*names, *(cell.recogniser for cell in found)]))


def _of(record: Evaluation, recogniser: str) -> list[Cell]:
    return [cell for cell in cells(record) if cell.recogniser == recogniser and cell.swept is None]


def _rate_curve(record: Evaluation, cell: Cell, kind: str, before: str, headline: Cell | None) -> Drawable | None:
    curve = roc(record, cell)
    if curve is None:
        return None
    control = f"{cell.control}: " if cell.control else ""
    label = f"{before}{control}{_short(cell.scenario)}, {cell.attacker}"
    beside = headline is not None and bool(cell.control) and cell.scenario == headline.scenario
    at_first = not before and (cell.against_the_lens or cell.scenario == "clear-clear" or beside)
    y, low, high = curve.tmr, curve.low, curve.high
    if kind == DET:
        y, low, high = 1 - curve.tmr, 1 - curve.high, 1 - curve.low
    return Drawable(f"{record.id}/{cell.name}", f"{label}\n{cell.auc}", curve.fmr, y, low, high, at_first)


def _sweeps(record: Evaluation, kind: str, recogniser: str) -> list[Drawable]:
    found = []
    for name, points in sweep(cells(record), kind).items():
        scenario, *attacker, of = name.split("/")
        if of == recogniser and len(points) > 1:
            x = np.array([value for value, _ in points])
            y, low, high = np.array([(auc.value, auc.low, auc.high) for _, auc in points]).T
            label = f"{_short(scenario)}, {'/'.join(attacker)}"
            found.append(Drawable(name, label, x, y, low, high, True))
    return _few_at_first(found)


def _few_at_first(found: list[Drawable]) -> list[Drawable]:
    """More than a handful of curves tell nothing: the rest wait to be chosen."""
    chosen = [curve.key for curve in found if curve.at_first][:_MOST_AT_FIRST]
    return [replace(curve, at_first=curve.key in chosen) for curve in found]


def _short(scenario: str) -> str:
    return scenario.replace("-", " – ")
