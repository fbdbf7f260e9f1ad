"""One Catmull-Clark step as a sparse matrix: smooth outlines from a coarse mesh of quads, linear in the vertices."""

from __future__ import annotations

import numpy as np
from scipy import sparse


def catmull_clark(quads: np.ndarray, vertices: int) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Matrix (V + Q + E, V) that refines vertex values, and the refined quads (4 Q, 4), corner order kept.

    The refined vertices are the old ones (moved), then one a quad, then one an edge.
    """
    corners = quads.ravel()
    face_count = len(quads)
    face_of_corner = np.repeat(np.arange(face_count), 4)
    ends = np.stack([corners, np.roll(quads, -1, axis=1).ravel()], axis=1)
    edges, edge_of_corner = np.unique(np.sort(ends, axis=1), axis=0, return_inverse=True)
    edge_of_corner = edge_of_corner.ravel()
    edge_count = len(edges)

    face_points = _matrix(face_of_corner, corners, np.full(len(corners), 0.25), (face_count, vertices))
    middle = _matrix(
        np.repeat(np.arange(edge_count), 2), edges.ravel(), np.full(2 * edge_count, 0.5), (edge_count, vertices)
    )
    faces_at_edge = np.bincount(edge_of_corner, minlength=edge_count)
    inner = faces_at_edge == 2
    neighbours = _matrix(edge_of_corner, face_of_corner, 1 / faces_at_edge[edge_of_corner], (edge_count, face_count))
    edge_points = sparse.diags(np.where(inner, 0.5, 1)) @ middle + sparse.diags(0.5 * inner) @ neighbours @ face_points

    valence = np.maximum(np.bincount(edges.ravel(), minlength=vertices), 1)
    faces_at_vertex = np.maximum(np.bincount(corners, minlength=vertices), 1)
    rim = np.zeros(vertices, dtype=bool)
    rim[edges[~inner].ravel()] = True
    mean_face = _matrix(corners, face_of_corner, 1 / faces_at_vertex[corners], (vertices, face_count)) @ face_points
    mean_edge = (
        _matrix(edges.ravel(), np.repeat(np.arange(edge_count), 2), 1 / valence[edges.ravel()], (vertices, edge_count))
        @ middle
    )
    smooth = sparse.diags(1 / valence) @ (mean_face + 2 * mean_edge) + sparse.diags(1 - 3 / valence)
    rim_edges = np.flatnonzero(~inner)
    rim_ends = edges[rim_edges].ravel()
    rim_count = np.maximum(np.bincount(rim_ends, minlength=vertices), 1)
    rim_mean = _matrix(rim_ends, np.repeat(rim_edges, 2), 1 / rim_count[rim_ends], (vertices, edge_count)) @ middle
    rim_rule = 0.5 * rim_mean + 0.5 * sparse.identity(vertices)
    vertex_points = sparse.diags(1.0 * ~rim) @ smooth + sparse.diags(1.0 * rim) @ rim_rule

    after = edge_of_corner.reshape(-1, 4) + vertices + face_count
    before = np.roll(after, 1, axis=1)
    centre = np.repeat(np.arange(face_count) + vertices, 4).reshape(-1, 4)
    refined = np.stack([quads, after, centre, before], axis=2).reshape(-1, 4)
    return sparse.vstack([vertex_points, face_points, edge_points]).tocsr(), refined


def triangulate(quads: np.ndarray) -> np.ndarray:
    """Two triangles a quad: (2 Q, 3)."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def _matrix(rows: np.ndarray, columns: np.ndarray, values: np.ndarray, shape: tuple[int, int]) -> sparse.csr_matrix:
    return sparse.csr_matrix((values, (rows, columns)), shape=shape)
