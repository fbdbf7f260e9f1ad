from __future__ import annotations

import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from studio.capture import recorder as module
from studio.capture.recorder import RESERVE_BYTES, Recorder, RecordingError, save_still
from studio.faces.pictures import open_video, video_frames
from tests.capture.doubles import grey_frame


def read(path: Path) -> list[np.ndarray]:
    video, first = open_video(path)
    frames = list(video_frames(video, first))
    video.release()
    return frames


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)


@pytest.mark.parametrize("name", ["a.mkv", "b.avi"])
def test_a_lossless_clip_holds_the_very_captures(tmp_path, name):
    smooth = [np.full((48, 64, 3), 12 * n, np.uint8) for n in range(8)]
    with Recorder(tmp_path / name, fps=25.0) as recorder:
        for number, frame in enumerate(smooth):
            recorder.add(frame, 100.0 + number / 25.0)
    assert recorder.outcome.path == tmp_path / name
    assert recorder.outcome.progress.frames == 8
    assert recorder.outcome.progress.size_bytes == (tmp_path / name).stat().st_size
    frames = read(tmp_path / name)
    assert len(frames) == 8
    assert all(np.abs(a.astype(int) - b).max() <= 1 for a, b in zip(frames, smooth, strict=True))


def test_a_compact_clip(tmp_path, picture):
    with Recorder(tmp_path / "a.mp4") as recorder:
        recorder.add(picture, 0.0)
        recorder.add(picture, 1.0)
    assert len(read(tmp_path / "a.mp4")) == 31
    assert recorder.outcome.progress.seconds == pytest.approx(31 / 30)


def test_what_came_unevenly_keeps_its_time_but_a_pause_is_cut(tmp_path):
    with Recorder(tmp_path / "a.mkv", fps=10.0) as recorder:
        for level, at_s in ((10, 0.0), (20, 0.3), (30, 60.3), (40, 60.4)):
            recorder.add(grey_frame(level), at_s)
    levels = [round(float(f.mean())) for f in read(tmp_path / "a.mkv")]
    assert levels == [10] * 3 + [20] * 10 + [30, 40]


def test_odd_sides_lose_nothing(tmp_path):
    frame = grey_frame(50, height=49, width=65)
    frame[-1], frame[:, -1] = 200, 200
    with Recorder(tmp_path / "a.mkv") as recorder:
        recorder.add(frame, 0.0)
    (written,) = read(tmp_path / "a.mkv")
    assert written.shape == (50, 66, 3)
    assert np.abs(written[:49, :65].astype(int) - frame).max() <= 2


def test_stills_are_a_new_folder_of_pictures(tmp_path, picture):
    with Recorder(tmp_path / "face") as recorder:
        recorder.add(picture, 0.0)
        recorder.add(255 - picture, 9.0)
    assert sorted(p.name for p in (tmp_path / "face").iterdir()) == ["face-000001.png", "face-000002.png"]
    assert (cv2.imread(str(tmp_path / "face" / "face-000002.png"))[..., ::-1] == 255 - picture).all()
    with pytest.raises(RecordingError, match="not empty"):
        Recorder(tmp_path / "face")


def test_until_it_is_finished_the_file_is_absent_and_nothing_is_left(tmp_path, picture):
    recorder = Recorder(tmp_path / "a.mkv")
    recorder.add(picture, 0.0)
    assert not (tmp_path / "a.mkv").exists()
    assert recorder.finish().path == tmp_path / "a.mkv"
    assert [p.name for p in tmp_path.iterdir()] == ["a.mkv"]
    recorder.add(picture, 1.0)  # too late, ignored
    assert recorder.finish().progress.frames == 1


def test_without_a_frame_there_is_nothing(tmp_path):
    outcome = Recorder(tmp_path / "a.mp4").finish()
    assert outcome.path is None
    assert "no frame came" in outcome.problem
    assert list(tmp_path.iterdir()) == []


def test_it_ends_whole_before_the_disk_is_full(tmp_path, picture):
    ended, free = threading.Event(), [2 * RESERVE_BYTES]
    recorder = Recorder(tmp_path / "a.mkv", on_end=lambda _: ended.set(), free_bytes=lambda _: free[0])
    recorder.add(picture, 0.0)
    wrote = threading.Event()
    while not recorder.progress.frames:
        wrote.wait(0.001)
    free[0] = RESERVE_BYTES - 1
    at_s = 0.0
    while not ended.is_set():
        at_s += 1 / 30
        recorder.add(picture, at_s)
        wrote.wait(0.001)
    assert "nearly full" in recorder.outcome.problem
    assert len(read(tmp_path / "a.mkv")) == recorder.outcome.progress.frames


def test_a_clip_that_did_not_arrive_whole_is_not_kept(tmp_path, picture, monkeypatch):
    real = cv2.VideoWriter

    class Lossy:
        """A writer that says nothing of a disk that is full."""

        fourcc = staticmethod(real.fourcc)

        def __init__(self, *options) -> None:
            self._real, self._written = real(*options), 0

        def isOpened(self) -> bool:
            return self._real.isOpened()

        def write(self, frame) -> None:
            self._written += 1
            if self._written <= 3:
                self._real.write(frame)

        def release(self) -> None:
            self._real.release()

    monkeypatch.setattr(module.cv2, "VideoWriter", Lossy)
    (tmp_path / "a.mkv").write_bytes(b"an earlier take")
    with Recorder(tmp_path / "a.mkv") as recorder:
        for number in range(5):
            recorder.add(picture, number / 30)
    assert recorder.outcome.path is None
    assert "3 of 5 frames" in recorder.outcome.problem
    assert (tmp_path / "a.mkv").read_bytes() == b"an earlier take"
    assert [p.name for p in tmp_path.iterdir()] == ["a.mkv"]


def test_stills_that_cannot_be_written_leave_nothing(tmp_path, picture, monkeypatch):
    def full(self, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    outcome_of = Recorder(tmp_path / "face")
    outcome_of.add(picture, 0.0)
    outcome = outcome_of.finish()
    assert outcome.path is None
    assert "disk is full" in outcome.problem
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_stays_makes_a_longer_clip_but_no_second_still(tmp_path, picture):
    for name, frames in (("a.mkv", 31), ("face", 1)):
        with Recorder(tmp_path / name) as recorder:
            recorder.add(picture, 0.0)
            recorder.add(picture, 1.0)
        assert recorder.outcome.progress.frames == frames


def test_what_is_discarded_leaves_nothing(tmp_path, picture):
    recorder = Recorder(tmp_path / "a.mkv")
    recorder.add(picture, 0.0)
    recorder.discard()
    outcome = recorder.finish()
    assert outcome.path is None
    assert "discarded" in outcome.problem
    assert list(tmp_path.iterdir()) == []


def test_a_change_of_size_ends_it(tmp_path):
    with Recorder(tmp_path / "a.mkv") as recorder:
        recorder.add(grey_frame(1), 0.0)
        recorder.add(grey_frame(1, height=96), 0.1)
    assert "changed its size" in recorder.outcome.problem
    assert len(read(tmp_path / "a.mkv")) == 1


def test_frames_that_come_too_fast_are_left_out_and_counted(tmp_path, monkeypatch):
    busy, go_on = threading.Event(), threading.Event()

    def slow(frame):
        busy.set()
        assert go_on.wait(20.0)
        return b"png"

    monkeypatch.setattr(module, "encode_still", slow)
    recorder = Recorder(tmp_path / "face")
    recorder.add(grey_frame(), 0.0)
    assert busy.wait(20.0)
    for number in range(100):
        recorder.add(grey_frame(), number / 30)
    go_on.set()
    assert recorder.finish().progress.left_out == 100 - module.WAITING_FRAMES


@pytest.mark.parametrize("name", ["a.txt", "missing/a.mp4", "folder.mp4"])
def test_a_place_that_will_not_do_is_refused_at_once(tmp_path, name):
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(RecordingError, match=Path(name).name):
        Recorder(tmp_path / name)
    assert [p.name for p in tmp_path.iterdir()] == ["folder.mp4"]


def test_a_single_still(tmp_path, picture):
    save_still(tmp_path / "a.png", picture)
    assert (cv2.imread(str(tmp_path / "a.png"))[..., ::-1] == picture).all()
    with pytest.raises(RecordingError, match="does not exist"):
        save_still(tmp_path / "missing" / "a.png", picture)
