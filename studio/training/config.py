"""What a training run does: one frozen, validated record, stored with the run. Loads neither torch nor Qt.

What the paper publishes (Adadelta at rate 1 for the lens, Adam at 0.01 for SANet in step 1, Z4 from -51) is the preset
`paper-protocol`; batch, epochs, resolution, weights and steps 2 to 4 are not published: our choice throughout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from math import isfinite
from typing import Any, Literal

from studio.optics.baselines import parse_baseline
from studio.optics.lens import DesignError

Pooling = Literal["mean", "spread", "attention"]
TRUNKS = ("sanet-tiny", "sanet-small", "resnet-small", "sanet-avec", "sanet-paper", "resnet18")
WARM_UP = "warm_up"
STEPS = ("identity", "emotion", "severity", "joint")
"""Steps 1 to 4."""
BATCH_S = {WARM_UP: 0.15, "identity": 0.55, "emotion": 0.10, "severity": 0.17, "joint": 0.70}
"""Measured for 32 pictures of 64 px with `resnet-small`, one core of an AMD EPYC (Zen 3)."""
_TRUNK_FACTORS = {"sanet-tiny": 1.3, "sanet-small": 2.1, "resnet-small": 1.0, "sanet-avec": 2.9, "resnet18": 8.0}
_TRUNK_FACTORS |= {"sanet-paper": 25.0}


class ConfigError(ValueError):
    """A configuration that cannot be used; the text is one line that names field, value and what is allowed."""


def _number(default: float, low: float, high: float, unit: str, tip: str) -> Any:
    return field(default=default, metadata={"low": low, "high": high, "unit": unit, "tip": tip})


def _choice(default: str, choices: tuple[str, ...], tip: str) -> Any:
    return field(default=default, metadata={"choices": choices, "tip": tip})


@dataclass(frozen=True)
class StepConfig:
    """How one of the four steps is trained."""

    iterations: int = _number(300, 0, 10_000_000, "", "Batches; 0 leaves the step out")
    rate: float = _number(1e-3, 0, 10, "", "Learning rate of the network")
    optimiser: str = _choice("adam", ("adam", "adadelta"), "Of the network")
    lens_rate: float = _number(0.0, 0, 100, "um", "Learning rate of the lens; 0 freezes it")
    lens_optimiser: str = _choice("adam", ("adam", "adadelta"), "Of the lens")


@dataclass(frozen=True)
class TrainingConfig:
    """A run. ConfigError names what does not fit."""

    seed: int = _number(0, 0, 2**31, "", "Of everything drawn: equal seeds give equal runs on one machine")
    minutes: float = _number(0.0, 0, 100_000, "min", "Longest time for training; 0 sets no limit")
    size_px: int = _number(64, 32, 512, "px", "Side of the square pictures")
    start: str = _choice("shipped", ("shipped", "scratch"), "Networks begin with what they know of faces, or not")
    trunk: str = _choice("resnet-small", TRUNKS, "Network of the utility tasks")
    adversary: str = _choice("resnet-small", TRUNKS, "Network of the adversary and of the training recogniser")
    pooling: Literal["mean", "spread", "attention"] = _choice(
        "spread", ("mean", "spread", "attention"), "How a clip's frames become one"
    )
    batch: int = _number(32, 4, 4096, "pictures", "Pictures a batch")
    batch_people: int = _number(8, 2, 1024, "people", "People among them: several pictures of each")
    clips: int = _number(8, 1, 1024, "clips", "Clips a batch in steps 3 and 4")
    clip_frames: int = _number(8, 1, 1000, "frames", "Frames drawn from each")
    warm_up: int = _number(0, 0, 10_000_000, "batches", "On pictures without the lens first, for every network")
    warm_up_blur: float = _number(5.0, 0, 100, "px", "Each picture there is under a Gaussian of up to this")
    warm_up_rate: float = _number(3e-3, 0, 10, "", "Learning rate there")

    baseline: str = "none"
    """A blur in the place of the lens: gaussian:SIGMA, defocus:DIAMETER, pixelate:FACTOR; `clear` is no optics at all.
    Strengths are in pixels of `size_px`."""
    zernike_terms: int = _number(15, 4, 66, "terms", "Noll terms up to this one are learned")
    lens_every: int = _number(4, 1, 1000, "batches", "The lens moves after so many batches")
    adversary_batches: int = _number(2, 0, 100, "batches", "Adversary's steps for each of the utility network")
    term_limit_um: float = _number(60.0, 0.01, 200, "um", "Largest coefficient of a learned term")
    departure_limit_um: float = _number(100.0, 0.1, 1000, "um", "Largest peak to valley of what is out of round")

    utility_weight: float = _number(1.0, 0, 1000, "", "Of the utility loss, for the lens")
    identity_weight: float = _number(1.0, 0, 1000, "", "lambda_i: of both identity losses, for the lens")
    recogniser_share: float = _number(
        0.5, 0, 1, "", "Of the frozen recogniser in the identity loss; the rest: adversary"
    )
    expression_weight: float = _number(1.0, 0, 1000, "", "lambda_e: of expression and face units in step 4")
    inversion_weight: float = _number(0.0, 0, 1000, "", "Of what the best linear inverse leaves of the face band")

    augment: float = _number(1.0, 0, 3, "", "Strength of shifts, zooms, turns, light and colour drawn for each picture")
    schedule: str = _choice("cosine", ("cosine", "constant"), "How learning rates go within a step")
    depths: int = _number(2, 1, 64, "", "Object distances a batch, drawn between the two ends")
    nearest_m: float = _number(0.33, 0.05, 100, "m", "Nearest object distance")
    farthest_m: float = _number(2.0, 0.05, 100, "m", "Farthest object distance")
    least_noise: float = _number(0.001, 0, 0.5, "", "Read noise is drawn between")
    most_noise: float = _number(0.02, 0, 0.5, "", "these two, as shares of full scale")
    light: float = _number(0.3, 0, 2, "stops", "Spread of the exposure drawn for each picture")

    validate_every: int = _number(100, 1, 10_000_000, "batches", "Figures on validation people")
    checkpoint_every_s: float = _number(30.0, 0.0, 86_400, "s", "A killed run loses at most this")
    device: str = "auto"
    identity: StepConfig = StepConfig(350, 1e-3, "adam", 0.1)
    emotion: StepConfig = StepConfig(300, 3e-4)
    severity: StepConfig = StepConfig(150)
    joint: StepConfig = StepConfig(60, 2e-4, "adam", 0.01)

    def __post_init__(self) -> None:
        for name in (f.name for f in fields(self)):
            value = getattr(self, name)
            if isinstance(value, StepConfig):
                _check(value, f"{name}.")
        _check(self, "")
        if self.nearest_m > self.farthest_m:
            raise ConfigError(f"nearest_m = {self.nearest_m:g} lies beyond farthest_m = {self.farthest_m:g}")
        if self.least_noise > self.most_noise:
            raise ConfigError(f"least_noise = {self.least_noise:g} is above most_noise = {self.most_noise:g}")
        if self.batch < 2 * self.batch_people:
            raise ConfigError(
                f"batch = {self.batch} holds fewer than two pictures of each of batch_people = {self.batch_people}"
            )
        if self.baseline != "clear":
            try:
                parse_baseline(self.baseline)
            except DesignError as error:
                raise ConfigError(f"baseline: {error}") from None
        if self.device not in ("auto", "cpu", "mps") and not self.device.removeprefix("cuda:").isdecimal():
            raise ConfigError(f"device = {self.device!r} is none of auto, cpu, cuda:N, mps")

    @property
    def learns_lens(self) -> bool:
        """Whether any step moves the lens."""
        return self.baseline == "none" and any(step.lens_rate > 0 and step.iterations for step in self.steps())

    def steps(self) -> tuple[StepConfig, ...]:
        """Steps 1 to 4."""
        return tuple(getattr(self, name) for name in STEPS)

    def only(self, numbers: tuple[int, ...]) -> TrainingConfig:
        """The same with the steps that are not among `numbers` (1 to 4) left out."""
        if not numbers or not set(numbers) <= {1, 2, 3, 4}:
            raise ConfigError(f"steps {','.join(map(str, numbers))}: give some of 1,2,3,4")
        off = {name: replace(getattr(self, name), iterations=0) for i, name in enumerate(STEPS, 1) if i not in numbers}
        return replace(self, **off)

    def changed(self, changes: Mapping[str, Any]) -> TrainingConfig:
        """With other values by key, as "batch" or "identity.lens_rate"; texts are read as what the field holds."""
        own: dict[str, Any] = {}
        steps: dict[str, dict[str, Any]] = {}
        for key, value in changes.items():
            name, dot, part = key.partition(".")
            holder: Any = StepConfig if name in STEPS and dot else TrainingConfig
            wanted = part if holder is StepConfig else key
            known = {f.name: f for f in fields(holder)}
            if wanted not in known or wanted in STEPS:
                raise ConfigError(f"{key} is no setting of a training run; known are {', '.join(keys())}")
            read = _read(key, known[wanted].type, value)
            if holder is StepConfig:
                steps.setdefault(name, {})[part] = read
            else:
                own[key] = read
        return replace(self, **own, **{name: replace(getattr(self, name), **new) for name, new in steps.items()})

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` is the way back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TrainingConfig:
        """ConfigError for unknown or unusable entries."""
        flat: dict[str, Any] = {}
        for key, value in values.items():
            if key in STEPS and isinstance(value, Mapping):
                flat |= {f"{key}.{part}": inner for part, inner in value.items()}
            else:
                flat[key] = value
        return cls().changed(flat)


def phase_iterations(config: TrainingConfig) -> dict[str, int]:
    """Batches of the warm-up and of each step, by name."""
    return {WARM_UP: config.warm_up} | {name: getattr(config, name).iterations for name in STEPS}


def estimate_minutes(config: TrainingConfig) -> float:
    """About how long a run takes on one core like the one where its batches were measured."""
    factor = max(_TRUNK_FACTORS[config.trunk], 0.5 * _TRUNK_FACTORS[config.adversary])
    factor *= config.batch / 32 * (config.size_px / 64) ** 2
    seconds = sum(BATCH_S[phase] * count for phase, count in phase_iterations(config).items()) * factor
    limit = config.minutes or float("inf")
    return min(seconds / 60, limit)


def estimate_memory_gb(config: TrainingConfig) -> float:
    """About how much memory a run takes on a CPU, with the built-in people (their pictures take 0.1 of it).

    Fitted to peaks measured with batches of 32: 0.80 (sanet-tiny, 64 px), 0.85 and 1.23 (sanet-small, 64 and 96 px),
    1.31 (resnet18, 64 px) and 3.02 GB (sanet-paper, 64 px).
    """
    network = 0.17 + 0.09 * _TRUNK_FACTORS[config.trunk]
    return 0.55 + network * config.batch / 32 * (config.size_px / 64) ** 2


def keys() -> list[str]:
    """Every key that `TrainingConfig.changed` knows."""
    own = [f.name for f in fields(TrainingConfig) if f.name not in STEPS]
    return own + [f"{step}.{f.name}" for step in STEPS for f in fields(StepConfig)]


def _check(record: Any, prefix: str) -> None:
    for f in fields(record):
        value, said = getattr(record, f.name), f.metadata
        if "choices" in said and value not in said["choices"]:
            raise ConfigError(f"{prefix}{f.name} = {value!r} is none of {', '.join(said['choices'])}")
        if "low" in said:
            ok = isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)
            if not ok or not said["low"] <= value <= said["high"]:
                unit = f" {said['unit']}" if said["unit"] else ""
                raise ConfigError(f"{prefix}{f.name} = {value} is outside {said['low']:g} to {said['high']:g}{unit}")
            if f.type == "int" and value != int(value):
                raise ConfigError(f"{prefix}{f.name} = {value} is not a whole number")


def _read(key: str, kind: Any, value: Any) -> Any:
    if not isinstance(value, str) or kind not in ("int", "float"):
        return value
    try:
        return int(value) if kind == "int" else float(value)
    except ValueError:
        raise ConfigError(f"{key} = {value!r} is not a {'whole ' if kind == 'int' else ''}number") from None


_QUICK = TrainingConfig()
PRESETS: dict[str, TrainingConfig] = {
    "trial": replace(
        _QUICK,
        depths=1,
        identity=StepConfig(180, 1e-3, "adam", 0.3),
        emotion=StepConfig(120, 3e-4),
        severity=StepConfig(80),
        joint=StepConfig(0),
    ),
    "quick": _QUICK,
    "standard": replace(
        _QUICK,
        start="scratch",
        warm_up=4000,
        identity=StepConfig(1800, 1e-3, "adam", 0.1),
        emotion=StepConfig(1500),
        severity=StepConfig(600),
        joint=StepConfig(400, 2e-4, "adam", 0.01),
    ),
    "thorough": replace(
        _QUICK,
        start="scratch",
        size_px=80,
        trunk="sanet-small",
        warm_up=10_000,
        identity=StepConfig(10_000, 1e-3, "adam", 0.05),
        emotion=StepConfig(6000),
        severity=StepConfig(3000),
        joint=StepConfig(2500, 1e-4, "adam", 0.01),
    ),
    "paper-protocol": replace(
        _QUICK,
        start="scratch",
        schedule="constant",
        augment=0.0,
        size_px=224,
        trunk="sanet-paper",
        adversary="resnet18",
        pooling="mean",
        warm_up=300,
        warm_up_blur=0.0,
        identity=StepConfig(10_000, 0.01, "adam", 1.0, "adadelta"),
        emotion=StepConfig(10_000, 0.01),
        severity=StepConfig(10_000, 0.01),
        joint=StepConfig(5000, 1e-3, "adam", 0.1, "adadelta"),
    ),
}
"""On 2 cores: at most 3 minutes, about 5, about 40, hours; `paper-protocol` wants a GPU."""
