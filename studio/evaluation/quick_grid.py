"""The quick privacy grid: off-the-shelf recognisers (A0), and the same after Wiener deconvolution (A3).

Four scenarios, a cell for each with every recogniser; the headline is the attacker that does best against the lens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from studio.capture.offline import OfflineCamera
from studio.evaluation.controls import noise_crops
from studio.evaluation.inversion import METHODS
from studio.evaluation.pairs import PAIRS_A_CLASS, Pairs, draw_pairs
from studio.evaluation.roc_band import roc_curves
from studio.evaluation.scenes import Embedder, Scenes, captured
from studio.evaluation.strip import strip_arrays
from studio.evaluation.verification import Verification, verify
from studio.faces.recognisers import Picture, Recogniser
from studio.listener import SILENT, Listener
from studio.optics.baselines import NONE, Baseline
from studio.optics.lens import LensDesign
from studio.optics.sensor import linear_to_srgb, srgb_to_linear

CLEAR, WATCH_LIST, LINKABILITY, INVERSION, CHANCE = (
    "clear-clear",
    "captured-clear",
    "captured-captured",
    "reconstructed-clear",
    "noise-noise",
)
AGAINST_THE_LENS = (WATCH_LIST, LINKABILITY, INVERSION)


@dataclass(frozen=True)
class Cell:
    scenario: str
    attacker: str
    recogniser: str
    result: Verification
    curves: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """The ROC and the ends of its band by the names they are kept under, see `roc_band`."""

    @property
    def name(self) -> str:
        return f"{self.scenario}/{self.attacker}/{self.recogniser}"


@dataclass(frozen=True)
class Grid:
    """Every cell, and what makes the list of comparisons the same one next time."""

    cells: tuple[Cell, ...]
    detection_rate: float
    pictures: int
    people: int
    pairs_sha256: str
    seed: int
    strip: dict[str, NDArray] = field(default_factory=dict)
    """Pictures of a few people, as `strip_arrays` gives them."""
    stopped: bool = False
    """Whether somebody asked for an early end: cells are missing."""

    def worst(self) -> Cell:
        """The cell against the lens with the highest AUC: what may be claimed of it."""
        return max((c for c in self.cells if c.scenario in AGAINST_THE_LENS), key=lambda c: c.result.auc.value)


def quick_grid(
    design: LensDesign,
    scenes: Scenes,
    recognisers: Sequence[Recogniser],
    *,
    baseline: Baseline = NONE,
    seed: int = 0,
    pairs_a_class: int = PAIRS_A_CLASS,
    synthetic: bool = False,
    listener: Listener = SILENT,
) -> Grid:
    """All cells for `design` (or `baseline` in its place) on `scenes`; those of the recognisers so far when stopped.

    Only of `synthetic` people does the grid keep a few clear pictures.
    """
    pairs = draw_pairs(scenes.identities, pairs_a_class, pairs_a_class, seed)
    camera = OfflineCamera(design, baseline, seed)
    listener.progress("capturing", 0.0)
    shown = captured(scenes, camera)
    listener.progress("deconvolving", 0.2)
    restored = deconvolved(shown, camera, design.sensor.noise)
    cells: list[Cell] = []
    stopped = False
    for i, recogniser in enumerate(recognisers):
        stopped = listener.stopping()
        if stopped:
            break
        listener.progress(f"recognising with {recogniser.name}", 0.3 + 0.7 * i / len(recognisers))
        embed = Embedder(recogniser, scenes)
        clear, seen, back = (embed(pictures) for pictures in (scenes.pictures, shown, restored))
        chance = recogniser.embed(noise_crops(recogniser, len(shown), seed))
        for scenario, attacker, probes, references in (
            (CLEAR, "A0", clear, clear),
            (WATCH_LIST, "A0", seen, clear),
            (LINKABILITY, "A0", seen, seen),
            (INVERSION, "A3 wiener", back, clear),
            (CHANCE, "A0", chance, chance),
        ):
            scores = _scores(recogniser, pairs, probes, references)
            cell = Cell(scenario, attacker, recogniser.name, verify(scores, pairs, seed=seed))
            cells.append(replace(cell, curves=roc_curves(cell.name, scores, pairs, seed=seed)))
            auc = cell.result.auc
            listener.score(f"{cell.name}/auc", (auc.value, auc.low, auc.high))
    listener.progress("done", 1.0)
    return Grid(
        tuple(cells),
        scenes.detection_rate,
        len(scenes.pictures),
        len(np.unique(scenes.identities)),
        pairs.sha256(),
        seed,
        strip_arrays(scenes, shown, restored, synthetic),
        stopped,
    )


def deconvolved(shown: Sequence[Picture], camera: OfflineCamera, noise: float, method: str = "wiener") -> list[Picture]:
    """`shown` after one of inversion.METHODS with the camera's true PSF; as it is where there is no PSF to undo."""
    return [_deconvolve_one(picture, camera, noise, method) for picture in shown]


def _deconvolve_one(picture: Picture, camera: OfflineCamera, noise: float, method: str) -> Picture:
    kernel = camera.kernel(*picture.shape[:2])
    if kernel is None:
        return picture
    light = srgb_to_linear(picture.transpose(2, 0, 1).astype(np.float32) / 255)[None]
    found = linear_to_srgb(METHODS[method](light, kernel, noise))[0]
    return np.ascontiguousarray(np.rint(255 * np.clip(found, 0, 1)).astype(np.uint8).transpose(1, 2, 0))


def _scores(
    recogniser: Recogniser, pairs: Pairs, probes: NDArray[np.floating], references: NDArray[np.floating]
) -> NDArray[np.float64]:
    return recogniser.similarity(probes[pairs.probes], references[pairs.references])
