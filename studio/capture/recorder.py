"""Captures into a clip or a folder of stills, on a thread of its own; what is asked for is there whole or not at all.

with Recorder("talk.mkv") as recorder:
    recorder.add(capture, at_s)
recorder.outcome
"""

from __future__ import annotations

import os
import queue
import shutil
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np

from studio.capture.drawer import make_drawer
from studio.faces.pictures import Frame, SourceError, open_video
from studio.project import atomic

COMPACT_SUFFIXES = (".mp4", ".m4v", ".mov")
LOSSLESS_SUFFIXES = (".mkv", ".avi")
RESERVE_BYTES = 64 << 20
"""A recording ends, whole, before less of the disk is free."""
WAITING_FRAMES = 8
"""More than these do not wait to be written: frames that come meanwhile are left out and counted."""
LONGEST_GAP_S = 1.0
"""A clip stands still for so long at most where no frame came."""
_LOOK_AT_DISK_EVERY = 15


@dataclass(frozen=True)
class Progress:
    frames: int
    """Written, repeated ones included."""
    seconds: float
    size_bytes: int
    left_out: int
    """Frames that came faster than they could be written."""


@dataclass(frozen=True)
class Outcome:
    path: Path | None
    """What is there now: a clip or a folder of stills; None when nothing is."""
    progress: Progress
    problem: str = ""
    """Why it ended by itself, or why nothing is there: one line."""


class RecordingError(OSError):
    """Frames that cannot be written; the text is one line that says why and what to do."""


class Recorder:
    """Writes what `add` is given: `.mp4` (compact), `.mkv` or `.avi` (lossless), or PNG stills into a new folder.

    Until it is finished, all lies under another name beside `path`. `on_end` is called once, from the recorder's
    thread, with the outcome.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        fps: float = 30.0,
        on_end: Callable[[Outcome], None] = lambda _: None,
        free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        """Raises RecordingError for a place that cannot be written or a suffix that is no clip's."""
        self._path, self._fps = Path(path), fps
        self._on_end, self._free_bytes = on_end, free_bytes
        self._take = _take_for(self._path, fps)
        try:
            self._drawer = self._take.drawer = make_drawer(self._path)
        except OSError as error:
            raise RecordingError(f"{self._path} cannot be written: {atomic.reason(error)}") from None
        self._begun_s = self._last_s = 0.0
        self._cut_s = 0.0
        self._left_out = 0
        self._ending = self._discarded = False
        self._frames: queue.SimpleQueue[tuple[Frame, float] | None] = queue.SimpleQueue()
        self.outcome: Outcome | None = None
        """Once it has ended."""
        self._thread = threading.Thread(target=self._work, name="live-recorder", daemon=True)
        self._thread.start()

    @property
    def progress(self) -> Progress:
        take = self._take
        return Progress(take.frames, take.frames / self._fps, take.size_bytes, self._left_out)

    def add(self, capture: Frame, at_s: float) -> None:
        """Write `capture` (H, W, 3) uint8 RGB, shown at `at_s`, without waiting; ignored once it has ended."""
        if self._ending:
            return
        if self._frames.qsize() >= WAITING_FRAMES:
            self._left_out += 1
        else:
            self._frames.put((capture, at_s))

    def end(self) -> None:
        """Write what waits and finish; returns at once."""
        if not self._ending:
            self._ending = True
            self._frames.put(None)

    def discard(self) -> None:
        """`end`, and keep nothing."""
        self._discarded = True
        self.end()

    def finish(self, timeout_s: float = 10.0) -> Outcome | None:
        """`end` and wait for the outcome; None when it still takes longer."""
        self.end()
        self._thread.join(timeout_s)
        return self.outcome

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.finish()

    # The recorder's thread

    def _work(self) -> None:
        path, problem = None, ""
        try:
            problem = self._write_all()
            if self._discarded:
                problem = "the recording was discarded"
            elif self._take.frames:
                self._take.publish(self._path)
                path = self._path
            else:
                problem = problem or "nothing was recorded: no frame came"
        except OSError as error:
            problem = str(error) if isinstance(error, RecordingError) else f"{self._path}: {atomic.reason(error)}"
        except cv2.error as error:
            problem = f"{self._path}: {error.err}"
        finally:
            self._ending = True
            self._take.release()
            shutil.rmtree(self._drawer, ignore_errors=True)
            self.outcome = Outcome(path, self.progress, problem)
            self._on_end(self.outcome)

    def _write_all(self) -> str:
        """Write until the end was asked for; otherwise the reason to stop."""
        count = 0
        while (item := self._frames.get()) is not None:
            if count % _LOOK_AT_DISK_EVERY == 0 and self._free_bytes(self._drawer) < RESERVE_BYTES:
                return "the disk is nearly full; the recording was ended"
            if self._discarded:
                return ""
            capture, at_s = item
            if not count:
                self._begun_s = self._last_s = at_s
            self._cut_s += max(0.0, at_s - self._last_s - LONGEST_GAP_S)
            self._last_s = at_s
            if not self._take.fits(capture):
                return "the picture changed its size; the recording was ended"
            self._take.write(capture, at_s - self._begun_s - self._cut_s)
            count += 1
        return ""


class _Take(ABC):
    """One way to write frames into the folder `drawer`, and to bring them from there to their place in one go."""

    drawer: Path  # known before the first frame
    frames = 0
    size_bytes = 0

    def __init__(self, path: Path) -> None:
        self._path = path
        self._shape: tuple[int, ...] | None = None

    def fits(self, frame: Frame) -> bool:
        self._shape = self._shape or frame.shape
        return frame.shape == self._shape

    @abstractmethod
    def write(self, frame: Frame, at_s: float) -> None:
        """`at_s` after the first frame."""

    @abstractmethod
    def publish(self, path: Path) -> None:
        """Finish, check what was written and bring it to `path`; OSError when it is not whole."""

    @abstractmethod
    def release(self) -> None:
        """Let go of what is open."""


class _Clip(_Take):
    """Frames at a fixed rate: each beat shows the frame that was on screen then. Odd sides grow by one pixel."""

    def __init__(self, path: Path, fps: float) -> None:
        super().__init__(path)
        self._fps = fps
        self._lossless = path.suffix.lower() in LOSSLESS_SUFFIXES
        self._writer: cv2.VideoWriter | None = None
        self._shown: np.ndarray | None = None
        self._size = (0, 0)

    @property
    def _file(self) -> Path:
        return self.drawer / f"clip{self._path.suffix.lower()}"

    def write(self, frame: Frame, at_s: float) -> None:
        height, width = frame.shape[:2]
        bgr = cv2.cvtColor(frame, cv2.COLOR_RGB2BGR)
        bgr = cv2.copyMakeBorder(bgr, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
        if self._writer is None:
            self._size = (bgr.shape[1], bgr.shape[0])
            code = cv2.VideoWriter.fourcc(*("FFV1" if self._lossless else "mp4v"))
            self._writer = cv2.VideoWriter(str(self._file), code, self._fps, self._size)
            if not self._writer.isOpened():
                raise RecordingError(f"{self._file.suffix[1:]} clips cannot be written here; record stills instead")
        beat = round(at_s * self._fps)
        while self._shown is not None and self.frames < beat:
            self._put(self._shown)
        if self.frames <= beat:
            self._put(bgr)
        self._shown = bgr

    def _put(self, bgr: np.ndarray) -> None:
        assert self._writer is not None
        self._writer.write(bgr)
        self.frames += 1
        if self.frames % _LOOK_AT_DISK_EVERY == 1:
            self.size_bytes = self._file.stat().st_size

    def publish(self, path: Path) -> None:
        self.release()
        self.size_bytes = self._file.stat().st_size
        try:
            video, first = open_video(self._file)
        except SourceError:
            frames, size = 0, self._size
        else:
            frames, size = round(video.get(cv2.CAP_PROP_FRAME_COUNT)), (first.shape[1], first.shape[0])
            video.release()
        if (frames, size) != (self.frames, self._size):  # the writer says nothing of a disk that is full
            raise RecordingError(f"{frames} of {self.frames} frames arrived on the disk, nothing was kept; is it full?")
        os.replace(self._file, path)

    def release(self) -> None:
        if self._writer is not None:
            self._writer.release()
            self._writer = None


class _Stills(_Take):
    """Every frame once, as NAME-000001.png and so on; one that stays on screen makes no second picture."""

    _last: Frame | None = None

    @property
    def _folder(self) -> Path:
        return self.drawer / "stills"

    def write(self, frame: Frame, at_s: float) -> None:
        if frame is self._last:
            return
        self._last = frame
        self._folder.mkdir(exist_ok=True)
        self.frames += 1
        content = encode_still(frame)
        (self._folder / f"{self._path.stem}-{self.frames:06d}.png").write_bytes(content)
        self.size_bytes += len(content)

    def publish(self, path: Path) -> None:
        try:
            os.replace(self._folder, path)
        except OSError:
            raise RecordingError(f"{path} exists and is not empty; choose another name for the stills") from None

    def release(self) -> None:
        pass


def save_still(path: str | Path, capture: Frame) -> None:
    """Write one `capture` (H, W, 3) uint8 RGB as a PNG file; RecordingError leaves what was there as it was."""
    path = Path(path)
    try:
        atomic.write(path, encode_still(capture), verify=lambda _: None)
    except OSError as error:
        raise RecordingError(f"{path} cannot be written: {atomic.reason(error)}") from None


def encode_still(frame: Frame) -> bytes:
    """PNG file of `frame` (H, W, 3) uint8 RGB, packed quickly rather than tightly."""
    good, content = cv2.imencode(".png", cv2.cvtColor(frame, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not good:
        raise RecordingError("the picture cannot be packed as PNG")
    return content.tobytes()


def _take_for(path: Path, fps: float) -> _Take:
    if not path.name:
        raise RecordingError(f"{str(path)!r} is no name for a recording")
    suffix = path.suffix.lower()
    if suffix in COMPACT_SUFFIXES + LOSSLESS_SUFFIXES:
        if path.is_dir():
            raise RecordingError(f"{path} is a folder; choose another name for the clip")
        return _Clip(path, fps)
    if suffix:
        known = ", ".join(COMPACT_SUFFIXES + LOSSLESS_SUFFIXES)
        raise RecordingError(f"{path.name} is no clip that can be written ({known}); without a suffix: PNG stills")
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise RecordingError(f"{path} exists and is not empty; choose another name for the stills")
    return _Stills(path)
