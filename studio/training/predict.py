"""A network that a run has trained, as one who reads captured faces: pictures in, figures out, all in numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from studio.networks.face_network import HIGHEST_SEVERITY, TRUNKS, FaceNetwork, NetworkSpec
from studio.project.records import Run
from studio.training.data import square

_BATCH = 64


class PredictError(ValueError):
    """A run that cannot read faces; the text is one line that says why."""


@dataclass(frozen=True)
class Readings:
    """What was read of N pictures."""

    expression: NDArray[np.float32]
    """(N, C): a probability for each of the reader's `class_names`."""
    units: NDArray[np.float32]
    """(N, U): a value for each of the reader's `unit_names`."""
    features: NDArray[np.float32]
    """(N, F): what `FaceReader.severity` wants of the frames of a clip."""


class FaceReader:
    """Reads captures, which have to come through the lens (or baseline) of the run: clear faces are foreign to it.

    `class_names` and `unit_names` say what it tells; they are empty, and `reads_severity` is False, where the run did
    not train for that.
    """

    def __init__(self, run: Run, device: str = "cpu") -> None:
        """PredictError when `run` keeps no weights, or weights that do not fit its own description."""
        if not run.weights:
            raise PredictError(f"run {run.id} keeps no weights; choose a run that does, or train anew")
        try:
            told = run.config["network"]
            spec = NetworkSpec(told["trunk"], told["classes"], told["units"], told["pooling"])
            self.class_names: tuple[str, ...] = tuple(told["class_names"])
            self.unit_names: tuple[str, ...] = tuple(told["unit_names"])
            self.size_px = int(run.config["size_px"])
            self.reads_severity = any(run.config[step]["iterations"] > 0 for step in ("severity", "joint"))
        except (KeyError, TypeError) as error:
            raise PredictError(f"run {run.id} does not say what its network is: {error} is missing") from None
        if spec.trunk not in TRUNKS or (spec.classes, spec.units) != (len(self.class_names), len(self.unit_names)):
            raise PredictError(f"run {run.id} describes a network that this version does not know")
        self._network = FaceNetwork(spec)
        _load(self._network, run.weights, run.id)
        self._device = torch.device(device)
        self._network.to(self._device).eval()

    def read(self, pictures: Sequence[NDArray[np.uint8]] | NDArray[np.uint8]) -> Readings:
        """Of N pictures (H, W, 3) uint8 RGB, whose middle squares are read."""
        network, parts = self._network, []
        with torch.inference_mode():
            for first in range(0, len(pictures), _BATCH):
                squares = [square(picture, self.size_px) for picture in pictures[first : first + _BATCH]]
                features = network(torch.from_numpy(np.stack(squares)).to(self._device).float() / 255)
                expression = torch.softmax(network.expression(features), dim=1)[:, : len(self.class_names)]
                units = network.face_units(features)[:, : len(self.unit_names)]
                parts.append([part.cpu().numpy() for part in (expression, units, features)])
        if not parts:
            raise PredictError("there are no pictures to read")
        return Readings(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def severity(self, features: NDArray[np.floating]) -> float:
        """Severity of one clip, 0 to 63, from the features (T, F) of its frames.

        PredictError when the run has not learned to read it.
        """
        if not self.reads_severity:
            raise PredictError("this run has not learned severity; train steps 3 or 4")
        with torch.inference_mode():
            found = self._network.severity_of(torch.from_numpy(np.asarray(features, np.float32)).to(self._device)[None])
        return float(np.clip(HIGHEST_SEVERITY * found.item(), 0, HIGHEST_SEVERITY))


def _load(network: FaceNetwork, weights: Mapping[str, NDArray], run_id: str) -> None:
    try:
        network.load_arrays(dict(weights))
    except RuntimeError:
        raise PredictError(f"the weights of run {run_id} do not fit its network; the run is damaged") from None
