"""The full privacy grid: every attacker, with what it may not know, and controls, for one lens.

After the quick grid: inversion by other methods, with a wrong distance and from several frames (one thing changed at a
time); a PSF worked out from known pictures; other noise and bit depths; a second lens; retrained recognisers (A1, A2)
and learned inversion (A4); and a planted leak that A1 has to find.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from studio.capture.offline import OfflineCamera
from studio.evaluation import learned_inversion, practice, retrained
from studio.evaluation.bench import INVERSION, LINKABILITY, WATCH_LIST, Bench, Grid, deconvolved
from studio.evaluation.control_cells import control_stages
from studio.evaluation.controls import planted
from studio.evaluation.known_plaintext import Eavesdropper
from studio.evaluation.pairs import PAIRS_A_CLASS
from studio.evaluation.practice import Practice
from studio.evaluation.quick_grid import as_grid, quick_cells
from studio.evaluation.reading import A1, A2, A4, ATTACKERS
from studio.evaluation.scenes import Scenes, captured
from studio.evaluation.stages import Stage, work_through
from studio.evaluation.trained_cache import cached, camera_key
from studio.faces.recognisers import Picture, Recogniser, installed
from studio.listener import SILENT, Listener, Part
from studio.optics.baselines import NONE, Baseline
from studio.optics.lens import LensDesign, Sensor

TWO_LENSES, PLANTED = "lens-lens", "planted-planted"
DEPTH_ERRORS, FRAMES = (0.1, 0.3), (10, 100)
NOISES, BIT_DEPTHS = (0.0, 0.005, 0.01, 0.02, 0.05), (6, 8, 10, 12)
WIENER = "A3 wiener"
SWEPT_CELLS = ((WATCH_LIST, "A0"), (LINKABILITY, "A0"), (INVERSION, WIENER))
"""That are found anew for every noise and bit depth."""
KNOWN_PICTURES = (1, 10, 50)
TRAINING_PEOPLE = (100, 300)
"""Beside all of practice.PEOPLE: whether an attacker is held back by the lens or by too few people to learn from."""
ATTACKER_NETWORKS = ((retrained.SMALL, 5), (retrained.SFACE, 18))
"""That are retrained as A1 and A2, and their share of the work; SFace where it is installed."""


def full_grid(
    design: LensDesign,
    scenes: Scenes,
    recognisers: Sequence[Recogniser],
    other: LensDesign,
    *,
    baseline: Baseline = NONE,
    seed: int = 0,
    pairs_a_class: int = PAIRS_A_CLASS,
    synthetic: bool = False,
    attackers: Sequence[str] = ATTACKERS,
    start: LensDesign | None = None,
    listener: Listener = SILENT,
) -> Grid:
    """All cells for `design` (or `baseline` in its place) on `scenes`; those so far when stopped.

    `other` is the second lens, before the same sensor. `attackers` are those of ATTACKERS that are trained. `start` and
    `synthetic` as in the quick grid.
    """
    part = Part(listener, 0.0, 0.05)
    bench = Bench(design, scenes, recognisers, baseline, seed, pairs_a_class, part)
    stages = [*control_stages(bench, start), *_untrained(bench, other), *_trained(bench, attackers, part)]
    whole = quick_cells(bench, recognisers) and work_through(stages, part)
    listener.progress("done", 1.0)
    return as_grid(bench, synthetic, stopped=not whole)


def _untrained(bench: Bench, other: LensDesign) -> Iterator[Stage]:
    """Shares, here and below, count in looks of three recognisers at all pictures: 67 s for 400 on one core."""
    if bench.camera.kernel(*bench.shown[0].shape[:2]) is not None:
        yield "deconvolving by other methods", 8, partial(_methods, bench)
        yield "estimating the PSF from known pictures", 4, partial(_plaintext, bench)
    sensor = bench.design.sensor
    for noise in NOISES:
        yield f"noise {noise:g}", 2, partial(_sensor, bench, f"noise:{noise:g}", replace(sensor, noise=noise))
    for bits in BIT_DEPTHS:
        yield f"{bits} bits", 2, partial(_sensor, bench, f"bits:{bits}", replace(sensor, bits=bits))
    if bench.baseline == NONE:
        yield "a second lens", 1, partial(_second_lens, bench, other)


def _trained(bench: Bench, attackers: Sequence[str], listener: Listener) -> Iterator[Stage]:
    """What needs captures of the crowd, which are made when first asked for."""
    crowd = Crowd(bench, listener)
    networks = [known for known in ATTACKER_NETWORKS if known[0] != retrained.SFACE or retrained.SFACE in installed()]
    if A1 in attackers:
        for count in TRAINING_PEOPLE:
            title = f"training on {count} people"
            yield title, 5, partial(retrain, crowd, A1, retrained.SMALL, count)
    for attacker in (name for name in (A1, A2) if name in attackers):
        for kind, share in networks:
            title = f"training {attacker} ({kind})"
            yield title, share, partial(retrain, crowd, attacker, kind)
    if A4 in attackers:
        yield "training A4", 16, partial(_learned_inversion, crowd)
    if A1 in attackers:
        yield "looking for a planted leak", 5, partial(_planted, crowd)


class Crowd:
    """The attackers' crowd through the bench's camera."""

    def __init__(self, bench: Bench, listener: Listener) -> None:
        self.bench, self.listener = bench, listener
        self._practice: Practice | None = None

    def practice(self) -> Practice | None:
        """None when stopped."""
        if self._practice is None:
            found = practice.crowd_scenes(self.listener)
            if found is not None:
                self._practice = practice.practise(found, self.bench.camera)
        return self._practice

    def trained(self, attacker: str, kind: str, count: int | None = None, leak: bool = False) -> Recogniser | None:
        """A1 or A2 of `kind` on so many people, from the cache when it was trained before; None when stopped."""
        bench = self.bench
        key = camera_key(bench.design, bench.baseline, bench.seed)
        key |= {"attacker": attacker, "kind": kind, "people": count, "leak": leak}

        def train() -> dict[str, NDArray] | None:
            known = self.practice()
            if known is None:
                return None
            known = known if count is None else known.of_people(count)
            known = Practice(known.scenes, planted(known.captured, known.scenes)) if leak else known
            return retrained.learn(kind, known, attacker == A2, bench.seed, self.listener)

        weights = cached(key, train)
        return None if weights is None else retrained.recogniser(kind, weights)


def _methods(bench: Bench) -> None:
    kernel, noise = bench.camera.kernel, bench.design.sensor.noise
    for method in ("richardson-lucy", "total-variation"):
        _reconstructed(bench, f"A3 {method}", deconvolved(bench.shown, kernel, noise, method))
    if bench.baseline == NONE:
        for error in DEPTH_ERRORS:
            wrong = replace(bench.design, object_distance_m=bench.design.object_distance_m * (1 + error))
            believed = OfflineCamera(wrong, NONE, bench.seed).kernel
            _reconstructed(bench, f"A3 wiener, depth {error:+.0%}", deconvolved(bench.shown, believed, noise))
    for frames in FRAMES:
        mean = captured(bench.scenes, bench.camera, frames)
        back = deconvolved(mean, kernel, noise / np.sqrt(frames))
        _reconstructed(bench, f"A3 wiener, {frames} frames", back)


def _plaintext(bench: Bench) -> bool:
    scenes = practice.crowd_scenes(bench.listener)
    if scenes is None:
        return False
    for count in KNOWN_PICTURES:
        kernel = Eavesdropper(scenes.pictures, bench.camera, count).kernel
        back = deconvolved(bench.shown, kernel, bench.design.sensor.noise)
        _reconstructed(bench, f"plaintext, {count} known", back)
    return True


def _sensor(bench: Bench, control: str, sensor: Sensor) -> None:
    if sensor == bench.design.sensor:  # the lens' own: known already
        names = {recogniser.name for recogniser in bench.recognisers}
        own = [c for c in bench.cells if not c.control and (c.scenario, c.attacker) in SWEPT_CELLS]
        for cell in (c for c in own if c.recogniser in names):
            bench.keep(replace(cell, control=control, curves={}))
        return
    camera = OfflineCamera(replace(bench.design, sensor=sensor), bench.baseline, bench.seed)
    shown = captured(bench.scenes, camera)
    back = deconvolved(shown, camera.kernel, sensor.noise)
    bench.attack((WATCH_LIST, LINKABILITY), "A0", shown, control)
    bench.attack((INVERSION,), WIENER, back, control)


def _second_lens(bench: Bench, other: LensDesign) -> None:
    second = captured(bench.scenes, OfflineCamera(replace(other, sensor=bench.design.sensor), NONE, bench.seed + 1))
    for recogniser in bench.recognisers:
        embed = bench.embedder(recogniser)
        bench.add(TWO_LENSES, "A0", recogniser, embed(bench.shown), embed(second))


def retrain(crowd: Crowd, attacker: str, kind: str, count: int | None = None) -> bool:
    """Add the cells of A1 or A2 of `kind`, trained on so many people (all); False when stopped."""
    trained = crowd.trained(attacker, kind, count)
    if trained is None:
        return False
    bench = crowd.bench
    name = trained.name if count is None else f"{trained.name}, {count} people"
    trained = replace(trained, name=f"{attacker} {name}")
    seen = bench.embedder(trained)(bench.shown)
    bench.add(LINKABILITY, attacker, trained, seen, seen, name=name)
    if attacker == A2:
        bench.add(WATCH_LIST, attacker, trained, seen, bench.clear(trained), name=name)
    return True


def _learned_inversion(crowd: Crowd) -> bool:
    bench, noise = crowd.bench, crowd.bench.design.sensor.noise

    def train() -> dict[str, NDArray] | None:
        known = crowd.practice()
        if known is None:
            return None
        restored = deconvolved(known.captured, bench.camera.kernel, noise)
        return learned_inversion.learn(known, restored, bench.seed, crowd.listener)

    weights = cached(camera_key(bench.design, bench.baseline, bench.seed) | {"attacker": A4}, train)
    if weights is None:
        return False
    back = learned_inversion.invert(weights, bench.shown, bench.restored)
    _reconstructed(bench, f"{A4} u-net", back)
    bench.restored = back  # what the strip shows
    return True


def _planted(crowd: Crowd) -> bool:
    trained = crowd.trained(A1, retrained.SMALL, leak=True)
    if trained is None:
        return False
    bench = crowd.bench
    trained = replace(trained, name="planted")
    seen = bench.embedder(trained)(planted(bench.shown, bench.scenes))
    bench.add(PLANTED, A1, trained, seen, seen, name=retrained.SMALL)
    return True


def _reconstructed(bench: Bench, attacker: str, back: Sequence[Picture]) -> None:
    pairs = list(zip(bench.scenes.pictures, back, strict=True))
    psnr = float(np.mean([peak_signal_noise_ratio(clear, found) for clear, found in pairs]))
    ssim = float(np.mean([structural_similarity(clear, found, channel_axis=2) for clear, found in pairs]))
    bench.attack((INVERSION,), attacker, back, psnr=psnr, ssim=ssim)
