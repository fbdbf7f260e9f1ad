"""The blurs to compare a lens with, all of one frame at a time, at the size of small pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from studio.capture.rendering import NumberedRenderer
from studio.faces.pictures import Frame, limit_shorter_side
from studio.optics.baselines import Baseline, parse_baseline
from studio.optics.lens import RANGES, DesignError, LensDesign

SHORTER_SIDE_PX = 240
"""Of a picture on the wall: a quarter of the work of a whole frame."""
WALL = tuple(
    Baseline(kind, strength)
    for kind, strengths in (("pixelate", (16,)), ("gaussian", (4, 8, 16)), ("defocus", (16, 32, 64)))
    for strength in strengths
)
"""Pixels of a frame of 640 x 480. A disc of diameter 4 sigma spreads the light as wide as a Gaussian of that sigma."""


class WallRenderer:
    """Captures of frames through several baselines; keeps what the next frame can use again. Used by one thread."""

    def __init__(self) -> None:
        self._renderers: dict[tuple, NumberedRenderer] = {}

    def __call__(
        self, frame: Frame, design: LensDesign, baselines: Sequence[Baseline], number: int = 0
    ) -> tuple[Frame, ...]:
        """One small capture of `frame` for each of `baselines` by the sensor of `design`; DesignError.

        Strengths are pixels of `frame`. What is rendered small has the noise that shrinking a capture would leave.
        """
        small = shrink(frame)
        shown, kept = [], {}
        for baseline in baselines:
            whole = baseline.kind == "pixelate"  # blocks are whole pixels of the frame itself
            scene = frame if whole else small
            key = (baseline, design.sensor, scene.shape, frame.shape)
            renderer = self._renderers.get(key) or self._make(design, baseline, scene, frame)
            kept[key] = renderer
            shown.append(shrink(renderer(scene, number)))
        self._renderers = kept
        return tuple(shown)

    def _make(self, design: LensDesign, baseline: Baseline, scene: Frame, frame: Frame) -> NumberedRenderer:
        height, width = scene.shape[:2]
        scale = height / frame.shape[0]
        if scale < 1.0:
            sensor = design.sensor
            full_well = min(sensor.full_well_electrons / scale**2, RANGES["sensor.full_well_electrons"][1])
            design = replace(design, sensor=replace(sensor, noise=sensor.noise * scale, full_well_electrons=full_well))
            least = 1.0 if baseline.kind == "defocus" else 0.1
            baseline = Baseline(baseline.kind, max(least, baseline.strength * scale))
        like = next((r for r in self._renderers.values() if r.shape == (height, width)), None)
        return NumberedRenderer(design, height, width, baseline=baseline, reuse=like)


def shrink(frame: Frame) -> Frame:
    """`frame` at the size it has on the wall."""
    return limit_shorter_side(frame, SHORTER_SIDE_PX)


def parse_wall(texts: object) -> tuple[Baseline, ...]:
    """Baselines from their texts, as stored; `WALL` unless each is of the kind that has its place there."""
    try:
        found = tuple(parse_baseline(str(text)) for text in texts) if isinstance(texts, list | tuple) else ()
    except DesignError:
        return WALL
    return found if [b.kind for b in found] == [b.kind for b in WALL] else WALL
