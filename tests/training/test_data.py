from __future__ import annotations

import cv2
import numpy as np
import pytest

from studio.faces.cohort import faces as cohort
from studio.faces.cohort.storage import Cohort
from studio.faces.face_set import FacesError
from studio.training import data
from studio.training.data import LARGEST_PRACTICE_PX, load, middle_square, moving_units, square


@pytest.fixture(scope="module")
def loaded():
    return load(("cohort",), 32, (1, 3))


def test_nobody_is_on_both_sides_and_nobody_of_the_test_split_is_there(loaded):
    training, validation = loaded.identity
    with Cohort(cohort.shipped()) as shipped:
        people = [set(np.flatnonzero(shipped.split == number).tolist()) for number in range(3)]
    of_cohort = set(training.people[training.people < len(shipped.split)].tolist())
    assert of_cohort <= people[0]
    assert set(validation.people.tolist()) == people[1]
    clips = loaded.severity
    assert not set(clips[0].people) & set(clips[1].people)
    assert {int(name.split("-")[1]) for name in clips[1].people} <= people[1]


def test_practice_people_join_the_training_people_only(loaded):
    training, validation = loaded.identity
    assert len(np.unique(training.people)) == 1100
    assert len(np.unique(validation.people)) == 50
    assert training.pixels.shape[1:] == (3, 32, 32)
    assert len(training.pixels) == len(training.units) == len(training.expression) == len(training)


def test_practice_pictures_are_not_enlarged(monkeypatch):
    monkeypatch.setattr(cohort, "practice", lambda: pytest.fail("asked for practice people"))
    training, _ = data._pictures("cohort", LARGEST_PRACTICE_PX + 1)
    assert len(np.unique(training.people)) == 100


def test_nobody_who_practises_is_in_the_cohort():
    with Cohort(cohort.shipped()) as shipped, Cohort(cohort.practice().root) as others:
        assert not set(shipped.seeds.tolist()) & set(others.seeds.tolist())


def test_squares_are_cut_from_the_middle_and_scaled():
    picture = np.zeros((40, 60, 3), np.uint8)
    picture[:, 10:50] = 255
    assert middle_square(picture).min() == 255
    assert square(picture, 16).shape == (3, 16, 16)
    assert square(picture, 64).shape == (3, 64, 64)
    checks = np.kron(np.indices((8, 8)).sum(0) % 2, np.ones((4, 4)))[..., None].repeat(3, 2).astype(np.uint8) * 200
    assert np.array_equal(square(checks, 16)[0], cv2.resize(checks, (16, 16), interpolation=cv2.INTER_AREA)[..., 0])


def test_units_that_rest_do_not_count():
    units = np.array([[0.0, 0.1, np.nan], [0.0, 0.9, 0.2], [0.01, 0.5, 0.8]], np.float32)
    assert moving_units(units).tolist() == [False, True, True]
    assert moving_units(units[:0]).tolist() == [False, False, False]


def folder(tmp_path, people: int, each: int):
    rng = np.random.default_rng(0)
    for person in range(people):
        (tmp_path / f"p{person}").mkdir()
        for number in range(each):
            cv2.imwrite(str(tmp_path / f"p{person}" / f"{number}.png"), rng.integers(0, 255, (40, 40, 3), np.uint8))
    return f"folder:{tmp_path}"


@pytest.mark.parametrize(
    ("people", "each", "steps", "said"),
    [
        (8, 1, (1,), "two training people"),
        (8, 3, (2,), "no expression labels"),
        (2, 3, (1,), "kept apart"),
        (8, 3, (3,), "avec2013"),
    ],
)
def test_what_a_step_cannot_learn_from_is_refused(tmp_path, people, each, steps, said):
    with pytest.raises(FacesError, match=said):
        load((folder(tmp_path, people, each),), 32, steps)


def test_large_sets_are_read_batch_by_batch(tmp_path, monkeypatch):
    spec = folder(tmp_path, 20, 3)
    held = load((spec,), 32, (1,)).identity[0]
    monkeypatch.setattr(data, "MEMORY_BYTES", 1000)
    read = load((spec,), 32, (1,)).identity[0]
    assert read.pixels is None
    numbers = np.array([2, 0])
    assert np.array_equal(read.batch(numbers), held.batch(numbers))
