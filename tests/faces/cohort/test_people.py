"""People, expressions and scenes drawn from seeds."""

from __future__ import annotations

import numpy as np
import pytest

from studio.faces import expressions
from studio.faces.cohort.basis import HeadBasis
from studio.faces.cohort.face_units import EXPRESSIONS, FACE_UNITS, express, gaze_degrees, units_from
from studio.faces.cohort.people import draw_person
from studio.faces.cohort.scene import HAIRSTYLES, draw_pose, draw_scene


def test_the_expressions_are_those_of_the_data_sets() -> None:
    assert expressions.EXPRESSIONS[: len(EXPRESSIONS)] == EXPRESSIONS


def test_the_face_units_are_the_52_arkit_ones() -> None:
    assert len(set(FACE_UNITS)) == 52


def test_a_unit_without_its_side_sets_both() -> None:
    units = units_from({"mouthSmile": 0.5, "jawOpen": 1.0})
    assert {FACE_UNITS[i] for i in np.flatnonzero(units)} == {"mouthSmileLeft", "mouthSmileRight", "jawOpen"}
    with pytest.raises(KeyError, match="no face unit is called grin"):
        units_from({"grin": 1.0})


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expressions_stay_in_range_and_grow_with_strength(expression: str) -> None:
    weak, strong = (express(expression, strength, np.random.default_rng(3)) for strength in (0.3, 1.0))
    assert ((strong >= 0) & (strong <= 1)).all()
    assert strong.sum() > weak.sum() or expression == "neutral"


def test_gaze_follows_the_look_units() -> None:
    left = gaze_degrees(units_from({"eyeLookInRight": 1.0, "eyeLookOutLeft": 1.0}))
    assert (left[:, 0] > 20).all()
    assert (gaze_degrees(units_from({"eyeLookDown": 0.5}))[:, 1] == -14).all()


def test_a_seed_is_one_person(basis: HeadBasis) -> None:
    first, again, other = (draw_person(basis, seed) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first.weights, again.weights)
    assert np.abs(first.weights - other.weights).max() > 0.3


def test_people_vary_in_sex_age_build_and_skin(basis: HeadBasis) -> None:
    people = [draw_person(basis, seed) for seed in range(120)]
    assert 40 < sum(person.sex == "male" for person in people) < 80
    ages = np.array([person.age_years for person in people])
    assert (ages >= 18).all()
    assert np.ptp(ages) > 40
    assert np.ptp([person.build for person in people]) > 1
    tones = np.array([person.skin.mean() for person in people])
    assert tones.max() > 4 * tones.min()


def test_a_head_is_a_head(basis: HeadBasis) -> None:
    for seed in range(10):
        still = basis.move(basis.shape(draw_person(basis, seed).weights), units_from({}))
        right, left = (still[eye].mean(axis=0) for eye in basis.eyes)
        assert 0.45 < left[0] - right[0] < 0.85  # decimetres between the eyes
        assert np.isfinite(still).all()


def test_units_move_the_part_they_name(basis: HeadBasis) -> None:
    shape = basis.shape(draw_person(basis, 1).weights)
    moved = basis.move(shape, units_from({"jawOpen": 1.0})) - basis.move(shape, units_from({}))
    distance = np.linalg.norm(moved, axis=1)
    assert distance.max() > 0.15
    assert distance[basis.home[:, 1] > 7.6].max() < 0.01  # the forehead stays


def test_scenes_differ_between_sessions_and_repeat_by_seed(basis: HeadBasis) -> None:
    person = draw_person(basis, 1)
    scenes = [draw_scene(person, seed) for seed in range(40)]
    again = draw_scene(person, 3)
    np.testing.assert_array_equal(scenes[3].key, again.key)
    assert len({scene.hairstyle for scene in scenes}) >= 4
    assert all(scene.hairstyle in HAIRSTYLES for scene in scenes)
    directions = np.array([scene.key_direction for scene in scenes])
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), 1)
    assert directions[:, 0].min() < -0.5 < 0.5 < directions[:, 0].max()
    assert max(abs(draw_pose(seed).yaw_deg) for seed in range(200)) <= 25
