"""Captures of pictures, folders and videos through a lens, written to a folder: what `opticaldr capture` does."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.capture.sources import input_path, usable_fps
from studio.capture.writing import (
    DEEP_SUFFIXES,
    JPEG_SUFFIXES,
    LOSSLESS_SUFFIXES,
    VIEWING_SUFFIXES,
    write_picture,
    write_video,
)
from studio.faces.pictures import (
    PICTURE_SUFFIXES,
    DeepFrame,
    SourceError,
    find_pictures_and_videos,
    open_video,
    read_deep_picture,
    video_frames,
)
from studio.optics.baselines import NONE, Baseline, baseline_kernel
from studio.optics.lens import LensDesign
from studio.optics.psf import PsfEngine, window_for
from studio.optics.sensor import capture, frame_pitch_m

RECORD_NAME = "capture.json"


@dataclass
class CaptureReport:
    """What was written: file names below the output folder, and one line for each input that could not be read."""

    files: list[str] = field(default_factory=list)
    frames: int = 0
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add_note(self, line: str) -> None:
        """A line for people, said once."""
        if line not in self.notes:
            self.notes.append(line)


class OfflineCamera:
    """Captures frames of any size by the reference path; noise depends on the seed and the frame's number alone."""

    def __init__(self, design: LensDesign, baseline: Baseline = NONE, seed: int = 0) -> None:
        self._design, self._baseline, self._seed = design, baseline, seed
        self._engine = PsfEngine()
        self._optics: tuple[tuple[int, int], Any] | None = None
        self.warnings: list[str] = []

    @property
    def bits(self) -> int:
        """Bit depth of the sensor."""
        return self._design.sensor.bits

    def __call__(self, frame: DeepFrame, number: int) -> NDArray[np.floating]:
        """Capture (H, W, 3) sRGB in [0, 1] of `frame` (H, W, 3), the `number`-th of its input.

        DesignError when it cannot be computed.
        """
        scene = frame.transpose(2, 0, 1).astype(np.float32) / np.float32(np.iinfo(frame.dtype).max)
        rng = np.random.default_rng([self._seed, number])
        shown = capture(scene, self._optics_for(*frame.shape[:2]), self._design.sensor, rng=rng)
        return np.ascontiguousarray(shown.transpose(1, 2, 0))

    def kernel(self, height: int, width: int) -> NDArray[np.floating] | None:
        """The blur (3, K, K) of frames of this size at their pitch; None where a capture is no convolution."""
        optics = self._optics_for(height, width)
        if not isinstance(optics, Baseline):
            return optics
        return None if optics.kind in ("none", "pixelate") else baseline_kernel(optics)

    def _optics_for(self, height: int, width: int) -> np.ndarray | Baseline:
        if self._baseline != NONE or self._design.ideal:
            return self._baseline
        if self._optics is None or self._optics[0] != (height, width):
            pitch_m = frame_pitch_m(self._design, height, width)
            # light beyond two picture lengths meets only the continued border
            size = min(window_for(self._design, pitch_m=pitch_m), 2 * max(height, width) + 1)
            result = self._engine(self._design, size=size, pitch_m=pitch_m)
            self.warnings += [w for w in result.warnings if w not in self.warnings]
            self._optics = ((height, width), result.values)
        return self._optics[1]


def capture_to_folder(
    design: LensDesign,
    source: str | Path,
    folder: str | Path,
    *,
    baseline: Baseline = NONE,
    seed: int = 0,
) -> CaptureReport:
    """Capture `source`, a picture, a video or all of a folder, into the new or empty `folder` under the same names.

    A record of what was done is written beside them (`capture.json`). Raises SourceError when nothing can be read
    or `folder` holds something, DesignError when the lens cannot be computed, OSError when nothing can be written.
    """
    place, target = input_path(str(source)), Path(folder)
    _check_target(place, target)
    inputs = find_pictures_and_videos(place) if place.is_dir() else [place]
    made = [path for path in (target, *target.parents) if not path.exists()]
    report = CaptureReport()
    camera = OfflineCamera(design, baseline, seed)
    try:
        for path in inputs:
            name = path.relative_to(place).as_posix() if place.is_dir() else path.name
            try:
                _capture_file(camera, path, target, name, report)
            except SourceError as error:
                report.problems.append(str(error))
        if not report.files:
            many = f"none of the {len(inputs)} pictures and videos in {place} can be read"
            raise SourceError(many if place.is_dir() else report.problems[0])
        report.warnings += camera.warnings
        record = _record(design, source, baseline, seed, report)
        (target / RECORD_NAME).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    except BaseException:
        _remove_empty_folders(target, made)
        raise
    return report


def _check_target(place: Path, target: Path) -> None:
    """SourceError unless `target` is a new or an empty folder, away from the input."""
    inputs = Path(os.path.realpath(place if place.is_dir() else place.parent))
    goal = Path(os.path.realpath(target))
    if goal == inputs or (place.is_dir() and goal.is_relative_to(inputs)):
        raise SourceError(f"the captures would mix with their input in {inputs}; choose another folder for --out")
    if target.is_symlink() and not target.exists():
        raise SourceError(f"{target} is a link that leads nowhere; choose another folder for --out")
    if target.exists() and not target.is_dir():
        raise SourceError(f"{target} is a file; --out needs a folder")
    if target.exists() and any(target.iterdir()):
        raise SourceError(f"{target} is not empty; choose a new or empty folder for --out, nothing is overwritten")


def _remove_empty_folders(target: Path, made: list[Path]) -> None:
    """What a failed capture leaves of its folders: those in `target` and those `made` for it, if nothing is inside."""
    below = [Path(parent) for parent, _, _ in os.walk(target, topdown=False)]
    for path in [*below[:-1], *made]:
        with suppress(OSError):
            path.rmdir()


def _capture_file(camera: OfflineCamera, path: Path, target: Path, name: str, report: CaptureReport) -> None:
    if path.suffix.lower() not in PICTURE_SUFFIXES:
        _capture_video(camera, path, target, name, report)
        return
    frame = read_deep_picture(path)
    write_picture(_free(target / name, path), camera(frame, len(report.files)), camera.bits)
    report.files.append(name)
    report.frames += 1
    if path.suffix.lower() in JPEG_SUFFIXES:
        report.add_note("JPEG files are written at quality 100, 4:4:4: close to, but not exactly, the capture")
    _note_depth(camera, path.suffix.lower(), report)


def _capture_video(camera: OfflineCamera, path: Path, target: Path, name: str, report: CaptureReport) -> None:
    video, first = open_video(path)
    try:
        captures = (camera(frame, number) for number, frame in enumerate(video_frames(video, first)))
        height, width = first.shape[:2]
        if height % 2 or width % 2:  # OpenCV's encoders drop the last row and column
            report.add_note(f"{name} has an odd side ({width} x {height} px), which no video here keeps: PNG frames")
            _free(target / f"{name}.frames", path)
            for number, shown in enumerate(captures, start=1):
                report.files.append(f"{name}.frames/{number:06d}.png")
                write_picture(target / report.files[-1], shown, camera.bits)
                report.frames += 1
            _check_count(path, video, number, report)
            return
        if path.suffix.lower() not in LOSSLESS_SUFFIXES + VIEWING_SUFFIXES:
            name = f"{name}.mp4"  # OpenCV cannot write that format
        fps = usable_fps(video.get(cv2.CAP_PROP_FPS))
        frames = write_video(_free(target / name, path), captures, fps, (width, height))
        report.frames += frames
        _check_count(path, video, frames, report)
    finally:
        video.release()
    report.files.append(name)
    suffix = Path(name).suffix.lower()
    if suffix in VIEWING_SUFFIXES:
        report.add_note("MPEG-4 videos are compressed and only for viewing; an input named .avi or .mkv gives FFV1")
    _note_depth(camera, suffix, report)


def _free(goal: Path, source: Path) -> Path:
    """`goal` itself; SourceError when the capture of another input has that name."""
    if goal.exists():
        raise SourceError(f"{source} was left out: the capture of another input is called {goal.name}; rename one")
    return goal


def _check_count(path: Path, video: cv2.VideoCapture, frames: int, report: CaptureReport) -> None:
    """Whether the video gave what it says it holds: decoders pass over what is damaged without a word."""
    said = round(video.get(cv2.CAP_PROP_FRAME_COUNT))
    if frames < said:
        report.problems.append(f"{path}: {frames} of {said} frames could be read; it is damaged or cut short")


def _note_depth(camera: OfflineCamera, suffix: str, report: CaptureReport) -> None:
    if camera.bits > 8 and suffix not in DEEP_SUFFIXES:
        report.add_note(
            f"{suffix[1:]} files hold 8 of the sensor's {camera.bits} bits a colour; PNG, TIFF, PGM and PPM hold all"
        )


def _record(
    design: LensDesign, source: str | Path, baseline: Baseline, seed: int, report: CaptureReport
) -> dict[str, Any]:
    return {
        "input": Path(str(source)).name,
        "design": design.to_dict(),
        "baseline": str(baseline),
        "object_distance_m": design.object_distance_m,
        "noise": design.sensor.noise,
        "bits": design.sensor.bits,
        "seed": seed,
        "pictures": report.frames,
        "files": report.files,
        "problems": report.problems,
        "warnings": report.warnings,
        "notes": report.notes,
    }


def with_capture_options(
    design: LensDesign, object_distance_m: float | None, noise: float | None, bits: int | None
) -> LensDesign:
    """`design` with the distance, noise and bit depth that are not None; DesignError when one cannot be used."""
    sensor = design.sensor
    sensor = replace(sensor, noise=sensor.noise if noise is None else noise, bits=sensor.bits if bits is None else bits)
    distance = design.object_distance_m if object_distance_m is None else object_distance_m
    return replace(design, sensor=sensor, object_distance_m=distance)
