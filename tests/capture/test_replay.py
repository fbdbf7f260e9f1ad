from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from itertools import pairwise

import cv2
import numpy as np
import pytest

from studio.capture.pipeline import LiveFrame, LivePipeline, LiveSettings
from studio.capture.replay import RecordedClip, RecordedFolder, Transport, open_live
from studio.faces.pictures import SourceError
from studio.optics.presets import preset
from tests.capture.conftest import write_clip, write_picture
from tests.capture.doubles import Signal


def level(frame) -> int:
    return round(float(frame.mean()) / 20)


def counting(path, frames):
    """A clip in which every frame is told from its neighbours: a bar that moves."""
    video = cv2.VideoWriter(
        str(path), cv2.VideoWriter.fourcc(*("FFV1" if path.suffix == ".avi" else "mp4v")), 25.0, (96, 64)
    )
    for index in range(frames):
        picture = np.full((64, 96, 3), 40, np.uint8)
        picture[:, index % 96] = 220
        picture[index % 64] = 220
        video.write(picture)
    video.release()
    return path


@pytest.mark.parametrize("suffix", [".mp4", ".avi"])
def test_a_number_gives_the_same_frame_however_it_is_reached(tmp_path, suffix):
    path = counting(tmp_path / f"a{suffix}", 200)
    straight = RecordedClip(path)
    frames = [straight.at(number) for number in range(200)]
    assert straight.length == 200
    assert straight.at(200) is None
    jumping = RecordedClip(path)
    for number in (0, 150, 3, 199, 70, 69, 71, 0):
        assert np.array_equal(jumping.at(number), frames[number]), number
    straight.close()
    jumping.close()


def test_the_synthetic_person_can_be_gone_through_like_any_clip():
    source = open_live("cohort")
    assert isinstance(source, RecordedClip)
    assert (source.name, source.fps, source.length) == ("cohort", 30.0, 300)
    late = source.at(250)
    source.at(3)
    assert np.array_equal(source.at(250), late)
    assert source.at(300) is None
    source.close()


def test_a_clip_that_cannot_be_searched_is_read_from_its_start(tmp_path):
    path = counting(tmp_path / "a.mp4", 150)
    honest, lying = RecordedClip(path), RecordedClip(path)
    jump = lying._jump
    lying._jump = lambda number: jump(number + 2)  # as a container does whose frames are not where they should be
    signs = []
    assert np.array_equal(lying.at(140, lambda: signs.append(1)), honest.at(140))
    assert len(signs) > 100
    assert np.array_equal(lying.at(5), honest.at(5))
    honest.close()
    lying.close()


def test_pictures_follow_each_other_and_a_broken_one_is_stood_in_for(tmp_path):
    for number in (1, 2, 10):
        write_picture(tmp_path / f"{number}.png", np.full((32, 32, 3), 20 * number, np.uint8))
    (tmp_path / "3.png").write_bytes(b"broken")
    folder = RecordedFolder(tmp_path, picture_s=0.1)
    assert (folder.stride, folder.length) == (3, 12)
    assert [level(folder.at(n)) for n in (0, 2, 3, 6, 9, 0)] == [1, 1, 2, 10, 10, 1]
    assert folder.at(12) is None


def test_a_folder_without_a_readable_picture_is_refused(tmp_path):
    (tmp_path / "a.png").write_bytes(b"broken")
    with pytest.raises(SourceError, match=r"no picture in .* can be read"):
        open_live(f"folder:{tmp_path}")


def test_what_comes_next():
    transport = Transport()
    assert transport.next(-1, 10, 1) == 0
    assert transport.next(9, 10, 1) == 0
    transport.set_loop(False)
    assert transport.next(9, 10, 1) is None
    transport.seek(99)
    assert transport.next(3, 10, 1) == 9
    transport.step(-1)
    transport.step(-1)
    assert transport.next(5, 10, 1) == 3
    transport.step(1)
    assert transport.next(4, 12, 3) == 6
    transport.set_playing(False)
    assert transport.next(5, 10, 1) is None
    assert transport.next(-1, 10, 1) == 0
    transport.seek(4)
    transport.forget()
    assert transport.next(5, 10, 1) is None
    transport.set_loop(True)
    transport.step(-1)
    assert transport.next(0, 10, 1) == 9


class Player:
    """The real pipeline on a recorded source, step by step."""

    def __init__(self, spec: str, seed: int = 0) -> None:
        self.signal = Signal()
        self.pipeline = LivePipeline(on_frame=self.signal, on_psf=self.signal, on_state=self.signal)
        self.settings = LiveSettings(preset("defocus-disc"), seed=seed)
        self.pipeline.set_settings(self.settings)
        self.pipeline.set_frozen(True)
        self.pipeline.start(spec)

    def frame(self, wanted: Callable[[LiveFrame], bool] = lambda _: True) -> LiveFrame:
        return self.signal.until(lambda: (f := self.pipeline.take_frame()) and wanted(f) and f)

    def at(self, number: int) -> str:
        return digest(self.frame(lambda f: f.number == number))


def digest(frame: LiveFrame) -> str:
    return hashlib.sha256(frame.capture.tobytes()).hexdigest()


@pytest.fixture
def player():
    players: list[Player] = []

    def build(spec: str, **options) -> Player:
        players.append(Player(spec, **options))
        return players[-1]

    yield build
    for each in players:
        assert each.pipeline.stop()


def test_every_replay_of_a_clip_gives_the_same_captures_noise_included(player, tmp_path):
    spec = f"clip:{write_clip(tmp_path / 'a.mp4', frames=6, size=(64, 48))}"
    first, second, other_seed = player(spec), player(spec), player(spec, seed=1)
    straight = [first.at(0)]
    for number in range(1, 6):
        first.pipeline.transport.step(1)
        straight.append(first.at(number))
    assert len(set(straight)) == 6
    first.pipeline.transport.step(1)
    assert first.at(0) == straight[0], "the loop begins again with the same capture"
    second.at(0)
    for number in (5, 2, 4):
        second.pipeline.transport.seek(number)
        assert second.at(number) == straight[number]
    second.pipeline.transport.step(-1)
    assert second.at(3) == straight[3]
    assert other_seed.at(0) != straight[0]


def test_played_at_speed_the_captures_are_the_same(player, tmp_path):
    spec = f"clip:{write_clip(tmp_path / 'a.mp4', frames=6, size=(64, 48))}"
    steps, playing = player(spec), player(spec)
    expected = {0: steps.at(0)}
    for number in range(1, 6):
        steps.pipeline.transport.step(1)
        expected[number] = steps.at(number)
    playing.pipeline.set_frozen(False)
    seen = [(f.number, digest(f)) for f in (playing.frame() for _ in range(12))]
    assert all(expected[number] == shown for number, shown in seen)
    assert any(b[0] < a[0] for a, b in pairwise(seen)), "it looped"


def test_a_paused_clip_holds_its_frame_and_still_follows_the_lens(player, tmp_path):
    it = player(f"clip:{counting(tmp_path / 'a.mp4', 12)}")
    it.at(0)
    it.pipeline.transport.seek(7)
    before = it.at(7)
    it.pipeline.set_settings(LiveSettings(preset("focused-1m"), revision=2))
    redrawn = it.frame(lambda f: f.revision == 2)
    assert redrawn.number == 7
    assert digest(redrawn) != before
    it.pipeline.set_settings(it.settings)
    assert digest(it.frame(lambda f: f.revision == 0)) == before


def test_without_a_loop_a_clip_rests_at_its_end_and_follows_the_lens(player, tmp_path):
    it = player(f"clip:{write_clip(tmp_path / 'a.mp4', frames=4, size=(64, 48))}")
    it.at(0)
    it.pipeline.transport.set_loop(False)
    it.pipeline.set_frozen(False)
    it.at(3)
    it.signal.until(lambda: it.pipeline.transport.resting)
    it.pipeline.set_settings(LiveSettings(preset("focused-1m"), revision=2))
    assert it.frame(lambda f: f.revision == 2).number == 3
    assert it.pipeline.state.phase == "streaming"


def test_a_folder_goes_on_picture_by_picture(player, tmp_path):
    for number in (1, 2, 3):
        write_picture(tmp_path / f"{number}.png", np.full((48, 64, 3), 60 * number, np.uint8))
    it = player(f"folder:{tmp_path}")
    first = it.frame()
    assert (first.place.number, first.place.length, first.place.stride) == (0, 270, 90)
    it.pipeline.transport.step(1)
    second = it.frame()
    assert second.place.number == 90
    assert (second.clear == 120).all()
    it.pipeline.transport.step(-2)
    assert it.frame().place.number == 180


def test_a_paused_source_can_be_left_at_once(player, tmp_path):
    it = player(f"clip:{write_clip(tmp_path / 'a.mp4', frames=4, size=(64, 48))}")
    it.at(0)
    assert it.pipeline.stop()
    assert not [t for t in threading.enumerate() if t.name.startswith(("capture-", "live-"))]


def test_a_picture_too_small_for_the_lens_is_passed_over(tmp_path):
    write_picture(tmp_path / "1.png", np.zeros((8, 14), np.uint8))
    with pytest.raises(SourceError, match="frames of 14 x 8 px are too small"):
        RecordedFolder(tmp_path)
    write_picture(tmp_path / "2.png", np.zeros((20, 30), np.uint8))
    source = RecordedFolder(tmp_path)
    assert source.at(0).shape == (20, 30, 3)
