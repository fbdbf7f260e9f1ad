"""Makes the table of attackers in the README: `python -m tests.make_privacy_table FOLDER` (three hours on one core).

A0 and A3 for every row, on test people of the cohort (with A1, a small network trained from scratch) and on ORL.
FOLDER keeps each row, so that it goes on where it was stopped. No optics in it were chosen or trained on these people.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from studio.commands.evaluate import MOST_PICTURES
from studio.evaluation import retrained
from studio.evaluation.bench import INVERSION, LINKABILITY, WATCH_LIST, Bench
from studio.evaluation.full_grid import WIENER, Crowd, retrain
from studio.evaluation.reading import A1
from studio.evaluation.scenes import Scenes, choose, prepare
from studio.faces.face_set import SPLITS, FaceSet
from studio.faces.recognisers import Picture, Recogniser, installed, load
from studio.faces.specs import open_faces
from studio.listener import SILENT
from studio.optics.baselines import NONE, Baseline
from studio.optics.presets import preset
from studio.study.attack import same_share

COHORT, ORL = "cohort", "orl"
LENSES = ("defocus-disc", "paper-peak", "paper-literal")
BLURS = {
    "clear": NONE,
    "Gaussian, sigma 1/64": Baseline("gaussian", 1),
    "Gaussian, sigma 1/32": Baseline("gaussian", 2),
    "Gaussian, sigma 1/16": Baseline("gaussian", 4),
    "defocus, diameter 1/16": Baseline("defocus", 4),
    "defocus, diameter 1/8": Baseline("defocus", 8),
    "defocus, diameter 1/4": Baseline("defocus", 16),
    "pixels of 1/32": Baseline("pixelate", 2),
    "pixels of 1/16": Baseline("pixelate", 4),
    "pixels of 1/8": Baseline("pixelate", 8),
}
"""Beside the lenses: by their share of the picture's shorter side, and as they are on pictures of SIZE_PX."""
SIZE_PX = 64
LEARNED = "A1, linking"
COLUMNS = {
    "A0, watch list": "captured-clear/A0/",
    "A0, linking": "captured-captured/A0/",
    "A3 Wiener": "reconstructed-clear/A3 wiener/",
    LEARNED: "captured-captured/A1/",
}
"""What the cells begin with; of several recognisers the one that does best is told."""
Row = dict[str, tuple[float, float, float]]
"""AUC and its interval by the name of its cell."""


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)
    for spec in (ORL, COHORT):
        scenes, known = test_people(spec), [remembering(load(recogniser)) for recogniser in installed()]
        for name in (*LENSES, *BLURS):
            place = kept(folder, spec, name)
            if not place.exists():
                place.write_text(json.dumps(attacked(name, spec, scenes, known)))
                print(place.name, flush=True)
    print(table(folder))


def remembering(recogniser: Recogniser) -> Recogniser:
    """`recogniser`, which looks at every crop once: the clear ones are the same in all rows."""
    known: dict[bytes, NDArray[np.float32]] = {}

    def embed(crops: Picture) -> NDArray[np.float32]:
        names = [sha256(crop).digest() for crop in crops]
        new = [number for number, name in enumerate(names) if name not in known]
        if new:
            known.update(zip((names[number] for number in new), recogniser.embed(crops[new]), strict=True))
        return np.stack([known[name] for name in names])

    return replace(recogniser, embed=embed)


def test_people(spec: str) -> Scenes:
    """As `opticaldr evaluate` takes them with seed 0: the test split, or everybody where there is none."""
    faces = open_faces(spec)
    assert isinstance(faces, FaceSet)
    there = np.flatnonzero(faces.splits == SPLITS.index("test"))
    among = there if len(there) else np.arange(len(faces))
    return prepare(faces, among[choose(faces.subset(among), MOST_PICTURES, 0)])


def attacked(name: str, spec: str, scenes: Scenes, recognisers: Sequence[Recogniser]) -> Row:
    """One row on one data set."""
    lens = preset(name if name in LENSES else "ideal")
    bench = Bench(lens, scenes, recognisers, same_share(BLURS.get(name, NONE), SIZE_PX, scenes.pictures))
    bench.attack((WATCH_LIST, LINKABILITY), "A0", bench.shown)
    bench.attack((INVERSION,), WIENER, bench.restored)
    if spec == COHORT:
        retrain(Crowd(bench, SILENT), A1, retrained.SMALL)
    return {cell.name: (cell.result.auc.value, cell.result.auc.low, cell.result.auc.high) for cell in bench.cells}


def table(folder: Path) -> str:
    """Markdown, of the rows that are there."""
    columns = [(COHORT, what) for what in COLUMNS] + [(ORL, what) for what in COLUMNS if what != LEARNED]
    lines = [
        "| | " + " | ".join(f"{spec}: {what}" for spec, what in columns) + " |",
        "| --- " * (len(columns) + 1) + "|",
    ]
    for name in (*LENSES, *BLURS):
        if not kept(folder, COHORT, name).exists():
            continue
        rows = {
            spec: json.loads(place.read_text())
            for spec in (COHORT, ORL)
            if (place := kept(folder, spec, name)).exists()
        }
        cells = [best(rows.get(spec, {}), COLUMNS[what]) for spec, what in columns]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def kept(folder: Path, spec: str, name: str) -> Path:
    """Where a row is kept."""
    return folder / f"{spec}-{name.replace(', ', '-').replace(' ', '-').replace('/', '-')}.json"


def best(row: Row, beginning: str) -> str:
    """The highest AUC of the cells that begin so, with its interval; empty where there is none."""
    found = [auc for name, auc in row.items() if name.startswith(beginning)]
    return f"{short(max(found)[0])} [{', '.join(map(short, max(found)[1:]))}]" if found else ""


def short(auc: float) -> str:
    """ ".764", "1.000"."""
    return f"{auc:.3f}".removeprefix("0")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
