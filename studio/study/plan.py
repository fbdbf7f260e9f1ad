"""What a study varies, how it searches and what it measures: one frozen record that every worker reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from itertools import product
from math import isfinite
from pathlib import Path
from typing import Any

from studio.faces.models import RECOGNISERS
from studio.optics.baselines import parse_baseline
from studio.optics.lens import DesignError, LensDesign
from studio.project.records import Trial

SAMPLERS = ("random", "grid", "nsga2", "tpe")
MAX_TRIALS = 10_000
VERSION = 3
"""Counted up when training or attack of a trial changes: figures of two versions do not belong on one front."""
CLEAR = "clear"
"""A baseline without any blur behind the same sensor; "none" in records, as everywhere."""
DRAWS = "draws/"
"""What a trial's arrays (D,) begin with, as "draws/worst_auc": a measure with people drawn anew, the same people in
the same row of every trial."""


class StudyError(Exception):
    """A study that cannot be planned, opened or continued; the text is one line that says why."""


@dataclass(frozen=True)
class Measure:
    """A figure of a trial: its name in the record, what it is in words, and whether more of it is better."""

    name: str
    title: str
    more_is_better: bool


PRIVACY = (
    Measure("worst_auc", "worst quick attacker, AUC", False),
    Measure("a0_auc", "off-the-shelf recognisers, mean AUC, captured against clear", False),
    *(Measure(f"a0_auc_{name}", f"{name}, AUC, captured against clear", False) for name in RECOGNISERS),
    Measure("adversary_auc", "retrained adversary, AUC", False),
)
UTILITY = (
    Measure("expression_r2", "expression, R² over face units", True),
    Measure("severity_mae", "simulated severity, MAE", False),
    Measure("severity_rmse", "simulated severity, RMSE", False),
    Measure("severity_ccc", "simulated severity, CCC", True),
)
MEASURES = {measure.name: measure for measure in (*PRIVACY, *UTILITY)}


@dataclass(frozen=True)
class Varied:
    """One thing that a study varies: a key of the training configuration or, as "lens.KEY", of the starting lens.

    Either `choices`, or a range from `low` to `high`, on a logarithmic scale when `log`.
    """

    key: str
    choices: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    log: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "choices", tuple(self.choices))
        if self.choices:
            return
        if not (isfinite(self.low) and isfinite(self.high) and self.low < self.high):
            raise StudyError(
                f"{self.key}: a range needs two numbers, the lower one first, not {self.low} to {self.high}"
            )
        if self.log and self.low <= 0:
            raise StudyError(f"{self.key}: a logarithmic range starts above 0, not at {self.low}")


@dataclass(frozen=True)
class StudyPlan:
    """A study of `trials` lenses, and of baselines with networks of their own. StudyError says what does not fit."""

    name: str
    vary: tuple[Varied, ...]
    trials: int
    design: LensDesign = field(default_factory=LensDesign)
    """The lens that every trial starts with, but for what is varied."""
    baselines: tuple[str, ...] = ()
    """As "gaussian:2"; strengths in pixels of the pictures that networks are trained on."""
    sampler: str = "random"
    preset: str = "trial"
    config: Mapping[str, Any] = field(default_factory=dict)
    """Changes to the preset, the same in every trial."""
    data: str = "cohort"
    recognisers: tuple[str, ...] = ()
    """That attack every trial: the same ones for every worker."""
    privacy: str = "worst_auc"
    utility: str = "expression_r2"
    seed: int = 0
    version: int = VERSION

    def __post_init__(self) -> None:
        object.__setattr__(self, "vary", tuple(self.vary))
        baselines = ("none" if baseline == CLEAR else baseline for baseline in self.baselines)
        object.__setattr__(self, "baselines", tuple(dict.fromkeys(baselines)))
        object.__setattr__(self, "recognisers", tuple(self.recognisers))
        if not self.name.strip():
            raise StudyError("a study needs a name")
        if self.sampler not in SAMPLERS:
            raise StudyError(f"sampler {self.sampler!r} is none of {', '.join(SAMPLERS)}")
        for kind, measures in (("privacy", PRIVACY), ("utility", UTILITY)):
            if getattr(self, kind) not in [measure.name for measure in measures]:
                names = ", ".join(measure.name for measure in measures)
                raise StudyError(f"{kind} measure {getattr(self, kind)!r} is none of {names}")
        keys = [varied.key for varied in self.vary]
        if twice := next((key for key in keys if keys.count(key) > 1), None):
            raise StudyError(f"{twice} is varied twice")
        for baseline in self.baselines:
            try:
                parse_baseline(baseline)
            except DesignError as error:
                raise StudyError(str(error)) from None
        if not 0 <= self.trials <= MAX_TRIALS or not (self.trials or self.baselines):
            raise StudyError(f"a study has 1 to {MAX_TRIALS:,} trials, not {self.trials}")
        if self.sampler == "grid" and any(not varied.choices for varied in self.vary):
            raise StudyError("a grid needs choices for everything that is varied; give values instead of a range")

    @property
    def measures(self) -> tuple[Measure, Measure]:
        """The privacy measure and the utility measure."""
        return MEASURES[self.privacy], MEASURES[self.utility]

    def check_version(self) -> None:
        """StudyError when trials of this study were measured in another way than this studio would measure more."""
        if self.version != VERSION:
            raise StudyError(
                f"the trials of study {self.name!r} were trained or attacked by another version of the studio; "
                "begin a new study under another name"
            )

    def grid(self) -> list[dict[str, Any]]:
        """Every combination of the choices, the last one varying fastest."""
        return [
            dict(zip([varied.key for varied in self.vary], values, strict=True))
            for values in product(*(varied.choices for varied in self.vary))
        ]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` is the way back."""
        return asdict(self) | {"design": self.design.to_dict(), "config": dict(self.config)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> StudyPlan:
        """StudyError when `values` are not those of a plan."""
        try:
            vary = tuple(Varied(**varied) for varied in values["vary"])
            return cls(**{"version": 1, **values, "vary": vary, "design": LensDesign.from_dict(values["design"])})
        except (KeyError, TypeError, ValueError) as error:
            raise StudyError(f"the plan of this study cannot be read: {error}") from None


def journal_of(project: Path) -> str:
    """Where the studies of a project are kept unless somebody says otherwise: a file beside it."""
    return str(project.with_name(f"{project.stem}.study.journal"))


def baseline_of(trial: Trial) -> str:
    """The baseline that `trial` is about, "none" for one without any blur, "" for a lens."""
    return str(trial.config.get("baseline", ""))
