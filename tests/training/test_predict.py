"""A trained network reads captured pictures, from the record of its run alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from studio.networks.face_network import HIGHEST_SEVERITY, FaceNetwork
from studio.project import store
from studio.project.model import Project
from studio.project.records import Run
from studio.training.config import TrainingConfig
from studio.training.predict import FaceReader, PredictError


def pictures(count: int, size: int = 64) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, size, size, 3), np.uint8)


def test_it_reads_what_the_network_would(run: Run, network: FaceNetwork):
    shown = pictures(5)
    reader = FaceReader(run)
    readings = reader.read(shown)
    with torch.no_grad():
        features = network(torch.from_numpy(shown.transpose(0, 3, 1, 2)).float() / 255)
        expected = torch.softmax(network.expression(features), 1), network.face_units(features)
        severity = HIGHEST_SEVERITY * network.severity_of(features[None]).item()
    np.testing.assert_allclose(readings.expression, expected[0], atol=0.02)
    np.testing.assert_allclose(readings.units, expected[1], atol=0.05)
    np.testing.assert_allclose(readings.expression.sum(1), 1, atol=1e-5)
    assert reader.severity(readings.features) == pytest.approx(severity, abs=0.5)
    assert reader.class_names == ("neutral", "happiness", "sadness")
    assert reader.unit_names == ("jawOpen", "mouthSmileLeft")


def test_many_pictures_are_read_as_each_alone(run: Run):
    shown = pictures(70)
    reader = FaceReader(run)
    together, alone = reader.read(shown), reader.read(shown[69:])
    assert together.units.shape == (70, 2)
    np.testing.assert_allclose(together.units[69:], alone.units, atol=1e-4)


def test_pictures_of_any_size_are_read_by_their_middle_square(run: Run):
    square = pictures(1, 64)[0]
    wide = np.pad(square, ((0, 0), (20, 20), (0, 0)))
    reader = FaceReader(run)
    np.testing.assert_array_equal(reader.read([wide]).features, reader.read([square]).features)
    assert reader.read([np.kron(square, np.ones((3, 3, 1), np.uint8)), square]).units.shape == (2, 2)


def test_it_reads_from_a_project_file(run: Run, tmp_path):
    path = tmp_path / "trained.odr"
    store.save(Project(runs=(run,)), path)
    again = FaceReader(store.load(path).runs[0])
    np.testing.assert_array_equal(again.read(pictures(2)).units, FaceReader(run).read(pictures(2)).units)


def test_severity_is_refused_where_it_was_not_learned(run: Run):
    config = {**run.config, **TrainingConfig().only((1, 2)).to_dict()}
    reader = FaceReader(replace(run, config=config))
    assert not reader.reads_severity
    with pytest.raises(PredictError, match="steps 3 or 4"):
        reader.severity(reader.read(pictures(2)).features)


def test_runs_that_cannot_read_say_why(run: Run):
    without = {**run.config, "network": {**run.config["network"], "class_names": ["neutral"]}}
    fewer = dict(list(run.weights.items())[:-1])
    for broken, why in (
        (replace(run, kept=False, weights={}), "keeps no weights"),
        (replace(run, config={}), "does not say what its network is"),
        (replace(run, config=without), "does not know"),
        (replace(run, weights=fewer), "do not fit"),
    ):
        with pytest.raises(PredictError, match=why):
            FaceReader(broken)


def test_no_pictures_are_refused(run: Run):
    with pytest.raises(PredictError, match="no pictures"):
        FaceReader(run).read([])
