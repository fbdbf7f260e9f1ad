"""What the live worker computes, without any thread: the PSF to show and the capture of a frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from studio.faces.pictures import Frame
from studio.optics.baselines import NONE, Baseline
from studio.optics.frames import LIVE_MEMORY_BYTES, FrameRenderer
from studio.optics.lens import DesignError, LensDesign
from studio.optics.psf import Psf, PsfEngine, window_for

SMALLEST_PSF_PX = 33
LARGEST_PSF_PX = 257
DRAFT_PSF_PX = 97
"""Limits of the PSF on screen when its size is left to us."""
LEAST_BLUR_SHARE = 0.02
"""A narrower blur (RMS diameter over the frame's shorter side) leaves a face that anyone recognises; our choice."""


class NumberedRenderer(FrameRenderer):
    """Its noise depends on the seed and the frame's number alone: a replay gives the same captures."""

    def __call__(self, frame: Frame, number: int = 0) -> Frame:
        self._noise._rng = np.random.default_rng([self._noise.seed, number])
        return super().__call__(frame)


@dataclass(frozen=True)
class LiveSettings:
    design: LensDesign
    baseline: Baseline = NONE
    draft: bool = False
    psf_size: int | None = None
    """Sensor pixels; None takes what holds the blur."""
    revision: int = 0
    seed: int = 0
    """Of the sensor's noise."""


@dataclass(frozen=True)
class LivePsf:
    psf: Psf | None
    error: str | None
    """Why these settings cannot be used, one line; the capture then goes on with the last good ones."""
    revision: int
    draft: bool


class LiveRenderer:
    """The newest settings and, should they be refused, the last good ones. Used by one thread."""

    def __init__(
        self,
        renderer_factory: Callable[..., NumberedRenderer] = NumberedRenderer,
        psf_function: Callable[..., Psf] | None = None,
    ) -> None:
        self.problem: str | None = None
        """Why the newest settings do not render, one line."""
        self.used: LiveSettings | None = None
        """The settings behind the last capture."""
        self._factory = renderer_factory
        self._psf_function = psf_function or PsfEngine(LIVE_MEMORY_BYTES)
        self._wanted: LiveSettings | None = None
        self._tried: LiveSettings | None = None
        self._shape: tuple[int, ...] = ()
        self._renderer: NumberedRenderer | None = None
        self._psf_key: tuple = ()
        self._psf: Psf | None = None
        self._psf_error: str | None = None

    @property
    def draft(self) -> bool:
        """Whether captures may differ from those at full quality."""
        return self._renderer is not None and self._renderer.draft

    @property
    def hides(self) -> bool:
        """Whether the blur is wide enough to hide anything of a face that fills the frame."""
        return self._renderer is not None and self._renderer.blur_share >= LEAST_BLUR_SHARE

    def apply(self, settings: LiveSettings) -> LivePsf:
        """Use `settings` from now on; their PSF, or the error that stands in its way."""
        self._wanted = settings
        key = (_optics_of(settings.design), settings.psf_size, settings.draft)
        if key != self._psf_key:
            self._psf_key = key
            self._psf, self._psf_error = None, None
            try:
                size, pitch_m = (settings.psf_size, None) if settings.psf_size else psf_window_for(settings)
                self._psf = self._psf_function(
                    settings.design, size=size, pitch_m=pitch_m, draft=settings.draft, fast=True
                )
            except DesignError as error:
                self._psf_error = str(error)
        return LivePsf(self._psf, self._psf_error, settings.revision, settings.draft)

    def render(self, frame: Frame, number: int = 0) -> Frame | None:
        """Capture of `frame`, the `number`-th of its source; None while no settings can be used.

        `used`, `problem` and `draft` tell the rest.
        """
        if self._wanted is not self._tried or frame.shape[:2] != self._shape:
            self._renew(frame.shape[:2])
        return None if self._renderer is None else self._renderer(frame, number)

    def _renew(self, shape: tuple[int, ...]) -> None:
        kept = self._renderer if shape == self._shape else None
        self.problem = None
        for settings in (self._wanted, self.used):
            if settings is None:
                continue
            try:
                if not (kept and self.used and _look_of(settings) == _look_of(self.used)):
                    self._renderer = self._make(settings, shape)
            except DesignError as error:
                self.problem = str(error)
            else:
                self.used = settings
                break
        else:
            self._renderer = None
        self._tried, self._shape = self._wanted, shape

    def _make(self, settings: LiveSettings, shape: tuple[int, ...]) -> NumberedRenderer:
        return self._factory(
            settings.design,
            shape[0],
            shape[1],
            baseline=settings.baseline,
            draft=settings.draft,
            seed=settings.seed,
            reuse=self._renderer,
        )


def psf_window_for(settings: LiveSettings) -> tuple[int, float]:
    """Pixels (odd) and pitch (m) of a PSF on screen that holds all of the blur.

    Pixels are the sensor's, or whole multiples of them where the blur is wider than a screen can use.
    """
    design = settings.design
    window_px = max(window_for(design), SMALLEST_PSF_PX)
    largest = DRAFT_PSF_PX if settings.draft else LARGEST_PSF_PX
    binning = ceil(window_px / largest)
    return 2 * (window_px // (2 * binning)) + 1, binning * design.sensor.pitch_m


def _optics_of(design: LensDesign) -> LensDesign:
    """The design with everything levelled that leaves the PSF alone."""
    return replace(design, sensor=replace(design.sensor, noise=0.0, bits=8, full_well_electrons=0.0))


def _look_of(settings: LiveSettings) -> tuple:
    return settings.design, settings.baseline, settings.draft, settings.seed
