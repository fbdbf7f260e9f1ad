"""A file of every released schema, compared with literal values: what was saved once can always be read.

golden/schema_1_0.odr was written once, when schema 1.0 was fixed, and is never written again:

    Path("tests/project/golden/schema_1_0.odr").write_bytes(envelope.seal(encode(full_project()), None))

with `full_project` of samples.py as it was then. A new schema gets a golden file and a test of its own.
"""

from __future__ import annotations

import hashlib
from math import isnan
from pathlib import Path

import numpy as np
import pytest

from studio.optics.lens import LensDesign
from studio.project import store

SCHEMA_1_0 = Path(__file__).with_name("golden") / "schema_1_0.odr"
SHA256 = "312fdf3c016700103222ae93010ba93f5ffce6d4de60662272d231a7c68007d1"
TIME = "2026-01-02T03:04:05Z"


@pytest.fixture(scope="module")
def project():
    return store.load(SCHEMA_1_0)


def test_it_is_the_file_that_was_written_then():
    assert (
        hashlib.sha256(SCHEMA_1_0.read_bytes()).hexdigest()
        == "312fdf3c016700103222ae93010ba93f5ffce6d4de60662272d231a7c68007d1"
    )
    assert store.info(SCHEMA_1_0)["schema"] == "1.0"


def test_project(project):
    check_lens(project.design, z4_um=-26.0)
    (variant,) = project.variants
    assert (variant.name, variant.notes, variant.created) == ("début", "kept for comparison", TIME)
    check_lens(variant.design, z4_um=-30.0)
    assert [(edit.label, edit.at) for edit in project.history] == [("New project", TIME), ("Change defocus", TIME)]
    (data,) = project.data
    assert (data.spec, data.path, data.sha256) == ("celeba:/data/celeba", "/data/celeba", "cd" * 32)
    assert (data.role, data.notes) == ("train", "official split")
    assert project.view == {"psf.log": True, "depths_m": [0.33, 2.0]}
    assert project.notes == "Line one\nline two: 顔"
    assert (project.created, project.extra, project.kept) == (TIME, {}, None)


def test_run(project):
    (run,) = project.runs
    assert (run.id, run.label, run.notes, run.created) == ("run-1", "quick look", "first", TIME)
    assert (run.state, run.reason) == ("stopped", "stopped by the user")
    assert run.config == {"steps": [1, 2], "lambda_i": 0.5, "data": {"1": "cohort"}, "resume": None}
    assert (run.seed, run.versions, run.device, run.wall_time_s) == (7, {"numpy": "2.0"}, "cpu", 12.5)
    check_lens(run.design, z4_um=-26.0)
    check_lens(run.start_design, z4_um=-30.0)
    assert list(run.metrics) == ["severity_mae", "undefined"]
    assert run.metrics["severity_mae"] == 7.25
    assert isnan(run.metrics["undefined"])
    assert run.scores == {"severity/mae": (7.25, 6.5, 8.0)}
    check_arrays(run.curves, {"loss": np.array([[0.0, 1.5], [10.0, 0.75]]), "empty": np.empty((0, 2))})
    track = np.array([[0, 1, 2], [3, 4, 5]], np.float32)
    check_arrays(run.arrays, {"zernike_um/track": track, ".": np.array(255, np.uint8)})
    assert run.kept
    weights = {"stem.0.weight": np.array([[0.5, -0.25]], np.float16), "bias": np.array([1.0], np.float16)}
    check_arrays(run.weights, weights)


def test_evaluation(project):
    (evaluation,) = project.evaluations
    assert (evaluation.id, evaluation.label, evaluation.notes) == ("evaluation/1", "quick grid", "second")
    assert (evaluation.created, evaluation.state, evaluation.reason) == (TIME, "failed", "out of memory")
    assert (evaluation.config, evaluation.seed, evaluation.wall_time_s) == ({"grid": "quick"}, 0, 3.0)
    assert (evaluation.versions, evaluation.device) == ({"scipy": "1.12"}, "cpu")
    assert (evaluation.run_id, evaluation.pair_list_sha256) == ("run-1", "ab" * 32)
    check_lens(evaluation.design, z4_um=-26.0)
    assert evaluation.metrics == {"pairs": 3000.0}
    assert evaluation.scores["clear-clear/A0/sface/auc"] == (0.99, 0.98, 1.0)
    assert [isnan(number) for number in evaluation.scores["detection"]] == [False, True, True]
    check_arrays(evaluation.curves, {"roc": np.array([[0.0, 0.0], [0.5, 0.75], [1.0, 1.0]])})
    check_arrays(evaluation.arrays, {"genuine": np.array([-1, 2], np.int64)})


def test_trial(project):
    (trial,) = project.trials
    assert (trial.id, trial.label, trial.notes, trial.created) == ("0", "trial", "third", TIME)
    assert (trial.state, trial.reason) == ("pruned", "worse than the median")
    assert (trial.config, trial.seed, trial.device) == ({"lambda_i": 2.0}, 3, "cuda:0")
    assert (trial.versions, trial.wall_time_s) == ({"optuna": "4"}, 60.0)
    assert (trial.study, trial.run_id, trial.pinned) == ("front", "run-1", True)
    check_lens(trial.design, z4_um=-26.0)
    assert trial.metrics == {"privacy": 0.52, "utility": 8.0}
    assert trial.scores == {"privacy": (0.52, 0.5, 0.55)}
    check_arrays(trial.curves, {"loss": np.array([[1.0, 2.0]])})
    check_arrays(trial.arrays, {"picture": np.zeros((2, 2, 3), np.uint8)})


def check_lens(design: LensDesign, z4_um: float) -> None:
    assert (design.aperture_diameter_mm, design.sensor_distance_mm, design.object_distance_m) == (3.5, 36.25, 0.75)
    assert design.wavelengths_nm == (650.0, 545.0, 455.0)
    assert design.refractive_indices == (1.5, 1.51, 1.52)
    assert design.zernike_um == (0.0, 0.0, 0.0, z4_um, 0.5, -0.25)
    assert (design.glass, design.ideal) == ("", False)
    sensor = design.sensor
    assert (sensor.pixels, sensor.pitch_um, sensor.noise, sensor.bits) == (512, 5.0, 0.02, 10)
    assert sensor.full_well_electrons == 9000.0


def check_arrays(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    assert list(found) == list(expected)
    for name, array in expected.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array, strict=True)
