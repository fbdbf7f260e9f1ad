from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import cv2
import numpy as np
import pytest

from studio.capture.sources import DEFAULT_SOURCE, Folder, Portrait, open_source, usable_fps
from studio.faces.pictures import SourceError, portrait_path, read_picture
from tests.capture.conftest import write_clip, write_picture


def test_the_synthetic_person_is_the_default_and_loops_without_a_seam():
    source = open_source(DEFAULT_SOURCE)
    assert (source.name, source.fps) == ("cohort", 30.0)
    frames = [source.read() for _ in range(301)]
    assert frames[0].shape == (480, 640, 3)
    assert np.array_equal(frames[300], frames[0])
    steps = [np.abs(b.astype(int) - a).mean() for a, b in pairwise(frames)]
    assert min(steps) > 0, "the person never rests"
    assert steps[299] <= max(steps[:299])
    source.close()


def test_the_portrait_needs_nothing_and_loops_without_a_seam():
    source = open_source("portrait")
    frames = [source.read() for _ in range(Portrait.loop_frames + 2)]
    assert all(f.shape == (480, 640, 3) and f.dtype == np.uint8 and f.flags.c_contiguous for f in frames)
    assert (frames[Portrait.loop_frames] == frames[0]).all()
    steps = [np.abs(a.astype(int) - b).mean() for a, b in pairwise(frames)]
    assert min(steps) > 0.0
    # the step across the seam is like any other
    assert steps[Portrait.loop_frames - 1] < 2.0 * np.median(steps)


def test_the_portrait_shows_its_face_all_the_time():
    face = read_picture(portrait_path())[75:170, 180:265]
    source = open_source("portrait")
    for index in range(Portrait.loop_frames):
        frame = source.read()
        if index % 40 == 0:
            scores = []
            for scale in np.arange(1.8, 2.6, 0.05):
                template = cv2.resize(face, None, fx=scale, fy=scale)
                scores.append(cv2.matchTemplate(frame, template, cv2.TM_CCOEFF_NORMED).max())
            assert max(scores) > 0.95


def test_a_smaller_limit_shrinks_every_frame():
    assert open_source("portrait", shorter_side=240).read().shape == (240, 320, 3)


@pytest.mark.parametrize("name", ["clip.mp4", "clip.avi"])
def test_a_clip_plays_at_its_rate_and_starts_again(tmp_path, name):
    source = open_source(f"clip:{write_clip(tmp_path / name, frames=6)}")
    first, second = ([int(source.read().mean()) for _ in range(6)] for _ in range(2))
    source.close()
    assert source.fps == pytest.approx(25.0)
    assert not source.sets_own_pace
    assert first == sorted(first)
    assert len(set(first)) == 6
    assert second == first


def test_a_large_clip_is_shrunk_for_the_live_view_only(tmp_path):
    path = write_clip(tmp_path / "large.mp4", frames=2, size=(1280, 720))
    live, full = open_source(f"clip:{path}"), open_source(f"clip:{path}", shorter_side=None)
    assert live.read().shape == (480, 853, 3)
    assert full.read().shape == (720, 1280, 3)
    live.close()
    full.close()


def test_a_clip_that_vanishes_while_it_plays_is_an_error(tmp_path):
    path = write_clip(tmp_path / "clip.mp4", frames=2)
    source = open_source(f"clip:{path}")
    path.unlink()
    with pytest.raises(SourceError, match="does not exist"):
        [source.read() for _ in range(3)]
    source.close()


def test_the_carphone_clip_shows_a_moving_person(carphone):
    source = open_source(f"clip:{carphone}")
    frames = [source.read() for _ in range(130)]
    source.close()
    assert {f.shape for f in frames} == {(144, 176, 3)}
    assert source.fps == pytest.approx(29.97, abs=0.01)
    assert np.abs(frames[0].astype(int) - frames[60]).mean() > 1.0
    assert (frames[120] == frames[0]).all(), "120 frames, then from the start"


def test_a_folder_shows_its_pictures_in_turn_and_skips_broken_ones(tmp_path):
    for name, level in (("1.png", 10), ("2.png", 20), ("10.png", 30)):
        write_picture(tmp_path / name, np.full((18, 19), level, np.uint8))
    (tmp_path / "3.png").write_bytes(b"broken")
    (tmp_path / "4.jpg").write_bytes(b"")
    source = Folder(tmp_path, picture_s=0.1)  # 3 frames each
    levels = [int(source.read()[0, 0, 0]) for _ in range(21)]
    assert levels == 2 * ([10] * 3 + [20] * 3 + [30] * 3) + [10] * 3
    assert source.skipped == 2


def test_a_folder_of_broken_pictures_is_refused(tmp_path):
    (tmp_path / "1.png").write_bytes(b"broken")
    with pytest.raises(SourceError, match="none of the 1 pictures"):
        open_source(f"folder:{tmp_path}")


def test_large_pictures_of_a_folder_are_shrunk(tmp_path):
    write_picture(tmp_path / "1.png", np.zeros((1000, 2000), np.uint8))
    assert open_source(f"folder:{tmp_path}").read().shape == (480, 960, 3)


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ("", "unknown"),
        ("webcam", "known are cohort, portrait, camera:N"),
        ("camera", "unknown"),
        ("camera:front", "unknown"),
        ("camera:-1", "unknown"),
        ("camera:99", "camera 99 is not there"),
        ("camera:" + "9" * 5000, "unknown"),
        ("clip:" + "9" * 5000, "cannot be looked at"),
        ("clip:{tmp}/tiny.avi", "tiny.avi: frames of 14 x 8 px are too small; 16 px"),
        ("clip:", "unknown"),
        ("clip:{tmp}/nothing.mp4", "nothing.mp4 does not exist"),
        ("clip:{tmp}/notes.txt", "not a video"),
        ("clip:{tmp}/empty.mp4", "not a video"),
        ("clip:{tmp}", "is not a file"),
        ("folder:{tmp}/nothing", "does not exist"),
        ("folder:{tmp}/notes.txt", "is not a folder"),
        ("folder:{tmp}", "holds no picture"),
        ("cohort:x", "unknown"),
    ],
)
def test_what_cannot_be_opened_is_said_in_one_line(tmp_path, capfd, spec, text):
    (tmp_path / "notes.txt").write_text("words, not pictures\n" * 50)
    (tmp_path / "empty.mp4").touch()
    write_clip(tmp_path / "tiny.avi", frames=2, size=(14, 8))
    with pytest.raises(SourceError, match=text) as caught:
        open_source(spec.format(tmp=tmp_path))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400
    assert capfd.readouterr().err == "", "the video library keeps quiet"


@pytest.mark.parametrize(
    ("stated", "used"), [(25.0, 25.0), (0.0, 30.0), (float("nan"), 30.0), (1000.0, 30.0), (-1.0, 30.0)]
)
def test_frame_rates_that_cannot_be_are_replaced(stated, used):
    assert usable_fps(stated) == used


def test_live_capture_loads_neither_torch_nor_qt_nor_plots():
    code = (
        "import sys; from studio.capture.pipeline import LivePipeline; from studio.capture.sources import open_source; "
        "open_source('portrait').read(); "
        "print([m for m in ('torch', 'PySide6', 'matplotlib', 'skimage', 'pyqtgraph') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
