"""What every grid sets beside the lens: what colour and brightness alone tell, and other things in its place.

These are a Gaussian, a defocus disc and pixelation of one strength each, and the lens that training began with.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from studio.capture.offline import OfflineCamera
from studio.evaluation.bench import CLEAR, LINKABILITY, WATCH_LIST, Bench
from studio.evaluation.controls import mean_colour, raw_pixels
from studio.evaluation.scenes import captured
from studio.evaluation.stages import Stage
from studio.optics.baselines import NONE, Baseline
from studio.optics.lens import LensDesign

CONTROL_SHARES = {"gaussian": 1 / 28, "defocus": 1 / 8, "pixelate": 1 / 14}
"""Strength of the blurs, as a share of the pictures' shorter side (our choice)."""
START = "start lens"


def control_stages(bench: Bench, start: LensDesign | None) -> Iterator[Stage]:
    """`start` is the lens that training began with; None when it is the same, or nothing was trained."""
    yield "comparing raw pixels", 0.3, partial(_nearly_blind, bench)
    if bench.baseline != NONE:
        return
    for kind, share in CONTROL_SHARES.items():
        side = float(np.median([min(picture.shape[:2]) for picture in bench.scenes.pictures]))
        blur = Baseline(kind, max(round(side * share), 1))
        yield f"comparing {kind}", 1, partial(_instead, bench, bench.design, blur, str(blur))
    if start is not None:
        yield "comparing the lens it began with", 1, partial(_instead, bench, start, NONE, START)


def _nearly_blind(bench: Bench) -> None:
    for recogniser in (raw_pixels(), mean_colour()):
        clear, seen = bench.clear(recogniser), bench.embedder(recogniser)(bench.shown)
        bench.add(CLEAR, "A0", recogniser, clear, clear)
        bench.add(WATCH_LIST, "A0", recogniser, seen, clear)
        bench.add(LINKABILITY, "A0", recogniser, seen, seen)


def _instead(bench: Bench, design: LensDesign, baseline: Baseline, control: str) -> None:
    shown = captured(bench.scenes, OfflineCamera(design, baseline, bench.seed))
    bench.attack((WATCH_LIST, LINKABILITY), "A0", shown, control=control)
