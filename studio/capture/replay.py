"""Recorded sources, read by frame number: a number gives the same picture however often it is asked for."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from studio.capture.sources import (
    COHORT,
    LIVE_SHORTER_SIDE,
    FrameSource,
    cohort_clip,
    live_frame,
    open_live_video,
    open_source,
    usable_fps,
)
from studio.faces.pictures import (
    Frame,
    SourceError,
    find_pictures,
    open_video,
    read_picture,
    read_video,
    source_path,
)

_FAR = 60
"""Frames that are skipped one by one; beyond them a clip is asked to jump."""


class Recorded(ABC):
    """A source with a beginning and an end; used by one thread, its frames are written by nobody."""

    name: str
    fps: float
    stride = 1
    """Frames that one step goes on: those that show one and the same picture."""
    length = 0
    """Number of frames; 0 while it is not known."""

    @abstractmethod
    def at(self, number: int, skipping: Callable[[], None] = lambda: None) -> Frame | None:
        """Frame `number`, or None beyond the end, whose place is known from then on.

        `skipping` is called now and then on a long way. Raises SourceError for what can no longer be read.
        """

    @abstractmethod
    def close(self) -> None: ...


def open_live(spec: str) -> FrameSource | Recorded:
    """A source for the live view, videos and folders as `Recorded`; SourceError says in one line why not."""
    kind, _, rest = spec.partition(":")
    if spec == COHORT:
        return RecordedClip(cohort_clip(), name=COHORT)
    if kind == "clip" and rest:
        return RecordedClip(source_path(rest))
    if kind == "folder" and rest:
        return RecordedFolder(source_path(rest))
    return open_source(spec)


class RecordedClip(Recorded):
    """A video file. Jumps are trusted only where they lead to the picture that reading on gave."""

    def __init__(self, path: Path, shorter_side: int | None = LIVE_SHORTER_SIDE, name: str = "") -> None:
        self._path, self._shorter_side = path, shorter_side
        self._jumps: bool | None = None
        self._number = 0
        self._video, self._frame = open_live_video(path)
        self.name = name or path.name
        self.fps = usable_fps(self._video.get(cv2.CAP_PROP_FPS))
        self.length = max(0, round(self._video.get(cv2.CAP_PROP_FRAME_COUNT)))

    def at(self, number: int, skipping: Callable[[], None] = lambda: None) -> Frame | None:
        if abs(number - self._number) > _FAR and self._can_jump(skipping):
            self._jump(number)
        if not self._read_on(number, skipping):
            return None
        return live_frame(self._frame, self._shorter_side)

    def close(self) -> None:
        self._video.release()

    def _read_on(self, number: int, skipping: Callable[[], None]) -> bool:
        """Read one frame after the other up to `number`; False when the clip ends before."""
        if number < self._number:
            self._video.release()
            self._video, self._frame = open_video(self._path)
            self._number = 0
        while self._number < number:
            skipping()
            frame = read_video(self._video)
            if frame is None:
                self.length = self._number + 1
                return False
            self._number, self._frame = self._number + 1, frame
        return True

    def _can_jump(self, skipping: Callable[[], None]) -> bool:
        # Some containers count frames otherwise when they seek: tried once, against a frame that was read in order.
        if self._jumps is None:
            if not self._read_on(max(self._number, _FAR), skipping):
                return False  # so short that no jump is needed
            known = self._frame
            self._jump(self._number)
            self._jumps = np.array_equal(self._frame, known)
            if not self._jumps:
                self._frame = known
                self._read_on(0, skipping)
        return self._jumps

    def _jump(self, number: int) -> None:
        self._video.set(cv2.CAP_PROP_POS_FRAMES, number)
        frame = read_video(self._video)
        if frame is None:  # beyond the end, which reading from the start finds
            self._number = number + 1
        else:
            self._number, self._frame = number, frame


class RecordedFolder(Recorded):
    """The pictures of a folder in natural order, `picture_s` seconds each; the next one stands in for a broken one."""

    fps = 30.0

    def __init__(self, path: Path, shorter_side: int | None = LIVE_SHORTER_SIDE, *, picture_s: float = 3.0) -> None:
        self._folder, self._shorter_side = path, shorter_side
        self._files = find_pictures(path)
        self._broken: set[Path] = set()
        self.name = path.name
        self.stride = max(1, round(picture_s * self.fps))
        self.length = len(self._files) * self.stride
        self._place, self._picture = 0, self._readable_from(0)

    def at(self, number: int, skipping: Callable[[], None] = lambda: None) -> Frame | None:
        place = number // self.stride
        if place >= len(self._files):
            return None
        if place != self._place:
            self._place, self._picture = place, self._readable_from(place)
        return self._picture

    def close(self) -> None:
        pass

    def _readable_from(self, place: int) -> Frame:
        problem = ""
        for file in self._files[place:] + self._files[:place]:
            if file not in self._broken:
                try:
                    return live_frame(read_picture(file), self._shorter_side)
                except SourceError as error:
                    self._broken.add(file)
                    problem = problem or f": {error}"
        raise SourceError(f"no picture in {self._folder} can be read{problem}")


@dataclass(frozen=True)
class Place:
    """Where a recorded source is: a frame of how many (0: not known), and how far one step goes."""

    number: int
    length: int
    stride: int
    fps: float


class Transport:
    """What is asked of a recorded source, from any thread; `SourceReader` does it."""

    def __init__(self, on_rest: Callable[[], None] = lambda: None) -> None:
        """`on_rest` is called by the reader when no frame will come until something is asked."""
        self.changed = threading.Event()
        self.playing = True
        self.loop = True
        self.resting = False
        self._on_rest = on_rest
        self._lock = threading.Lock()
        self._seek: int | None = None
        self._steps = 0

    def set_playing(self, playing: bool) -> None:
        self.playing = playing
        self.changed.set()

    def set_loop(self, loop: bool) -> None:
        """Begin again at the end, or stay there."""
        self.loop = loop
        self.changed.set()

    def seek(self, number: int) -> None:
        """Show frame `number`; the newest wish counts."""
        with self._lock:
            self._seek, self._steps = number, 0
        self.changed.set()

    def step(self, steps: int) -> None:
        """Go on by so many frames, or pictures of a folder; back when negative."""
        with self._lock:
            self._steps += steps
        self.changed.set()

    def forget(self) -> None:
        """Drop what was asked of another source."""
        with self._lock:
            self._seek, self._steps = None, 0

    def next(self, shown: int, length: int, stride: int) -> int | None:
        """Number of the frame to show after `shown` (-1: none yet); None to rest."""
        with self._lock:
            seek, steps = self._seek, self._steps
            self._seek, self._steps = None, 0
        if seek is not None or steps:
            start = shown if seek is None else seek
            number = (max(start, 0) // stride + steps) * stride if steps else start
            return self._within(number, length, stride)
        if shown < 0:
            return 0
        if self.playing and (self.loop or not length or shown + 1 < length):
            return self._within(shown + 1, length, stride)
        return None

    def rest(self, resting: bool) -> None:
        if resting != self.resting:
            self.resting = resting
            if resting:
                self._on_rest()

    def _within(self, number: int, length: int, stride: int) -> int:
        if not length:
            return max(number, 0)
        return number % length if self.loop else min(max(number, 0), length - stride)
