"""A set of face pictures as columns: who, which split, which labels. Pictures stay on disk until they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.faces.pictures import read_picture

SPLITS = ("train", "validation", "test")
NO_SPLIT = -1
UNKNOWN = -1
DISJOINT_SHARES = (0.7, 0.1, 0.2)  # of the people, in the order of SPLITS


class FacesError(ValueError):
    """Faces that cannot be read; the text is one line that names what and why."""


@dataclass(frozen=True)
class FaceSet:
    """N pictures below `root`. Columns are arrays of length N, so that 200,000 pictures cost a few megabytes."""

    name: str
    root: Path
    pictures: tuple[str, ...]
    """Where each picture is, relative to `root`, with forward slashes."""
    splits: NDArray[np.int8]
    """Index into SPLITS, or NO_SPLIT."""
    identities: NDArray[np.int32]
    """Index into `people`, or UNKNOWN."""
    people: tuple[str, ...] = ()
    labels: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    """Values by the label's name; NaN where a picture has none."""
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What the values of a label mean, for labels that are classes."""
    landmarks: NDArray[np.float32] | None = None
    """(N, 5, 2) x, y in pixels: eyes, nose, corners of the mouth; NaN where a picture has none."""
    pairs: NDArray[np.int32] | None = None
    """(M, 4): two picture numbers, 1 for the same person, and the fold; an official list of comparisons."""
    warnings: tuple[str, ...] = ()
    reader: Callable[[Path, str], NDArray[np.uint8]] | None = None
    """Reads one picture from (root, place); None means an ordinary picture file."""

    def __len__(self) -> int:
        return len(self.pictures)

    def read(self, number: int) -> NDArray[np.uint8]:
        """Picture `number`, (H, W, 3) uint8 RGB; an error of one line when it cannot be read."""
        if self.reader is not None:
            return self.reader(self.root, self.pictures[number])
        return read_picture(self.root / self.pictures[number])

    def subset(self, keep: NDArray[np.bool_] | NDArray[np.integer] | Sequence[int]) -> FaceSet:
        """The pictures that `keep` (a mask, or numbers) chooses; official pairs are dropped, people are kept."""
        numbers = np.arange(len(self))[np.asarray(keep)]
        return replace(
            self,
            pictures=tuple(self.pictures[i] for i in numbers),
            splits=self.splits[numbers],
            identities=self.identities[numbers],
            labels={name: column[numbers] for name, column in self.labels.items()},
            landmarks=None if self.landmarks is None else self.landmarks[numbers],
            pairs=None,
        )

    def split(self, name: str) -> FaceSet:
        """The pictures of one of SPLITS."""
        return self.subset(self.splits == SPLITS.index(name))

    def counts(self) -> dict[str, int]:
        """Pictures, people, and pictures of each split that has any."""
        known = self.identities[self.identities != UNKNOWN]
        found = {"pictures": len(self), "people": len(np.unique(known))}
        for number, name in enumerate(SPLITS):
            if count := int(np.sum(self.splits == number)):
                found[name] = count
        return found

    def overlap(self) -> tuple[str, ...]:
        """People with pictures in more than one split: what they lend each other is no generalisation."""
        usable = (self.splits != NO_SPLIT) & (self.identities != UNKNOWN)
        seen = np.unique(np.column_stack((self.identities[usable], self.splits[usable])), axis=0)
        people, splits = np.unique(seen[:, 0], return_counts=True)
        return tuple(self.people[i] for i in people[splits > 1])

    def subject_disjoint(self, seed: int = 0, shares: tuple[float, float, float] = DISJOINT_SHARES) -> FaceSet:
        """The same pictures with whole people dealt to the splits at random; unknown people belong to none."""
        dealt = deal(len(self.people), seed, shares)
        splits = np.where(self.identities == UNKNOWN, NO_SPLIT, dealt[self.identities]).astype(np.int8)
        return replace(self, splits=splits, pairs=None)


def deal(people: int, seed: int, shares: tuple[float, float, float] = DISJOINT_SHARES) -> NDArray[np.int8]:
    """A split for each of `people`, (people,) indices into SPLITS, by a seeded shuffle.

    From three people on no split is empty. FacesError for fewer: they cannot be kept apart.
    """
    if people < len(SPLITS):
        raise FacesError(f"{people} people cannot be divided into train, validation and test; at least 3 are needed")
    validation, test = (max(1, round(people * share)) for share in shares[1:])
    dealt = np.zeros(people, np.int8)
    order = np.random.default_rng(seed).permutation(people)
    dealt[order[:test]] = SPLITS.index("test")
    dealt[order[test : test + validation]] = SPLITS.index("validation")
    return dealt


def number_people(names: Sequence[str | None]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Columns `identities` and `people` for the name of each picture's person; None for an unknown one."""
    people = tuple(sorted({name for name in names if name is not None}))
    numbers = {name: i for i, name in enumerate(people)}
    return np.array([UNKNOWN if n is None else numbers[n] for n in names], np.int32), people


def some(names: Sequence[str], limit: int = 3) -> str:
    """ "a, b, c and 4 more": a list that fits a line."""
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(list(names)[:limit]) + more
