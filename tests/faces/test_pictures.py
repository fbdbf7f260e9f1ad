from __future__ import annotations

import os

import cv2
import numpy as np
import pytest

from studio.faces.pictures import (
    SourceError,
    find_pictures,
    find_pictures_and_videos,
    is_transparent,
    read_deep_pictures,
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
    (page,) = read_deep_pictures(path)
    assert (page == deep[..., None]).all()


def test_deep_reading_leaves_other_depths_alone(tmp_path):
    (page,) = read_deep_pictures(write_picture(tmp_path / "a.png", gradient()))
    assert page.dtype == np.uint8
    floats = write_picture(tmp_path / "a.tif", np.ones((4, 5, 3), np.float32))
    for read in (read_picture, read_deep_pictures):
        with pytest.raises(SourceError, match=r"a\.tif is no picture with 8 or 16 bits a colour"):
            read(floats)


def test_all_pages_of_a_picture_are_read(tmp_path):
    pages = [np.full((4, 5, 3), 20 * number, np.uint8) for number in range(3)]
    assert cv2.imwritemulti(str(tmp_path / "a.tif"), pages)
    assert [page.mean() for page in read_deep_pictures(tmp_path / "a.tif")] == [0, 20, 40]


def test_what_is_opaque_is_not_transparent(tmp_path):
    bgra = np.full((4, 5, 4), 255, np.uint8)
    assert not is_transparent(write_picture(tmp_path / "a.png", bgra))
    bgra[0, 0, 3] = 254
    assert is_transparent(write_picture(tmp_path / "b.png", bgra))
    assert not is_transparent(write_picture(tmp_path / "c.png", bgra[..., :3]))


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


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    for read in (read_picture, read_deep_pictures):
        with pytest.raises(SourceError, match="no file"):
            read(tmp_path / "pipe.png")
    write_picture(tmp_path / "a.png", gradient())
    assert find_pictures(tmp_path) == [tmp_path / "a.png"]


def test_links_to_files_that_are_gone_are_found_and_cannot_be_read(tmp_path):
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere.png")
    assert find_pictures(tmp_path) == [tmp_path / "gone.png"]
    with pytest.raises(SourceError, match="No such file"):
        read_picture(tmp_path / "gone.png")


def test_links_to_folders_are_followed_and_hidden_files_are_not_read(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "in" / ".cache").mkdir(parents=True)
    write_picture(tmp_path / "elsewhere" / "1.png", gradient())
    for name in ("._1.png", "2.png"):
        write_picture(tmp_path / "in" / name, gradient())
    write_picture(tmp_path / "in" / ".cache" / "1.png", gradient())
    (tmp_path / "in" / "ann").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "back").symlink_to(tmp_path / "in")
    assert find_pictures_and_videos(tmp_path / "in") == [tmp_path / "in" / "2.png", tmp_path / "in" / "ann" / "1.png"]
    assert find_pictures(tmp_path / "in") == [tmp_path / "in" / "2.png"]
