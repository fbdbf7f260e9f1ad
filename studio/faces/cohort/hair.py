"""Hair of the head and beard: strands grown from the skin, combed, pulled down and kept out of the skull."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from studio.faces.cohort.basis import EARS, SKIN, HeadBasis
from studio.faces.cohort.people import Person
from studio.faces.cohort.raster import vertex_normals
from studio.faces.cohort.scene import Scene
from studio.faces.cohort.skin import Skin, beard_cover, map_pixels, wrapped


@dataclass(frozen=True)
class Style:
    """How one style grows; lengths in decimetres, weights relative to the strand's own stiffness."""

    length: tuple[float, float]
    lift: float  # thickness of the coat over the skull
    comb: float
    fall: float
    count: int
    hangs: bool = False  # long enough to fall over the face, and drawn aside


STYLES = {
    "cropped": Style((0.05, 0.12), 0.03, 0.3, 0.0, 4000),
    "short": Style((0.15, 0.30), 0.09, 0.6, 0.05, 4000),
    "swept": Style((0.35, 0.70), 0.12, 1.0, 0.0, 4000),
    "fringe": Style((0.24, 0.40), 0.08, 0.7, 0.20, 4000),
    "parted": Style((0.70, 1.20), 0.11, 0.8, 0.30, 4500, hangs=True),
    "long": Style((2.00, 3.40), 0.12, 0.5, 0.45, 4500, hangs=True),
    "tied": Style((0.70, 0.90), 0.04, 1.2, 0.0, 4500),
}
_STEPS = 14
_BEARD_COUNT = 2500


@dataclass(frozen=True)
class Strands:
    """Polylines in the frame of the head (N, K, 3), the outward direction at each point and each strand's colour."""

    points: np.ndarray
    outward: np.ndarray
    colour: np.ndarray  # (N, 3) linear


@dataclass(frozen=True)
class Ground:
    """What the hair of one person grows on, the same in every session. Triangles are those of the basis."""

    corners: np.ndarray  # (N, 3, 3) of the triangles of the head at rest
    normals: np.ndarray  # (N, 3, 3)
    hair: np.ndarray  # (N,) share of the roots in each triangle
    beard: np.ndarray  # (N,)
    centre: np.ndarray  # (3,) of an ellipsoid round the upper head
    radii: np.ndarray  # (3,)
    eye_height: float


def find_ground(basis: HeadBasis, still: np.ndarray, skin: Skin) -> Ground:
    """The ground of a head at rest (`still`, (F, 3))."""
    triangles, on_skin = basis.triangles, basis.part == SKIN
    uv = wrapped(basis.home[triangles].mean(axis=1))
    columns, rows = np.rint(map_pixels(uv)).astype(int).T
    hair = skin.scalp[rows, columns] * (on_skin & (basis.masks[triangles, EARS].max(axis=1) < 0.3))
    beard = np.where(on_skin, beard_cover(uv[:, 0], uv[:, 1]), 0)
    beard = np.where(basis.masks[triangles].max(axis=(1, 2)) > 0.4, 0, beard)  # not on the lips
    corners = still[triangles]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    return Ground(
        corners,
        vertex_normals(still, triangles)[triangles],
        area * hair / (area * hair).sum(),
        area * beard / (area * beard).sum(),
        *_skull(basis, still),
        float(np.mean([still[eye, 1].mean() for eye in basis.eyes])),
    )


def grow(ground: Ground, person: Person, scene: Scene, density: int = 1) -> Strands:
    """Strands of a head at rest as worn in this scene: the hair of the head, then the beard.

    1 is enough for small pictures; a multiple of it makes as many more strands, and finer ones.
    """
    rng = np.random.default_rng([scene.seed, person.seed, 6])
    centre, radii = ground.centre, ground.radii
    style = STYLES[scene.hairstyle]
    roots, normals = _scatter(rng, ground, ground.hair, style.count * density)
    length = style.length[0] + (style.length[1] - style.length[0]) * scene.hair_length
    lengths = length * rng.uniform(0.75, 1.1, len(roots))
    comb = _comb(scene, roots, centre, rng)
    curl = person.curl * (0.3 if scene.hairstyle in ("tied", "cropped") else 1.0)
    points = _extend(roots, normals, lengths, comb * style.comb * (1 - 0.75 * curl), style.fall * (1 - 0.6 * curl), rng)
    lift = (style.lift + 0.22 * curl * min(length, 0.8)) * rng.uniform(0.15, 1, len(roots))
    points = _keep_out(points, centre, radii, lift)
    points = _coil(points, curl, rng)
    if style.hangs:
        points = _clear_face(points, centre, radii, ground.eye_height)
    colour = person.hair * scene.hair_tint * np.exp(rng.normal(0, 0.16, (len(points), 1)))
    strands = Strands(points, _outward(points, centre, radii), colour)
    return strands if person.beard < 0.6 else _joined(strands, _beard(ground, person, rng, density))


def in_sight(screen: np.ndarray, depth: np.ndarray, nearest: np.ndarray) -> np.ndarray:
    """Which segments (N, K-1) of strands at `screen` (N, K, 2), `depth` (N, K) are not behind `nearest` (H, W)."""
    height, width = nearest.shape
    middle = (screen[:, 1:] + screen[:, :-1]) / 2
    column, row = np.rint(middle).astype(int).transpose(2, 0, 1)
    inside = (column >= 0) & (row >= 0) & (column < width) & (row < height)
    before = nearest[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)]
    return np.asarray(inside & (before >= (depth[:, 1:] + depth[:, :-1]) / 2 - 0.03))


def draw_strands(picture: np.ndarray, ends: np.ndarray, depth: np.ndarray, colours: np.ndarray, density: int) -> None:
    """Draw segments into an 8-bit picture (H, W, 3): `ends` (N, 2, 2), `depth` (N,), `colours` (N, 3).

    What has the larger depth comes first, in layers, and those of about one shade in one colour.
    """
    thickness = max(1, round(min(picture.shape[:2]) / 600 / density))
    ends = np.rint(ends * 16).astype(np.int32)
    order = np.argsort(-depth, kind="stable")
    for layer in np.array_split(order, 8):
        by_shade = layer[np.argsort(colours[layer].sum(axis=1), kind="stable")]
        shades = [shade for shade in np.array_split(by_shade, 14) if len(shade)]
        for shade in (shades[index] for index in (0, 13, 3, 10, 6, 8, 1, 12, 4, 7, 2, 11, 5, 9) if index < len(shades)):
            colour = tuple(float(value) for value in colours[shade].mean(axis=0))
            cv2.polylines(picture, list(ends[shade]), False, colour, thickness, cv2.LINE_AA, 4)


def _skull(basis: HeadBasis, still: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centre and radii of an ellipsoid round the upper head."""
    upper = still[(basis.home[:, 1] > 7.3) & (basis.masks[:, EARS] < 0.05)]
    low, high = upper.min(axis=0), upper.max(axis=0)
    centre = np.array([0, high[1] - 0.9 * (high[2] - low[2]) / 2, (low[2] + high[2]) / 2])
    return centre, np.array([(high[0] - low[0]) / 2, high[1] - centre[1], (high[2] - low[2]) / 2]) * 0.985


def _scatter(rng: np.random.Generator, ground: Ground, shares: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Random roots (count, 3) and normals on the triangles, so many on each."""
    chosen = rng.choice(len(shares), count, p=shares)
    weights = rng.dirichlet([1, 1, 1], count)[:, :, None]
    return (ground.corners[chosen] * weights).sum(axis=1), (ground.normals[chosen] * weights).sum(axis=1)


def _comb(scene: Scene, roots: np.ndarray, centre: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Which way the comb went at each root (N, 3)."""
    side = np.sign(roots[:, :1] - 0.6 * scene.parting + rng.normal(0, 0.02, (len(roots), 1)))
    front = np.clip((roots[:, 2:] - centre[2]) / 0.9, 0, 1)
    down, back, left = np.array([0, -1.0, 0]), np.array([0, 0.2, -1.0]), np.array([1.0, 0, 0])
    turn = np.sign(scene.parting)
    ways = {
        "cropped": 0.5 * down * (1 - front) + 0.4 * turn * left,
        "short": 0.6 * turn * left * front + 0.5 * down + (1 - 2 * front) * -0.4 * back,
        "swept": back + (0.5 * turn) * left * front,
        "fringe": -0.9 * back * front + 0.6 * down + 0.25 * turn * left * front,
        "parted": side * left + 0.35 * back * front + 0.4 * down,
        "long": side * left + 0.5 * back * front + 0.5 * down,
        "tied": back + 0.1 * down,
    }
    return ways[scene.hairstyle] + np.zeros_like(roots)


def _extend(
    roots: np.ndarray, normals: np.ndarray, lengths: np.ndarray, comb: np.ndarray, fall: float, rng: np.random.Generator
) -> np.ndarray:
    points = np.empty((len(roots), _STEPS + 1, 3))
    points[:, 0] = roots
    heading = normals + 0.25 * rng.standard_normal(roots.shape) + comb
    wander = 0.05 * rng.standard_normal(roots.shape)
    for step in range(_STEPS):
        heading = heading + 0.5 * comb + wander
        heading[:, 1] -= fall * (1 + 0.2 * step)
        heading /= np.linalg.norm(heading, axis=1, keepdims=True)
        points[:, step + 1] = points[:, step] + heading * (lengths / _STEPS)[:, None]
    return points


def _keep_out(points: np.ndarray, centre: np.ndarray, radii: np.ndarray, lift: np.ndarray) -> np.ndarray:
    """Push points out of the skull, the more the farther from the root; keep them near it while they comb along."""
    away = (points - centre) / radii
    core = away.copy()
    core[..., 1] = np.maximum(core[..., 1], -0.25)  # below the widest part hair hangs down as from a cylinder
    distance = np.linalg.norm(core, axis=2, keepdims=True)
    along = np.linspace(0, 1, points.shape[1])[None, :, None]
    floor = np.minimum(1 + lift[:, None, None] * np.minimum(3 * along, 1), distance[:, :1] + 1.2 * along + 0.02)
    wanted = np.clip(distance, floor, np.maximum(floor, 1 + lift[:, None, None]) + 0.02 + 0.10 * along)
    wanted[:, 0] = distance[:, 0]
    return centre + (core / distance * wanted + away - core) * radii


def _coil(points: np.ndarray, curl: float, rng: np.random.Generator) -> np.ndarray:
    step = np.arange(points.shape[1])
    phase = rng.uniform(0, 2 * np.pi, (len(points), 1)) + step * (0.4 + 1.2 * curl) * rng.uniform(
        0.7, 1.3, (len(points), 1)
    )
    reach = 0.05 * curl * np.minimum(step / 3, 1)
    coil = np.stack([np.cos(phase), 0.6 * np.sin(phase), np.sin(phase)], axis=2)
    return points + coil * reach[None, :, None]


def _clear_face(points: np.ndarray, centre: np.ndarray, radii: np.ndarray, eye_height: float) -> np.ndarray:
    """Draw strands that would hang before the face aside, as a hand would; roots stay where they grow."""
    height = points[..., 1]
    opening = radii[0] * np.interp(height - eye_height, [-1.2, -0.4, 0.1, 0.45, 0.7], [0.8, 0.9, 0.86, 0.70, 0.0])
    along = np.minimum(np.arange(points.shape[1]) / 3, 1)
    side = np.sign(points[:, -1:, 0] + 1e-9)
    before = (points[..., 2] > centre[2] + 0.1) & (points[..., 0] * side < opening)
    shift = np.where(before, side * opening - points[..., 0], 0) * along
    back = np.where(before, np.minimum(centre[2] + 0.5 * radii[2] - points[..., 2], 0), 0) * along
    return points + np.stack([shift, np.zeros_like(shift), back], axis=2)


def _outward(points: np.ndarray, centre: np.ndarray, radii: np.ndarray) -> np.ndarray:
    outward = (points - centre) / radii**2
    outward[..., 1] = np.maximum(outward[..., 1], -0.3)
    return outward / np.linalg.norm(outward, axis=2, keepdims=True)


def _beard(ground: Ground, person: Person, rng: np.random.Generator, density: int) -> Strands:
    roots, normals = _scatter(rng, ground, ground.beard, _BEARD_COUNT * density)
    lengths = (0.03 + 0.14 * max(person.beard - 0.6, 0)) * rng.uniform(0.6, 1.2, len(roots))
    comb = np.array([0, -0.9, 0]) + 0.3 * np.sign(roots) * [1, 0, 0]
    points = _extend(roots, normals * 0.5, lengths, comb, 0.1, rng)
    outward = np.repeat(normals[:, None], points.shape[1], axis=1)
    colour = 0.75 * person.hair + 0.15 * person.skin  # thin hairs let the skin through
    return Strands(points, outward, colour * np.exp(rng.normal(0, 0.25, (len(points), 1))))


def _joined(first: Strands, second: Strands) -> Strands:
    return Strands(
        np.concatenate([first.points, second.points]),
        np.concatenate([first.outward, second.outward]),
        np.concatenate([first.colour, second.colour]),
    )
