"""A crowd of synthetic people for attackers to train on: rendered once into the user's cache, nobody of the cohort."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from studio.faces.cohort import faces
from studio.faces.cohort.basis import shipped_basis
from studio.faces.cohort.chunks import estimate, write_in_processes
from studio.faces.cohort.generate import CohortPlan, person_seeds
from studio.faces.cohort.storage import Cohort
from studio.listener import SILENT, Listener

SEED = 1000
_DRAWING = 1  # counted up when pictures of the same seed change, so that no old crowd passes for a new one


def crowd(
    people: int, pictures: int, size_px: int, seed: int = SEED, listener: Listener = SILENT, cache: Path | None = None
) -> Path | None:
    """A cohort file with so many people and so many pictures (size_px, size_px) of each, and no clips.

    It is rendered the first time it is asked for; `cohort:PATH` or `faces.pictures` reads it. Nobody in it is in the
    shipped cohort. None when `listener` asked to stop: what is rendered stays and is gone on with the next time.
    ValueError for numbers that cannot be rendered or a seed of the shipped cohort, OSError when the disk refuses.
    """
    plan = CohortPlan(seed, people, pictures, clips=0, side_px=size_px)
    shared = np.intersect1d(person_seeds(plan), _shipped_seeds())
    if len(shared):
        raise ValueError(f"seed {seed} gives {len(shared)} people of the shipped cohort; take another one")
    path = (cache or cache_folder()) / f"crowd-{_DRAWING}-{people}x{pictures}-{size_px}px-seed{seed}.h5"
    if path.exists():
        return path
    seconds, size = estimate(plan, shipped_basis())
    listener.note(
        f"{people:,} synthetic people x {pictures} pictures are rendered once for the attackers:"
        f" about {max(seconds / 60, 0.1):.1f} minutes, {size / 1e6:.1f} MB in {path.parent}"
    )
    chunks = path.with_suffix(".chunks")
    if not write_in_processes(path, plan, chunks, listener):
        return None
    shutil.rmtree(chunks, ignore_errors=True)
    return path


def cache_folder() -> Path:
    return user_cache_path("opticaldr-studio", appauthor=False) / "crowds"


def _shipped_seeds() -> np.ndarray:
    with Cohort(faces.shipped()) as cohort:
        return cohort.seeds
