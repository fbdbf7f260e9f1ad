import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.ndimage import convolve as direct_convolution
from skimage.data import astronaut

from studio.optics.baselines import Baseline, baseline_kernel, parse_baseline
from studio.optics.lens import DesignError, LensDesign, Sensor
from studio.optics.presets import preset
from studio.optics.psf import psf
from studio.optics.psf_torch import TorchPsf
from studio.optics.sensor import (
    capture,
    convolve,
    fast_length,
    frame_pitch_m,
    linear_to_srgb,
    pixelate,
    quantise,
    srgb_to_linear,
)

SILENT = Sensor(noise=0.0, bits=16)


def picture(height: int = 60, width: int = 80) -> np.ndarray:
    """A crop of a portrait, (3, H, W) float64 in [0, 1]."""
    return astronaut()[60 : 60 + height, 180 : 180 + width].transpose(2, 0, 1) / 255.0


def random_kernel(size: int, seed: int = 0) -> np.ndarray:
    kernel = np.random.default_rng(seed).random((3, size, size))
    return kernel / kernel.sum(axis=(1, 2), keepdims=True)


def test_srgb_curve_passes_through_its_published_points():
    assert srgb_to_linear(np.array([0.0, 0.04045, 0.5, 1.0])) == pytest.approx([0, 0.0031308, 0.21404, 1], abs=1e-5)
    values = np.linspace(0, 1, 1001)
    np.testing.assert_allclose(linear_to_srgb(srgb_to_linear(values)), values, atol=1e-6)


@pytest.mark.parametrize("size", [1, 4, 5, 31])
def test_convolution_equals_the_direct_sum_and_never_wraps(size):
    scene, kernel = picture(), random_kernel(size)
    # scipy centres an even kernel one sample earlier in convolution
    origin = -1 if size % 2 == 0 else 0
    for border, mode in (("replicate", "nearest"), ("reflect", "reflect"), ("black", "constant")):
        expected = [
            direct_convolution(p, k, mode=mode, origin=origin + (size % 2 == 0))
            for p, k in zip(scene, kernel, strict=True)
        ]
        np.testing.assert_allclose(convolve(scene, kernel, border), expected, atol=1e-10)
        mine = convolve(torch.from_numpy(scene), torch.from_numpy(kernel), border)
        np.testing.assert_allclose(mine.numpy(), expected, atol=1e-10)


def test_a_kernel_wider_than_the_picture_keeps_a_grey_picture_grey():
    grey = np.full((3, 20, 30), 0.4)
    np.testing.assert_allclose(convolve(grey, random_kernel(75)), 0.4, atol=1e-9)


def test_picture_moves_as_the_spot_does():
    """A +y tilt moves the spot to +y; a bright point in the scene moves the same way."""
    spot = psf(preset("focused-1m").with_zernike(3, 1.0).with_zernike(2, -2.0), size=33).values
    scene = np.zeros((3, 64, 64))
    scene[:, 32, 32] = 1.0
    moved = capture(scene, spot, SILENT)[1]
    row, column = np.unravel_index(moved.argmax(), moved.shape)
    peak_row, peak_column = np.unravel_index(spot[1].argmax(), (33, 33))
    assert (row - 32, column - 32) == (peak_row - 16, peak_column - 16)
    assert row > 32
    assert column < 32


def test_perfect_image_without_noise_is_the_picture():
    np.testing.assert_allclose(capture(picture(), psf(preset("ideal"), size=3).values, SILENT), picture(), atol=2e-4)


def test_read_noise_has_the_stated_deviation_in_linear_light():
    grey = np.full((3, 200, 200), float(linear_to_srgb(np.array(0.5))))
    noisy = capture(grey, Baseline("none"), Sensor(noise=0.02, bits=16), rng=np.random.default_rng(1))
    linear = srgb_to_linear(noisy)
    assert linear.std() == pytest.approx(0.02, rel=0.02)
    assert linear.mean() == pytest.approx(0.5, abs=1e-3)


def test_shot_noise_grows_with_the_light():
    sensor = Sensor(noise=0.0, bits=16, full_well_electrons=1000)
    for level in (0.1, 0.6):
        grey = np.full((3, 200, 200), float(linear_to_srgb(np.array(level))))
        linear = srgb_to_linear(capture(grey, Baseline("none"), sensor, rng=np.random.default_rng(1)))
        assert linear.std() == pytest.approx(np.sqrt(level / 1000), rel=0.03)


def test_noise_is_seeded_and_needs_a_generator():
    frames, blur = picture(), random_kernel(5)
    first = capture(frames, blur, Sensor(), rng=np.random.default_rng(7))
    np.testing.assert_array_equal(first, capture(frames, blur, Sensor(), rng=np.random.default_rng(7)))
    assert np.abs(first - capture(frames, blur, Sensor(), rng=np.random.default_rng(8))).max() > 0
    with pytest.raises(ValueError, match="generator"):
        capture(frames, blur, Sensor())


@pytest.mark.parametrize("bits", [1, 4, 8, 12])
def test_bit_depth_leaves_that_many_levels(bits):
    ramp = np.linspace(0, 1, 20000)
    assert len(np.unique(quantise(ramp, bits))) == 2**bits
    assert np.abs(quantise(ramp, bits) - ramp).max() <= 0.5 / (2**bits - 1) + 1e-12


def test_batch_equals_its_single_frames():
    frames = np.stack([picture(), picture()[:, ::-1]])
    blur = random_kernel(9)
    together = capture(frames, blur, SILENT)
    for one, frame in zip(together, frames, strict=True):
        np.testing.assert_allclose(one, capture(frame, blur, SILENT), atol=1e-12)


def test_torch_and_numpy_capture_agree():
    frames, blur = picture().astype(np.float32), psf(preset("random-zernike:1"), size=33).values
    for optics in (blur, Baseline("gaussian", 2.5), Baseline("defocus", 9), Baseline("pixelate", 7)):
        tensor_optics = optics if isinstance(optics, Baseline) else torch.from_numpy(optics)
        mine = capture(torch.from_numpy(frames), tensor_optics, SILENT).numpy()
        np.testing.assert_allclose(mine, capture(frames, optics, SILENT), atol=1e-4)


def test_gradient_reaches_the_lens_through_the_whole_capture():
    """Against a central difference in a smooth setting; rounding to 8 bits lets the same gradient pass."""
    design = preset("random-zernike:4")
    frames = torch.from_numpy(picture(24, 24))
    target = torch.from_numpy(picture(24, 24)[:, ::-1].copy())
    simulate = TorchPsf(design, size=17, double_precision=True)
    distance = torch.tensor([1.0], dtype=torch.float64)

    def loss(coefficients: torch.Tensor, bits: int) -> torch.Tensor:
        blurred = capture(frames, simulate(coefficients, distance)[0], Sensor(noise=0.0, bits=bits))
        return ((blurred - target) ** 2).mean()

    coefficients = torch.tensor(design.zernike_um, dtype=torch.float64, requires_grad=True)
    loss(coefficients, 16).backward()
    smooth = coefficients.grad.clone()
    step = torch.zeros(15, dtype=torch.float64)
    step[4] = 1e-3
    with torch.no_grad():
        difference = (loss(coefficients + step, 16) - loss(coefficients - step, 16)) / 2e-3
    assert smooth[4].item() == pytest.approx(difference.item(), rel=0.02)
    coefficients.grad = None
    loss(coefficients, 6).backward()
    assert torch.nn.functional.cosine_similarity(coefficients.grad[3:], smooth[3:], dim=0) > 0.9


def test_gradient_at_black_is_finite():
    black = torch.zeros(3, 8, 8, requires_grad=True)
    capture(black, Baseline("gaussian", 1), SILENT).sum().backward()
    assert torch.isfinite(black.grad).all()


def test_gaussian_and_disc_have_their_stated_size():
    x = np.arange(-20, 21)
    gaussian = baseline_kernel(Baseline("gaussian", 5.0))[0]
    assert np.sqrt((gaussian.sum(0) * x**2).sum()) == pytest.approx(5.0, rel=0.01)
    disc = baseline_kernel(Baseline("defocus", 21.0))[0]
    assert disc.max() == pytest.approx(4 / (np.pi * 21**2), rel=0.01)
    assert disc[disc.shape[0] // 2].sum() / disc.max() == pytest.approx(21, abs=0.3)


def test_pixelation_keeps_size_and_block_means():
    scene = picture(50, 70)
    blocks = pixelate(scene, 16)
    assert blocks.shape == scene.shape
    np.testing.assert_allclose(
        blocks[:, :16, 16:32], scene[:, :16, 16:32].mean(axis=(1, 2))[:, None, None] * np.ones((16, 16))
    )
    np.testing.assert_allclose(
        blocks[:, 48:, 64:], scene[:, 48:, 64:].mean(axis=(1, 2))[:, None, None] * np.ones((2, 6))
    )


@pytest.mark.parametrize(
    "text",
    ["", "gaussian", "gaussian:", "gaussian:nan", "gaussian:-1", "pixelate:2.5", "box:3", "none:3", "defocus:1e9"],
)
def test_unusable_baselines_are_refused(text):
    with pytest.raises(DesignError, match="baseline"):
        parse_baseline(text)


def test_baselines_read_back_what_they_print():
    for text in ("gaussian:2.5", "defocus:12", "pixelate:8", "none"):
        assert str(parse_baseline(text)) == text


def test_frame_pitch_spans_the_window_with_the_shorter_side():
    design = LensDesign()
    assert frame_pitch_m(design, 480, 640) * 480 == pytest.approx(design.sensor.window_m)
    assert frame_pitch_m(design, 640, 480) == frame_pitch_m(design, 480, 640)
    half = replace(design, sensor=replace(design.sensor, pixels=512))
    assert frame_pitch_m(half, 480, 640) == pytest.approx(frame_pitch_m(design, 480, 640) / 2)


def test_fast_lengths_are_the_next_products_of_small_primes():
    smooth = sorted(2**a * 3**b * 5**c for a in range(12) for b in range(8) for c in range(5))
    for n in range(1, 1500):
        assert fast_length(n) == next(s for s in smooth if s >= n)


def test_a_picture_that_memory_cannot_hold_is_refused_before_anything_is_allocated():
    """Views of a single number stand for pictures of terabytes."""
    scene = np.broadcast_to(np.float32(0.5), (3, 300_000, 400_000))
    kernel = np.broadcast_to(np.float32(1.0), (3, 9, 9))
    with pytest.raises(DesignError, match=r"400000 x 300000 px with a blur of 9 px needs .* GiB, more than") as caught:
        convolve(scene, kernel)
    assert "\n" not in str(caught.value)


def test_the_estimate_of_a_convolution_holds():
    scene, kernel = np.zeros((3, 200, 300), np.float32), random_kernel(101).astype(np.float32)
    asked = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("studio.optics.sensor.memory_shortage", lambda needed, *_: asked.append(needed))
        tracemalloc.start()
        convolve(scene, kernel)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert asked[0] == pytest.approx(peak, rel=0.15)


def test_frames_of_the_wrong_shape_are_refused():
    with pytest.raises(ValueError, match="shape"):
        capture(np.zeros((20, 30, 3)), Baseline("none"), SILENT)
    with pytest.raises(ValueError, match="border 'wrap'"):
        convolve(picture(), random_kernel(3), "wrap")
