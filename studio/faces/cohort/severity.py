"""A *simulated* severity, 0 to 63, and the moving face it drives. It is no diagnosis and says nothing about patients.

Higher values smile less, hang the mouth corners, knit the inner brows, lower lids and gaze, blink more and move the
head less. Each sign is noisy on its own; together they tell the value to a few points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.faces.cohort.face_units import FACE_UNITS, units_from
from studio.faces.cohort.scene import Pose

HIGHEST = 63


@dataclass(frozen=True)
class Track:
    """A face over time: `units` (T, 52) float32 and one pose a frame."""

    units: np.ndarray
    poses: tuple[Pose, ...]


def draw_severity(rng: np.random.Generator) -> int:
    """A whole number in 0..63, more often low than high; whoever it is."""
    return round(HIGHEST * rng.beta(1.1, 1.7))


def act(severity: float, frames: int, frames_per_second: float, rng: np.random.Generator, frame_pose: Pose) -> Track:
    """How a face of this severity moves for so many frames, about the pose and framing of `frame_pose`.

    ValueError if the severity is outside 0..63 or there is no frame.
    """
    if not 0 <= severity <= HIGHEST:
        raise ValueError(f"severity {severity} is outside 0..{HIGHEST}")
    if frames < 1:
        raise ValueError("a track needs at least one frame")
    low = severity / HIGHEST
    lively = 1 - low
    time = np.arange(frames) / frames_per_second

    def about(value: float, spread: float) -> float:
        return float(max(value + rng.normal(0, spread), 0))

    smile = _bumps(rng, time, about(0.05 + 0.55 * lively, 0.06), 0.7) * about(0.25 + 0.65 * lively, 0.08)
    blink = _bumps(rng, time, about(0.15 + 0.5 * low, 0.05), 0.12)
    talk = np.abs(_drift(rng, frames, 0.5)) * about(0.10 + 0.15 * lively, 0.03)
    signs = {
        "mouthSmile": smile + about(0.12 * lively, 0.03),
        "cheekSquint": 0.7 * smile,
        "mouthFrown": np.maximum(about(0.05 + 0.50 * low, 0.05) + 0.05 * _drift(rng, frames, 0.9) - smile, 0),
        "browInnerUp": about(0.05 + 0.45 * low, 0.05) + 0.05 * _drift(rng, frames, 0.9),
        "browOuterUp": np.maximum(_drift(rng, frames, 0.7), 0) * about(0.05 + 0.25 * lively, 0.05),
        "eyeBlink": np.maximum(blink, about(0.03 + 0.25 * low, 0.03)),
        "eyeLookDown": about(0.05 + 0.45 * low, 0.05) + 0.05 * _drift(rng, frames, 0.8),
        "jawOpen": talk,
        "mouthFunnel": 0.4 * np.abs(_drift(rng, frames, 0.4)) * talk,
        "mouthShrugLower": about(0.20 * low, 0.03),
    }
    units = np.zeros((frames, len(FACE_UNITS)), dtype=np.float32)
    for name, values in signs.items():
        units += np.broadcast_to(values, frames)[:, None] * units_from({name: 1.0})
    side = np.outer(_drift(rng, frames, 0.85), 0.12 * units_from({"eyeLookInLeft": 1, "eyeLookOutRight": 1}))
    units += np.maximum(side, 0)
    sway = (
        np.stack([_drift(rng, frames, 0.9) for _ in range(3)], axis=1) * about(0.8 + 4.5 * lively, 0.4) * [1, 0.6, 0.5]
    )
    sway[:, 1] += about(7 * low, 1.0)  # a hanging head
    poses = tuple(_moved(frame_pose, offset) for offset in sway)
    return Track(np.clip(units, 0, 1), poses)


def track_features(units: np.ndarray, poses_deg: np.ndarray) -> np.ndarray:
    """Mean and spread (110,) of the units (T, 52) and of yaw, pitch, roll (T, 3): what a model on true tracks sees."""
    moving = np.concatenate([units, poses_deg / 30], axis=1)
    return np.concatenate([moving.mean(axis=0), moving.std(axis=0)])


def _drift(rng: np.random.Generator, frames: int, memory: float) -> np.ndarray:
    """A smooth random walk about zero of unit variance; a memory near 1 is slow."""
    steps = rng.standard_normal(frames) * np.sqrt(1 - memory**2)
    value, walk = rng.standard_normal(), np.empty(frames)
    for frame, step in enumerate(steps):
        value = memory * value + step
        walk[frame] = value
    return walk


def _bumps(rng: np.random.Generator, time: np.ndarray, rate_hz: float, width_s: float) -> np.ndarray:
    """Smooth events of height 1 at random times."""
    length = time[-1] + 1.0
    starts = rng.uniform(-0.5, length, rng.poisson(rate_hz * length))
    shapes = np.exp(-(((time[:, None] - starts[None]) / width_s) ** 2))
    return np.clip(shapes.sum(axis=1), 0, 1)


def _moved(pose: Pose, offset: np.ndarray) -> Pose:
    yaw, pitch, roll = offset
    return Pose(
        float(pose.yaw_deg + yaw), float(pose.pitch_deg + pitch), float(pose.roll_deg + roll), pose.zoom, pose.shift
    )
