"""A small z-buffer rasteriser in numpy: which triangle is seen at each pixel, and where in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_ROUNDING = 1e-4  # a pixel on the edge between two triangles belongs to both, never to neither


@dataclass(frozen=True)
class Fragments:
    """The visible surface: for each covered pixel its row-major index, its triangle and the weights of the corners."""

    pixel: np.ndarray  # (N,) int
    triangle: np.ndarray  # (N,) int
    weights: np.ndarray  # (N, 3) float32
    depth: np.ndarray  # (N,) float32

    def interpolate(self, triangles: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Vertex values (V, C) at each fragment: (N, C)."""
        corners = triangles[self.triangle]
        weights = self.weights
        result = values[corners[:, 0]] * weights[:, :1]
        result += values[corners[:, 1]] * weights[:, 1:2]
        result += values[corners[:, 2]] * weights[:, 2:]
        return result


def rasterise(points: np.ndarray, depth: np.ndarray, triangles: np.ndarray, height: int, width: int) -> Fragments:
    """Fragments of `triangles` (T, 3) with corners at `points` (V, 2) in pixels; small depth is near.

    Pixel (row, column) has its centre at (column, row). Triangles that run clockwise on screen face away
    and are left out.
    """
    points = points.astype(np.float32)
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    area = _cross(b - a, c - a)
    front = np.flatnonzero(area < -1e-9)
    a, b, c, area = a[front], b[front], c[front], area[front]
    low = np.ceil(np.minimum(np.minimum(a, b), c)).astype(np.int32)
    high = np.floor(np.maximum(np.maximum(a, b), c)).astype(np.int32)
    np.maximum(low, 0, out=low)
    np.minimum(high, (width - 1, height - 1), out=high)
    span = high - low + 1
    kept = np.flatnonzero((span > 0).all(axis=1))
    low, span = low[kept], span[kept]
    # The weights of corners a and b are planes over the pixels, counted from the corner of the triangle's box.
    a, b, c = (corner[kept] - low for corner in (a, b, c))
    planes = np.concatenate([_plane(b, c), _plane(c, a)], axis=1) / area[kept, None]

    counts = span[:, 0] * span[:, 1]
    box = np.repeat(np.arange(len(kept)), counts)
    offset = np.arange(len(box)) - np.repeat(np.cumsum(counts) - counts, counts)
    row, column = np.divmod(offset, span[box, 0])
    plane = planes[box]
    weight_a = plane[:, 0] * column + plane[:, 1] * row + plane[:, 2]
    weight_b = plane[:, 3] * column + plane[:, 4] * row + plane[:, 5]
    weight_c = 1 - weight_a - weight_b
    least = np.minimum(np.minimum(weight_a, weight_b), weight_c)
    inside = np.flatnonzero(least >= -_ROUNDING)
    box = box[inside]
    pixel = (row[inside] + low[box, 1]) * width + column[inside] + low[box, 0]
    triangle = front[kept[box]]
    weights = np.stack([weight_a[inside], weight_b[inside], weight_c[inside]], axis=1).astype(np.float32)
    np.clip(weights, 0, 1, out=weights)
    fragment_depth = (depth[triangles[triangle]] * weights).sum(axis=1).astype(np.float32)

    nearest = np.full(height * width, np.inf, dtype=np.float32)
    np.minimum.at(nearest, pixel, fragment_depth)
    seen = np.flatnonzero(fragment_depth <= nearest[pixel])
    _, first = np.unique(pixel[seen], return_index=True)  # on a shared edge two triangles tie
    seen = seen[first]
    return Fragments(pixel[seen], triangle[seen], weights[seen], fragment_depth[seen])


def vertex_normals(positions: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Unit normals (V, 3) of a closed or open surface, weighted by the area of the triangles."""
    a, b, c = (positions[triangles[:, corner]] for corner in range(3))
    faces = np.cross(b - a, c - a)
    normals = np.stack(
        [np.bincount(triangles.ravel(), np.repeat(faces[:, axis], 3), minlength=len(positions)) for axis in range(3)],
        axis=1,
    )
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.asarray(normals / np.maximum(length, 1e-12), dtype=np.float32)


def _cross(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    return p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]


def _plane(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Coefficients (N, 3) of x, y and 1 in the cross product of p - (x, y) and q - (x, y)."""
    return np.stack([p[:, 1] - q[:, 1], q[:, 0] - p[:, 0], _cross(p, q)], axis=1)
