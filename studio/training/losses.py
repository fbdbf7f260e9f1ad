"""What networks and lens are trained for."""

from __future__ import annotations

import torch
from torch.nn import functional

from studio.networks.contrastive import same_person
from studio.networks.face_network import FaceNetwork


def linkage(embeddings: torch.Tensor, people: torch.Tensor) -> torch.Tensor:
    """How much more alike pictures of one person are than those of two: 0 when an attacker can only guess.

    Mean cosine of genuine pairs minus that of impostor pairs of unit vectors (B, E), never below 0.
    """
    same = same_person(people)
    known = (people >= 0)[:, None] & (people >= 0)[None, :]
    other = known & ~same & ~torch.eye(len(people), dtype=torch.bool, device=people.device)
    if not same.any() or not other.any():
        return embeddings.sum() * 0.0
    cosine = embeddings @ embeddings.T
    return functional.relu(cosine[same].mean() - cosine[other].mean())


def likeness(clear: torch.Tensor, captured: torch.Tensor) -> torch.Tensor:
    """Mean positive cosine between unit vectors (B, E) of the clear and of the captured face."""
    return functional.relu((clear * captured).sum(1)).mean()


def expression_loss(
    network: FaceNetwork, features: torch.Tensor, expression: torch.Tensor, units: torch.Tensor, moving: torch.Tensor
) -> torch.Tensor:
    """Cross entropy of the class (B,), -1 for none, plus squared error of the face units (B, U), NaN for none.

    `moving` (U,) is the spread of each unit, 0 for those that never move: errors count in units of it.
    """
    loss = features.sum() * 0.0
    if (expression >= 0).any():
        loss = loss + functional.cross_entropy(network.expression(features), expression, ignore_index=-1)
    if moving.any():
        known = torch.isfinite(units) & (moving > 0)
        error = (network.face_units(features)[:, : units.shape[1]] - torch.nan_to_num(units)) / moving.clamp_min(1e-3)
        if known.any():
            loss = loss + (error[known] ** 2).mean()
    return loss


def severity_loss(predicted: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Squared plus smooth absolute error of severities (B,) in 0..1, as in the first author's AVEC code."""
    return functional.mse_loss(predicted, truth) + functional.smooth_l1_loss(predicted, truth)


def invertible(psfs: torch.Tensor, size_px: int, noise: float) -> torch.Tensor:
    """What the best linear inverse leaves: mean of |H|^2 / (|H|^2 + NSR) over the face band of PSFs (D, 3, K, K).

    The band is 2 to 20 cycles a face, here a picture of `size_px`; NSR is that of a 1/f^2 scene (our choice).
    """
    side = max(size_px, psfs.shape[-1])
    transfer = torch.fft.rfft2(psfs, s=(side, side)).abs() ** 2
    rows = torch.fft.fftfreq(side, 1.0 / side, device=psfs.device)[:, None]
    columns = torch.arange(side // 2 + 1, device=psfs.device)[None, :]
    cycles = torch.sqrt(rows**2 + columns**2) * size_px / side
    band = (cycles >= 2) & (cycles <= 20)
    ratio = noise**2 * (cycles.clamp_min(1.0) / 2.0) ** 2 / 0.05
    return (transfer / (transfer + ratio))[..., band].mean()
