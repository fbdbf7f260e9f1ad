"""A recogniser that takes no part in training, asked on validation people while a run goes on: SFace, if installed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from studio.evaluation.pairs import draw_pairs
from studio.evaluation.scenes import Embedder, choose, prepare
from studio.faces import models, recognisers
from studio.faces.face_set import FacesError, FaceSet
from studio.faces.pictures import read_picture
from studio.optics.lens import LensDesign
from studio.training import validation
from studio.training.data import Pictures, middle_square, square
from studio.training.optics import Optics

NAME = "sface"
MOST_PICTURES = 100
_SEED = 4321


class HeldOut:
    """Captured faces against clear ones of the same people. ModelError without its files, FacesError without faces."""

    def __init__(self, pictures: Pictures) -> None:
        faces = replace(pictures.source, reader=_square_reader(pictures.source))
        self._scenes = prepare(faces, choose(faces, MOST_PICTURES))
        self._embed = Embedder(recognisers.load(NAME), self._scenes)
        self._clear = self._embed(self._scenes.pictures)
        small = [square(picture, pictures.size_px) for picture in self._scenes.pictures]
        self._small = torch.from_numpy(np.stack(small)).float().div_(255)
        self._pairs = draw_pairs(self._scenes.identities, validation.PAIRS_A_CLASS, validation.PAIRS_A_CLASS, _SEED)

    def auc(self, optics: Optics, design: LensDesign) -> float:
        """0.5 when it can only guess."""
        shown = validation.captured(optics, design, self._small.to(optics.zernike_um.device))
        seen = [_enlarged(one, like) for one, like in zip(shown.cpu().numpy(), self._scenes.pictures, strict=True)]
        alike = self._embed.recogniser.similarity(
            self._embed(seen)[self._pairs.probes], self._clear[self._pairs.references]
        )
        return float(roc_auc_score(self._pairs.genuine, alike))


def held_out(pictures: Pictures) -> HeldOut | None:
    """None where the recogniser or the detector is not installed, or finds no faces."""
    try:
        return HeldOut(pictures)
    except (models.ModelError, FacesError):
        return None


def _square_reader(faces: FaceSet) -> Callable[[Path, str], NDArray[np.uint8]]:
    read = faces.reader or (lambda root, place: read_picture(root / place))
    return lambda root, place: middle_square(read(root, place))


def _enlarged(shown: NDArray[np.floating], like: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A capture (3, S, S) in [0, 1] as a picture of the size of `like`."""
    picture = np.rint(255 * shown.transpose(1, 2, 0).clip(0, 1)).astype(np.uint8)
    return cv2.resize(picture, like.shape[1::-1], interpolation=cv2.INTER_CUBIC)
