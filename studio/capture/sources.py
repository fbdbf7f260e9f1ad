"""Frame sources for the live view, each opened by a short text such as `cohort`, `camera:0` or `clip:talk.mp4`.

A source is used by one thread: opened, read and closed there. Frames are contiguous uint8 RGB (H, W, 3) and may
be shared, so nobody writes into them.
"""

from __future__ import annotations

from math import cos, isfinite, pi, sin
from pathlib import Path
from reprlib import repr as short_repr
from typing import ClassVar, Protocol

import cv2
import numpy as np

from studio.faces.pictures import (
    Frame,
    SourceError,
    check_video,
    find_pictures,
    limit_shorter_side,
    open_video,
    portrait_path,
    read_picture,
    read_video,
    source_path,
)
from studio.optics.frames import MIN_SIDE_PX
from studio.resources import resource_path

COHORT, PORTRAIT = "cohort", "portrait"
DEFAULT_SOURCE = COHORT
KNOWN = "cohort, portrait, camera:N, clip:PATH, folder:PATH"
LIVE_SHORTER_SIDE = 480
"""Pixels; larger frames are shrunk to this before they enter the live view."""


class FrameSource(Protocol):
    name: str
    fps: float
    """Frames a second; a camera's is what it says of itself."""
    sets_own_pace: bool
    """True when `read` waits for the next frame by itself, as cameras do."""

    def read(self) -> Frame | None:
        """The next frame, or None when there was none this time."""

    def close(self) -> None: ...


def open_source(spec: str, *, shorter_side: int | None = LIVE_SHORTER_SIDE) -> FrameSource:
    """Open `cohort`, `portrait`, `camera:N`, `clip:PATH` or `folder:PATH`; SourceError says in one line why not.

    `shorter_side` (pixels) limits the size of the frames; None keeps them as they are.
    """
    kind, _, rest = spec.partition(":")
    if spec == COHORT:
        return Clip(cohort_clip(), shorter_side, COHORT)
    if spec == PORTRAIT:
        return Portrait(shorter_side)
    if is_camera(spec):
        return Camera(int(rest), shorter_side)
    if kind == "clip" and rest:
        return Clip(source_path(rest), shorter_side)
    if kind == "folder" and rest:
        return Folder(source_path(rest), shorter_side)
    raise SourceError(f"source {short_repr(spec)} is unknown; known are {KNOWN}")


def check_source(spec: str) -> None:
    """SourceError when `spec` names nothing that `open_source` could open; looks at names and folders alone."""
    kind, _, rest = spec.partition(":")
    if kind == "clip" and rest:
        check_video(source_path(rest))
    elif not is_camera(spec):  # cameras come and go
        open_source(spec).close()


def is_camera(spec: str) -> bool:
    """Whether `spec` is `camera:N`."""
    kind, _, rest = spec.partition(":")
    return kind == "camera" and rest.isascii() and rest.isdecimal() and len(rest) < 5


def cohort_clip() -> Path:
    """The clip of a synthetic person that talks, 640 x 480, 10 s, made to be looped; SourceError without it."""
    try:
        return resource_path("cohort", "live.mp4")
    except FileNotFoundError as error:
        raise SourceError(str(error)) from None


def input_path(spec: str) -> Path:
    """The picture, video or folder that `PATH`, `clip:PATH`, `folder:PATH` or `portrait` names; SourceError."""
    if spec == PORTRAIT:
        return portrait_path()
    kind, _, rest = spec.partition(":")
    place = rest if kind in ("clip", "folder") else spec
    path = source_path(place)
    if not place:
        raise SourceError(f"{spec!r} names no picture, video or folder")
    if not path.exists() and kind == "camera":
        raise SourceError(f"{short_repr(spec)} has no end; name a picture, a video or a folder")
    return path


class Portrait:
    """A slow pan and zoom over the portrait of `portrait_path`: 640 x 480, 30 fps, a seamless loop of 8 s."""

    name = PORTRAIT
    fps = 30.0
    sets_own_pace = False
    size: ClassVar[tuple[int, int]] = (640, 480)
    loop_frames = 240

    def __init__(self, shorter_side: int | None = LIVE_SHORTER_SIDE) -> None:
        self._shorter_side = shorter_side
        self._picture = read_picture(portrait_path())
        self._index = 0

    def read(self) -> Frame:
        # Tuned by eye on the 512 px picture: the whole head stays inside, never at rest, at most 2.5 times enlarged.
        turn = 2 * pi * (self._index % self.loop_frames) / self.loop_frames
        self._index += 1
        crop_height = 224 - 34 * cos(turn)
        centre_x = 222 + 26 * sin(turn)
        centre_y = crop_height / 2 + 5 + 4 * sin(2 * turn)
        width, height = self.size
        scale = height / crop_height
        window = np.array([[scale, 0, width / 2 - scale * centre_x], [0, scale, height / 2 - scale * centre_y]])
        frame = cv2.warpAffine(
            self._picture, window, self.size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return limit_shorter_side(frame, self._shorter_side)

    def close(self) -> None:
        pass


class Clip:
    """A video file, played again from its start whenever it ends."""

    sets_own_pace = False

    def __init__(self, path: Path, shorter_side: int | None = LIVE_SHORTER_SIDE, name: str = "") -> None:
        self._path, self._shorter_side = path, shorter_side
        self._next: Frame | None
        self._video, self._next = open_live_video(path)
        self.name = name or path.name
        self.fps = usable_fps(self._video.get(cv2.CAP_PROP_FPS))

    def read(self) -> Frame | None:
        frame = self._next if self._next is not None else read_video(self._video)
        self._next = None
        if frame is None:
            # Opening again costs 1-2 ms and, unlike seeking, finds the first frame in every container.
            self._video.release()
            self._video, frame = open_video(self._path)
        return live_frame(frame, self._shorter_side)

    def close(self) -> None:
        self._video.release()


class Folder:
    """The pictures of a folder in natural order, `picture_s` seconds each, over and over; broken ones are skipped."""

    fps = 30.0
    sets_own_pace = False

    def __init__(self, path: Path, shorter_side: int | None = LIVE_SHORTER_SIDE, *, picture_s: float = 3.0) -> None:
        self._folder, self._shorter_side = path, shorter_side
        self._files = find_pictures(path)
        self._frames_each = max(1, round(picture_s * self.fps))
        self._index = 0
        self.name = path.name
        self.skipped = 0
        """Broken pictures found so far; they are not tried again."""
        self._picture = self._first_readable()

    def read(self) -> Frame:
        if self._index and self._index % self._frames_each == 0:
            if len(self._files) > 1:
                self._files.append(self._files.pop(0))
            self._picture = self._first_readable()
        self._index += 1
        return self._picture

    def _first_readable(self) -> Frame:
        while self._files:
            try:
                return live_frame(read_picture(self._files[0]), self._shorter_side)
            except SourceError:
                self._files.pop(0)
                self.skipped += 1
        raise SourceError(f"none of the {self.skipped} pictures in {self._folder} can be read")

    def close(self) -> None:
        pass


class Camera:
    """A camera by its number, at the size and rate it chooses."""

    sets_own_pace = True

    def __init__(self, number: int, shorter_side: int | None = LIVE_SHORTER_SIDE) -> None:
        self._shorter_side = shorter_side
        self._video = cv2.VideoCapture(number)
        if not self._video.isOpened():
            self._video.release()
            raise SourceError(f"camera {number} is not there, or another program holds it; choose another source")
        self._video.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # the newest frame, not one that waited
        self.name = f"camera {number}"
        self.fps = usable_fps(self._video.get(cv2.CAP_PROP_FPS))

    def read(self) -> Frame | None:
        frame = read_video(self._video)
        return None if frame is None else live_frame(frame, self._shorter_side)

    def close(self) -> None:
        self._video.release()


def open_live_video(path: Path) -> tuple[cv2.VideoCapture, Frame]:
    """As `open_video`; SourceError also when its frames are too small for the live view."""
    video, first = open_video(path)
    try:
        live_frame(first, None)
    except SourceError as error:
        video.release()
        raise SourceError(f"{path}: {error}") from None
    return video, first


def live_frame(frame: Frame, shorter_side: int | None) -> Frame:
    """As `limit_shorter_side`; SourceError for a frame that is too small for the live view."""
    height, width = frame.shape[:2]
    if min(height, width) < MIN_SIDE_PX:
        raise SourceError(f"frames of {width} x {height} px are too small; {MIN_SIDE_PX} px a side are needed")
    return limit_shorter_side(frame, shorter_side)


def usable_fps(stated: float) -> float:
    """`stated` frames a second when it is believable, else 30: some containers say 0, NaN or 1000."""
    return stated if isfinite(stated) and 1.0 <= stated <= 120.0 else 30.0
