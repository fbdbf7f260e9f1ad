from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.capture.rendering import LiveRenderer, LiveSettings, psf_window_for
from studio.optics.baselines import parse_baseline
from studio.optics.lens import DesignError, LensDesign
from studio.optics.presets import preset
from studio.optics.psf import window_for
from tests.capture.doubles import RendererFactory, grey_frame

DESIGN = LensDesign()


class PsfFunction:
    def __init__(self) -> None:
        self.calls: list[dict] = []

    def __call__(self, design, **options):
        if design.zernike_um[3] > 0:
            raise DesignError("this PSF needs too much")
        self.calls.append({"design": design, **options})
        return f"psf {len(self.calls)}"


@pytest.fixture
def factory() -> RendererFactory:
    return RendererFactory()


@pytest.fixture
def psf_function() -> PsfFunction:
    return PsfFunction()


@pytest.fixture
def renderer(factory, psf_function) -> LiveRenderer:
    return LiveRenderer(factory, psf_function)


@pytest.mark.parametrize("name", ["ideal", "focused-1m", "defocus-disc", "paper-literal"])
@pytest.mark.parametrize("draft", [False, True])
def test_the_shown_psf_holds_the_blur_within_limits(name, draft):
    design = preset(name)
    size, pitch_m = psf_window_for(LiveSettings(design, draft=draft))
    assert size % 2 == 1
    assert 33 <= size <= (97 if draft else 257)
    assert (pitch_m / design.sensor.pitch_m) == pytest.approx(round(pitch_m / design.sensor.pitch_m))
    assert size * pitch_m >= (window_for(design) - 3) * design.sensor.pitch_m


def test_size_and_draft_reach_the_psf(renderer, psf_function):
    renderer.apply(LiveSettings(DESIGN, psf_size=64, draft=True))
    assert (psf_function.calls[0]["size"], psf_function.calls[0]["draft"]) == (64, True)
    renderer.apply(LiveSettings(DESIGN))
    assert (psf_function.calls[1]["size"], psf_function.calls[1]["draft"]) == (
        psf_window_for(LiveSettings(DESIGN))[0],
        False,
    )


def test_noise_and_bits_leave_the_psf_alone(renderer, psf_function):
    first = renderer.apply(LiveSettings(DESIGN, revision=1))
    noisy = replace(DESIGN, sensor=replace(DESIGN.sensor, noise=0.2, bits=4, full_well_electrons=100.0))
    second = renderer.apply(LiveSettings(noisy, revision=2))
    assert len(psf_function.calls) == 1
    assert second.psf is first.psf
    assert second.revision == 2


def test_pitch_and_lens_do_change_the_psf(renderer, psf_function):
    renderer.apply(LiveSettings(DESIGN))
    renderer.apply(LiveSettings(replace(DESIGN, sensor=replace(DESIGN.sensor, pitch_um=5.0))))
    renderer.apply(LiveSettings(DESIGN.with_zernike(5, 0.4)))
    assert len(psf_function.calls) == 3


def test_a_psf_that_cannot_be_computed_comes_back_as_an_error(renderer):
    result = renderer.apply(LiveSettings(DESIGN.with_zernike(4, 1.0), revision=5))
    assert result.psf is None
    assert result.error == "this PSF needs too much"
    assert result.revision == 5
    assert renderer.apply(LiveSettings(DESIGN)).error is None


def test_without_settings_nothing_is_rendered(renderer):
    assert renderer.render(grey_frame()) is None


def test_one_renderer_serves_frames_of_one_size(renderer, factory):
    renderer.apply(LiveSettings(DESIGN))
    for _ in range(3):
        renderer.render(grey_frame())
    assert [made.shape for made in factory.made] == [(48, 64)]
    renderer.render(grey_frame(height=96))
    assert [made.shape for made in factory.made] == [(48, 64), (96, 64)]


def test_settings_that_look_the_same_keep_the_renderer(renderer, factory):
    renderer.apply(LiveSettings(DESIGN, revision=1))
    renderer.render(grey_frame())
    renderer.apply(LiveSettings(LensDesign(), revision=2, psf_size=65))
    renderer.render(grey_frame())
    assert len(factory.made) == 1
    assert renderer.used is not None
    assert renderer.used.revision == 2


@pytest.mark.parametrize(
    "changed",
    [
        LiveSettings(DESIGN.with_zernike(5, 0.4)),
        LiveSettings(DESIGN, baseline=parse_baseline("gaussian:3")),
        LiveSettings(DESIGN, draft=True),
    ],
    ids=["lens", "baseline", "draft"],
)
def test_settings_that_look_different_get_a_new_renderer_from_the_old_one(renderer, factory, changed):
    renderer.apply(LiveSettings(DESIGN))
    renderer.render(grey_frame())
    renderer.apply(changed)
    renderer.render(grey_frame())
    first, second = factory.made
    assert second.options["reuse"] is first
    assert (second.design, second.options["baseline"], second.draft) == (
        changed.design,
        changed.baseline,
        changed.draft,
    )
    assert renderer.draft is changed.draft


def test_a_refused_lens_leaves_the_last_good_one_at_work(renderer, factory):
    renderer.apply(LiveSettings(DESIGN, revision=1))
    renderer.render(grey_frame())
    renderer.apply(LiveSettings(factory.refused, revision=2))
    for frame in (grey_frame(10), grey_frame(10), grey_frame(10, height=96)):
        capture = renderer.render(frame)
        assert capture is not None
        assert (capture == 245).all()
        assert capture.shape == frame.shape
        assert renderer.used is not None
        assert renderer.used.revision == 1
        assert renderer.problem == "this lens is refused"
    assert factory.refusals == 2, "once for each size, not for each frame"
    renderer.apply(LiveSettings(DESIGN, revision=3))
    renderer.render(grey_frame())
    assert renderer.problem is None
    assert renderer.used.revision == 3


def test_a_lens_refused_from_the_start_gives_no_capture(renderer, factory):
    renderer.apply(LiveSettings(factory.refused))
    assert renderer.render(grey_frame()) is None
    assert renderer.problem == "this lens is refused"


def test_after_an_unforeseen_error_a_renderer_of_another_size_is_not_used(renderer, factory):
    renderer.apply(LiveSettings(DESIGN))
    renderer.render(grey_frame())
    factory.break_next = True
    with pytest.raises(RuntimeError):
        renderer.render(grey_frame(height=96))
    capture = renderer.render(grey_frame(height=96))
    assert capture is not None
    assert factory.made[-1].shape == (96, 64)


def test_real_optics_blur_a_real_frame():
    renderer = LiveRenderer()
    frame = np.zeros((48, 64, 3), np.uint8)
    frame[:, 32:] = 200
    sharp = preset("ideal")
    quiet = replace(sharp.sensor, noise=0.0)
    renderer.apply(LiveSettings(replace(sharp, sensor=quiet)))
    clear = renderer.render(frame)
    result = renderer.apply(LiveSettings(replace(preset("defocus-disc"), sensor=quiet)))
    blurred = renderer.render(frame)
    assert clear is not None
    assert blurred is not None
    assert np.abs(clear.astype(int) - frame).max() <= 1
    assert 20 < blurred[24, 32].mean() < 190, "the edge has spread"
    assert result.psf is not None
    assert result.psf.values.sum(axis=(1, 2)) == pytest.approx([1, 1, 1], abs=1e-4)
