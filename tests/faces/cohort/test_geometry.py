"""The rasteriser, the subdivision and the baked light, on shapes whose answer is known."""

from __future__ import annotations

import numpy as np

from studio.faces.cohort.raster import rasterise, vertex_normals
from studio.faces.cohort.subdivision import catmull_clark, triangulate
from studio.faces.cohort.visibility import bake, harmonics

CUBE = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=float)
CUBE_QUADS = np.array([[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]])


def test_two_triangles_of_a_square_cover_each_pixel_once() -> None:
    points = np.array([[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0]])
    seen = rasterise(points, np.ones(4), np.array([[0, 2, 1], [0, 3, 2]]), 10, 10)
    assert sorted(seen.pixel) == list(range(100))
    np.testing.assert_allclose(seen.weights.sum(axis=1), 1, atol=1e-6)


def test_vertex_values_run_straight_across_a_triangle() -> None:
    points = np.array([[0.0, 0.0], [0.0, 20.0], [20.0, 0.0]])
    triangles = np.array([[0, 1, 2]])
    seen = rasterise(points, np.ones(3), triangles, 21, 21)
    at = seen.interpolate(triangles, points.astype(np.float32))
    np.testing.assert_allclose(at, np.stack([seen.pixel % 21, seen.pixel // 21], axis=1), atol=1e-3)


def test_the_nearer_triangle_hides_the_farther_and_backs_are_left_out() -> None:
    points = np.array([[0.0, 0.0], [0.0, 9.0], [9.0, 0.0]] * 3)
    depth = np.array([2.0] * 3 + [1.0] * 3 + [0.5] * 3)
    seen = rasterise(points, depth, np.array([[0, 1, 2], [3, 4, 5], [6, 8, 7]]), 10, 10)
    assert set(seen.triangle) == {1}


def test_what_lies_off_the_picture_is_cut() -> None:
    points = np.array([[-50.0, -50.0], [-50.0, 90.0], [90.0, -50.0]])
    seen = rasterise(points, np.ones(3), np.array([[0, 1, 2]]), 8, 12)
    assert sorted(seen.pixel) == list(range(96))


def test_a_refined_cube_is_closed_round_and_faces_outwards() -> None:
    refine, quads = catmull_clark(CUBE_QUADS, len(CUBE))
    fine = refine @ CUBE
    np.testing.assert_allclose(refine.sum(axis=1), 1)
    assert len(quads) == 24
    assert np.linalg.norm(fine, axis=1).max() < np.sqrt(3) * 0.8  # corners are rounded off
    edges = np.sort(np.stack([quads, np.roll(quads, -1, axis=1)], axis=2).reshape(-1, 2), axis=1)
    assert set(np.unique(edges, axis=0, return_counts=True)[1]) == {2}
    normals = vertex_normals(fine, triangulate(quads))
    assert ((normals * fine).sum(axis=1) > 0).all()


def test_the_rim_of_an_open_sheet_keeps_its_line() -> None:
    sheet = np.array([[x, y, 0.0] for y in range(3) for x in range(3)])
    quads = np.array([[0, 1, 4, 3], [1, 2, 5, 4], [3, 4, 7, 6], [4, 5, 8, 7]])
    fine = catmull_clark(quads, 9)[0] @ sheet
    assert fine[1, 1] == 0  # the middle of the lower rim stays on it
    assert abs(fine[:, 2]).max() == 0


def test_a_ball_sees_the_whole_sky_and_a_ball_beside_it_casts_a_shadow() -> None:
    refine, quads = catmull_clark(CUBE_QUADS, len(CUBE))
    finer, quads_2 = catmull_clark(quads, refine.shape[0])
    ball, triangles = finer @ (refine @ CUBE), triangulate(quads_2)
    alone = bake(ball, triangles)
    np.testing.assert_allclose(alone[:, 0], 1, atol=0.05)
    both = bake(
        np.concatenate([ball, ball + np.array([2.2, 0, 0])]), np.concatenate([triangles, triangles + len(ball)])
    )
    right, left = ball[:, 0].argmax(), ball[:, 0].argmin()
    assert both[right, 0] < 0.6 < 0.95 < both[left, 0]
    towards = harmonics(np.array([[1.0, 0.0, 0.0]]))[0]
    assert both[right, 1:] @ towards < 0.4 < 0.8 < both[left, 1:] @ towards
