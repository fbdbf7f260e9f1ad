"""The live path against the reference in studio.optics.sensor."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from studio.optics.baselines import NONE, Baseline
from studio.optics.frames import FrameRenderer
from studio.optics.lens import DesignError, LensDesign, Sensor
from studio.optics.presets import preset
from studio.optics.psf import psf, window_for
from studio.optics.sensor import capture, frame_pitch_m, srgb_to_linear


def frame(height: int = 240, width: int = 320) -> np.ndarray:
    return np.ascontiguousarray(cv2.resize(astronaut(), (width, width))[:height])


def silent(design: LensDesign, bits: int = 8) -> LensDesign:
    return replace(design, sensor=replace(design.sensor, noise=0.0, bits=bits))


def reference(design: LensDesign, clear: np.ndarray, baseline: Baseline = NONE) -> np.ndarray:
    scene = clear.transpose(2, 0, 1).astype(np.float32) / 255
    optics: object = baseline
    if baseline == NONE:
        pitch_m = frame_pitch_m(design, *clear.shape[:2])
        size = min(window_for(design, pitch_m=pitch_m), 2 * max(clear.shape) + 1)
        optics = psf(design, size=size, pitch_m=pitch_m).values
    return capture(scene, optics, design.sensor)


def difference_255(live: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Difference in units of 1/255, in linear light or on the display, whichever is smaller.

    One step of an 8-bit sensor is up to 13 steps of the display near black; one step of the display is up to 2.3
    steps of the sensor near white.
    """
    shown = live.transpose(2, 0, 1) / 255.0
    linear = np.abs(srgb_to_linear(shown) - srgb_to_linear(expected))
    return 255 * np.minimum(linear, np.abs(shown - expected))


@pytest.mark.parametrize("name", ["ideal", "focused-1m", "random-zernike:1", "defocus-disc", "paper-literal"])
def test_live_path_agrees_with_the_reference(name):
    design = silent(preset(name), bits=16)
    difference = difference_255(FrameRenderer(design, 240, 320)(frame()), reference(design, frame()))
    assert difference.max() <= 1.0
    assert difference.mean() <= 0.3


@pytest.mark.parametrize("bits", [4, 8])
def test_coarse_sensors_differ_only_where_rounding_falls_the_other_way(bits):
    design = silent(preset("random-zernike:1"), bits)
    difference = difference_255(FrameRenderer(design, 240, 320)(frame()), reference(design, frame()))
    assert difference.max() <= 255 / (2**bits - 1) + 1.0
    assert (difference > 1.0).mean() < 5e-3


@pytest.mark.parametrize("baseline", [Baseline("gaussian", 4), Baseline("defocus", 15), Baseline("pixelate", 9)])
def test_baselines_agree_too(baseline):
    design = silent(LensDesign(), bits=12)
    live = FrameRenderer(design, 240, 320, baseline=baseline)(frame())
    assert difference_255(live, reference(design, frame(), baseline)).max() <= 1.0


def test_noise_has_the_stated_deviation_and_changes_from_frame_to_frame():
    grey = np.full((240, 320, 3), 188, np.uint8)
    design = replace(preset("ideal"), sensor=Sensor(noise=0.03, bits=12))
    render = FrameRenderer(design, 240, 320)
    first, second = (srgb_to_linear(render(grey) / 255.0) for _ in range(2))
    assert first.std() == pytest.approx(0.03, rel=0.05)
    assert np.abs(first - second).mean() > 0.01
    assert abs(np.corrcoef(first[..., 0].ravel(), first[..., 1].ravel())[0, 1]) < 0.02


def test_shot_noise_depends_on_the_light():
    design = replace(preset("ideal"), sensor=Sensor(noise=0.0, bits=12, full_well_electrons=500))
    render = FrameRenderer(design, 240, 320)
    for value in (90, 220):
        grey = np.full((240, 320, 3), value, np.uint8)
        level = float(srgb_to_linear(np.array(value / 255)))
        deviation = srgb_to_linear(render(grey) / 255.0).std()
        assert deviation == pytest.approx(np.sqrt(level / 500), rel=0.1)


def test_same_seed_same_frames():
    design = preset("focused-1m")
    a, b = (FrameRenderer(design, 240, 320, seed=3) for _ in range(2))
    np.testing.assert_array_equal(a(frame()), b(frame()))
    assert np.any(FrameRenderer(design, 240, 320, seed=4)(frame()) != FrameRenderer(design, 240, 320, seed=3)(frame()))


@pytest.mark.parametrize("name", ["ideal", "focused-1m", "random-zernike:1", "random-zernike:2", "defocus-disc"])
@pytest.mark.parametrize("shape", [(24, 32), (120, 160), (240, 320)])
def test_what_is_not_marked_as_a_draft_is_the_still(name, shape):
    """A coarser pupil or fewer samples a pixel are drafts as much as a smaller frame is."""
    design, clear = silent(preset(name)), frame(*shape)
    draft = FrameRenderer(design, *shape, draft=True)
    still = FrameRenderer(design, *shape)
    assert not still.draft
    if not draft.draft:
        np.testing.assert_array_equal(draft(clear), still(clear))


def test_drafts_are_marked_and_resemble_the_still():
    wide = silent(preset("paper-literal"))
    draft = FrameRenderer(wide, 240, 320, draft=True)
    assert draft.draft
    assert not FrameRenderer(silent(preset("focused-1m")), 240, 320, draft=True).draft
    assert not FrameRenderer(wide, 240, 320, draft=True, baseline=Baseline("gaussian", 4)).draft
    difference = np.abs(draft(frame()).astype(int) - FrameRenderer(wide, 240, 320)(frame()))
    assert difference.mean() < 3


def test_a_renderer_handed_on_gives_what_a_fresh_one_gives():
    old = FrameRenderer(silent(preset("paper-literal")), 240, 320)
    new = silent(preset("defocus-disc"))
    handed_on = FrameRenderer(new, 120, 160, reuse=old)(frame(120, 160))
    np.testing.assert_array_equal(handed_on, FrameRenderer(new, 120, 160)(frame(120, 160)))


@pytest.mark.parametrize("shape", [(16, 16), (17, 200), (97, 61)])
def test_odd_frame_sizes_work(shape):
    clear = np.ascontiguousarray(frame(200, 200)[: shape[0], : shape[1]])
    for name in ("focused-1m", "paper-literal"):
        assert FrameRenderer(preset(name), *shape)(clear).shape == clear.shape


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("side", [3, 5])
def test_pictures_of_a_few_pixels_keep_their_light(side):
    """The live path refuses them; the reference takes them as they are."""
    grey = np.full((side, side, 3), 128, np.uint8)
    shown = reference(silent(preset("focused-1m"), bits=16), grey)
    assert 255 * shown == pytest.approx(128, abs=0.1)


def test_tiny_frames_are_refused():
    with pytest.raises(DesignError, match="too small"):
        FrameRenderer(LensDesign(), 15, 100)


def test_a_lens_too_steep_for_a_live_view_is_refused():
    steep = LensDesign(aperture_diameter_mm=30.0).with_zernike(4, 200.0)
    with pytest.raises(DesignError, match="GiB"):
        FrameRenderer(steep, 480, 640)


@pytest.mark.parametrize(
    ("design", "baseline", "share"),
    [
        (preset("defocus-disc"), NONE, 0.152 / 2**0.5),  # a disc's RMS diameter
        (LensDesign(ideal=True), Baseline("gaussian", 5), 2 * 2**0.5 * 5 / 240),
        (LensDesign(ideal=True), Baseline("pixelate", 12), 12 / 240),
        (LensDesign(ideal=True), NONE, 0.0),
    ],
)
def test_the_width_of_the_blur_is_told(design, baseline, share):
    renderer = FrameRenderer(design, 240, 320, baseline=baseline)
    assert renderer.blur_share == pytest.approx(share, rel=0.06)


def test_a_focused_lens_hides_next_to_nothing():
    assert FrameRenderer(preset("focused-1m"), 480, 640).blur_share < 0.01


@pytest.mark.parametrize("bits", [8, 10])
@pytest.mark.parametrize("name", ["focused-1m", "defocus-disc"])
def test_arrays_used_again_leave_nothing_of_another_frame_lens_or_renderer(name, bits):
    bright, dark = frame(), frame() // 4
    design, other = silent(preset(name), bits), silent(preset("paper-literal"), bits)
    first = FrameRenderer(design, 240, 320)
    second = FrameRenderer(other, 240, 320, reuse=first)
    kept = first(bright)
    before = kept.copy()
    second(dark)
    first(dark)
    assert np.array_equal(kept, before)
    assert np.array_equal(first(bright), before)
    assert np.array_equal(second(bright), FrameRenderer(other, 240, 320)(bright))
