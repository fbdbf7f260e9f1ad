"""Figures of a run on validation people: what the adversary still finds, and how well the face is still read."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import r2_score, roc_auc_score

from studio.evaluation.affect import ccc, mae, rmse
from studio.evaluation.pairs import draw_pairs
from studio.networks.face_network import HIGHEST_SEVERITY, FaceNetwork
from studio.optics.lens import LensDesign
from studio.training.data import Clips, Pictures, moving_units
from studio.training.optics import Optics, fixed_conditions

PAIRS_A_CLASS = 1500
MOST_PICTURES = 400
_SEED = 1234
_BATCH = 64


@torch.no_grad()
def captured(optics: Optics, design: LensDesign, pictures: torch.Tensor, seed: int = _SEED) -> torch.Tensor:
    """`pictures` (N, 3, S, S) at the design's distance and noise, (N, 3, S, S)."""
    psfs = optics.psfs(fixed_conditions(design, 0, 0).distances_m)
    return _captured(optics, design, pictures, psfs, seed)


def _captured(
    optics: Optics, design: LensDesign, pictures: torch.Tensor, psfs: torch.Tensor | None, seed: int
) -> torch.Tensor:
    parts = pictures.split(_BATCH)
    return torch.cat([optics(p, fixed_conditions(design, len(p), seed + i), psfs) for i, p in enumerate(parts)])


def chosen(pictures: Pictures) -> NDArray[np.int64]:
    """Numbers of at most MOST_PICTURES pictures, the same ones each time, spread evenly."""
    return np.unique(np.linspace(0, len(pictures) - 1, min(MOST_PICTURES, len(pictures))).astype(np.int64))


@torch.no_grad()
def leak(network: FaceNetwork, shown: torch.Tensor, people: NDArray[np.int64]) -> float:
    """AUC of the network's embeddings among `shown` (N, 3, S, S), pictures of `people` (N,)."""
    network.eval()
    embedded = torch.cat([network.embeddings(part) for part in shown.split(_BATCH)]).cpu().numpy()
    pairs = draw_pairs(people, PAIRS_A_CLASS, PAIRS_A_CLASS, _SEED)
    scores = (embedded[pairs.probes] * embedded[pairs.references]).sum(1)
    return float(roc_auc_score(pairs.genuine, scores))


@torch.no_grad()
def expression(
    network: FaceNetwork, shown: torch.Tensor, pictures: Pictures, numbers: NDArray[np.int64]
) -> dict[str, float]:
    """`expression_r2`, the mean over face units that move, and `expression_accuracy`, as far as there are labels."""
    network.eval()
    features = torch.cat([network(part) for part in shown.split(_BATCH)])
    figures: dict[str, float] = {}
    units, labels = pictures.units[numbers], pictures.expression[numbers]
    rows, moving = np.isfinite(units).all(1), moving_units(pictures.units)
    if moving.any() and rows.sum() > 1:
        found = network.face_units(features).cpu().numpy()
        figures["expression_r2"] = float(r2_score(units[rows][:, moving], found[rows][:, moving]))
    if (labels >= 0).any():
        best = network.expression(features).argmax(1).cpu().numpy()
        figures["expression_accuracy"] = float(np.mean(best[labels >= 0] == labels[labels >= 0]))
    return figures


@torch.no_grad()
def severities(network: FaceNetwork, optics: Optics, design: LensDesign, clips: Clips) -> NDArray[np.float64]:
    """Predicted severity (C,) of every clip, 0 to 63, from all its frames through the lens."""
    network.eval()
    found = []
    psfs = optics.psfs(fixed_conditions(design, 0, 0).distances_m)
    for number in range(len(clips)):
        frames = torch.from_numpy(clips.pixels[number]).float().div_(255).to(optics.zernike_um.device)
        shown = _captured(optics, design, frames, psfs, _SEED + 1000 * number)
        found.append(HIGHEST_SEVERITY * network.of_clips(shown[None]).item())
    return np.array(found)


def severity_figures(found: NDArray[np.floating], truth: NDArray[np.floating]) -> dict[str, float]:
    """`severity_mae`, `severity_rmse` and `severity_ccc` over clips."""
    even = np.ones(len(truth))
    return {f"severity_{figure.__name__}": figure(found, truth, even) for figure in (mae, rmse, ccc)}
