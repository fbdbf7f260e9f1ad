"""People of coloured squares, small enough to train on within a test: colours say who, a bar says the expression."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from studio.faces.face_set import UNKNOWN, FaceSet
from studio.optics.lens import LensDesign
from studio.optics.presets import preset
from studio.training.config import StepConfig, TrainingConfig
from studio.training.data import Clips, Pictures, TrainingData

SIZE = 32
CLASSES = ("low", "high")
UNITS = ("jawOpen", "browInnerUp")  # the second never moves
LENS: LensDesign = preset("random-zernike:1")

STEP = StepConfig(4, 1e-3, "adam", 0.05)
CONFIG = TrainingConfig(
    size_px=SIZE,
    start="scratch",
    trunk="sanet-tiny",
    batch=8,
    batch_people=4,
    clips=2,
    clip_frames=3,
    warm_up=3,
    lens_every=2,
    adversary_batches=1,
    validate_every=2,
    checkpoint_every_s=0.0,
    device="cpu",
    identity=STEP,
    emotion=StepConfig(2),
    severity=StepConfig(4),
    joint=replace(STEP, iterations=2),
)


def pictures(first: int = 0, people: int = 5, each: int = 4, seed: int = 0) -> Pictures:
    """`each` pictures of each of `people`; the height of a bar is the first face unit and decides the class."""
    rng = np.random.default_rng([seed, first])
    person = np.repeat(np.arange(first, first + people), each)
    opening = rng.random(len(person)).astype(np.float32)
    pixels = rng.integers(0, 40, (len(person), 3, SIZE, SIZE), np.uint8)
    for number, (who, wide) in enumerate(zip(person, opening, strict=True)):
        colour = np.random.default_rng(int(who)).integers(60, 200, 3)
        pixels[number, :, 4:, 4:-4] += colour[:, None, None].astype(np.uint8)
        pixels[number, :, 16 : 16 + int(12 * wide), 8:24] = 10
    units = np.column_stack((opening, np.zeros_like(opening)))
    source = FaceSet("tiny", Path(), ("",) * len(person), np.zeros(len(person), np.int8), person.astype(np.int32))
    return Pictures(source, SIZE, person, (opening > 0.5).astype(np.int64), units, CLASSES, UNITS, pixels)


def clips(first: int = 0, people: int = 4, frames: int = 6) -> Clips:
    """One clip of each person; the bar moves more, the lower the severity."""
    severity = np.linspace(3, 60, people).astype(np.float32)
    rng = np.random.default_rng([1, first])
    pixels = rng.integers(0, 40, (people, frames, 3, SIZE, SIZE), np.uint8)
    for number in range(people):
        for frame in range(frames):
            height = 2 + int((1 - severity[number] / 63) * 12 * (frame % 2))
            pixels[number, frame, :, 16 : 16 + height, 8:24] = 200
    return Clips(pixels, severity, tuple(f"p{first + i}" for i in range(people)))


def data() -> TrainingData:
    """For every step, training people and others for validation."""
    splits = pictures(), pictures(first=100, people=3)
    return TrainingData(("tiny",), splits, splits, (clips(), clips(first=100, people=3)))


def nameless(split: Pictures) -> Pictures:
    """Of nobody known, as the pictures of most emotion sets."""
    return replace(split, people=np.full(len(split), UNKNOWN, np.int64))
