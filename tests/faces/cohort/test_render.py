"""Pictures of people: framed, repeatable, different in what should differ; and the cohort file they go into."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.faces.cohort.basis import HeadBasis
from studio.faces.cohort.face_units import units_from
from studio.faces.cohort.generate import CohortPlan, clips_of, person_seeds, splits
from studio.faces.cohort.people import draw_person
from studio.faces.cohort.render import Sitter, embody, render, seat
from studio.faces.cohort.scene import Pose, draw_pose, draw_scene
from studio.faces.cohort.storage import Cohort, write_cohort
from studio.faces.face_set import FacesError

PLAN = CohortPlan(seed=3, people=2, pictures=2, clips=1, frames=3, side_px=48)
REST = units_from({})


@pytest.fixture(scope="module")
def sitter(basis: HeadBasis) -> Sitter:
    person = draw_person(basis, 4)
    light = {"key_direction": np.array([0.0, 0.3, 0.95]), "white_balance": np.ones(3), "blur_px": 0.0, "noise": 0.0}
    return seat(embody(basis, person), replace(draw_scene(person, 5), hairstyle="cropped", exposure=1.5, **light))


def test_a_picture_repeats_to_the_last_bit(sitter: Sitter) -> None:
    first, again = (render(sitter, REST, Pose(), 64, 64) for _ in range(2))
    assert first.shape == (64, 64, 3)
    np.testing.assert_array_equal(first, again)


def test_a_wide_picture_shows_the_head_in_its_middle(sitter: Sitter) -> None:
    narrow, wide = render(sitter, REST, Pose(), 64, 64), render(sitter, REST, Pose(), 64, 96)
    middle = (slice(24, 56), slice(24, 40))
    difference = narrow[middle].astype(int) - wide[:, 16:80][middle]
    assert np.abs(difference).mean() < 3


@pytest.mark.parametrize(
    ("unit", "rows"), [("jawOpen", slice(44, 64)), ("eyeBlink", slice(24, 36)), ("browInnerUp", slice(16, 30))]
)
def test_a_face_unit_changes_its_own_part_of_the_picture_most(sitter: Sitter, unit: str, rows: slice) -> None:
    rest, moved = (render(sitter, units, Pose(), 64, 64).astype(int) for units in (REST, units_from({unit: 1.0})))
    change = np.abs(moved - rest).sum(axis=2)[:, 12:52].sum(axis=1)
    assert change[rows].sum() > 0.6 * change.sum() > 0


def test_light_from_one_side_brightens_that_cheek(sitter: Sitter) -> None:
    cheeks = []
    for side in (-1, 1):
        scene = replace(sitter.scene, key_direction=np.array([0.8 * side, 0.2, 0.56]))
        picture = render(replace(sitter, scene=scene), REST, Pose(), 64, 64).astype(float)
        cheeks.append(picture[34:40, 38:46].mean() - picture[34:40, 18:26].mean())
    assert cheeks[0] < -10 < 10 < cheeks[1]


def test_no_person_or_light_upsets_the_arithmetic(basis: HeadBasis) -> None:
    for seed in range(6):
        person = draw_person(basis, seed)
        with np.errstate(divide="raise", invalid="raise", over="raise"):
            picture = render(seat(embody(basis, person), draw_scene(person, seed)), REST, draw_pose(seed), 64, 64)
        assert 3 < picture.mean() < 252


def test_splits_share_nobody_and_clips_go_round() -> None:
    plan = CohortPlan(people=200, clips=150)
    parts = splits(plan)
    assert np.bincount(parts).tolist() == [100, 50, 50]
    assert sum(clips_of(plan, person) for person in range(200)) == 150
    assert not set(person_seeds(plan)) & set(person_seeds(replace(plan, seed=2, people=1000)))


@pytest.mark.parametrize(
    "wrong", [
        {"people": 0}, {"side_px": 8}, {"side_px": 5000}, {"frames": 0}, {"seed": -1}, {"seed": 10**6},
        {"people": 2 * 10**6}, {"pictures": 2000}, {"people": 1, "clips": 2000},
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_rendered_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"cohort|pictures"):
        CohortPlan(**wrong)


def test_a_cohort_is_written_and_read_back(basis: HeadBasis, tmp_path: Path) -> None:
    counted: list[None] = []
    path = tmp_path / "cohort.h5"
    write_cohort(path, basis, PLAN, lambda: counted.append(None))
    assert len(counted) == PLAN.total_frames == 7
    assert [file.name for file in tmp_path.iterdir()] == ["cohort.h5"]
    with Cohort(path) as cohort:
        assert cohort.plan == PLAN
        assert (cohort.info()["people"], len(cohort.pictures), len(cohort.clips)) == (2, 4, 1)
        assert cohort.pictures.table("person").tolist() == [0, 0, 1, 1]
        assert cohort.clips.table("units").shape == (1, 3, 52)
        assert 0 <= cohort.clips.table("severity")[0] <= 63
        assert cohort.clips[0].shape == (3, 48, 48, 3)
        assert cohort.pictures[3].shape == (1, 48, 48, 3)
        assert np.abs(cohort.pictures[0].astype(int) - cohort.pictures[2]).mean() > 10


def test_a_cancelled_cohort_leaves_nothing_behind(basis: HeadBasis, tmp_path: Path) -> None:
    def cancel() -> None:
        raise InterruptedError("cancelled")

    with pytest.raises(InterruptedError, match="cancelled"):
        write_cohort(tmp_path / "cohort.h5", basis, PLAN, cancel)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_cohort_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.h5"
    path.write_text("not HDF5")
    with pytest.raises(FacesError, match=r"notes\.h5 cannot be read as a cohort"):
        Cohort(path)
