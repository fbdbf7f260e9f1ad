"""Captures on a disk: pictures and videos, whole or not there. A capture is (H, W, 3) float sRGB in [0, 1]."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

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


def write_picture(path: Path, capture: NDArray[np.floating], bits: int) -> None:
    """Write `capture` in the format of `path`, in 16 bits when `bits` ask for them and the format can; OSError."""
    deep = bits > 8 and path.suffix.lower() in DEEP_SUFFIXES
    pixels = np.rint(capture * 65535).astype(np.uint16) if deep else _eight_bits(capture)
    grey = path.suffix.lower() == ".pgm"  # a format without colour
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY if grey else cv2.COLOR_RGB2BGR)
    good, encoded = cv2.imencode(path.suffix, bgr, _JPEG if path.suffix.lower() in JPEG_SUFFIXES else [])
    if not good:
        raise OSError(f"{path} cannot be encoded")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.write_bytes(encoded.tobytes())
    except OSError as error:
        path.unlink(missing_ok=True)  # half a picture is worse than none
        raise OSError(error.errno, error.strerror, str(path)) from error


def write_video(path: Path, captures: Iterable[NDArray[np.floating]], fps: float, size: tuple[int, int]) -> int:
    """Write all `captures` of `size` (width, height, both even) as a video; returns how many. OSError leaves none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    codec = "FFV1" if path.suffix.lower() in LOSSLESS_SUFFIXES else "mp4v"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), fps, size)
    frames = 0
    try:
        if not writer.isOpened():
            raise OSError(f"{path} cannot be written")
        for capture in captures:
            writer.write(cv2.cvtColor(_eight_bits(capture), cv2.COLOR_RGB2BGR))
            frames += 1
        writer.release()
        _check_video(path, frames, size)
    except BaseException:
        writer.release()
        path.unlink(missing_ok=True)
        raise
    return frames


def _check_video(path: Path, frames: int, size: tuple[int, int]) -> None:
    """OSError when the video is not what was written: the writer says nothing of a full disk or of a cut side."""
    video = cv2.VideoCapture(str(path))
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
