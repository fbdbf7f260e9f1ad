"""Warnings before anything is computed, against figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.capture.pipeline import LivePsf
from studio.gui.docks.lens_warnings import design_concerns, psf_concerns
from studio.optics.lens import LensDesign, Sensor
from studio.optics.presets import PRESETS, preset
from studio.optics.psf import psf


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_free_of_concerns(name: str) -> None:
    assert design_concerns(preset(name)) == ()


@pytest.mark.parametrize(
    ("design", "word"),
    [
        (replace(LensDesign(), aperture_diameter_mm=0.5), "Not makeable"),
        (LensDesign().with_zernike(5, 30.0), "Hard to make"),
        (replace(LensDesign().with_zernike(4, -51.0), sensor=Sensor(pixels=256)), "Truncated"),
    ],
)
def test_each_concern_is_said(design: LensDesign, word: str) -> None:
    concerns = design_concerns(design)
    assert any(concern.text.startswith(word) for concern in concerns)
    assert all(concern.detail for concern in concerns)


def test_what_the_psf_says_is_passed_on_unless_it_is_a_draft() -> None:
    aliased = psf(LensDesign().with_zernike(4, -40.0), size=301, pupil_samples=64)
    assert aliased.warnings
    said = [concern.text.lower() for concern in psf_concerns(LivePsf(aliased, None, 1, False))]
    assert said == [warning.lower() for warning in aliased.warnings]
    assert psf_concerns(LivePsf(aliased, None, 1, True)) == ()
    assert psf_concerns(LivePsf(None, "too large", 1, False))[0].detail == "too large"
