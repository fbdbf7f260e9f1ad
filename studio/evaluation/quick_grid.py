"""The quick privacy grid: off-the-shelf recognisers (A0), the same after Wiener deconvolution (A3), and controls.

A cell for each scenario with every recogniser; the headline is the attacker that does best against the lens.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from studio.evaluation.bench import CHANCE, CLEAR, INVERSION, LINKABILITY, WATCH_LIST, Bench, Grid
from studio.evaluation.control_cells import control_stages
from studio.evaluation.controls import noise_crops
from studio.evaluation.pairs import PAIRS_A_CLASS
from studio.evaluation.scenes import Scenes
from studio.evaluation.stages import work_through
from studio.evaluation.strip import strip_arrays
from studio.faces.recognisers import Recogniser, embeddings
from studio.listener import SILENT, Listener, Part
from studio.optics.baselines import NONE, Baseline
from studio.optics.lens import LensDesign


def quick_grid(
    design: LensDesign,
    scenes: Scenes,
    recognisers: Sequence[Recogniser],
    *,
    baseline: Baseline = NONE,
    seed: int = 0,
    pairs_a_class: int = PAIRS_A_CLASS,
    synthetic: bool = False,
    start: LensDesign | None = None,
    listener: Listener = SILENT,
) -> Grid:
    """All cells for `design` (or `baseline` in its place) on `scenes`; those so far when stopped.

    Only of `synthetic` people does the grid keep a few clear pictures. `start` is the lens that training began with.
    """
    part = Part(listener, 0.0, 0.55)
    bench = Bench(design, scenes, recognisers, baseline, seed, pairs_a_class, part)
    whole = quick_cells(bench, recognisers) and work_through(control_stages(bench, start), part)
    listener.progress("done", 1.0)
    return as_grid(bench, synthetic, stopped=not whole)


def quick_cells(bench: Bench, recognisers: Sequence[Recogniser]) -> bool:
    """Add the cells of A0 and A3, and of chance; False when stopped before the last."""
    for i, recogniser in enumerate(recognisers):
        if bench.listener.stopping():
            return False
        bench.listener.progress(f"recognising with {recogniser.name}", 0.3 + 0.7 * i / len(recognisers))
        embed, clear = bench.embedder(recogniser), bench.clear(recogniser)
        seen, back = embed(bench.shown), embed(bench.restored)
        nobody = list(noise_crops(recogniser, len(seen), bench.seed))
        chance = embeddings(recogniser, nobody, [np.eye(2, 3)] * len(nobody))  # in batches: all at once take gigabytes
        bench.add(CLEAR, "A0", recogniser, clear, clear)
        bench.add(WATCH_LIST, "A0", recogniser, seen, clear)
        bench.add(LINKABILITY, "A0", recogniser, seen, seen)
        bench.add(INVERSION, "A3 wiener", recogniser, back, clear)
        bench.add(CHANCE, "A0", recogniser, chance, chance)
    return True


def as_grid(bench: Bench, synthetic: bool, stopped: bool) -> Grid:
    """The cells so far with what they were found on."""
    scenes = bench.scenes
    return Grid(
        tuple(bench.cells),
        scenes.detection_rate,
        len(scenes.pictures),
        len(np.unique(scenes.identities)),
        bench.pairs.sha256(),
        bench.seed,
        strip_arrays(scenes, bench.shown, bench.restored, synthetic),
        stopped,
    )
