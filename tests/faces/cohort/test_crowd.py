"""Crowds for attackers: rendered in two processes, kept in the cache, gone on with after a stop, strangers to all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.faces.cohort import chunks, faces
from studio.faces.cohort.basis import HeadBasis
from studio.faces.cohort.chunks import write_in_processes
from studio.faces.cohort.crowd import crowd
from studio.faces.cohort.generate import CohortPlan
from studio.faces.cohort.storage import Cohort, write_cohort
from studio.faces.face_set import FacesError
from studio.listener import Listener

PLAN = CohortPlan(seed=5, people=4, pictures=2, clips=2, frames=2, side_px=32)


class Stopping(Listener):
    """Asks to stop, or only remembers what it heard."""

    def __init__(self, stop: bool) -> None:
        self._stop = stop
        self.heard: list[float] = []
        self.notes: list[str] = []

    def progress(self, stage: str, share: float) -> None:
        self.heard.append(share)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def stopping(self) -> bool:
        return self._stop


@pytest.fixture
def two_people_a_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "_FRAMES_A_CHUNK", 6)


def contents(path: Path) -> tuple[bytes, list[bytes]]:
    with Cohort(path) as cohort:
        kinds = (cohort.pictures, cohort.clips)
        pixels = b"".join(frame.tobytes() for kind in kinds for i in range(len(kind)) for frame in kind.encoded(i))
        return pixels, [column.tobytes() for kind in kinds for column in kind.columns().values()]


def test_processes_write_what_one_would(basis: HeadBasis, tmp_path: Path, two_people_a_chunk: None) -> None:
    write_cohort(tmp_path / "one.h5", basis, PLAN)
    heard = Stopping(stop=False)
    assert write_in_processes(tmp_path / "two.h5", PLAN, tmp_path / "chunks", heard)
    assert len(list((tmp_path / "chunks").iterdir())) == 2
    assert contents(tmp_path / "one.h5") == contents(tmp_path / "two.h5")
    assert heard.heard == sorted(heard.heard)
    assert heard.heard[-1] == 1


def test_a_stopped_crowd_is_gone_on_with(basis: HeadBasis, tmp_path: Path, two_people_a_chunk: None) -> None:
    folder = tmp_path / "chunks"
    assert not write_in_processes(tmp_path / "two.h5", PLAN, folder, Stopping(stop=True))
    assert list(tmp_path.iterdir()) == [folder]
    assert not list(folder.iterdir())
    part = folder / "000002.h5"
    write_cohort(part, basis, PLAN, people=range(2, 4))
    written = part.stat().st_mtime_ns
    heard = Stopping(stop=False)
    assert write_in_processes(tmp_path / "two.h5", PLAN, folder, heard)
    assert heard.heard[0] == 0.33  # 4 of 12 frames were there
    assert part.stat().st_mtime_ns == written
    write_cohort(tmp_path / "one.h5", basis, PLAN)
    assert contents(tmp_path / "one.h5") == contents(tmp_path / "two.h5")


def test_a_disk_that_refuses_is_reported(tmp_path: Path) -> None:
    (tmp_path / "chunks" / "000000.h5").mkdir(parents=True)
    with pytest.raises(FacesError, match=r"000000\.h5 cannot be read"):
        write_in_processes(tmp_path / "two.h5", PLAN, tmp_path / "chunks")


def test_a_crowd_is_rendered_once_and_read_as_pictures(tmp_path: Path) -> None:
    heard = Stopping(stop=False)
    path = crowd(3, 2, 32, listener=heard, cache=tmp_path)
    assert path is not None
    assert "3 synthetic people x 2 pictures" in heard.notes[0]
    assert list(tmp_path.iterdir()) == [path]
    found = faces.pictures(path)
    assert (len(found), len(found.people), found.read(5).shape) == (6, 3, (32, 32, 3))
    written = path.stat().st_mtime_ns
    assert crowd(3, 2, 32, cache=tmp_path) == path
    assert path.stat().st_mtime_ns == written


def test_a_crowd_shares_nobody_with_the_cohort(tmp_path: Path) -> None:
    with Cohort(faces.shipped()) as cohort:
        plan, seeds = cohort.plan, cohort.seeds
    with pytest.raises(ValueError, match="people of the shipped cohort"):
        crowd(3, 1, 32, plan.seed, cache=tmp_path)
    path = crowd(3, 1, 32, plan.seed + 1, cache=tmp_path)
    assert path is not None
    with Cohort(path) as other:
        assert not np.intersect1d(other.seeds, seeds).size
