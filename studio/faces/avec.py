"""AVEC 2013 and 2014 (Valstar et al.): clips of people with a depression score (BDI-II, 0 to 63) a session."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.faces.face_set import SPLITS, FacesError, deal
from studio.faces.files import Warnings, lines
from studio.faces.pictures import read_frames

HIGHEST_SCORE = 63
_LABEL = re.compile(r"^(\d+)_(\d+)_Depression\.csv$", re.IGNORECASE)
_CLIPS = {
    "avec2013": re.compile(r"^(\d+)_(\d+)_(cut_combined)(?:\.(?:mp4|avi)|(_aligned))$", re.IGNORECASE),
    "avec2014": re.compile(r"^(\d+)_(\d+)_(Freeform|Northwind)_video(?:\.(?:mp4|avi)|(_aligned))$", re.IGNORECASE),
}
_SPLIT_NAMES = {
    "training": "train",
    "train": "train",
    "development": "validation",
    "dev": "validation",
    "testing": "test",
    "test": "test",
}


@dataclass(frozen=True)
class Clip:
    """One session of one person doing one task."""

    place: str
    """A video file, or a folder of aligned frames, relative to the root of its set."""
    person: str
    session: str
    task: str
    split: str
    """One of SPLITS, or "" when the clip lies in none."""
    severity: float
    """Score of the session, 0 to 63; NaN where there is none."""


@dataclass(frozen=True)
class ClipSet:
    """Clips below `root`. Frames are decoded when they are asked for."""

    name: str
    root: Path
    clips: tuple[Clip, ...]
    warnings: tuple[str, ...] = ()
    reader: Callable[[Path, str], Iterator[NDArray[np.uint8]]] | None = None
    """Reads the frames of one clip from (root, place); None means a video or a folder of frames."""

    def __len__(self) -> int:
        return len(self.clips)

    def frames(self, number: int) -> Iterator[NDArray[np.uint8]]:
        """The frames of clip `number`, (H, W, 3) uint8 RGB, one at a time."""
        place = self.clips[number].place
        yield from self.reader(self.root, place) if self.reader else read_frames(self.root / place)

    def split(self, name: str) -> ClipSet:
        return replace(self, clips=tuple(clip for clip in self.clips if clip.split == name))

    def counts(self) -> dict[str, int]:
        """Clips, people, sessions, clips with a score, and clips of each split that has any."""
        found = {
            "clips": len(self),
            "people": len({c.person for c in self.clips}),
            "sessions": len({(c.person, c.session) for c in self.clips}),
            "with_severity": sum(np.isfinite(c.severity) for c in self.clips),
        }
        for name in SPLITS:
            if count := sum(c.split == name for c in self.clips):
                found[name] = count
        return found

    def overlap(self) -> tuple[str, ...]:
        """People with clips in more than one split."""
        splits: dict[str, set[str]] = {}
        for clip in self.clips:
            if clip.split:
                splits.setdefault(clip.person, set()).add(clip.split)
        return tuple(sorted(person for person, found in splits.items() if len(found) > 1))

    def subject_disjoint(self, seed: int = 0) -> ClipSet:
        """The same clips with whole people dealt to the splits by a seeded shuffle."""
        people = sorted({clip.person for clip in self.clips})
        split = dict(zip(people, deal(len(people), seed), strict=True))
        return replace(self, clips=tuple(replace(c, split=SPLITS[split[c.person]]) for c in self.clips))


def read(root: Path, name: str) -> ClipSet:
    """`name` ("avec2013" or "avec2014") below `root`, wherever clips and labels lie; FacesError when there is no clip.

    Aligned frames, where they exist, stand for their video: they are what a recogniser of faces wants.
    """
    if not root.is_dir():
        raise FacesError(f"{root} is not a folder" if root.exists() else f"{root} does not exist")
    warnings = Warnings()
    severities: dict[tuple[str, str], float] = {}
    videos: dict[tuple[str, str, str, str], Clip] = {}
    for parent, folders, files in os.walk(root):
        here = Path(parent)
        folders.sort()
        for file in sorted(files):
            if match := _LABEL.match(file):
                severities[match[1], match[2]] = _severity(here / file, warnings)
        for entry in sorted([*files, *folders]):
            if match := _CLIPS[name].match(entry):
                place = (here / entry).relative_to(root).as_posix()
                clip = Clip(place, match[1], match[2], match[3].lower(), _split(here.relative_to(root)), float("nan"))
                key = (clip.person, clip.session, clip.task, clip.split)
                if match[4] or key not in videos:
                    videos[key] = clip
    if not videos:
        raise FacesError(f"{root} holds no clip of {name}; expected files such as {_EXAMPLES[name]}")
    clips = tuple(
        replace(clip, severity=severities.get((clip.person, clip.session), float("nan"))) for clip in videos.values()
    )
    warnings.add("clips without a score", [c.place for c in clips if not np.isfinite(c.severity)])
    warnings.add("clips in no split", [c.place for c in clips if not c.split])
    found = ClipSet(name, root, tuple(sorted(clips, key=lambda c: c.place)))
    warnings.add("people in more than one split", found.overlap())
    return replace(found, warnings=warnings())


_EXAMPLES = {
    "avec2013": "Training/203_1_cut_combined.mp4",
    "avec2014": "Training/Freeform/203_1_Freeform_video.mp4",
}


def _severity(path: Path, warnings: Warnings) -> float:
    """The one whole number of a label file; NaN, with a warning, when it is anything else."""
    found = lines(path)
    text = found[0].strip() if len(found) == 1 else ""
    if text.isdecimal() and int(text) <= HIGHEST_SCORE:
        return float(text)
    warnings.say(f"{path.name} does not hold one number from 0 to {HIGHEST_SCORE}")
    return float("nan")


def _split(place: Path) -> str:
    """Named by the nearest folder above: Training, Development, Testing, in any case and short forms."""
    for part in reversed(place.parts):
        if split := _SPLIT_NAMES.get(part.lower()):
            return split
    return ""
