"""Networks that have learned faces, clear and blurred, as runs begin with: those that come with the studio.

`python -m tests.make_start` made them, from training people and practice people alone.
"""

from __future__ import annotations

from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from studio.networks.face_network import FaceNetwork
from studio.resources import resource_path

PLACE = ("networks", "start-64px.npz")
PARTS = ("network", "recogniser")


class StartError(Exception):
    """Networks that do not fit a run, or cannot be read; the text says what to do."""


def start_networks(**parts: FaceNetwork) -> None:
    """Give `network` and `recogniser` the weights that come with the studio. StartError when they do not fit."""
    try:
        with np.load(resource_path(*PLACE)) as file:
            weights = {name: file[name] for name in file.files}
    except (OSError, ValueError, BadZipFile) as error:
        raise StartError(f"the networks that come with the studio cannot be read ({error}); start = scratch") from error
    for part, network in parts.items():
        try:
            network.load_arrays(of_part(weights, part))
        except RuntimeError:
            raise StartError(
                f"the {part} that comes with the studio is a {_kind(weights)} and learned from the cohort; "
                "take these, or start = scratch"
            ) from None


def of_part(weights: dict[str, NDArray], part: str) -> dict[str, NDArray]:
    """The weights of one of PARTS, by their names in it."""
    return {name.removeprefix(f"{part}/"): array for name, array in weights.items() if name.startswith(f"{part}/")}


def _kind(weights: dict[str, NDArray]) -> str:
    return f"{weights['trunk']} for pictures of {weights['size_px']} px"
