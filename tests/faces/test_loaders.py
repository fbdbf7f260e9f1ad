"""Every loader on its layout: what is usable is read, what is broken is named, nothing stops it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.faces import kinds, specs
from studio.faces.avec import ClipSet
from studio.faces.expressions import EXPRESSIONS
from studio.faces.face_set import SPLITS, FacesError, FaceSet
from studio.faces.specs import READERS, open_faces
from tests.faces import layouts


def names(faces: FaceSet) -> list[str]:
    return [place.rsplit("/", 1)[-1] for place in faces.pictures]


def said(faces: FaceSet | ClipSet) -> str:
    return "\n".join(faces.warnings)


@pytest.mark.parametrize("kaggle", [False, True])
def test_celeba(tmp_path: Path, kaggle: bool) -> None:
    faces = open_faces(f"celeba:{layouts.celeba(tmp_path, kaggle)}")
    assert names(faces) == [f"{i:06d}.jpg" for i in range(1, 6)]
    assert [SPLITS[s] for s in faces.splits] == ["train", "train", "validation", "validation", "test"]
    assert [faces.people[i] for i in faces.identities] == ["7", "7", "7", "9", "9"]
    assert faces.overlap() == ("7", "9")
    np.testing.assert_array_equal(faces.labels["Smiling"], np.ones(5))
    np.testing.assert_array_equal(faces.labels["Young"], np.zeros(5))
    assert faces.landmarks.shape == (5, 5, 2)
    assert np.isnan(faces.landmarks[4]).all()
    assert "listed but not on disk: 1 (000006.jpg)" in said(faces)
    assert "on disk but not listed: 1 (stray.jpg)" in said(faces)
    assert "unreadable lines of list_landmarks_align_celeba.txt: 1 (000005.jpg)" in said(faces)


def test_celeba_without_people(tmp_path: Path) -> None:
    layouts.celeba(tmp_path)
    (tmp_path / "identity_CelebA.txt").unlink()
    faces = open_faces(f"celeba:{tmp_path}")
    assert faces.counts()["people"] == 0
    assert "identity_CelebA.txt is missing" in said(faces)


def test_lfw(tmp_path: Path) -> None:
    faces = open_faces(f"lfw:{layouts.lfw(tmp_path)}")
    assert faces.counts()["people"] == 3
    listed = [(names(faces)[a], names(faces)[b], bool(same), fold) for a, b, same, fold in faces.pairs]
    assert listed == [
        ("Ann_Lee_0001.jpg", "Ann_Lee_0002.jpg", True, 0),
        ("Ann_Lee_0001.jpg", "Bob_0002.jpg", False, 0),
        ("Bob_0001.jpg", "Bob_0002.jpg", True, 1),
    ]
    assert "pairs of pairs.txt that cannot be used: 1 (Bob 1 Nobody 1)" in said(faces)
    split = dict(zip(names(faces), faces.splits, strict=True))
    assert SPLITS[split["Ann_Lee_0003.jpg"]] == "train"
    assert SPLITS[split["Cy_0001.jpg"]] == "test"
    assert split["Ann_Lee_0002.jpg"] == -1


def test_rafdb(tmp_path: Path) -> None:
    faces = open_faces(f"rafdb:{layouts.rafdb(tmp_path)}")
    assert names(faces) == ["train_00001_aligned.jpg", "test_0001_aligned.jpg"]
    assert [EXPRESSIONS[int(v)] for v in faces.labels["expression"]] == ["sadness", "neutral"]
    assert "unreadable lines of list_patition_label.txt: 2 (train_00002.jpg 9, nonsense)" in said(faces)
    assert "listed but not on disk: 1 (test_0002_aligned.jpg)" in said(faces)


def test_affectnet_tables(tmp_path: Path) -> None:
    faces = open_faces(f"affectnet:{layouts.affectnet_tables(tmp_path)}")
    assert names(faces) == ["a.jpg", "c.jpg"]
    assert [EXPRESSIONS[int(v)] for v in faces.labels["expression"]] == ["happiness", "contempt"]
    np.testing.assert_array_equal(faces.labels["valence"], np.float32([0.5, np.nan]))
    assert [SPLITS[s] for s in faces.splits] == ["train", "validation"]
    for line in ("unreadable lines of training.csv: 1", "without a usable expression: 1 (1/b.jpg)", "1 (1/lost.jpg)"):
        assert line in said(faces)


def test_affectnet_arrays(tmp_path: Path) -> None:
    faces = open_faces(f"affectnet:{layouts.affectnet_arrays(tmp_path)}")
    assert names(faces) == ["1.jpg"]
    assert EXPRESSIONS[int(faces.labels["expression"][0])] == "surprise"
    assert "without readable annotations: 1 (3.jpg)" in said(faces)  # a pickle is never loaded
    assert "without a usable expression: 1 (2.jpg)" in said(faces)
    assert "arousal" not in faces.labels


def test_fer2013(tmp_path: Path) -> None:
    faces = open_faces(f"fer2013:{layouts.fer2013(tmp_path)}")
    assert [SPLITS[s] for s in faces.splits] == ["train", "validation", "test"]
    assert [EXPRESSIONS[int(v)] for v in faces.labels["expression"]] == ["anger", "happiness", "neutral"]
    assert "unreadable lines of fer2013.csv: 3 (line 4, line 6, line 7)" in said(faces)
    for number in range(3):
        frame = faces.read(number)
        np.testing.assert_array_equal(frame[..., 1].ravel(), np.arange(48 * 48) % 256)


def test_fer2013_folders(tmp_path: Path) -> None:
    faces = open_faces(f"fer2013:{layouts.fer2013_folders(tmp_path)}")
    assert faces.counts() == {"pictures": 3, "people": 0, "train": 2, "test": 1}
    assert "in a folder of no expression: 1 (test/confused/4.jpg)" in said(faces)


def test_avec2014(tmp_path: Path) -> None:
    clips = open_faces(f"avec2014:{layouts.avec2014(tmp_path)}")
    assert clips.counts() == {
        "clips": 5, "people": 3, "sessions": 4, "with_severity": 3, "train": 3, "validation": 1, "test": 1
    }  # fmt: skip
    assert clips.overlap() == ("203",)
    assert {c.severity for c in clips.clips if c.person == "203"} == {14.0, 3.0}
    first = next(i for i, c in enumerate(clips.clips) if (c.session, c.task) == ("1", "freeform") and c.person == "203")
    assert clips.clips[first].place.endswith("_aligned")
    assert [frame.shape for frame in clips.frames(first)] == [(8, 6, 3)] * 2
    for line in ("400_1_Depression.csv does not hold one number", "clips without a score: 2", "more than one split: 1"):
        assert line in said(clips)


def test_avec_people_can_be_kept_apart(tmp_path: Path) -> None:
    clips = open_faces(f"avec2014:{layouts.avec2014(tmp_path)}").subject_disjoint(seed=1)
    assert clips.overlap() == ()
    assert {clip.split for clip in clips.clips} == set(SPLITS)


def test_avec2013(tmp_path: Path) -> None:
    (clip,) = open_faces(f"avec2013:{layouts.avec2013(tmp_path)}").clips
    assert (clip.person, clip.session, clip.split, clip.severity) == ("203", "1", "train", 63.0)


def test_plain_folder(tmp_path: Path) -> None:
    faces = open_faces(f"folder:{layouts.plain(tmp_path)}")
    assert faces.pictures == ("stray.png", "ann/2.png", "ann/10.png", "bob/1.jpg")
    assert faces.identities.tolist() == [-1, 0, 0, 1]
    assert "pictures outside a person's folder: 1 (stray.png)" in said(faces)
    assert faces.read(1).shape == (8, 6, 3)


def test_orl_without_its_stray_file(tmp_path: Path) -> None:
    faces = open_faces(f"orl:{layouts.orl(tmp_path)}")
    assert faces.counts() == {"pictures": 6, "people": 3}
    assert faces.people == ("s1", "s10", "s2")


@pytest.mark.parametrize("kind", READERS)
def test_an_empty_folder_and_a_missing_one_are_refused_in_one_line(kind: str, tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "missing"):
        with pytest.raises(FacesError) as refusal:
            open_faces(f"{kind}:{place}")
        assert str(tmp_path) in str(refusal.value)
        assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("celebb:/x", "cannot be used here"),
        ("celeba:", "says no folder"),
        ("lfw:~nosuchuser/x", "no user of that"),
    ],
)
def test_a_spec_that_makes_no_sense(spec: str, reason: str) -> None:
    with pytest.raises(FacesError, match=reason):
        open_faces(spec)


def test_every_kind_that_can_be_named_can_be_read() -> None:
    assert set(kinds.KINDS) == set(specs.READERS)
    assert set(kinds.WITHOUT_PLACE) == set(specs.WITHOUT_PLACE)


@pytest.mark.parametrize("spec", ["", "nothing", "lfw", "lfw:", "cohort:", "Cohort"])
def test_a_spec_that_cannot_be_is_refused_without_a_look_at_the_disk(spec: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        kinds.check_spec(spec)
    assert kinds.check_spec(" lfw:faces ") == "lfw:faces"
