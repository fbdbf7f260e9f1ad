"""ROC curves with a band over people, as the three curves that an evaluation keeps of a cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.evaluation.bootstrap import DRAWS, LEVEL, person_weights
from studio.evaluation.pairs import Pairs

FMR_GRID = np.concatenate(([0.0], np.geomspace(1e-4, 1.0, 161)))
"""Where curves are kept: the same places for all of them, so that they can be drawn over each other."""


def roc_curves(
    cell: str, scores: NDArray[np.floating], pairs: Pairs, draws: int = DRAWS, seed: int = 0
) -> dict[str, NDArray[np.float64]]:
    """Curves of the cell called `cell` ("captured-clear/A0/sface"), (N, 2) FMR and TMR: the ROC and its band's ends.

    `scores` (M,) belong to `pairs`. The band is pointwise, of LEVEL, from drawing people as for the AUC.
    """
    people, sides = np.unique(pairs.people, return_inverse=True)
    sides, same = sides.reshape(-1, 2), pairs.genuine
    _, level = np.unique(-scores, return_inverse=True)  # the most alike first
    levels = int(level.max()) + 1

    def curve(weight: NDArray[np.integer]) -> NDArray[np.float64]:
        genuine = np.bincount(level[same], weight[sides[same, 0]], levels)
        impostor = np.bincount(level[~same], weight[sides[~same, 0]] * weight[sides[~same, 1]], levels)
        if not genuine.sum() or not impostor.sum():
            return np.full(len(FMR_GRID), np.nan)
        fmr, tmr = (np.concatenate(([0.0], np.cumsum(part) / part.sum())) for part in (impostor, genuine))
        last = np.searchsorted(fmr, FMR_GRID, side="right") - 1  # the best threshold that keeps the FMR
        return tmr[last]

    drawn = np.array([curve(weight) for weight in person_weights(len(people), draws, seed)])
    low, high = np.nanquantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    lines = {"roc": curve(np.ones(len(people), int)), "roc_low": low, "roc_high": high}
    return {f"{cell}/{name}": np.column_stack((FMR_GRID, values)) for name, values in lines.items()}
