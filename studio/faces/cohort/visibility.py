"""What each vertex of the head sees of its surroundings, as a smooth function of direction: it makes soft shadows."""

from __future__ import annotations

import numpy as np

from studio.faces.cohort.raster import rasterise, vertex_normals

_DIRECTIONS = 128
_PIXELS_PER_DM = 60
_BIAS_DM = 0.04


def harmonics(directions: np.ndarray) -> np.ndarray:
    """Real spherical harmonics up to the second order of unit directions (N, 3): (N, 9)."""
    x, y, z = np.asarray(directions).T
    return np.stack(
        [
            np.full_like(x, 0.282095),
            0.488603 * y,
            0.488603 * z,
            0.488603 * x,
            1.092548 * x * y,
            1.092548 * y * z,
            0.315392 * (3 * z * z - 1),
            1.092548 * x * z,
            0.546274 * (x * x - y * y),
        ],
        axis=1,
    )


def bake(positions: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(F, 10): the cosine-weighted share of the sky in sight, then `harmonics` coefficients of what is in sight.

    What lies behind a vertex's own surface counts as its mirror image before it: an open surface sees 1 all round,
    and only other parts of the head cast shadows.
    """
    directions = _even_directions(_DIRECTIONS)
    seen = np.stack([_in_sight(positions, triangles, direction) for direction in directions], axis=1)
    normals = vertex_normals(positions, triangles)
    facing = normals @ directions.T
    basis = harmonics(directions) * (4 * np.pi / len(directions))
    light = np.empty((len(positions), 10), dtype=np.float32)
    above = np.maximum(facing, 0)
    light[:, 0] = (seen * above).sum(axis=1) / np.maximum(above.sum(axis=1), 1e-6)
    for start in range(0, len(positions), 2000):
        rows = slice(start, start + 2000)
        mirrored = directions[None] - 2 * facing[rows, :, None] * normals[rows, None]
        nearest = (mirrored @ directions.T).argmax(axis=2)
        folded = np.where(facing[rows] > 0, seen[rows], np.take_along_axis(seen[rows], nearest, axis=1))
        light[rows, 1:] = folded @ basis
    return light


def _even_directions(count: int) -> np.ndarray:
    index = np.arange(count) + 0.5
    height = 1 - 2 * index / count
    angle = np.pi * (1 + 5**0.5) * index
    radius = np.sqrt(1 - height * height)
    return np.stack([radius * np.cos(angle), height, radius * np.sin(angle)], axis=1)


def _in_sight(positions: np.ndarray, triangles: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Which vertices (F,) a far light from `direction` reaches."""
    side = np.cross([0.0, 1.0, 0.0] if abs(direction[1]) < 0.9 else [1.0, 0.0, 0.0], direction)
    side /= np.linalg.norm(side)
    up = np.cross(direction, side)
    flat = np.stack([positions @ side, -(positions @ up)], axis=1) * _PIXELS_PER_DM
    flat -= flat.min(axis=0) - 2
    depth = -(positions @ direction)
    width, height = (np.ceil(flat.max(axis=0)) + 2).astype(int)
    both = np.concatenate([triangles, triangles[:, ::-1]])  # open rims show their backs
    fragments = rasterise(flat, depth, both, height, width)
    nearest = np.full(height * width, np.inf)
    nearest[fragments.pixel] = fragments.depth
    at = np.rint(flat).astype(int)
    return np.asarray(depth <= nearest[at[:, 1] * width + at[:, 0]] + _BIAS_DM)
