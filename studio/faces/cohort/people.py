"""Synthetic people: drawn from a seed, each a list of numbers that shape, skin, eyes, brows and hair are made of."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from studio.faces.cohort.basis import HeadBasis

_OPPOSITES = ("decr|incr", "down|up", "in|out", "backward|forward", "concave|convex", "compress|uncompress")
_ENDING = re.compile(rf"-({'|'.join(_OPPOSITES)}|l|r)$")
_HEADS = ("african", "asian", "caucasian")  # as the data files call their three head shapes
_SPREAD = 0.43  # standard deviation of a shape slider whose ends are -1 and 1
_ASYMMETRY = 0.07
_SPREADS = {  # of sliders that look odd long before their ends; the first name found in a slider's counts
    "eyebrows-angle": 0.22, "eye-push": 0.15, "eye-scale": 0.25, "eye-height": 0.25, "eye-bag": 0.25,
    "eye-trans": 0.45, "ear-": 0.35, "neck": 0.25, "forehead-": 0.22, "head-": 0.22,
    "mouth-angles": 0.25, "mouth-scale-depth": 0.25, "mouth-dimples": 0.25, "mouth-laugh": 0.3, "mouth-trans": 0.35,
    "chin-height": 0.25, "chin-jaw": 0.22, "chin-prog": 0.22, "chin-cleft": 0.35, "cheek-volume": 0.28,
    "nose-septum": 0.3, "nose-flaring": 0.35, "nose-trans": 0.3, "nose-point": 0.3, "nose-base": 0.3,
    "nose-curve": 0.3,
}  # fmt: skip
# Linear-light skin from the fairest to the darkest; between them it runs through four tones.
_TONES = np.array([[0.80, 0.55, 0.44], [0.66, 0.40, 0.28], [0.42, 0.22, 0.13], [0.16, 0.075, 0.045]])
_IRISES = np.array(
    [[0.05, 0.02, 0.008], [0.13, 0.06, 0.02], [0.20, 0.14, 0.05], [0.15, 0.22, 0.15], [0.20, 0.32, 0.48]]
)
_HAIRS = np.array(
    [[0.008, 0.006, 0.005], [0.03, 0.017, 0.01], [0.09, 0.045, 0.02], [0.22, 0.12, 0.05], [0.42, 0.29, 0.14]]
)
_GREY = np.array([0.42, 0.41, 0.40])


@dataclass(frozen=True)
class Person:
    """One synthetic person. Colours are linear RGB; the rest is in 0..1 or -1..1 unless named."""

    seed: int
    sex: str  # "female" or "male"
    age_years: float
    build: float
    weights: np.ndarray  # (T,) of the basis' targets
    skin: np.ndarray  # (3,)
    melanin: float
    ruddiness: float
    freckles: float
    lips: np.ndarray  # (3,)
    lids: float  # how far the eyelids hang at rest, in the unit of eyeBlink
    smile: float  # how far the corners of the mouth lift at rest, in the unit of mouthSmile
    iris: np.ndarray  # (3,)
    hair: np.ndarray  # (3,)
    brow: np.ndarray  # (4,): thickness, arch, height, slant
    brow_density: float
    hairline: np.ndarray  # (3,): height, recession at the temples, peak
    curl: float
    beard: float  # 0 none, 0.4 stubble, 1 full


def draw_person(basis: HeadBasis, seed: int) -> Person:
    """The person of this seed; the same on every machine."""
    rng = np.random.default_rng([seed, 1])
    male = bool(rng.random() < 0.5)
    age = float(np.clip(rng.gamma(4, 11), 18, 80))
    build = float(np.clip(rng.normal(0, 0.5), -1, 1))
    mix = rng.dirichlet([0.45, 0.45, 0.45])
    melanin = float(np.clip(mix @ [0.88, 0.42, 0.22] + rng.normal(0, 0.10), 0.0, 1.0))
    skin = _between(_TONES, melanin) * rng.normal(1, [0.05, 0.05, 0.07])
    lips = skin * [0.86, 0.56, 0.58] * rng.normal(1, [0.08, 0.1, 0.1]) * (1 if male else [1, 0.85, 0.88])
    pigment = np.clip(rng.normal(1 - melanin * 1.5, 0.3), 0, 1) if mix[2] > 0.5 else abs(rng.normal(0, 0.12))
    grey = np.clip((age - 42) / 30 + rng.normal(0, 0.25), 0, 0.95)
    return Person(
        seed=seed,
        sex="male" if male else "female",
        age_years=age,
        build=build,
        weights=_shape(basis.names, rng, male, age, build, mix),
        skin=np.clip(skin, 0.02, 0.95),
        melanin=melanin,
        ruddiness=float(rng.uniform(0, 1)),
        freckles=float(max(0, rng.normal(0.1, 0.4)) * (melanin < 0.45)),
        lips=np.clip(lips, 0.02, 0.9),
        lids=float(np.clip(rng.normal(0.08, 0.06), 0, 0.22)),
        smile=float(np.clip(rng.normal(0.10, 0.06), 0, 0.25)),
        iris=_between(_IRISES, pigment) * rng.normal(1, 0.12),
        hair=_between(_HAIRS, pigment * rng.uniform(0.5, 1)) * (1 - grey) + _GREY * grey,
        brow=np.clip(rng.normal([0.55 if male else 0.28, 0.5, 0.5, 0.5], [0.18, 0.22, 0.25, 0.22]), 0, 1),
        brow_density=float(np.clip(rng.normal(0.72, 0.18), 0.25, 1)),
        hairline=np.clip(rng.normal([0.5, 0.25 + 0.4 * male * (age > 35), 0.3], [0.25, 0.2, 0.25]), 0, 1),
        curl=float(np.clip(rng.beta(1, 2) * 0.6 + 0.7 * mix[0], 0, 1)),
        beard=float(rng.choice([0, 0.35, 0.7, 1.0], p=[0.45, 0.3, 0.13, 0.12])) if male else 0.0,
    )


def _between(colours: np.ndarray, at: float) -> np.ndarray:
    position = np.linspace(0, 1, len(colours))
    return np.array([np.interp(at, position, colours[:, channel]) for channel in range(3)])


def _shape(
    names: tuple[str, ...], rng: np.random.Generator, male: bool, age: float, build: float, mix: np.ndarray
) -> np.ndarray:
    weights = dict.fromkeys(names, 0.0)
    maleness = float(np.clip(rng.normal(0.95 if male else 0.03, 0.10), 0, 1))
    old = float(np.clip((age - 25) / 60, 0, 1))
    muscle = float(np.clip(rng.normal(0, 0.5), -1, 1))
    for sex, sex_share in (("male", maleness), ("female", 1 - maleness)):
        for years, age_share in (("old", old), ("young", 1 - old)):
            share = sex_share * age_share
            for head, head_share in zip(_HEADS, mix, strict=True):
                weights[f"{head}-{sex}-{years}"] = share * head_share
            for muscle_name, muscle_share in _three_way(muscle):
                for weight_name, weight_share in _three_way(build):
                    name = f"universal-{sex}-{years}-{muscle_name}muscle-{weight_name}weight"
                    weights[name] = share * muscle_share * weight_share
    _set_sliders(weights, rng)
    return np.array(list(weights.values()), dtype=np.float32)


def _three_way(value: float) -> list[tuple[str, float]]:
    """Shares of the lowest, the average and the highest shape at `value` in -1..1."""
    return [("min", max(-value, 0)), ("average", 1 - abs(value)), ("max", max(value, 0))]


def _set_sliders(weights: dict[str, float], rng: np.random.Generator) -> None:
    """Draw every detail of the face: opposite targets share a slider, left and right nearly one value."""
    common: dict[str, float] = {}
    for name in weights:
        if name.startswith("universal") or "male-" in name:
            continue
        ends = _ENDING.search(name)
        if name.startswith("asym") or ends is None:
            weights[name] = float(max(0, rng.normal(0, 0.14))) * (rng.random() < 0.5)
            continue
        positive = any(ends.group(1) == pair.split("|")[1] for pair in _OPPOSITES)
        slider = name[: ends.start()]
        shared = re.sub(r"^[lr]-", "", slider)
        if shared not in common:
            spread = next((value for part, value in _SPREADS.items() if part in shared), _SPREAD)
            common[shared] = float(np.clip(rng.normal(0, spread), -1.1, 1.1))
        if slider not in common:
            common[slider] = common[shared] + float(rng.normal(0, _ASYMMETRY))
        value = common[slider]
        weights[name] = max(value if positive else -value, 0.0)
