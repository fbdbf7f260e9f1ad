"""The quick attack on one trial: A0, and A3 with the true PSF, on validation people that stay the same in a study.

A small quick grid (see `evaluation.quick_grid`): what depends on the clear pictures alone is worked out once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from studio.capture.offline import OfflineCamera
from studio.evaluation.bench import INVERSION, LINKABILITY, WATCH_LIST, deconvolved
from studio.evaluation.bootstrap import Interval, interval
from studio.evaluation.pairs import draw_pairs
from studio.evaluation.scenes import Embedder, captured, choose, prepare
from studio.evaluation.verification import drawn_auc
from studio.faces.face_set import FaceSet
from studio.faces.recognisers import Picture, Recogniser
from studio.listener import Listener
from studio.optics.baselines import Baseline
from studio.optics.lens import LensDesign

MOST_PICTURES = 150


class QuickAttack:
    """Attacks captures of the people of `faces`. FacesError when fewer than two have two pictures with a face."""

    def __init__(self, faces: FaceSet, recognisers: Sequence[Recogniser], seed: int) -> None:
        self._seed = seed
        self._scenes = prepare(faces, choose(faces, MOST_PICTURES, seed))
        self._embedders = [Embedder(recogniser, self._scenes) for recogniser in recognisers]
        self._clear = [embed(self._scenes.pictures) for embed in self._embedders]
        self._pairs = draw_pairs(self._scenes.identities, seed=seed)

    def __call__(
        self, design: LensDesign, baseline: Baseline, size_px: int, listener: Listener
    ) -> dict[str, tuple[Interval, NDArray[np.float64]]]:
        """AUC by measure (`plan.PRIVACY`) with what each draw of people gives, (D,).

        `baseline` is in pixels of pictures of `size_px`, as the networks saw it.
        """
        camera = OfflineCamera(design, same_share(baseline, size_px, self._scenes.pictures), self._seed)
        listener.progress("capturing", 0.0)
        shown = captured(self._scenes, camera)
        back = deconvolved(shown, camera.kernel, design.sensor.noise)
        cells: dict[tuple[str, str], tuple[Interval, NDArray[np.float64]]] = {}
        for i, (embed, clear) in enumerate(zip(self._embedders, self._clear, strict=True)):
            listener.progress(f"recognising with {embed.recogniser.name}", (i + 0.2) / (len(self._embedders) + 0.2))
            seen, restored = embed(shown), embed(back)
            for scenario, probes, references in (
                (WATCH_LIST, seen, clear),
                (LINKABILITY, seen, seen),
                (INVERSION, restored, clear),
            ):
                cells[scenario, embed.recogniser.name] = self._auc(embed.recogniser, probes, references)
        return _measures(cells)

    def _auc(
        self, recogniser: Recogniser, probes: NDArray[np.floating], references: NDArray[np.floating]
    ) -> tuple[Interval, NDArray[np.float64]]:
        pairs = self._pairs
        scores = recogniser.similarity(probes[pairs.probes], references[pairs.references])
        value, drawn = drawn_auc(scores, pairs, seed=self._seed)
        return interval(value, drawn), drawn


def same_share(baseline: Baseline, size_px: int, pictures: Sequence[Picture]) -> Baseline:
    """`baseline`, whose strength counts in pixels of pictures of `size_px`, for `pictures` of their middle size."""
    if baseline.kind == "none":
        return baseline
    side = float(np.median([min(picture.shape[:2]) for picture in pictures]))
    strength = baseline.strength * side / size_px
    return replace(baseline, strength=max(1.0, round(strength)) if baseline.kind == "pixelate" else strength)


def _measures(
    cells: dict[tuple[str, str], tuple[Interval, NDArray[np.float64]]],
) -> dict[str, tuple[Interval, NDArray[np.float64]]]:
    if not cells:
        return {}
    against_clear = {name: cell for (scenario, name), cell in cells.items() if scenario == WATCH_LIST}
    mean = np.mean([drawn for _, drawn in against_clear.values()], axis=0)
    found = {f"a0_auc_{name}": cell for name, cell in against_clear.items()}
    found["a0_auc"] = interval(float(np.mean([auc.value for auc, _ in against_clear.values()])), mean), mean
    found["worst_auc"] = max(cells.values(), key=lambda cell: cell[0].value)
    return found
