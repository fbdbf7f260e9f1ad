"""What a run learns from: pictures and clips of one split, cropped and scaled, with the labels the four steps need."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from studio.faces.avec import ClipSet
from studio.faces.cohort import faces as cohort
from studio.faces.cohort.face_units import FACE_UNITS
from studio.faces.face_set import SPLITS, UNKNOWN, FacesError, FaceSet
from studio.faces.specs import open_clips, open_faces

MEMORY_BYTES = 2 * 1024**3
"""Pictures are kept in memory up to this much; larger sets are read batch by batch."""
CLIP_FRAMES = 120
SHIPPED = "cohort"
"""The data specification of the people that come with the studio."""
LARGEST_PRACTICE_PX = 80
"""Larger pictures of the practice people do not exist; runs that want them learn on the cohort alone."""
_READERS = 2
_LEAST_SPREAD = 0.05  # of a face unit: one that hardly moves cannot be learned


@dataclass(frozen=True)
class Pictures:
    """N square pictures with their people and labels."""

    source: FaceSet
    size_px: int
    people: NDArray[np.int64]
    """(N,): UNKNOWN for nobody in particular."""
    expression: NDArray[np.int64]
    """(N,): index into `classes`, -1 without one."""
    units: NDArray[np.float32]
    """(N, U); NaN where unknown."""
    classes: tuple[str, ...] = ()
    unit_names: tuple[str, ...] = ()
    pixels: NDArray[np.uint8] | None = field(default=None, repr=False)
    """(N, 3, S, S), where memory holds them."""

    def __len__(self) -> int:
        return len(self.people)

    def batch(self, numbers: NDArray[np.integer]) -> torch.Tensor:
        """Pictures (B, 3, S, S) of sRGB values in [0, 1]."""
        if self.pixels is not None:
            found = self.pixels[numbers]
        else:
            with ThreadPoolExecutor(_READERS) as pool:
                found = np.stack(list(pool.map(lambda i: square(self.source.read(int(i)), self.size_px), numbers)))
        return torch.from_numpy(found).float().div_(255)

    @cached_property
    def people_with_several(self) -> list[NDArray[np.int64]]:
        """The pictures of everybody who has at least two."""
        known = np.unique(self.people[self.people != UNKNOWN])
        pictures = [np.flatnonzero(self.people == person) for person in known]
        return [numbers for numbers in pictures if len(numbers) > 1]


@dataclass(frozen=True)
class Clips:
    """C clips of equal length with a severity each."""

    pixels: NDArray[np.uint8] = field(repr=False)
    """(C, T, 3, S, S)"""
    severity: NDArray[np.float32]
    """(C,): 0 to 63."""
    people: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.severity)

    def batch(self, numbers: NDArray[np.integer], frames: NDArray[np.integer]) -> torch.Tensor:
        """Frames `frames` (B, F) of clips `numbers` (B,): (B, F, 3, S, S) of sRGB values in [0, 1]."""
        return torch.from_numpy(self.pixels[numbers[:, None], frames]).float().div_(255)


@dataclass(frozen=True)
class TrainingData:
    """Pictures for steps 1 and 2, clips for steps 3 and 4; None where a run has no use for it.

    Nobody of the test split is in any of them.
    """

    specs: tuple[str, ...]
    identity: tuple[Pictures, Pictures] | None = None
    """Of training and of validation people."""
    emotion: tuple[Pictures, Pictures] | None = None
    severity: tuple[Clips, Clips] | None = None


def load(specs: Sequence[str], size_px: int, steps: Sequence[int] = (1, 2, 3, 4)) -> TrainingData:
    """The data of `specs`, one for all steps or one each for steps 1, 2 and 3 (4 takes those of 3).

    FacesError names what is missing: splits that share people, a step without labels, one person only.
    """
    one, two, three = (list(specs) + [specs[-1]] * 3)[:3]
    wanted = set(steps)
    identity = _pictures(one, size_px) if wanted & {1, 4} else None
    emotion = None
    if wanted & {2, 4}:
        emotion = identity if identity is not None and two == one else _pictures(two, size_px)
    severity = _clips(three, size_px) if wanted & {3, 4} else None
    if identity is not None:
        _check_people(one, identity)
    if emotion is not None:
        _check_labels(two, emotion)
    if severity is not None:
        _check_severity(three, severity)
    return TrainingData(tuple(specs), identity, emotion, severity)


def middle_square(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The middle square of a picture (H, W, 3)."""
    height, width = picture.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return picture[top : top + side, left : left + side]


def square(picture: NDArray[np.uint8], size_px: int) -> NDArray[np.uint8]:
    """The middle square of a picture (H, W, 3), scaled: (3, S, S)."""
    cut = middle_square(picture)
    how = cv2.INTER_AREA if len(cut) > size_px else cv2.INTER_LINEAR
    scaled = cut if len(cut) == size_px else cv2.resize(cut, (size_px, size_px), interpolation=how)
    return np.ascontiguousarray(scaled.transpose(2, 0, 1))


def load_split(spec: str, size_px: int, split: str) -> tuple[Pictures | None, Clips | None]:
    """What `spec` has of one split, as runs divide it; None for pictures or clips that it does not hold.

    FacesError when it holds neither.
    """
    pictures, clips, missing = None, None, ""
    try:
        pictures = _load_pictures(_face_set(spec).split(split), size_px)
    except FacesError as error:
        missing = str(error)
    try:
        clips = _load_clips(_clip_set(spec).split(split), size_px)
    except FacesError as error:
        if pictures is None:
            raise FacesError(missing or str(error)) from error
    return pictures, clips


def severities(spec: str, split: str) -> NDArray[np.float64]:
    """(C,): of the clips of one split, without reading them."""
    found = np.array([clip.severity for clip in _clip_set(spec).split(split).clips])
    return found[np.isfinite(found)]


def kept_apart(faces: FaceSet, spec: str) -> FaceSet:
    """`faces` of `spec` in splits that share nobody: its own, or as runs deal people out. FacesError."""
    if not faces.overlap() and {0, 1} <= set(faces.splits.tolist()):
        return faces
    if len(faces.people) < len(SPLITS):
        raise FacesError(f"{spec} does not say who is who, and its splits cannot be kept apart")
    return faces.subject_disjoint()


def _face_set(spec: str) -> FaceSet:
    """The pictures of `spec`, in splits that share nobody."""
    kind, _, place = spec.partition(":")
    if spec == SHIPPED:
        faces: FaceSet | ClipSet = cohort.everything(cohort.shipped(), every=2)
    else:
        faces = cohort.everything(Path(place)) if kind == "cohort" else open_faces(spec)
    if not isinstance(faces, FaceSet):
        raise FacesError(f"{spec} holds clips; steps 1 and 2 need pictures of faces")
    return kept_apart(faces, spec)


def _pictures(spec: str, size_px: int) -> tuple[Pictures, Pictures]:
    faces = _face_set(spec)
    training = _load_pictures(faces.split("train"), size_px)
    if spec == SHIPPED and size_px <= LARGEST_PRACTICE_PX:
        training = _joined(training, _load_pictures(cohort.practice(), size_px))
    return training, _load_pictures(faces.split("validation"), size_px)


def _joined(one: Pictures, more: Pictures) -> Pictures:
    """The pictures of both, of different people, kept in memory."""
    assert one.pixels is not None, "small pictures are kept"
    assert more.pixels is not None, "small pictures are kept"
    return replace(
        one,
        people=np.concatenate((one.people, more.people + len(one.source.people))),
        expression=np.concatenate((one.expression, more.expression)),
        units=np.concatenate((one.units, more.units)),
        pixels=np.concatenate((one.pixels, more.pixels)),
    )


def _load_pictures(faces: FaceSet, size_px: int) -> Pictures:
    units = tuple(name for name in FACE_UNITS if name in faces.labels)
    columns = [faces.labels[name] for name in units]
    expression = np.full(len(faces), -1, np.int64)
    if "expression" in faces.labels:
        known = np.isfinite(faces.labels["expression"])
        expression[known] = faces.labels["expression"][known].astype(np.int64)
    loaded = Pictures(
        faces,
        size_px,
        faces.identities.astype(np.int64),
        expression,
        np.stack(columns, axis=1) if columns else np.zeros((len(faces), 0), np.float32),
        faces.classes.get("expression", ()),
        units,
    )
    if 3 * size_px**2 * len(faces) > MEMORY_BYTES:
        return loaded
    with ThreadPoolExecutor(_READERS) as pool:
        pixels = list(pool.map(lambda i: square(faces.read(i), size_px), range(len(faces))))
    return replace(loaded, pixels=np.stack(pixels) if pixels else np.zeros((0, 3, size_px, size_px), np.uint8))


def _clip_set(spec: str) -> ClipSet:
    """The clips of `spec`, in splits that share nobody."""
    clips = open_clips(spec)
    if clips.overlap() or not {"train", "validation"} <= {clip.split for clip in clips.clips}:
        clips = clips.subject_disjoint()
    return clips


def _clips(spec: str, size_px: int) -> tuple[Clips, Clips]:
    clips = _clip_set(spec)
    return _load_clips(clips.split("train"), size_px), _load_clips(clips.split("validation"), size_px)


def _load_clips(clips: ClipSet, size_px: int) -> Clips:
    numbers = [i for i, clip in enumerate(clips.clips) if np.isfinite(clip.severity)]
    loaded = []
    for number in numbers:
        frames = [square(frame, size_px) for frame in islice(clips.frames(number), CLIP_FRAMES)]
        loaded.append(np.stack(frames))
    length = min((len(frames) for frames in loaded), default=0)
    pixels = np.stack([frames[:length] for frames in loaded]) if loaded else np.zeros((0, 0, 3, size_px, size_px))
    severity = np.array([clips.clips[i].severity for i in numbers], np.float32)
    return Clips(pixels.astype(np.uint8), severity, tuple(clips.clips[i].person for i in numbers))


def _check_people(spec: str, splits: tuple[Pictures, Pictures]) -> None:
    for pictures, name in zip(splits, ("training", "validation"), strict=True):
        if len(pictures.people_with_several) < 2:
            raise FacesError(
                f"{spec}: fewer than two {name} people have two pictures each; step 1 cannot learn to hide who they are"
            )


def _check_labels(spec: str, splits: tuple[Pictures, Pictures]) -> None:
    for pictures, name in zip(splits, ("training", "validation"), strict=True):
        several = len(np.unique(pictures.expression[pictures.expression >= 0])) > 1
        moving = pictures.units.shape[1] and (np.nanstd(pictures.units, axis=0) > _LEAST_SPREAD).any()
        if not several and not moving:
            raise FacesError(
                f"{spec}: its {name} pictures have no expression labels, or all the same; step 2 has nothing to learn"
            )


def _check_severity(spec: str, splits: tuple[Clips, Clips]) -> None:
    for clips, name in zip(splits, ("training", "validation"), strict=True):
        if len(clips) < 2 or np.ptp(clips.severity) == 0:
            raise FacesError(
                f"{spec}: its {name} clips have no severities, or all the same; step 3 has nothing to learn"
            )


def moving_units(units: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(U,): face units that vary at all among (N, U)."""
    if not len(units):
        return np.zeros(units.shape[1], bool)
    return np.nan_to_num(np.nanstd(units, axis=0)) > _LEAST_SPREAD
