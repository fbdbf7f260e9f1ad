"""Pictures and video files, read as uint8 RGB frames of shape (H, W, 3)."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Iterator
from pathlib import Path
from reprlib import repr as short_repr

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.user_paths import user_path

Frame = NDArray[np.uint8]
DeepFrame = Frame | NDArray[np.uint16]

PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".pgm", ".ppm", ".tif", ".tiff", ".webp")
# fmt: off
VIDEO_SUFFIXES = (
    ".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".ts", ".mts", ".ogv", ".wmv", ".flv", ".3gp",
    ".y4m", ".gif",
)
# fmt: on
"""Asked for because FFmpeg would play a text file as well, and follow the addresses of a playlist."""

# Failures are reported once, in our own words; the libraries would print theirs as well.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


class SourceError(ValueError):
    """Frames that cannot be read; the text is one line that names what and why."""


def source_path(text: str) -> Path:
    """`text` as a path, with `~` and `~name` filled in; SourceError when there is no such user or it is too long."""
    try:
        path = user_path(text)
        path.exists()
    except ValueError as error:
        raise SourceError(str(error)) from None
    except OSError as error:
        raise SourceError(f"{short_repr(text)} cannot be looked at: {error.strerror}") from None
    return path


def read_picture(path: Path) -> Frame:
    """The first picture in `path`, upright; grey, transparent and 16-bit ones are converted. SourceError."""
    encoded = _encoded(path)
    try:
        bgr = cv2.imdecode(encoded, cv2.IMREAD_COLOR) if encoded.size else None
    except cv2.error:
        bgr = None
    if bgr is None:
        raise SourceError(_unreadable(path))
    return to_rgb(bgr)


def read_deep_pictures(path: Path) -> list[DeepFrame]:
    """All pictures in `path`, the pages of a TIFF or the frames of an animation; those of 16 bits keep them.

    SourceError.
    """
    encoded = _encoded(path)
    try:
        good, pages = cv2.imdecodemulti(encoded, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)
    except cv2.error:
        good, pages = False, ()
    if not good or not pages or any(page.dtype not in (np.uint8, np.uint16) for page in pages):
        raise SourceError(_unreadable(path))
    return [to_rgb(page) for page in pages]


def is_transparent(path: Path) -> bool:
    """Whether any pixel of the first picture in `path`, which can be read, is not opaque."""
    picture = cv2.imdecode(_encoded(path), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.shape[2:] != (4,):
        return False
    return bool((picture[..., 3] < np.iinfo(picture.dtype).max).any())


def _encoded(path: Path) -> NDArray[np.uint8]:
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise SourceError(f"{path} cannot be read: it is no file")
    # Bytes first: cv2.imread cannot open every name on every system.
    try:
        return np.fromfile(path, np.uint8)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from None


def _unreadable(path: Path) -> str:
    return f"{path} is no picture with 8 or 16 bits a colour, or it is damaged"


def find_pictures(folder: Path) -> list[Path]:
    """Picture files of `folder` in natural order (2 before 10), or the one it is; SourceError when there is none."""
    if folder.is_file() and folder.suffix.lower() in PICTURE_SUFFIXES:
        return [folder]
    return _find(folder, "picture", PICTURE_SUFFIXES, recursive=False)


def find_pictures_and_videos(folder: Path) -> list[Path]:
    """Those of `folder` and all folders below it, links followed, in natural order; SourceError when there is none."""
    return _find(folder, "picture and no video", PICTURE_SUFFIXES + VIDEO_SUFFIXES, recursive=True)


def find_other_files(folder: Path) -> list[Path]:
    """Files where `find_pictures_and_videos` looks that are neither, such as the HEIC pictures of a phone."""
    return [path for path in _files(folder, True) if path.suffix.lower() not in PICTURE_SUFFIXES + VIDEO_SUFFIXES]


def _find(folder: Path, what: str, suffixes: tuple[str, ...], *, recursive: bool) -> list[Path]:
    if not folder.is_dir():
        raise SourceError(f"{folder} is not a folder" if folder.exists() else f"{folder} does not exist")
    try:
        found = [path for path in _files(folder, recursive) if path.suffix.lower() in suffixes]
    except OSError as error:
        raise SourceError(f"{error.filename or folder} cannot be read: {error.strerror or error}") from None
    if not found:
        raise SourceError(f"{folder} holds no {what} ({names(suffixes)})")
    return sorted(found, key=lambda p: [natural_order(part) for part in p.relative_to(folder).parts])


def _files(folder: Path, recursive: bool, above: frozenset[str] = frozenset()) -> Iterator[Path]:
    """Files that are not hidden, as "._a.png" of a foreign disk is, and links to files that are gone.

    `above` breaks links that lead back up.
    """
    here = os.path.realpath(folder)
    if here in above:
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_file() or not os.path.exists(entry.path):  # it is missed when it is read
                yield Path(entry.path)
            elif recursive and entry.is_dir():
                yield from _files(Path(entry.path), recursive, above | {here})


def names(suffixes: tuple[str, ...]) -> str:
    return ", ".join(suffix[1:] for suffix in suffixes)


def natural_order(name: str) -> list[tuple[int, str]]:
    """Sort key that compares runs of digits as numbers."""
    return [(int(run), "") if run.isdecimal() else (-1, run.lower()) for run in re.split(r"(\d+)", name)]


def check_video(path: Path) -> None:
    """SourceError unless `path` is a file with the name of a video; nothing is read."""
    if not path.is_file():
        raise SourceError(f"{path} is not a file" if path.exists() else f"{path} does not exist")
    if path.suffix.lower() not in VIDEO_SUFFIXES:
        raise SourceError(f"{path} is not a video ({names(VIDEO_SUFFIXES)})")


def open_video(path: Path) -> tuple[cv2.VideoCapture, Frame]:
    """The video in `path` and its first frame; SourceError when it gives none."""
    check_video(path)
    video = cv2.VideoCapture(str(path))
    frame = read_video(video)
    if frame is None:
        video.release()
        raise SourceError(f"{path} is not a video that can be played, or it is damaged")
    return video, frame


def read_video(video: cv2.VideoCapture) -> Frame | None:
    """The next frame of an open video or camera; None when it gives none."""
    good, bgr = video.read()
    return to_rgb(bgr) if good else None


def video_frames(video: cv2.VideoCapture, first: Frame) -> Iterator[Frame]:
    """`first` and every frame that an open video still gives."""
    frame: Frame | None = first
    while frame is not None:
        yield frame
        frame = read_video(video)


def read_frames(path: Path) -> Iterator[Frame]:
    """The frames of a video file, or the pictures of a folder in their order, one at a time; SourceError."""
    if path.is_dir():
        yield from map(read_picture, find_pictures(path))
        return
    video, first = open_video(path)
    try:
        yield from video_frames(video, first)
    finally:
        video.release()


def to_rgb(bgr: NDArray) -> NDArray:
    """A contiguous (H, W, 3) RGB copy of what OpenCV gave: BGR, or grey of shape (H, W)."""
    return cv2.cvtColor(bgr, cv2.COLOR_GRAY2RGB if bgr.ndim == 2 else cv2.COLOR_BGR2RGB)


def limit_shorter_side(frame: Frame, shorter_side: int | None) -> Frame:
    """`frame` itself, or shrunk so that its shorter side has `shorter_side` pixels; None means no limit."""
    height, width = frame.shape[:2]
    if shorter_side is None or min(height, width) <= shorter_side:
        return frame
    scale = shorter_side / min(height, width)
    return cv2.resize(frame, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)


def portrait_path() -> Path:
    """The public-domain NASA portrait (512 x 512) that scikit-image carries in its wheel; SourceError without it."""
    # find_spec imports nothing; importing skimage would cost time and could reach for the network.
    package = importlib.util.find_spec("skimage")
    for folder in (package.submodule_search_locations or []) if package else []:
        path = Path(folder, "data", "astronaut.png")
        if path.is_file():
            return path
    raise SourceError("the portrait is missing from this installation: pip install --force-reinstall scikit-image")
