"""Captures of pictures, folders and videos through a lens, written to a folder: what `opticaldr capture` does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from studio.capture.pictures import VIDEO_SUFFIXES, Frame, SourceError, open_video, read_pictures, video_frames
from studio.capture.sources import usable_fps
from studio.optics.baselines import NONE, Baseline
from studio.optics.lens import LensDesign
from studio.optics.psf import PsfEngine, window_for
from studio.optics.sensor import capture, frame_pitch_m

RECORD_NAME = "capture.json"
_LOSSLESS_SUFFIXES = (".avi", ".mkv")


@dataclass
class CaptureReport:
    """What was written: file names below the output folder, and one line for each input that could not be read."""

    files: list[str] = field(default_factory=list)
    frames: int = 0
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class OfflineCamera:
    """Captures frames of any size by the reference path; noise depends on the seed and the frame's number alone."""

    def __init__(self, design: LensDesign, baseline: Baseline = NONE, seed: int = 0) -> None:
        self._design, self._baseline, self._seed = design, baseline, seed
        self._engine = PsfEngine()
        self._optics: tuple[tuple[int, int], Any] | None = None
        self.warnings: list[str] = []

    def __call__(self, frame: Frame, number: int) -> Frame:
        """Capture of `frame` (H, W, 3) uint8 sRGB, the `number`-th of its input; DesignError when impossible."""
        scene = frame.transpose(2, 0, 1).astype(np.float32) / np.float32(255)
        rng = np.random.default_rng([self._seed, number])
        shown = capture(scene, self._optics_for(*frame.shape[:2]), self._design.sensor, rng=rng)
        return np.ascontiguousarray(np.rint(shown * 255.0).astype(np.uint8).transpose(1, 2, 0))

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
    """Capture every picture of `source` (picture, folder, video) into `folder` under the same name.

    A record of what was done is written beside them (`capture.json`). Raises SourceError when nothing can be read
    or `folder` would take the place of the input, DesignError when the lens cannot be computed, OSError when nothing
    can be written.
    """
    place, target = Path(str(source).removeprefix("folder:").removeprefix("clip:")).expanduser(), Path(folder)
    _refuse_overwriting(place, target)
    report = CaptureReport()
    camera = OfflineCamera(design, baseline, seed)
    if place.suffix.lower() in VIDEO_SUFFIXES and not place.is_dir():
        _capture_video(camera, place, target, report)
    else:
        for number, (name, frame) in enumerate(read_pictures(source, report.problems, recursive=True)):
            _write_picture(target / name, camera(frame, number))
            report.files.append(name)
            report.frames += 1
    report.warnings += camera.warnings
    if any(Path(name).suffix.lower() in (".jpg", ".jpeg") for name in report.files):
        report.notes.append("JPEG files are written at quality 100, 4:4:4: close to, but not exactly, the capture")
    record = _record(design, source, baseline, seed, report)
    (target / RECORD_NAME).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return report


def _refuse_overwriting(place: Path, target: Path) -> None:
    inputs = place.resolve() if place.is_dir() else place.resolve().parent
    if target.resolve() == inputs or (place.is_dir() and target.resolve().is_relative_to(inputs)):
        raise SourceError(f"the captures would mix with their input in {inputs}; choose another folder for --out")
    if target.exists() and not target.is_dir():
        raise SourceError(f"{target} is a file; --out needs a folder")


def _capture_video(camera: OfflineCamera, path: Path, target: Path, report: CaptureReport) -> None:
    lossless = path.suffix.lower() in _LOSSLESS_SUFFIXES
    # containers that OpenCV cannot write become .mp4
    name = path.name if lossless or path.suffix.lower() in (".mp4", ".m4v", ".mov") else f"{path.stem}.mp4"
    video, first = open_video(path)
    try:
        fps = usable_fps(video.get(cv2.CAP_PROP_FPS))
        target.mkdir(parents=True, exist_ok=True)
        code = cv2.VideoWriter.fourcc(*("FFV1" if lossless else "mp4v"))
        size = first.shape[1::-1]
        writer = cv2.VideoWriter(str(target / name), code, fps, size)
        if not writer.isOpened():
            raise OSError(f"{target / name} cannot be written")
        try:
            for number, frame in enumerate(video_frames(video, first)):
                writer.write(cv2.cvtColor(camera(frame, number), cv2.COLOR_RGB2BGR))
                report.frames += 1
        finally:
            writer.release()
    finally:
        video.release()
    _check_video(target / name, report.frames)
    report.files.append(name)
    if not lossless:
        report.notes.append("the video is compressed (MPEG-4) and only for viewing; name it .avi or .mkv for FFV1")


def _check_video(path: Path, frames: int) -> None:
    """OSError, and no file, when the video does not hold all frames: the writer says nothing of a full disk."""
    video = cv2.VideoCapture(str(path))
    written = round(video.get(cv2.CAP_PROP_FRAME_COUNT)) if video.isOpened() else 0
    video.release()
    if written != frames:
        path.unlink(missing_ok=True)
        raise OSError(f"{path} could not be written: {written} of {frames} frames arrived; is the disk full?")


def _write_picture(path: Path, frame: Frame) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    options: list[int] = []
    if path.suffix.lower() in (".jpg", ".jpeg"):
        options = [
            cv2.IMWRITE_JPEG_QUALITY,
            100,
            cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
            cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
        ]
    grey = path.suffix.lower() == ".pgm"  # a format without colour
    pixels = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY if grey else cv2.COLOR_RGB2BGR)
    good, encoded = cv2.imencode(path.suffix, pixels, options)
    if not good:
        raise OSError(f"{path} cannot be encoded")
    try:
        path.write_bytes(encoded.tobytes())
    except OSError as error:
        path.unlink(missing_ok=True)  # half a picture is worse than none
        raise OSError(error.errno, error.strerror, str(path)) from error


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
