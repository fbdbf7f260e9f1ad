"""Columns of a face set: subsets, splits by people, overlap; 200,000 pictures in seconds and little memory."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from studio.faces import celeba
from studio.faces.face_set import FacesError, FaceSet, deal, number_people


def faces(people: list[str | None]) -> FaceSet:
    identities, names = number_people(people)
    count = len(people)
    return FaceSet(
        "test",
        Path("."),
        tuple(f"{i}.png" for i in range(count)),
        np.zeros(count, np.int8),
        identities,
        names,
        labels={"number": np.arange(count, dtype=np.float32)},
    )


def test_a_subset_keeps_columns_together() -> None:
    few = faces(["a", "b", None, "a"]).subset([3, 1])
    assert few.pictures == ("3.png", "1.png")
    assert few.labels["number"].tolist() == [3, 1]
    assert [few.people[i] for i in few.identities] == ["a", "b"]


def test_dealt_splits_share_nobody() -> None:
    people = [f"p{i % 50}" for i in range(500)]
    dealt = faces(people).subject_disjoint(seed=3)
    assert dealt.overlap() == ()
    assert dealt.counts() == {"pictures": 500, "people": 50, "train": 350, "validation": 50, "test": 100}
    again = faces(people).subject_disjoint(seed=3)
    np.testing.assert_array_equal(dealt.splits, again.splits)
    assert (dealt.splits != faces(people).subject_disjoint(seed=4).splits).any()


def test_unknown_people_belong_to_no_split() -> None:
    dealt = faces(["a", None, "b", "c"]).subject_disjoint()
    assert dealt.splits[1] == -1
    assert sorted(dealt.splits[[0, 2, 3]]) == [0, 1, 2]


def test_two_people_cannot_be_dealt_to_three_splits() -> None:
    with pytest.raises(FacesError, match="2 people"):
        deal(2, seed=0)


def test_a_large_set_is_columns_not_pictures(tmp_path: Path) -> None:
    count = 200_000
    images = tmp_path / "img_align_celeba"
    images.mkdir()
    names = [f"{i:06d}.jpg" for i in range(1, count + 1)]
    (tmp_path / "list_eval_partition.txt").write_text("".join(f"{n} {i % 3}\n" for i, n in enumerate(names)))
    (tmp_path / "identity_CelebA.txt").write_text("".join(f"{n} {i // 20}\n" for i, n in enumerate(names)))
    present, celeba.pictures_in = celeba.pictures_in, lambda _: set(names)  # making the files takes longer than reading
    try:
        tracemalloc.start()
        large = celeba.read(tmp_path)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        celeba.pictures_in = present
    assert len(large) == count
    assert large.counts()["people"] == 10_000
    assert kept < 60e6
