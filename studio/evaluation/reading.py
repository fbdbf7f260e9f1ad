"""What a kept evaluation says, cell by cell: read from the names of its scores, metrics, curves and arrays.

A score is called "[CONTROL:]SCENARIO/ATTACKER/RECOGNISER/auc", the metrics and curves of the same cell alike
(".../eer", ".../roc"). CONTROL is what stood in the lens' place ("gaussian:4"), or a sensor that is not the lens' own
("noise:0.02", "bits:6"): those cells make the sweeps. A curve ".../roc" holds FMR and TMR; ".../roc_low" and
".../roc_high" are the ends of its band over the same FMR. The arrays "strip/captured" and "strip/reconstructed" are
(P, H, W, 3) uint8, "strip/numbers" (P,) says which pictures of the data they are; "strip/clear" is kept of synthetic
people only. No Qt, no torch, no scikit-learn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.evaluation.bootstrap import Interval
from studio.project.records import Evaluation

NOTICE = "Research use only. Not a medical device; nothing here is a diagnosis."
SCENARIOS = {
    "clear-clear": "clear against clear",
    "captured-clear": "captured against clear",
    "captured-captured": "captured against captured",
    "reconstructed-clear": "reconstructed against clear",
    "lens-lens": "lens A against lens B",
    "noise-noise": "noise against noise",
    "planted-planted": "a planted leak",
}
"""In the order of a table, from the upper bound to pure chance."""
MEANINGS = {
    "clear-clear": "What the recogniser achieves without any lens: the upper bound",
    "captured-clear": "A capture against a gallery of clear pictures: a watch list",
    "captured-captured": "A capture against captures by the same lens: linking a person's visits",
    "reconstructed-clear": "A capture after somebody undid the lens, against clear pictures: inversion",
    "lens-lens": "A capture of one lens against captures of another: unlinkability",
    "noise-noise": "Pictures of nobody: 0.5, or something is wrong",
    "planted-planted": "Captures with a patch whose colour codes the person: near 1, or A1 is blind",
}
AGAINST_THE_LENS = ("captured-clear", "captured-captured", "reconstructed-clear", "lens-lens")
EQUIVALENT_BELOW = 0.55
"""An attacker is called as good as chance when its whole interval lies below this AUC."""
AUC = "auc"
AFFECT = "affect/"
"""What the scores of a run's network begin with: how well it reads the people that the lens is to protect."""
FIGURES = {
    "eer": "EER",
    "d_prime": "d′",
    "fnmr_1e-2": "FNMR at FMR 1e-2",
    "fnmr_1e-3": "FNMR at FMR 1e-3",
    "rank_1": "rank-1",
    "psnr": "PSNR (dB)",
    "ssim": "SSIM",
}
AFFECT_FIGURES = {
    "severity_mae": "severity, MAE",
    "severity_rmse": "severity, RMSE",
    "severity_ccc": "severity, CCC",
    "expression_accuracy": "expression, accuracy",
    "expression_macro_f1": "expression, macro F1",
    "units_r2": "face units, mean R²",
}
GRIDS = ("quick", "full")
"""What `evaluate` can do."""
A1, A2, A4 = ATTACKERS = ("A1", "A2", "A4")
"""Those that learn, in the full grid: see `retrained` and `learned_inversion`."""
NOISE, BITS = "noise", "bits"
SWEPT = {NOISE: "Noise (share of full scale)", BITS: "Bits"}


@dataclass(frozen=True)
class Cell:
    """One attacker in one scenario. `control` is "" for the lens itself."""

    control: str
    scenario: str
    attacker: str
    recogniser: str
    auc: Interval
    figures: dict[str, float]

    @property
    def name(self) -> str:
        """What scores and curves of this cell begin with."""
        before = f"{self.control}:" if self.control else ""
        return f"{before}{self.scenario}/{self.attacker}/{self.recogniser}"

    @property
    def rung(self) -> str:
        """ "A3" for every kind of it: the ladder of attackers."""
        return self.attacker.partition(" ")[0].rstrip(",")

    @property
    def against_the_lens(self) -> bool:
        return not self.control and self.scenario in AGAINST_THE_LENS

    @property
    def swept(self) -> tuple[str, float] | None:
        """(NOISE or BITS, its value) of a cell that belongs to a sweep."""
        kind, _, value = self.control.partition(":")
        return (kind, _number(value)) if kind in SWEPT and isfinite(_number(value)) else None


def cells(record: Evaluation) -> list[Cell]:
    """Every cell of `record`, in its order; scores of another kind are passed over."""
    found = []
    for name, (value, low, high) in record.scores.items():
        parts = name.split("/")
        if len(parts) < 4 or parts[-1] != AUC:
            continue
        control, _, scenario = parts[0].rpartition(":")
        stem = name.removesuffix(AUC)
        figures = {figure: record.metrics[stem + figure] for figure in FIGURES if stem + figure in record.metrics}
        found.append(Cell(control, scenario, "/".join(parts[1:-2]), parts[-2], Interval(value, low, high), figures))
    return found


def worst(found: Iterable[Cell]) -> Cell | None:
    """The attacker that does best against the lens; None when nothing attacks it."""
    known = [cell for cell in found if cell.against_the_lens and isfinite(cell.auc.value)]
    return max(known, key=lambda cell: cell.auc.value, default=None)


def leading(found: Iterable[Cell]) -> list[Cell]:
    """Of each rung ("A3" for all its kinds) the best cell of each scenario, without controls: what fits a figure."""
    best: dict[tuple[str, str], Cell] = {}
    for cell in found:
        place = cell.scenario, cell.rung
        if not cell.control and (place not in best or cell.auc.value > best[place].auc.value):
            best[place] = cell
    return list(best.values())


def headline(record: Evaluation) -> str:
    """What may be claimed of the lens: its worst attacker, the sensor, and whether that is as good as chance."""
    found = worst(cells(record))
    if found is None:
        return "Nothing has attacked this lens yet."
    sensor = [
        text.format(record.config[key])
        for key, text in (("noise", "noise {:g}"), ("bits", "{} bits"))
        if isinstance(record.config.get(key), int | float)
    ]
    with_sensor = f" ({', '.join(sensor)})" if sensor else ""
    return f"Worst attacker: {spoken(found)}: AUC {found.auc}{with_sensor}. {equivalence(found.auc)}"


def spoken(cell: Cell) -> str:
    """ "A0 with sface, captured against clear"."""
    return f"{cell.attacker} with {cell.recogniser}, {SCENARIOS.get(cell.scenario, cell.scenario)}"


def equivalence(auc: Interval) -> str:
    """Whether an attacker does no better than chance, in one sentence."""
    if not isfinite(auc.high):
        return "Without an interval nothing can be said of chance."
    if auc.below(EQUIVALENT_BELOW):
        return f"As good as chance: the upper bound is below {EQUIVALENT_BELOW:g}."
    if auc.low > 0.5:
        return "It does better than chance."
    return f"Better than chance cannot be ruled out: the upper bound is not below {EQUIVALENT_BELOW:g}."


@dataclass(frozen=True)
class Roc:
    """Shares of genuine pairs accepted (TMR) at shares of impostors accepted (FMR); all (N,).

    `low` and `high` are the ends of the band over people, equal to `tmr` where there is none.
    """

    fmr: NDArray[np.float64]
    tmr: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def roc(record: Evaluation, cell: Cell) -> Roc | None:
    """The ROC curve of `cell`; None when the record holds none."""
    curve = record.curves.get(f"{cell.name}/roc")
    if curve is None or not len(curve):
        return None
    fmr, tmr = curve[np.argsort(curve[:, 0], kind="stable")].T
    ends = [record.curves.get(f"{cell.name}/roc_{end}") for end in ("low", "high")]
    low, high = (tmr if end is None or not len(end) else np.interp(fmr, *end.T) for end in ends)
    return Roc(fmr, tmr, low, high)


def sweep(found: Iterable[Cell], kind: str) -> dict[str, list[tuple[float, Interval]]]:
    """AUC over the swept value (NOISE or BITS) for each attacker, by "SCENARIO/ATTACKER/RECOGNISER"."""
    curves: dict[str, list[tuple[float, Interval]]] = {}
    for cell in found:
        if cell.swept is not None and cell.swept[0] == kind:
            name = f"{cell.scenario}/{cell.attacker}/{cell.recogniser}"
            curves.setdefault(name, []).append((cell.swept[1], cell.auc))
    return {name: sorted(points, key=lambda point: point[0]) for name, points in curves.items()}


@dataclass(frozen=True)
class Strip:
    """Pictures of a few people, (P, H, W, 3) uint8 each; `clear` is None for real ones: it is never kept."""

    captured: NDArray[np.uint8]
    reconstructed: NDArray[np.uint8] | None
    clear: NDArray[np.uint8] | None
    numbers: NDArray[np.int64]
    """(P,): which pictures of the data they are."""


def strip(record: Evaluation) -> Strip | None:
    """The pictures kept with `record`; None when there are none of the right shape."""
    captured = _pictures(record, "captured")
    if captured is None:
        return None
    numbers = record.arrays.get("strip/numbers")
    if numbers is None or numbers.shape != captured.shape[:1]:
        numbers = np.empty(0)
    others = [_pictures(record, kind) for kind in ("reconstructed", "clear")]
    back, clear = (other if other is not None and other.shape == captured.shape else None for other in others)
    return Strip(captured, back, clear, numbers.astype(np.int64))


def affect(record: Evaluation) -> list[tuple[str, str]]:
    """How well a run's network read people that it never saw, as rows of a name and a figure with its interval."""
    found = {n.removeprefix(AFFECT): Interval(*s) for n, s in record.scores.items() if n.startswith(AFFECT)}
    simulated = "simulated " if str(record.config.get("affect_data", "")).startswith("cohort") else ""
    rows = []
    for name, title in AFFECT_FIGURES.items():
        if name in found:
            blind = found.get(f"constant/{name}")
            title = simulated + title if name.startswith("severity") else title
            rows.append((title, f"{found[name]}" + (f", {blind.value:.3f} without looking" if blind else "")))
    return rows


def facts(record: Evaluation) -> list[tuple[str, str]]:
    """Where the figures come from, as rows of a name and a text."""
    config = {key: value for key, value in record.config.items() if value not in ("", None, [], {})}
    rows = [("made", record.created), ("state", f"{record.state} {record.reason}".strip())]
    rows += [(key.replace("_", " "), _text(value)) for key, value in config.items()]
    rows += [("seed", "" if record.seed is None else str(record.seed)), ("pairs", record.pair_list_sha256[:12])]
    rows += [("took", f"{record.wall_time_s / 60:.1f} min" if record.wall_time_s else ""), ("device", record.device)]
    rows += [(name, _text(version)) for name, version in record.versions.items()]
    return [(name, text) for name, text in rows if text]


def _pictures(record: Evaluation, kind: str) -> NDArray[np.uint8] | None:
    array = record.arrays.get(f"strip/{kind}")
    good = array is not None and array.dtype == np.uint8 and array.ndim == 4 and array.shape[-1] == 3 and array.size
    return array if good else None


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
