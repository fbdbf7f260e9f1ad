from __future__ import annotations

import numpy as np
import pytest

from studio.faces.pictures import (
    SourceError,
    find_pictures,
    find_pictures_and_videos,
    read_deep_picture,
    read_picture,
)
from tests.capture.conftest import write_picture


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
    path = write_picture(tmp_path / "a.png", deep)
    assert np.abs(read_picture(path)[..., 0] - deep / 257.0).max() <= 1.0
    assert (read_deep_picture(path) == deep[..., None]).all()


def test_deep_reading_leaves_other_depths_alone(tmp_path):
    assert read_deep_picture(write_picture(tmp_path / "a.png", gradient())).dtype == np.uint8
    with pytest.raises(SourceError, match=r"a\.tif is not a picture that can be read"):
        read_deep_picture(write_picture(tmp_path / "a.tif", np.ones((4, 5, 3), np.float32)))


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
    (tmp_path / "talk.MP4").touch()
    assert find_pictures_and_videos(tmp_path) == [tmp_path / "anna" / "1.png", tmp_path / "talk.MP4"]
