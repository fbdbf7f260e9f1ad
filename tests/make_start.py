"""Makes the networks that runs begin with: `python -m tests.make_start OUT.npz [CLEAR.npz]` (half an hour on one core).

Written beside them: what they reach on validation people.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from scipy.ndimage import gaussian_filter

from studio.optics.presets import preset
from studio.training import data, validation
from studio.training.config import WARM_UP, TrainingConfig
from studio.training.start import PARTS, of_part
from studio.training.trainer import Trainer

CLEAR = TrainingConfig(start="scratch", warm_up=4000, warm_up_blur=0.0, baseline="clear")
BLURRED = replace(CLEAR, warm_up=3000, warm_up_blur=4.0, warm_up_rate=1e-3)
LOG_EVERY = 500
BLURS_PX = (0, 1, 2, 3)


def main(path: Path, clear: Path | None = None) -> None:
    """Learn clear faces, or take what was learned of them in `clear`; then blurred ones; write `path`."""
    torch.set_num_threads(1)
    loaded = data.load(("cohort",), CLEAR.size_px, (1, 2))
    if clear is None:
        clear = path.with_stem(f"{path.stem}-clear")
        learn(Trainer(preset("ideal"), CLEAR, loaded), clear)
    trainer = Trainer(preset("ideal"), BLURRED, loaded)
    with np.load(clear) as file:
        weights = {name: file[name] for name in file.files}
    for part in PARTS:
        getattr(trainer, part).load_arrays(of_part(weights, part))
    learn(trainer, path)


def learn(trainer: Trainer, path: Path) -> None:
    """All batches of the warm-up; the networks go to `path`, their figures beside it."""
    trainer.begin(WARM_UP)
    for number in range(trainer.config.warm_up):
        trainer.advance(number)
        if (number + 1) % LOG_EVERY == 0:
            print(number + 1, figures(trainer), flush=True)
    weights = {
        f"{part}/{name}": array.astype(np.float16)
        for part in PARTS
        for name, array in getattr(trainer, part).to_arrays().items()
    }
    np.savez_compressed(path, trunk=trainer.config.trunk, size_px=trainer.config.size_px, **weights)
    path.with_suffix(".json").write_text(json.dumps(figures(trainer), indent=1))


def figures(trainer: Trainer) -> dict[str, float]:
    """Of expression, and of the recogniser, on clear and blurred pictures of validation people."""
    assert trainer.data.identity is not None
    pictures = trainer.data.identity[1]
    numbers = validation.chosen(pictures)
    clear = pictures.batch(numbers)
    found: dict[str, float] = {}
    for sigma_px in BLURS_PX:
        shown = torch.from_numpy(gaussian_filter(clear.numpy(), (0, 0, sigma_px, sigma_px), mode="nearest"))
        figures = validation.expression(trainer.network, shown, pictures, numbers)
        figures["recogniser_auc"] = validation.leak(trainer.recogniser, shown, pictures.people[numbers])
        found |= {f"{name}, sigma {sigma_px} px": round(value, 3) for name, value in figures.items()}
    return found


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
