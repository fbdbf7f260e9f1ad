from __future__ import annotations

import numpy as np
import pytest

from studio.capture.pictures import SourceError, find_pictures, portrait_path, read_picture, read_pictures
from tests.capture.conftest import write_clip, write_picture


def gradient(height: int = 20, width: int = 30) -> np.ndarray:
    return np.linspace(0, 255, height * width).astype(np.uint8).reshape(height, width)


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.pgm"])
def test_grey_pictures_come_as_rgb(tmp_path, name):
    frame = read_picture(write_picture(tmp_path / name, gradient()))
    assert frame.dtype == np.uint8
    assert frame.flags.c_contiguous
    assert (frame == gradient()[..., None]).all()


def test_colours_come_in_rgb_order_and_transparency_is_dropped(tmp_path):
    bgra = np.zeros((4, 5, 4), np.uint8)
    bgra[...] = (10, 20, 30, 128)
    frame = read_picture(write_picture(tmp_path / "a.png", bgra))
    assert frame.shape == (4, 5, 3)
    assert (frame == (30, 20, 10)).all()


def test_16_bit_pictures_keep_their_range(tmp_path):
    deep = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    frame = read_picture(write_picture(tmp_path / "a.png", deep))
    assert np.abs(frame[..., 0] - deep / 257.0).max() <= 1.0


@pytest.mark.parametrize("content", [b"", b"no picture at all"])
def test_a_damaged_picture_is_named_in_one_line(tmp_path, content):
    path = tmp_path / "bad.png"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"bad\.png") as caught:
        read_picture(path)
    assert "\n" not in str(caught.value)


def test_a_cut_picture_is_damaged(tmp_path):
    whole = write_picture(tmp_path / "a.jpg", gradient(200, 200)).read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 4])
    with pytest.raises(SourceError, match="damaged"):
        read_picture(tmp_path / "cut.jpg")


def test_pictures_of_a_folder_come_in_natural_order(tmp_path):
    for name in ("img10.png", "img2.PNG", "Img1.png"):
        write_picture(tmp_path / name.lower(), gradient()).rename(tmp_path / name)
    (tmp_path / "notes.txt").write_text("not a picture")
    assert [p.name for p in find_pictures(tmp_path)] == ["Img1.png", "img2.PNG", "img10.png"]


def test_sub_folders_are_read_only_when_asked(tmp_path):
    (tmp_path / "anna").mkdir()
    write_picture(tmp_path / "anna" / "1.png", gradient())
    with pytest.raises(SourceError, match="holds no picture"):
        find_pictures(tmp_path)
    assert [name for name, _ in read_pictures(tmp_path, recursive=True)] == ["anna/1.png"]


def test_read_pictures_goes_on_after_broken_files_and_names_them(tmp_path):
    write_picture(tmp_path / "1.png", gradient())
    (tmp_path / "2.png").write_bytes(b"broken")
    write_picture(tmp_path / "3.png", gradient())
    problems: list[str] = []
    assert [name for name, _ in read_pictures(tmp_path, problems)] == ["1.png", "3.png"]
    assert len(problems) == 1
    assert "2.png" in problems[0]


def test_read_pictures_refuses_a_folder_of_broken_files(tmp_path):
    (tmp_path / "1.png").write_bytes(b"broken")
    with pytest.raises(SourceError, match="none of the 1 pictures"):
        list(read_pictures(tmp_path))


def test_read_pictures_gives_every_frame_of_a_video_at_full_size(tmp_path):
    path = write_clip(tmp_path / "talk.mp4", frames=5, size=(1280, 960))
    frames = list(read_pictures(f"clip:{path}"))
    assert [name for name, _ in frames] == [f"talk-{i:06d}" for i in range(1, 6)]
    assert all(frame.shape == (960, 1280, 3) for _, frame in frames)


def test_read_pictures_knows_the_portrait():
    [(name, frame)] = read_pictures("portrait")
    assert name == portrait_path().name
    assert frame.shape == (512, 512, 3)


@pytest.mark.parametrize("name", ["nowhere.png", "nowhere.mp4", "nowhere"])
def test_read_pictures_names_what_is_missing(tmp_path, name):
    with pytest.raises(SourceError, match="nowhere"):
        list(read_pictures(tmp_path / name))
