"""What changes from one session to the next: light, camera, background, clothes, the way the hair is worn, pose."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from studio.faces.cohort.people import Person

HAIRSTYLES = ("cropped", "short", "swept", "fringe", "parted", "long", "tied")


@dataclass(frozen=True)
class Scene:
    """One session's surroundings. Directions point towards the light, in the camera's frame."""

    seed: int
    key_direction: np.ndarray  # (3,)
    key: np.ndarray  # (3,) linear colour
    sky: np.ndarray  # (3,)
    ground: np.ndarray  # (3,)
    exposure: float
    white_balance: np.ndarray  # (3,)
    clothes: np.ndarray  # (2, 3) linear colours
    collar_dm: float
    hairstyle: str
    hair_length: float
    parting: float
    hair_tint: np.ndarray  # (3,)
    distance_dm: float
    blur_px: float
    noise: float


@dataclass(frozen=True)
class Pose:
    """How the head is held and framed: degrees (left, down and clockwise as the camera sees it are positive)."""

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    zoom: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)  # of the picture's width: right, down


def draw_scene(person: Person, seed: int) -> Scene:
    """The surroundings of this seed; only the choice of hairstyles looks at the person."""
    rng = np.random.default_rng([seed, 3])
    azimuth, height = np.radians([rng.uniform(-75, 75), rng.uniform(-5, 60)])
    direction = np.array([np.sin(azimuth) * np.cos(height), np.sin(height), np.cos(azimuth) * np.cos(height)])
    balance = np.exp(rng.uniform(0.2, 1.4))
    key = _warmth(rng) * balance / (1 + balance) * 2.1
    sky = _warmth(rng) * rng.uniform(0.7, 1.1) / (1 + balance) * 1.6
    ground = sky * _warmth(rng) * rng.uniform(0.3, 0.9)
    return Scene(
        seed=seed,
        key_direction=direction,
        key=key,
        sky=sky,
        ground=ground,
        exposure=float(2 ** rng.uniform(-0.9, 0.8)) * float(0.42 / person.skin.mean()) ** 0.35,
        white_balance=np.exp(rng.normal(0, [0.10, 0.03, 0.14])),
        clothes=_colours(rng, 2),
        collar_dm=float(rng.uniform(5.45, 5.85)),
        hairstyle=_hairstyle(person, rng),
        hair_length=float(rng.uniform(0, 1)),
        parting=float(rng.uniform(-0.45, 0.45)),
        hair_tint=np.exp(rng.normal(0, 0.15)) * np.exp(rng.normal(0, [0.08, 0.05, 0.08])),
        distance_dm=float(rng.uniform(6, 16)),
        blur_px=float(rng.uniform(0.0, 0.5)),
        noise=float(rng.uniform(0.002, 0.015)),
    )


def draw_pose(seed: int) -> Pose:
    """A pose within what a face recogniser is made for, and the framing of a rough crop."""
    rng = np.random.default_rng([seed, 4])
    yaw, pitch, roll = np.clip(rng.normal(0, [11, 6, 5]), [-25, -14, -12], [25, 14, 12])
    shift_x, shift_y = np.clip(rng.normal(0, 0.035, 2), -0.08, 0.08)
    return Pose(
        float(yaw), float(pitch), float(roll), float(np.exp(rng.normal(0, 0.06))), (float(shift_x), float(shift_y))
    )


def background(scene: Scene, height: int, width: int) -> np.ndarray:
    """Something out of focus behind the head: linear (H, W, 3) float32."""
    rng = np.random.default_rng([scene.seed, 5])
    small = np.empty((48, 64, 3), dtype=np.float32)
    small[:] = _colours(rng, 1)[0]
    if rng.random() < 0.5:
        small *= np.linspace(rng.uniform(0.4, 1), rng.uniform(0.8, 1.6), 48, dtype=np.float32)[:, None, None]
    else:
        small *= np.linspace(rng.uniform(0.4, 1), rng.uniform(0.8, 1.6), 64, dtype=np.float32)[None, :, None]
    for colour in _colours(rng, int(rng.integers(0, 9))):
        corner = rng.integers([-10, -10], [60, 44])
        size = rng.integers(5, 34, 2)
        end = corner + size
        cv2.rectangle(small, tuple(map(int, corner)), tuple(map(int, end)), tuple(map(float, colour)), -1)
    small = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.8, 5))
    light = 0.5 * scene.sky + 0.25 * scene.key
    return np.clip(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), 0, None) * light.astype(
        np.float32
    )


def _warmth(rng: np.random.Generator) -> np.ndarray:
    """A tint from candle to shade, of about the same brightness."""
    warm = rng.normal(0, 0.22)
    green = rng.normal(0, 0.05)
    return np.exp(np.array([warm, green, -1.3 * warm]))


def _colours(rng: np.random.Generator, count: int) -> np.ndarray:
    """Paint and cloth: mostly dull, now and then vivid; linear (count, 3)."""
    brightness = np.exp(rng.uniform(np.log(0.02), np.log(0.9), (count, 1)))
    tint = np.exp(rng.normal(0, 0.45, (count, 3)))
    return np.clip(brightness * tint, 0.005, 1)


def _hairstyle(person: Person, rng: np.random.Generator) -> str:
    if person.sex == "male":
        return str(rng.choice(HAIRSTYLES, p=[0.26, 0.28, 0.22, 0.10, 0.12, 0.01, 0.01]))
    return str(rng.choice(HAIRSTYLES, p=[0.01, 0.07, 0.10, 0.10, 0.24, 0.28, 0.20]))
