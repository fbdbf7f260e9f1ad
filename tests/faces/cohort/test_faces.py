"""A cohort read through its SPEC."""

from __future__ import annotations

import numpy as np
import pytest

from studio.faces.cohort import faces
from studio.faces.cohort.face_units import EXPRESSIONS, FACE_UNITS
from studio.faces.cohort.generate import CohortPlan
from studio.faces.cohort.storage import Cohort, write_cohort
from studio.faces.face_set import FacesError, FaceSet
from studio.faces.specs import open_clips, open_faces


@pytest.fixture(scope="module")
def path(basis, tmp_path_factory):
    path = tmp_path_factory.mktemp("cohort") / "small.h5"
    write_cohort(path, basis, CohortPlan(seed=3, people=4, pictures=2, clips=2, frames=3, side_px=32))
    return path


def test_pictures_carry_people_and_labels(path):
    found = open_faces(f"cohort:{path}")
    assert isinstance(found, FaceSet)
    assert (len(found), len(found.people)) == (8, 4)
    assert found.read(5).shape == (32, 32, 3)
    with Cohort(path) as cohort:
        assert np.array_equal(found.read(5), cohort.pictures[5][0])
        assert np.array_equal(found.labels["expression"], cohort.pictures.table("expression"))
        assert np.array_equal(found.labels["jawOpen"], cohort.pictures.table("units")[:, FACE_UNITS.index("jawOpen")])
    assert found.classes == {"expression": EXPRESSIONS}
    assert found.overlap() == ()


def test_clips_carry_a_simulated_severity(path):
    found = open_clips(f"cohort:{path}")
    assert [clip.task for clip in found.clips] == ["simulated"] * 2
    assert all(0 <= clip.severity <= 63 for clip in found.clips)
    assert np.stack(list(found.frames(1))).shape == (3, 32, 32, 3)
    assert "simulated" in found.warnings[0]


def test_frames_of_clips_are_pictures_with_labels(path):
    found, clips = faces.frames(path), faces.clips(path)
    assert len(found) == 6
    assert np.array_equal(found.read(4), list(clips.frames(1))[1])
    assert found.labels["severity"].tolist() == [clip.severity for clip in clips.clips for _ in range(3)]


def test_what_is_no_cohort_is_refused(tmp_path):
    (tmp_path / "text.h5").write_text("no cohort")
    with pytest.raises(FacesError, match="cannot be read as a cohort"):
        open_faces(f"cohort:{tmp_path / 'text.h5'}")
    with pytest.raises(FacesError, match="expected cohort, avec2013:PATH"):
        open_clips("celeba:x")
