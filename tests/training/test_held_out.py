from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.faces import models, recognisers
from studio.faces.cohort import faces as cohort
from studio.optics.presets import preset
from studio.training.config import TrainingConfig
from studio.training.data import Pictures
from studio.training.held_out import HeldOut, held_out
from studio.training.optics import Optics
from tests.training import tiny

SIZE = 64
needs_models = pytest.mark.skipif("sface" not in recognisers.installed(), reason="opticaldr models fetch")


def auc(meter: HeldOut, baseline: str) -> float:
    design = preset("random-zernike:1")
    return meter.auc(Optics(design, TrainingConfig(size_px=SIZE, baseline=baseline)), design)


@needs_models
def test_it_knows_clear_faces_and_guesses_at_grey():
    faces = cohort.pictures(cohort.shipped()).split("validation")
    faces = faces.subset(np.flatnonzero(np.arange(len(faces)) % 10 < 2))  # of fewer people than it would take
    nothing = np.zeros((len(faces), 0), np.float32)
    meter = HeldOut(Pictures(faces, SIZE, faces.identities.astype(np.int64), np.full(len(faces), -1), nothing))
    assert auc(meter, "clear") > 0.95
    assert abs(auc(meter, "gaussian:40") - 0.5) < 0.2
    assert auc(meter, "clear") == auc(meter, "clear")


@needs_models
def test_pictures_without_faces_have_no_figure():
    grey = tiny.pictures()
    source = replace(grey.source, reader=lambda _root, _place: np.full((64, 64, 3), 128, np.uint8), people=("a",) * 5)
    assert held_out(replace(grey, source=source)) is None


def test_without_its_files_there_is_no_figure(tmp_path, monkeypatch):
    monkeypatch.setattr(models, "cache_folder", lambda: tmp_path)
    faces = cohort.pictures(cohort.shipped()).split("validation")
    nothing = np.zeros((len(faces), 0), np.float32)
    assert held_out(Pictures(faces, SIZE, faces.identities.astype(np.int64), np.full(len(faces), -1), nothing)) is None
