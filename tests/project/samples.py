"""A project with every field filled, and a comparison that looks into the arrays."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import numpy as np

from studio.optics.lens import LensDesign, Sensor
from studio.project.model import DataReference, Edit, Project, Variant
from studio.project.records import Evaluation, Run, Trial

LENS = LensDesign(
    aperture_diameter_mm=3.5,
    sensor_distance_mm=36.25,
    wavelengths_nm=(650.0, 545.0, 455.0),
    refractive_indices=(1.5, 1.51, 1.52),
    zernike_um=(0.0, 0.0, 0.0, -26.0, 0.5, -0.25),
    object_distance_m=0.75,
    sensor=Sensor(pixels=512, pitch_um=5.0, noise=0.02, bits=10, full_well_electrons=9000.0),
)
START = LENS.with_zernike(4, -30.0)
TIME = "2026-01-02T03:04:05Z"


def full_project() -> Project:
    """Every group of the file filled with fixed values."""
    run = Run(
        id="run-1",
        label="quick look",
        notes="first",
        created=TIME,
        state="stopped",
        reason="stopped by the user",
        design=LENS,
        start_design=START,
        config={"steps": [1, 2], "lambda_i": 0.5, "data": {"1": "cohort"}, "resume": None},
        seed=7,
        versions={"numpy": "2.0"},
        device="cpu",
        wall_time_s=12.5,
        metrics={"severity_mae": 7.25, "undefined": float("nan")},
        scores={"severity/mae": (7.25, 6.5, 8.0)},
        curves={"loss": np.array([[0, 1.5], [10, 0.75]]), "empty": np.empty((0, 2))},
        arrays={"zernike_um/track": np.arange(6, dtype=np.float32).reshape(2, 3), ".": np.uint8(255)},
        kept=True,
        weights={"stem.0.weight": np.array([[0.5, -0.25]], np.float16), "bias": np.array([1.0])},
    )
    evaluation = Evaluation(
        id="evaluation/1",
        label="quick grid",
        notes="second",
        created=TIME,
        state="failed",
        reason="out of memory",
        design=LENS,
        config={"grid": "quick"},
        seed=0,
        versions={"scipy": "1.12"},
        device="cpu",
        wall_time_s=3.0,
        metrics={"pairs": 3000.0},
        scores={"clear-clear/A0/sface/auc": (0.99, 0.98, 1.0), "detection": (0.5, float("nan"), float("nan"))},
        curves={"roc": np.array([[0, 0], [0.5, 0.75], [1, 1]])},
        arrays={"genuine": np.array([-1, 2], np.int64)},
        run_id="run-1",
        pair_list_sha256="ab" * 32,
    )
    trial = Trial(
        id="0",
        label="trial",
        notes="third",
        created=TIME,
        state="pruned",
        reason="worse than the median",
        design=LENS,
        config={"lambda_i": 2.0},
        seed=3,
        versions={"optuna": "4"},
        device="cuda:0",
        wall_time_s=60.0,
        metrics={"privacy": 0.52, "utility": 8.0},
        scores={"privacy": (0.52, 0.5, 0.55)},
        curves={"loss": np.array([[1, 2]])},
        arrays={"picture": np.zeros((2, 2, 3), np.uint8)},
        study="front",
        run_id="run-1",
        pinned=True,
    )
    return Project(
        design=LENS,
        variants=(Variant("début", START, "kept for comparison", TIME),),
        history=(Edit("New project", TIME), Edit("Change defocus", TIME)),
        runs=(run,),
        evaluations=(evaluation,),
        trials=(trial,),
        data=(DataReference("celeba:/data/celeba", "/data/celeba", "cd" * 32, "train", "official split"),),
        view={"psf.log": True, "depths_m": [0.33, 2.0]},
        notes="Line one\nline two: 顔",
        created=TIME,
    )


def same(a: object, b: object) -> bool:
    """Whether two values are equal through and through: types of arrays, NaN, order of dictionaries."""
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if is_dataclass(a):
        return type(a) is type(b) and all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and (a == b or (a != a and b != b))
