"""Captures on a disk: pictures and videos, whole or not there. A capture is (H, W, 3) float sRGB in [0, 1]."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import cv2
import numpy as np
from numpy.typing import NDArray

DEEP_SUFFIXES = (".png", ".tif", ".tiff", ".pgm", ".ppm")
"""Picture formats that hold 16 bits a colour."""
JPEG_SUFFIXES = (".jpg", ".jpeg")
LOSSLESS_SUFFIXES = (".avi", ".mkv")
"""Video formats written as FFV1."""
VIEWING_SUFFIXES = (".mp4", ".m4v", ".mov")
"""Video formats written as MPEG-4."""

_JPEG = [cv2.IMWRITE_JPEG_QUALITY, 100, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
_RESERVE_FRAMES = 8
_RESERVE_BYTES = 1 << 20


def write_picture(path: Path, capture: NDArray[np.floating], bits: int) -> None:
    """Write `capture` in the format of `path`, in 16 bits when `bits` ask for them and the format can; OSError."""
    deep = bits > 8 and path.suffix.lower() in DEEP_SUFFIXES
    pixels = np.rint(capture * 65535).astype(np.uint16) if deep else _eight_bits(capture)
    grey = path.suffix.lower() == ".pgm"  # a format without colour
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY if grey else cv2.COLOR_RGB2BGR)
    good, encoded = cv2.imencode(path.suffix, bgr, _JPEG if path.suffix.lower() in JPEG_SUFFIXES else [])
    if not good:
        raise OSError(f"{path} cannot be encoded")
    with _whole(path) as new:
        new.write_bytes(encoded.tobytes())


def write_pictures(folder: Path, captures: Iterable[NDArray[np.floating]], bits: int) -> list[str]:
    """Write `captures` as 000001.png and so on into the new `folder`; returns the names. OSError leaves none."""
    names = []
    with _whole(folder) as new:
        for number, capture in enumerate(captures, start=1):
            names.append(f"{number:06d}.png")
            write_picture(new / names[-1], capture, bits)
    return names


def write_video(path: Path, captures: Iterable[NDArray[np.floating]], fps: float, size: tuple[int, int]) -> int:
    """Write all `captures` of `size` (width, height, both even) as a video; returns how many. OSError leaves none."""
    codec = "FFV1" if path.suffix.lower() in LOSSLESS_SUFFIXES else "mp4v"
    frames = 0
    with _whole(path) as new:
        _check_room(path, _RESERVE_BYTES)
        writer = cv2.VideoWriter(str(new), cv2.VideoWriter.fourcc(*codec), fps, size)
        try:
            if not writer.isOpened():
                raise OSError(f"{path} cannot be written")
            for capture in captures:
                bgr = cv2.cvtColor(_eight_bits(capture), cv2.COLOR_RGB2BGR)
                _check_room(path, _RESERVE_FRAMES * bgr.nbytes + _RESERVE_BYTES)
                writer.write(bgr)
                frames += 1
        finally:
            writer.release()
        _check_video(path, new, frames, size)
    return frames


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A hidden place beside `path` for a file or folder that takes the name `path` at the end, or goes if it fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{uuid4().hex[:12]}{path.suffix}")
    try:
        yield new
        os.replace(new, path)
    except OSError as error:
        if error.errno is None:  # in our own words
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        if new.is_dir():
            shutil.rmtree(new, ignore_errors=True)
        else:
            new.unlink(missing_ok=True)


def _check_room(path: Path, needed_bytes: int) -> None:
    """OSError when the disk is nearly full: the video writer would say nothing."""
    if shutil.disk_usage(path.parent).free < needed_bytes:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def _check_video(path: Path, written: Path, frames: int, size: tuple[int, int]) -> None:
    """OSError when the video is not what was written: the writer says nothing of a full quota or of a cut side."""
    video = cv2.VideoCapture(str(written))
    facts = (cv2.CAP_PROP_FRAME_COUNT, cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
    arrived, width, height = (round(video.get(fact)) if video.isOpened() else 0 for fact in facts)
    video.release()
    if arrived != frames:
        raise OSError(f"{path} could not be written: {arrived} of {frames} frames arrived; is the disk full?")
    if (width, height) != size:
        raise OSError(
            f"{path} could not be written: its frames became {width} x {height} px, not {size[0]} x {size[1]}"
        )


def _eight_bits(capture: NDArray[np.floating]) -> NDArray[np.uint8]:
    return np.rint(capture * 255).astype(np.uint8)
