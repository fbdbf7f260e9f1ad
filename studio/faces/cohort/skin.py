"""A person's skin, painted once on a map that wraps round the head: tone, blotches, freckles, lines, brows, stubble."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from studio.faces.cohort.people import Person

_PER_DM = 150
_U_DM, _V_DM = (-2.4, 2.4), (5.2, 8.7)
_AXIS_Z_DM, _RADIUS_DM = 0.2, 1.2
_WIDTH = round((_U_DM[1] - _U_DM[0]) * _PER_DM)
_HEIGHT = round((_V_DM[1] - _V_DM[0]) * _PER_DM)


@dataclass(frozen=True)
class Skin:
    """Maps of one person, rows from the crown down: linear colour (H, W, 3), the others (H, W)."""

    colour: np.ndarray
    scalp: np.ndarray  # 1 where the hair of the head grows
    near_hair: np.ndarray  # the same, spread over what the hair shades
    gloss: np.ndarray


def wrapped(home: np.ndarray) -> np.ndarray:
    """(u, v) in decimetres round the head of places on the undisplaced mesh (N, 3): u is x at the front."""
    u = np.arctan2(home[:, 0], home[:, 2] - _AXIS_Z_DM) * _RADIUS_DM
    return np.stack([u, home[:, 1]], axis=1)


def map_pixels(uv: np.ndarray) -> np.ndarray:
    """Columns and rows (N, 2) float32 on the maps of these (u, v)."""
    column = (uv[:, 0] - _U_DM[0]) * _PER_DM
    row = (_V_DM[1] - uv[:, 1]) * _PER_DM
    return np.stack([np.clip(column, 0, _WIDTH - 1), np.clip(row, 0, _HEIGHT - 1)], axis=1).astype(np.float32)


def paint_skin(person: Person) -> Skin:
    """The maps of this person."""
    rng = np.random.default_rng([person.seed, 2])
    u, v = np.meshgrid(np.linspace(*_U_DM, _WIDTH), np.linspace(_V_DM[1], _V_DM[0], _HEIGHT))
    colour = np.tile(person.skin, (_HEIGHT, _WIDTH, 1))
    blush = (
        _spot(u, v, 0.42, 6.98, 0.20, 0.15)
        + 0.8 * _spot(u, v, 0, 6.9, 0.13, 0.12)
        + 0.4 * _spot(u, v, 0, 6.3, 0.2, 0.1)
    )
    blush = blush * person.ruddiness * (1 - 0.6 * person.melanin)
    colour *= 1 - blush[..., None] * [0.02, 0.22, 0.20]
    socket = _spot(u, v, 0.30, 7.20, 0.20, 0.07) * (0.05 + 0.18 * rng.random() + 0.002 * person.age_years)
    colour *= 1 - socket[..., None] * [0.55, 0.75, 0.6]
    colour *= np.exp(_blotches(rng, 0.05, 14) + _blotches(rng, 0.035, 4) + _blotches(rng, 0.03, 1.2))[..., None]
    colour *= 1 - 0.55 * _freckles(rng, person)[..., None] * [0.55, 0.8, 0.9]
    colour *= 1 - _moles(rng)[..., None] * [0.7, 0.8, 0.85]
    colour *= 1 - _lines(rng, person.age_years)[..., None] * [0.75, 0.95, 1.0]
    if person.beard:
        stubble = beard_cover(u, v) * (0.30 + 0.35 * person.beard) * (0.75 + 0.25 * _grain(rng))
        colour = _mix(colour, person.hair * 0.8 + 0.02, stubble)
    colour = _mix(colour, person.hair * 0.3 + person.skin * 0.08, _brows(rng, person))
    gloss = 0.55 + 0.6 * _spot(u, v, 0, 7.0, 0.12, 0.3) + 0.4 * _spot(u, v, 0, 7.75, 0.5, 0.2)
    scalp = _scalp(u, v, person, rng).astype(np.float32)
    return Skin(colour.astype(np.float32), scalp, cv2.GaussianBlur(scalp, (0, 0), 9), gloss.astype(np.float32))


def beard_cover(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Where a beard grows (0..1): jaw, chin and upper lip."""
    side = np.abs(u)
    upper = 6.52 + 0.42 * np.clip((side - 0.30) / 0.7, 0, 1.3) ** 1.2
    jaw = _step(upper - v, 0.04) * _step(v - 5.95, 0.10) * _step(1.45 - side, 0.08)
    lip = _step(0.055 - np.abs(v - 6.77 + 0.10 * side), 0.03) * _step(0.30 - side, 0.04)
    return np.maximum(jaw, lip)


def hairline(u: np.ndarray, person: Person) -> np.ndarray:
    """Height v in decimetres above which the hair of the head grows, round the head."""
    height, recession, peak = person.hairline
    front = 7.93 + 0.14 * height
    places = [0, 0.30, 0.55, 0.85, 1.15, 1.50, 1.75, 2.10, 3.8]
    heights = [
        front - 0.08 * peak, front + 0.10 * recession, front - 0.06 + 0.22 * recession,
        7.62, 7.22, 7.32, 7.05, 6.9, 6.8,
    ]  # fmt: skip
    return np.interp(np.abs(u), places, heights)


def _scalp(u: np.ndarray, v: np.ndarray, person: Person, rng: np.random.Generator) -> np.ndarray:
    ragged = 0.05 * (_grain(rng) - 0.5) + _blotches(rng, 0.02, 3)
    return _step(v + ragged - hairline(u, person), 0.05)


def _spot(u: np.ndarray, v: np.ndarray, at_u: float, at_v: float, wide: float, high: float) -> np.ndarray:
    """A soft spot, the same on both sides."""
    return np.asarray(np.exp(-((((np.abs(u) - at_u) / wide) ** 2 + ((v - at_v) / high) ** 2) / 2)))


def _step(distance: np.ndarray, softness: float) -> np.ndarray:
    return np.clip(distance / softness * 0.5 + 0.5, 0, 1)


def _mix(colour: np.ndarray, other: np.ndarray, share: np.ndarray) -> np.ndarray:
    return colour * (1 - share[..., None]) + other * share[..., None]


def _grain(rng: np.random.Generator) -> np.ndarray:
    return cv2.GaussianBlur(rng.random((_HEIGHT, _WIDTH)).astype(np.float32), (0, 0), 0.7)


def _blotches(rng: np.random.Generator, strength: float, sigma_px: float) -> np.ndarray:
    noise = cv2.GaussianBlur(rng.standard_normal((_HEIGHT, _WIDTH)).astype(np.float32), (0, 0), sigma_px)
    return noise * (strength / noise.std())


def _freckles(rng: np.random.Generator, person: Person) -> np.ndarray:
    canvas = np.zeros((_HEIGHT, _WIDTH), dtype=np.uint8)
    for _ in range(int(260 * person.freckles)):
        at = rng.normal([0, 7.0], [0.42, 0.28])
        _dot(canvas, at, rng.uniform(0.008, 0.02), int(rng.uniform(60, 220)))
    return canvas / 255


def _moles(rng: np.random.Generator) -> np.ndarray:
    canvas = np.zeros((_HEIGHT, _WIDTH), dtype=np.uint8)
    for _ in range(rng.poisson(2.2)):
        at = rng.uniform([-0.75, 6.2], [0.75, 7.9])
        _dot(canvas, at, rng.uniform(0.012, 0.028), int(rng.uniform(120, 240)))
    return cv2.GaussianBlur(canvas, (0, 0), 0.8) / 255


def _dot(canvas: np.ndarray, at: np.ndarray, radius_dm: float, value: int) -> None:
    centre = _fixed(at[None])[0]
    cv2.circle(canvas, (int(centre[0]), int(centre[1])), round(radius_dm * _PER_DM * 16), value, -1, cv2.LINE_AA, 4)


def _lines(rng: np.random.Generator, age_years: float) -> np.ndarray:
    """Wrinkles, deeper with age: brow, frown, crow's feet, the folds beside the mouth."""
    depth = np.clip((age_years - 28) / 45, 0.04, 1)
    canvas = np.zeros((_HEIGHT, _WIDTH), dtype=np.uint8)
    for line in range(3):
        height = 7.66 + 0.10 * line + rng.normal(0, 0.015)
        across = np.linspace(-0.42, 0.42, 9) + rng.normal(0, 0.01)
        _stroke(canvas, across, height + rng.normal(0, 0.012, 9), int(90 * depth))
    for side in (-1, 1):
        fold = np.linspace(0, 1, 6)
        bulge = rng.normal(0.05, 0.015)
        _stroke(
            canvas,
            side * (0.20 + 0.14 * fold + bulge * np.sin(np.pi * fold)),
            6.88 - 0.27 * fold,
            int(50 + 110 * depth),
        )
        _stroke(canvas, side * (0.14 + 0.22 * fold), 7.17 - 0.05 * np.sin(2.4 * fold), int(40 + 70 * depth))
        for ray in (-0.4, 0.0, 0.4):
            _stroke(canvas, side * (0.53 + 0.11 * fold), 7.27 + ray * 0.16 * fold + 0.02 * ray, int(100 * depth))
        if rng.random() < depth:
            _stroke(canvas, side * (0.05 + 0.01 * fold), 7.42 + 0.12 * fold, int(110 * depth))
    return cv2.GaussianBlur(canvas, (0, 0), 1.3) / 255


def _stroke(canvas: np.ndarray, u: np.ndarray, v: np.ndarray, value: int) -> None:
    cv2.polylines(canvas, [_fixed(np.stack([u, v], axis=1))], False, value, 2, cv2.LINE_AA, 4)


def _fixed(uv: np.ndarray) -> np.ndarray:
    return np.rint(map_pixels(uv) * 16).astype(np.int32)


def _brows(rng: np.random.Generator, person: Person) -> np.ndarray:
    """Hair by hair along a curved band, laid outwards."""
    thickness, arch, height, slant = person.brow
    canvas = np.zeros((_HEIGHT, _WIDTH), dtype=np.uint8)
    count = int(200 + 240 * person.brow_density)
    length = 0.45 + 0.10 * person.brow[0]
    for side in (-1, 1):
        along = rng.beta(1.1, 1.25, count)
        middle = 7.435 + 0.06 * height + (0.02 + 0.06 * arch) * np.sin(np.pi * along**1.2)
        middle = middle + 0.08 * (slant - 0.9) * along + 0.02
        half = (0.014 + 0.036 * thickness) * np.interp(along, [0, 0.15, 0.6, 1], [0.75, 1, 0.85, 0.25])
        root = np.stack([0.095 + length * along, middle + half * rng.uniform(-1, 1, count)], axis=1)
        angle = np.interp(along, [0, 0.2, 0.6, 1], [1.2, 0.55, 0.1, -0.35]) + rng.normal(0, 0.2, count)
        reach = rng.uniform(0.035, 0.07, count)[:, None]
        tip = root + reach * np.stack([np.cos(angle), np.sin(angle) * 0.6], axis=1)
        hairs = np.stack([root, tip], axis=1) * [side, 1]
        cv2.polylines(canvas, list(_fixed(hairs.reshape(-1, 2)).reshape(-1, 2, 2)), False, 230, 1, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(canvas, (0, 0), 2.0) / 255
    return np.clip(0.55 * canvas / 255 + 0.6 * soft, 0, 1) * (0.55 + 0.4 * person.brow_density)
