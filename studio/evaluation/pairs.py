"""Lists of comparisons: seeded, without repetition, with a hash that goes with every result."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PAIRS_A_CLASS = 3000


@dataclass(frozen=True)
class Pairs:
    """M comparisons of a probe with a reference, by picture number; `people` holds who is on either side."""

    probes: NDArray[np.int32]
    references: NDArray[np.int32]
    people: NDArray[np.int32]
    """(M, 2): the person of the probe and of the reference."""

    def __len__(self) -> int:
        return len(self.probes)

    @property
    def genuine(self) -> NDArray[np.bool_]:
        """(M,): whether both sides show the same person."""
        return self.people[:, 0] == self.people[:, 1]

    def sha256(self) -> str:
        """Of the list as it stands: equal hashes mean the same comparisons in the same order."""
        columns = np.column_stack((self.probes, self.references, self.people)).astype("<i4")
        return hashlib.sha256(columns.tobytes()).hexdigest()


def draw_pairs(
    identities: NDArray[np.integer], genuine: int = PAIRS_A_CLASS, impostor: int = PAIRS_A_CLASS, seed: int = 0
) -> Pairs:
    """Up to `genuine` and `impostor` comparisons among pictures of `identities` (N,), -1 for unknown people.

    People are drawn evenly, so that one with many pictures does not outweigh the others; no comparison of a
    picture with itself, none twice in either order. ValueError when either class would be empty.
    """
    rng = np.random.default_rng(seed)
    of_person = {int(p): np.flatnonzero(identities == p) for p in np.unique(identities) if p >= 0}
    several = [p for p, pictures in of_person.items() if len(pictures) > 1]
    if not several:
        raise ValueError("no person has two pictures: there is nothing genuine to compare")
    if len(of_person) < 2:
        raise ValueError("there is one person only: there is no impostor to compare")
    same_total = sum(len(of_person[p]) * (len(of_person[p]) - 1) // 2 for p in several)
    known = sum(len(pictures) for pictures in of_person.values())
    other_total = known * (known - 1) // 2 - sum(len(v) * (len(v) - 1) // 2 for v in of_person.values())

    def same() -> tuple[int, int]:
        one, other = rng.choice(of_person[several[rng.integers(len(several))]], 2, replace=False)
        return int(one), int(other)

    def different() -> tuple[int, int]:
        first, second = rng.choice(len(of_person), 2, replace=False)
        keys = list(of_person)
        return int(rng.choice(of_person[keys[first]])), int(rng.choice(of_person[keys[second]]))

    chosen = [*_distinct(same, min(genuine, same_total)), *_distinct(different, min(impostor, other_total))]
    probes, references = np.array(chosen, np.int32).T
    people = np.column_stack((identities[probes], identities[references])).astype(np.int32)
    return Pairs(probes, references, people)


def _distinct(draw, count: int) -> list[tuple[int, int]]:
    found: dict[frozenset[int], tuple[int, int]] = {}
    while len(found) < count:
        pair = draw()
        found.setdefault(frozenset(pair), pair)
    return list(found.values())
