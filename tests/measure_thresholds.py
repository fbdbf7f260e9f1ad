"""Thresholds of the installed recognisers at FMR 1e-3: `python -m tests.measure_thresholds [SPEC ...]` (orl, cohort).

Every impostor pair of clear pictures counts. What it prints stands in `studio/faces/thresholds.py`.
"""

from __future__ import annotations

import sys

import numpy as np

from studio.evaluation.scenes import Embedder, prepare
from studio.faces import recognisers
from studio.faces.specs import open_faces

FMR = 1e-3
MOST_PICTURES = 2000


def main() -> None:
    for spec in sys.argv[1:] or ("orl", "cohort"):
        faces = open_faces(spec)
        scenes = prepare(faces, range(0, len(faces), max(1, len(faces) // MOST_PICTURES)))
        one, other = np.triu_indices(len(scenes.pictures), 1)
        same = scenes.identities[one] == scenes.identities[other]
        for name in recognisers.installed():
            recogniser = recognisers.load(name)
            found = Embedder(recogniser, scenes)(scenes.pictures)
            scores = recogniser.similarity(found[one], found[other])
            impostors = np.sort(scores[~same])[::-1]
            threshold = impostors[int(FMR * len(impostors))]
            print(f"{spec} {name}: {threshold:.4f} from {len(impostors):,} impostor pairs;", end=" ")
            print(f"{np.mean(scores[same] > threshold):.1%} of the genuine ones are above")


if __name__ == "__main__":
    main()
