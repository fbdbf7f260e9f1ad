"""A made-up evaluation with everything that a real one may hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from studio.optics.presets import preset
from studio.project.records import Evaluation

CELLS = {
    "clear-clear/A0/sface": (0.99, 0.98, 1.0),
    "captured-clear/A0/sface": (0.52, 0.50, 0.54),
    "captured-clear/A0/dlib": (0.50, 0.48, 0.52),
    "captured-captured/A0/sface": (0.71, 0.66, 0.76),
    "reconstructed-clear/A3 wiener/sface": (0.88, 0.85, 0.91),
    "reconstructed-clear/A3 wiener/dlib": (0.81, 0.77, 0.85),
    "noise-noise/A0/sface": (0.51, 0.48, 0.54),
    "gaussian:4:captured-clear/A0/sface": (0.93, 0.91, 0.95),
    "noise:0:reconstructed-clear/A3 wiener/sface": (0.95, 0.93, 0.97),
    "noise:0.05:reconstructed-clear/A3 wiener/sface": (0.63, 0.58, 0.68),
    "bits:6:reconstructed-clear/A3 wiener/sface": (0.83, 0.80, 0.86),
    "bits:12:reconstructed-clear/A3 wiener/sface": (0.90, 0.87, 0.93),
}
PEOPLE = 4


def made_evaluation(**changes: Any) -> Evaluation:
    rng = np.random.default_rng(0)
    fmr = np.linspace(0.0, 1.0, 21)
    curves = {}
    for name, (auc, _, _) in CELLS.items():
        tmr = fmr ** max((1 - auc) / auc, 0.01)  # whose area is the AUC
        for end, shift in (("roc", 0.0), ("roc_low", -0.03), ("roc_high", 0.03)):
            curves[f"{name}/{end}"] = np.column_stack((fmr, np.clip(tmr + shift, 0, 1)))
    values: dict[str, Any] = {
        "id": "evaluation-1",
        "label": "Quick grid on orl",
        "created": "2026-11-23T10:00:00Z",
        "design": preset("defocus-disc"),
        "config": {"grid": "quick", "data": "orl", "baseline": "none", "noise": 0.01, "bits": 8, "seed": 3},
        "seed": 3,
        "versions": {"studio": "0.1.0"},
        "wall_time_s": 90.0,
        "pair_list_sha256": "ab" * 32,
        "scores": {f"{name}/auc": score for name, score in CELLS.items()},
        "metrics": {"reconstructed-clear/A3 wiener/sface/eer": 0.2, "detection_rate": 0.985},
        "curves": curves,
        "arrays": {
            "strip/captured": rng.integers(0, 255, (PEOPLE, 24, 20, 3), np.uint8),
            "strip/reconstructed": rng.integers(0, 255, (PEOPLE, 24, 20, 3), np.uint8),
            "strip/numbers": np.array([3, 14, 25, 36]),
        },
    }
    return Evaluation(**{**values, **changes})
