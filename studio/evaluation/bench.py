"""What every grid of attacks shares: the people, the comparisons, the camera, and cells made of them one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from studio.capture.offline import OfflineCamera
from studio.evaluation.inversion import METHODS
from studio.evaluation.pairs import PAIRS_A_CLASS, Pairs, draw_pairs
from studio.evaluation.reading import AGAINST_THE_LENS
from studio.evaluation.roc_band import roc_curves
from studio.evaluation.scenes import Embedder, Scenes, captured
from studio.evaluation.verification import Verification, rank_1, verify
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
Embeddings = NDArray[np.float32]
Kernel = Callable[[int, int], NDArray[np.floating] | None]
"""(height, width) of a frame to its blur (3, K, K); None where there is none to undo."""


@dataclass(frozen=True)
class Cell:
    scenario: str
    attacker: str
    recogniser: str
    result: Verification
    curves: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """The ROC and the ends of its band by the names they are kept under, see `roc_band`."""
    control: str = ""
    """What stood in the lens' place, or whose sensor it was; see `reading`."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """Further ones by the names of reading.FIGURES."""

    @property
    def name(self) -> str:
        before = f"{self.control}:" if self.control else ""
        return f"{before}{self.scenario}/{self.attacker}/{self.recogniser}"


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
        against = (c for c in self.cells if not c.control and c.scenario in AGAINST_THE_LENS)
        return max(against, key=lambda c: c.result.auc.value)


class Bench:
    """A camera with `design`, or `baseline` in its place, before the people of `scenes`; and the cells so far."""

    def __init__(
        self,
        design: LensDesign,
        scenes: Scenes,
        recognisers: Sequence[Recogniser],
        baseline: Baseline = NONE,
        seed: int = 0,
        pairs_a_class: int = PAIRS_A_CLASS,
        listener: Listener = SILENT,
    ) -> None:
        self.design, self.scenes, self.baseline, self.seed = design, scenes, baseline, seed
        self.pairs: Pairs = draw_pairs(scenes.identities, pairs_a_class, pairs_a_class, seed)
        self.camera = OfflineCamera(design, baseline, seed)
        self.listener = listener
        self.cells: list[Cell] = []
        listener.progress("capturing", 0.0)
        self.shown = captured(scenes, self.camera)
        listener.progress("deconvolving", 0.2)
        self.restored = deconvolved(self.shown, self.camera.kernel, design.sensor.noise)
        self.recognisers = recognisers
        self._embedders: dict[str, Embedder] = {}
        self._clear: dict[str, Embeddings] = {}

    def embedder(self, recogniser: Recogniser) -> Embedder:
        """The one of `recogniser` for these scenes."""
        if recogniser.name not in self._embedders:
            self._embedders[recogniser.name] = Embedder(recogniser, self.scenes)
        return self._embedders[recogniser.name]

    def clear(self, recogniser: Recogniser) -> Embeddings:
        """Of the clear pictures, (N, D); worked out once."""
        if recogniser.name not in self._clear:
            self._clear[recogniser.name] = self.embedder(recogniser)(self.scenes.pictures)
        return self._clear[recogniser.name]

    def attack(
        self, scenarios: Sequence[str], attacker: str, probes: Sequence[Picture], control: str = "", **figures: float
    ) -> None:
        """Cells for each off-the-shelf recogniser: `probes` against the clear pictures, or in LINKABILITY against each
        other."""
        for recogniser in self.recognisers:
            seen = self.embedder(recogniser)(probes)
            for scenario in scenarios:
                references = seen if scenario == LINKABILITY else self.clear(recogniser)
                self.add(scenario, attacker, recogniser, seen, references, control, figures)

    def add(
        self,
        scenario: str,
        attacker: str,
        recogniser: Recogniser,
        probes: Embeddings,
        references: Embeddings,
        control: str = "",
        figures: Mapping[str, float] | None = None,
        name: str = "",
    ) -> None:
        """A cell for `probes` (N, D) against `references` (N, D), both in the order of the scenes; its curves are kept
        for the lens itself."""
        scores = recogniser.similarity(probes[self.pairs.probes], references[self.pairs.references])
        result = verify(scores, self.pairs, seed=self.seed)
        found = {"rank_1": self._rank_1(recogniser, probes, references), **(figures or {})}
        cell = Cell(scenario, attacker, name or recogniser.name, result, {}, control, found)
        if not control:
            cell = replace(cell, curves=roc_curves(cell.name, scores, self.pairs, seed=self.seed))
        self.keep(cell)

    def keep(self, cell: Cell) -> None:
        """Add `cell` and tell of it."""
        self.cells.append(cell)
        auc = cell.result.auc
        self.listener.score(f"{cell.name}/auc", (auc.value, auc.low, auc.high))

    def _rank_1(self, recogniser: Recogniser, probes: Embeddings, references: Embeddings) -> float:
        """With the first picture of each person as the gallery, and the others as probes."""
        people, first = np.unique(self.scenes.identities, return_index=True)
        others = np.setdiff1d(np.arange(len(probes)), first)
        alike = np.stack([recogniser.similarity(probes[i][None], references[first]) for i in others])
        return rank_1(alike, self.scenes.identities[others], people)


def deconvolved(shown: Sequence[Picture], kernel: Kernel, noise: float, method: str = "wiener") -> list[Picture]:
    """`shown` after one of inversion.METHODS and the blur that `kernel` gives; as it is without any."""
    return [_deconvolve_one(picture, kernel(*picture.shape[:2]), noise, method) for picture in shown]


def _deconvolve_one(picture: Picture, psf: NDArray[np.floating] | None, noise: float, method: str) -> Picture:
    if psf is None:
        return picture
    light = srgb_to_linear(picture.transpose(2, 0, 1).astype(np.float32) / 255)[None]
    found = linear_to_srgb(METHODS[method](light, psf, noise))[0]
    return np.ascontiguousarray(np.rint(255 * np.clip(found, 0, 1)).astype(np.uint8).transpose(1, 2, 0))
