from __future__ import annotations

import numpy as np

from studio.faces.cohort.faces import pictures, practice
from studio.faces.cohort.generate import CohortPlan
from studio.faces.cohort.storage import Cohort, shrink_cohort, write_cohort


def test_a_smaller_cohort_shows_the_same_people(basis, tmp_path):
    large, small = tmp_path / "large.h5", tmp_path / "small.h5"
    write_cohort(large, basis, CohortPlan(seed=5, people=3, pictures=2, clips=1, frames=2, side_px=64))
    shrink_cohort(small, large, 32)
    with Cohort(large) as before, Cohort(small) as after:
        assert after.plan.side_px == 32
        assert len(after.clips) == 0
        assert np.array_equal(after.seeds, before.seeds)
        assert np.array_equal(after.pictures.table("units"), before.pictures.table("units"))
        for number in range(len(before.pictures)):
            halved = before.pictures.frame(number).reshape(32, 2, 32, 2, 3).mean((1, 3))
            assert np.abs(after.pictures.frame(number) - halved).mean() < 8
    assert pictures(small).counts()["people"] == 3


def test_everybody_who_practises_is_for_training():
    faces = practice()
    assert faces.counts() == {"pictures": 6000, "people": 1000, "train": 6000}
