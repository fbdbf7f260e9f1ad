"""What a trained network says of a live face, and how its run travels to the process that reads. Loads no torch."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import BinaryIO
from zipfile import BadZipFile

import numpy as np

from studio.project.records import Run

NOTICE = "Research use only, not a diagnosis"
MODULE = "studio.training.reader_process"
_WEIGHT = "weight/"


@dataclass(frozen=True)
class Readout:
    """Of the newest frames. All empty where the clear frame shows no face."""

    face_share: float = 0.0
    """How large the face is, as a share of the size it had in training, where it fills the picture."""
    expression: tuple[tuple[str, float], ...] = ()
    """Classes and their probabilities, the likeliest first."""
    units: tuple[tuple[str, float], ...] = ()
    """Face units and their values, the strongest first."""
    severity: float | None = None
    """Simulated, 0 to 63, from the last `frames` faces; None until there are enough, or where it was not trained."""
    frames: int = 0

    @classmethod
    def from_answer(cls, answer: dict) -> Readout:
        """Back from JSON, where `dataclasses.asdict` went."""
        pairs = {name: tuple((str(n), float(v)) for n, v in answer[name]) for name in ("expression", "units")}
        return cls(**{**answer, **pairs})


def newest_reader(runs: tuple[Run, ...]) -> Run | None:
    """The last of `runs` whose network was kept; None when there is none."""
    return next((run for run in reversed(runs) if run.weights and run.config.get("network")), None)


def packed(run: Run) -> bytes:
    """What `unpacked` reads: a line with the length, and then a numpy archive of the network and its description."""
    archive = io.BytesIO()
    arrays = {f"{_WEIGHT}{name}": array for name, array in run.weights.items()}
    np.savez(archive, about=json.dumps({"id": run.id, "config": run.config}), **arrays)  # type: ignore[arg-type]
    return str(archive.tell()).encode() + b"\n" + archive.getvalue()


def unpacked(stream: BinaryIO) -> Run:
    """The run that was `packed`, with its network and nothing else; ValueError when it is cut."""
    try:
        with np.load(io.BytesIO(stream.read(int(stream.readline()))), allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            weights = {name.removeprefix(_WEIGHT): file[name] for name in file.files if name.startswith(_WEIGHT)}
    except (OSError, BadZipFile) as error:
        raise ValueError(f"the run did not arrive whole ({error})") from error
    return Run(id=about["id"], config=about["config"], kept=True, weights=weights)
