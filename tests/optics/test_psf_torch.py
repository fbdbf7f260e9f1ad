import numpy as np
import pytest
import torch

from studio.optics.lens import DesignError, LensDesign
from studio.optics.presets import preset
from studio.optics.propagation import design_pixel_filter
from studio.optics.psf import make_propagator, phase_polynomials, psf
from studio.optics.psf_grid import PsfGrid
from studio.optics.psf_torch import Intensity, TorchPsf


def tensors(design: LensDesign, *distances_m: float) -> tuple[torch.Tensor, torch.Tensor]:
    return (
        torch.tensor(design.zernike_um, dtype=torch.float64, requires_grad=True),
        torch.tensor(distances_m, dtype=torch.float64, requires_grad=True),
    )


@pytest.mark.parametrize("size", [32, 33])
@pytest.mark.parametrize("name", ["focused-1m", "random-zernike:3", "defocus-disc"])
def test_torch_and_numpy_agree(name, size):
    design = preset(name)
    coefficients, distances = tensors(design, 0.5, 1.0)
    simulate = TorchPsf(design, size=size)
    mine = simulate(coefficients, distances).detach().numpy()
    assert simulate.grid is not None
    samples = simulate.grid.pupil_samples  # the steepest of the distances decides for all
    assert mine.shape == (2, 3, size, size)
    for got, distance_m in zip(mine, (0.5, 1.0), strict=True):
        expected = psf(design, object_distance_m=distance_m, size=size, pupil_samples=samples).values
        assert np.abs(got - expected).sum(axis=(1, 2)).max() < 2e-5


def test_gradient_check_in_double_precision():
    design = preset("random-zernike:5")
    simulate = TorchPsf(design, size=9, double_precision=True)
    inputs = tensors(design, 0.8, 1.2)
    assert torch.autograd.gradcheck(lambda a, d: 100 * simulate(a, d), inputs, eps=1e-5, atol=1e-5)


def test_single_precision_gradient_matches_finite_differences():
    design = preset("random-zernike:6")
    simulate = TorchPsf(design, size=33)
    exact = TorchPsf(design, size=33, double_precision=True)
    weights = torch.from_numpy(np.random.default_rng(0).normal(size=(1, 3, 33, 33)))
    coefficients, distances = tensors(design, 1.0)
    (simulate(coefficients, distances) * weights).sum().backward()
    assert coefficients.grad is not None
    step = 1e-4
    for j in (3, 4, 7, 11):
        shift = torch.zeros(15, dtype=torch.float64)
        shift[j] = step
        with torch.no_grad():
            up = (exact(coefficients + shift, distances) * weights).sum()
            down = (exact(coefficients - shift, distances) * weights).sum()
        assert coefficients.grad[j].item() == pytest.approx((up - down).item() / (2 * step), rel=2e-3, abs=2e-4)


@pytest.mark.parametrize("in_torch", [False, True])
@pytest.mark.parametrize(("window_px", "per_pixel_pitch_m"), [(9, 3.69e-6), (9, 7.87e-6), (11, 1e-6)])
def test_adjoint_dot_product(window_px, per_pixel_pitch_m, in_torch):
    """<J dM, g> = <dM, J^T g>: forward difference of the phase polynomial against the hand-written adjoint."""
    design = preset("random-zernike:9")
    cutoff = 2 * design.aperture_radius_m / (460e-9 * design.sensor_distance_m)
    grid = PsfGrid(96, 0, window_px, per_pixel_pitch_m, 0, "")
    propagator = make_propagator(design, grid, design_pixel_filter(per_pixel_pitch_m, cutoff), double_precision=True)
    if in_torch:
        propagator = propagator.to_torch()
    coefficients, distances = tensors(design, 1.0)
    polynomials = phase_polynomials(design, coefficients, distances).detach().requires_grad_()
    generator = torch.Generator().manual_seed(1)
    direction = torch.randn(polynomials.shape, generator=generator, dtype=torch.float64)
    gradient = torch.randn((1, 3, window_px, window_px), generator=generator, dtype=torch.float64)
    Intensity.apply(polynomials, propagator).backward(gradient)
    step = 1e-6
    with torch.no_grad():
        up = Intensity.apply(polynomials + step * direction, propagator)
        down = Intensity.apply(polynomials - step * direction, propagator)
    forward = (((up - down) / (2 * step)) * gradient).sum().item()
    assert polynomials.grad is not None
    assert (polynomials.grad * direction).sum().item() == pytest.approx(forward, rel=1e-6)


def test_grid_follows_a_lens_that_grows_steep():
    simulate = TorchPsf(preset("focused-1m"), size=33)
    simulate(*tensors(preset("focused-1m"), 1.0))
    first = simulate.grid
    simulate(*tensors(preset("defocus-disc"), 1.0))
    assert first is not None
    assert simulate.grid is not None
    assert simulate.grid.pupil_samples > first.pupil_samples
    simulate(*tensors(preset("focused-1m"), 1.0))
    assert simulate.grid == first, "and shrinks again"


def test_fast_psfs_say_where_they_fall_short():
    steep = preset("paper-literal")
    simulate = TorchPsf(steep, size=65, fast=True)
    simulate(*tensors(steep, 1.0))
    assert any("narrower than the spot" in w for w in simulate.warnings)
    simulate(*tensors(preset("focused-1m"), 1.0))
    assert simulate.warnings == ()


def test_the_light_inside_the_window_is_known():
    design = preset("defocus-disc")
    simulate = TorchPsf(design, size=33)
    simulate(*tensors(design, 0.5, 1.0))
    assert simulate.window_energy.shape == (2, 3)
    expected = psf(design, size=33).window_energy
    assert simulate.window_energy[1].tolist() == pytest.approx(expected, rel=2e-2)


def test_what_cannot_be_measured_is_refused():
    design = preset("focused-1m")
    simulate = TorchPsf(design, size=33)
    with pytest.raises(DesignError, match="too little to be measured"):
        simulate(*tensors(design.with_zernike(2, 60.0), 1.0))
    coefficients, distances = tensors(design, 1.0)
    with pytest.raises(DesignError, match="not finite"):
        simulate(coefficients * float("nan"), distances)
