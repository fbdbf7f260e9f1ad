"""Captures of pictures, folders and videos, written to a folder: what `opticaldr capture` does."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.capture.inputs import Input, find_inputs
from studio.capture.offline import OfflineCamera
from studio.capture.sources import usable_fps
from studio.capture.writing import (
    DEEP_SUFFIXES,
    JPEG_SUFFIXES,
    LOSSLESS_SUFFIXES,
    VIEWING_SUFFIXES,
    write_picture,
    write_pictures,
    write_video,
)
from studio.faces.face_set import FacesError
from studio.faces.pictures import (
    PICTURE_SUFFIXES,
    DeepFrame,
    SourceError,
    is_transparent,
    open_video,
    read_deep_pictures,
    video_frames,
)
from studio.optics.baselines import NONE, Baseline
from studio.optics.lens import LensDesign
from studio.project import atomic

RECORD_NAME = "capture.json"
_OF_THE_SYSTEM = (".DS_Store", "Thumbs.db", "desktop.ini")
"""Files that file managers leave in folders that are empty to the eye."""
_KINDS_NAMED = 5


@dataclass
class CaptureReport:
    """What was written: file names below the output folder, and a line for each input that is missing or not whole."""

    files: list[str] = field(default_factory=list)
    frames: int = 0
    inputs: list[dict[str, Any]] = field(default_factory=list)
    """Name, size, SHA-256 and files of each input that was captured."""
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add_note(self, line: str) -> None:
        """A line for people, said once."""
        if line not in self.notes:
            self.notes.append(line)


def capture_to_folder(
    design: LensDesign,
    source: str | Path,
    folder: str | Path,
    *,
    baseline: Baseline = NONE,
    seed: int = 0,
) -> CaptureReport:
    """Capture `source`, as `find_inputs` finds it, into the new or empty `folder`.

    A record of what was done is written beside them (`capture.json`), also when the capture is interrupted or fails
    after the first file: then the record and a note on the error say so. Raises SourceError when nothing can be read
    or `folder` holds something, DesignError when the lens cannot be computed, OSError when nothing can be written.
    """
    target = Path(folder)
    place, inputs, others = find_inputs(str(source))
    _check_target(place, target)
    made = [path for path in (target, *target.parents) if not path.exists()]
    report = CaptureReport()
    if others:
        report.add_note(f"left out, for they are neither pictures nor videos that can be read: {_kinds(others)}")
    camera = OfflineCamera(design, baseline, seed)
    about = {
        "input": place.name,
        "design": design.to_dict(),
        "baseline": str(baseline),
        "object_distance_m": design.object_distance_m,
        "noise": design.sensor.noise,
        "bits": design.sensor.bits,
        "seed": seed,
    }
    try:
        for given in inputs:
            try:
                _capture_input(camera, given, target, report)
            except (SourceError, FacesError) as error:
                report.problems.append(str(error))
        if not report.files:
            many = f"none of the {len(inputs)} pictures and videos in {place} can be read"
            raise SourceError(many if place.is_dir() else report.problems[0])
        _write_record(target, about, camera, report)
    except BaseException as error:
        if report.files:
            _tell_what_is_left(error, target, len(inputs), report)
            with suppress(OSError):
                _write_record(target, about, camera, report)
        _remove_empty_folders(target, made)
        raise
    return report


def _kinds(paths: list[Path]) -> str:
    """How many of each kind, the most frequent ones first: 12 .heic, 1 .txt."""
    counted = Counter(path.suffix.lower() or path.name for path in paths)
    kinds = sorted(counted.items(), key=lambda kind: (-kind[1], kind[0]))
    named = ", ".join(f"{count} {kind}" for kind, count in kinds[:_KINDS_NAMED])
    return f"{named} and others" if len(kinds) > _KINDS_NAMED else named


def _check_target(place: Path, target: Path) -> None:
    """SourceError unless `target` is a new or an empty folder, away from the input."""
    inputs = Path(os.path.realpath(place if place.is_dir() else place.parent))
    goal = Path(os.path.realpath(target))
    if goal == inputs or (place.is_dir() and goal.is_relative_to(inputs)):
        raise SourceError(f"the captures would mix with their input in {inputs}; choose another folder for --out")
    if target.is_symlink() and not target.exists():
        raise SourceError(f"{target} is a link that leads nowhere; choose another folder for --out")
    for path in (target, *target.parents):
        if path.exists() and not path.is_dir():
            raise SourceError(f"{path} is a file; --out needs a folder")
    if target.exists() and any(path.name not in _OF_THE_SYSTEM for path in target.iterdir()):
        raise SourceError(f"{target} is not empty; choose a new or empty folder for --out, nothing is overwritten")


def _remove_empty_folders(target: Path, made: list[Path]) -> None:
    """What a failed capture leaves of its folders: those in `target` and those `made` for it, if nothing is inside."""
    below = [Path(parent) for parent, _, _ in os.walk(target, topdown=False)]
    for path in [*below[:-1], *made]:
        with suppress(OSError):
            path.rmdir()


def _capture_input(camera: OfflineCamera, given: Input, target: Path, report: CaptureReport) -> None:
    first, name, path = len(report.files), given.name, given.path
    of_input: dict[str, Any] = {"name": name}
    if given.read is not None:
        picture = given.read()
        _capture_picture(camera, picture, path, target, name, report)
        of_input["pixels_sha256"] = hashlib.sha256(picture.tobytes()).hexdigest()
    else:
        kind = _capture_pictures if path.suffix.lower() in PICTURE_SUFFIXES else _capture_video
        kind(camera, path, target, name, report)
        with path.open("rb") as file:
            of_input |= {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
    report.inputs.append(of_input | {"files": report.files[first:]})


def _capture_picture(
    camera: OfflineCamera, picture: DeepFrame, path: Path, target: Path, name: str, report: CaptureReport
) -> None:
    write_picture(_free(target / name, path), camera(picture, 0, name), camera.bits)
    report.files.append(name)
    report.frames += 1


def _capture_pictures(camera: OfflineCamera, path: Path, target: Path, name: str, report: CaptureReport) -> None:
    pictures = read_deep_pictures(path)
    if len(pictures) > 1:
        report.add_note(f"{name} holds {len(pictures)} pictures: PNG frames")
        captures = (camera(picture, number, name) for number, picture in enumerate(pictures))
        _write_frames(captures, path, target, name, camera.bits, report)
    else:
        _capture_picture(camera, pictures[0], path, target, name, report)
    if is_transparent(path):
        report.add_note(f"{name} has transparent places; they are captured in the colours stored there")


def _capture_video(camera: OfflineCamera, path: Path, target: Path, name: str, report: CaptureReport) -> None:
    video, first = open_video(path)
    try:
        captures = (camera(frame, number, name) for number, frame in enumerate(video_frames(video, first)))
        height, width = first.shape[:2]
        before = report.frames
        if height % 2 or width % 2:  # OpenCV's encoders drop the last row and column
            report.add_note(f"{name} has an odd side ({width} x {height} px), which no video here keeps: PNG frames")
            _write_frames(captures, path, target, name, camera.bits, report)
        else:
            if path.suffix.lower() not in LOSSLESS_SUFFIXES + VIEWING_SUFFIXES:
                name = f"{name}.mp4"  # OpenCV cannot write that format
            stated = video.get(cv2.CAP_PROP_FPS)
            fps = usable_fps(stated)
            if fps != stated:
                report.add_note(f"{name} is to be played at {stated:g} frames a second; its capture plays at {fps:g}")
            report.frames += write_video(_free(target / name, path), captures, fps, (width, height))
            report.files.append(name)
        said, found = round(video.get(cv2.CAP_PROP_FRAME_COUNT)), report.frames - before
        if found < said:  # decoders pass over what is damaged without a word
            report.problems.append(f"{path}: {found} of {said} frames could be read; it is damaged or cut short")
    finally:
        video.release()


def _write_frames(
    captures: Iterable[NDArray[np.floating]], path: Path, target: Path, name: str, bits: int, report: CaptureReport
) -> None:
    """The captures of `path` as pictures in a folder of their own."""
    written = write_pictures(_free(target / f"{name}.frames", path), captures, bits)
    report.files += [f"{name}.frames/{frame}" for frame in written]
    report.frames += len(written)


def _free(goal: Path, source: Path) -> Path:
    """`goal` itself; SourceError when the capture of another input has that name."""
    if goal.exists():
        raise SourceError(f"{source} was left out: the capture of another input is called {goal.name}; rename one")
    return goal


def _note_formats(camera: OfflineCamera, report: CaptureReport) -> None:
    """What the formats of the files do not keep."""
    suffixes = sorted({Path(name).suffix.lower() for name in report.files})
    if set(suffixes) & set(JPEG_SUFFIXES):
        report.add_note("JPEG files are written at quality 100, 4:4:4: close to, but not exactly, the capture")
    if ".pgm" in suffixes:
        report.add_note("PGM files are grey: the colours of the capture, each blurred by its own PSF, become one")
    if set(suffixes) & set(VIEWING_SUFFIXES):
        report.add_note("MPEG-4 videos are compressed and only for viewing; an input named .avi or .mkv gives FFV1")
    shallow = ", ".join(suffix[1:] for suffix in suffixes if suffix not in DEEP_SUFFIXES)
    if camera.bits > 8 and shallow:
        report.add_note(
            f"{shallow} files hold 8 of the sensor's {camera.bits} bits a colour; PNG, TIFF, PGM and PPM hold all"
        )


def _tell_what_is_left(error: BaseException, target: Path, inputs: int, report: CaptureReport) -> None:
    """An early end: a line in the report for the record, and a note on `error` for whoever waits."""
    missing = inputs - len(report.inputs)
    report.problems.append(f"the capture ended early: {missing} of {inputs} inputs are not captured, or not wholly")
    finished = f"{len(report.files)} finished file{'s' if len(report.files) > 1 else ''}"
    error.add_note(f"{target} holds {finished}; its {RECORD_NAME} says that some are missing")


def _write_record(target: Path, about: dict[str, Any], camera: OfflineCamera, report: CaptureReport) -> None:
    report.warnings = list(camera.warnings)
    _note_formats(camera, report)
    record = {
        "studio": version("opticaldr-studio"),
        "complete": not report.problems,
        **about,
        "inputs": report.inputs,
        "files": report.files,
        "frames": report.frames,
        "problems": report.problems,
        "warnings": report.warnings,
        "notes": report.notes,
    }
    content = (json.dumps(record, indent=2) + "\n").encode()
    atomic.write(target / RECORD_NAME, content, verify=lambda _: None)
