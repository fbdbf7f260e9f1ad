"""Weights of trained attackers in the user's cache, by everything that they depend on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from studio.optics.baselines import Baseline
from studio.optics.lens import LensDesign

Weights = dict[str, NDArray]
_TRAINING = 2  # counted up when the training of attackers changes


def camera_key(design: LensDesign, baseline: Baseline, seed: int) -> dict[str, Any]:
    """What an attacker of this camera depends on, as plain values; lens terms to a nanometre."""
    plain = design.to_dict()
    plain["zernike_um"] = [round(value, 3) for value in design.zernike_um]
    return {"design": plain, "baseline": str(baseline), "seed": seed, "training": _TRAINING}


def cached(key: Mapping[str, Any], train: Callable[[], Weights | None], folder: Path | None = None) -> Weights | None:
    """The weights kept under `key`, or those that `train` gives, which are kept; None when it was stopped.

    A file that cannot be read is made anew. OSError when the disk refuses.
    """
    name = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:24]
    path = (folder or cache_folder()) / f"{name}.npz"
    try:
        with np.load(path) as file:
            return {entry: file[entry] for entry in file.files}
    except (OSError, ValueError, BadZipFile):
        path.unlink(missing_ok=True)
    weights = train()
    if weights is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft.npz")
        np.savez(draft, **weights)  # type: ignore[arg-type]
        draft.replace(path)
    return weights


def cache_folder() -> Path:
    return user_cache_path("opticaldr-studio", appauthor=False) / "attackers"
