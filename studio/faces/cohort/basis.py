"""The head every synthetic person is shaped from: a mesh, named displacements, and what light reaches each vertex."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy import sparse

from studio.faces.cohort.face_units import FACE_UNITS
from studio.faces.cohort.pack import DELTA_STEP, LIGHT_STEP
from studio.faces.cohort.subdivision import catmull_clark, triangulate
from studio.resources import resource_path

SKIN, EYE, TEETH, TONGUE, LASH = range(5)
LIPS, EARS, MOUTH_INSIDE = range(3)


@dataclass(frozen=True)
class HeadBasis:
    """Lengths in decimetres, +x to the person's left, +y up, +z forward. `V` coarse, `F` refined vertices."""

    vertices: np.ndarray  # (V, 3) float32, the undisplaced mesh
    names: tuple[str, ...]  # of the T shape targets, without the face units
    targets: np.ndarray  # (T, 3 V) float32
    units: np.ndarray  # (52, 3 V) float32, in the order of FACE_UNITS
    refine: sparse.csr_matrix  # (F, V)
    triangles: np.ndarray  # (N, 3) of refined vertices
    part: np.ndarray  # (N,) SKIN, EYE, TEETH, TONGUE or LASH
    masks: np.ndarray  # (F, 3) float32 in 0..1: LIPS, EARS, MOUTH_INSIDE
    light: np.ndarray  # (F, 10) float32: share of the sky seen, then `visibility.harmonics` of what is in sight

    @cached_property
    def home(self) -> np.ndarray:
        """Refined vertices of the undisplaced mesh (F, 3): where on a face a vertex is, whoever wears it."""
        return np.asarray(self.refine @ self.vertices, dtype=np.float32)

    @cached_property
    def eyes(self) -> tuple[np.ndarray, np.ndarray]:
        """Refined vertices of the right (-x) and of the left eyeball."""
        seen = np.unique(self.triangles[self.part == EYE])
        return seen[self.home[seen, 0] < 0], seen[self.home[seen, 0] > 0]

    @cached_property
    def solid(self) -> tuple[np.ndarray, np.ndarray]:
        """Triangles and parts of all but the lashes."""
        kept = self.part != LASH
        return self.triangles[kept], self.part[kept]

    @cached_property
    def lashes(self) -> np.ndarray:
        """Triangles of the lashes, seen from both sides."""
        lashes = self.triangles[self.part == LASH]
        return np.concatenate([lashes, lashes[:, ::-1]])

    @cached_property
    def _refine_eyes(self) -> tuple[sparse.csr_matrix, ...]:
        return tuple(self.refine[eye] for eye in self.eyes)

    def shape(self, weights: np.ndarray) -> np.ndarray:
        """Coarse vertices (V, 3) of the head with these target weights (T,)."""
        return self.vertices + (weights @ self.targets).reshape(-1, 3)

    def move(self, shape: np.ndarray, units: np.ndarray) -> np.ndarray:
        """Refined vertices (F, 3) of a coarse shape with these face units (52,); eyeballs stay round."""
        moved = shape + (units.astype(np.float32) @ self.units).reshape(-1, 3)
        refined = np.asarray(self.refine @ moved, dtype=np.float32)
        for eye, refine in zip(self.eyes, self._refine_eyes, strict=True):
            still = refine @ shape
            centre = still.mean(axis=0)
            away = still - centre
            distance = np.linalg.norm(away, axis=1, keepdims=True)
            refined[eye] = centre + away / distance * distance.max()
        return refined


def shipped_basis() -> HeadBasis:
    """The basis that comes with the product; FileNotFoundError names the file if it is missing."""
    return load_basis(resource_path("cohort", "head_basis.npz"))


def load_basis(path: Path) -> HeadBasis:
    """The basis that `pack` wrote; ValueError if the file is not one."""
    with np.load(path, allow_pickle=False) as file:
        if "deltas" not in file:
            raise ValueError(f"{path} is not a head basis; make one with `python -m studio.faces.cohort.pack`")
        vertices, quads, part = file["vertices"], file["quads"].astype(int), file["part"]
        names, offsets = [str(name) for name in file["names"]], file["offsets"]
        indices, deltas, masks = file["indices"], file["deltas"], file["masks"]
        light = file["light"] * LIGHT_STEP if "light" in file else None
    dense = np.zeros((len(names), len(vertices), 3), dtype=np.float32)
    for row, (start, end) in enumerate(pairwise(offsets)):
        dense[row, indices[start:end]] = deltas[start:end] * DELTA_STEP
    rows = dense.reshape(len(names), -1)
    if light is None:  # while the basis is being made
        light = np.zeros((1, 10))
    refine, refined = catmull_clark(quads, len(vertices))
    shapes = [row for row, name in enumerate(names) if name not in FACE_UNITS]
    triangles, part = triangulate(refined), np.tile(np.repeat(part, 4), 2)
    return HeadBasis(
        vertices=vertices,
        names=tuple(names[row] for row in shapes),
        targets=rows[shapes],
        units=rows[[names.index(unit) for unit in FACE_UNITS]],
        refine=refine.astype(np.float32),
        triangles=triangles,
        part=part,
        masks=np.asarray(refine @ (masks.astype(np.float32) / 255), dtype=np.float32),
        light=light.astype(np.float32),
    )
