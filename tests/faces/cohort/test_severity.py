"""The simulated severity: readable from the true tracks, and nobody's property."""

from __future__ import annotations

import numpy as np
import pytest

from studio.faces.cohort.face_units import FACE_UNITS
from studio.faces.cohort.generate import session_seed
from studio.faces.cohort.scene import Pose, draw_pose
from studio.faces.cohort.severity import HIGHEST, Track, act, draw_severity, track_features

FRAMES, RATE = 40, 8.0


def degrees(track: Track) -> np.ndarray:
    return np.array([[pose.yaw_deg, pose.pitch_deg, pose.roll_deg] for pose in track.poses])


def test_a_track_has_every_unit_in_range_and_a_pose_a_frame() -> None:
    track = act(30, FRAMES, RATE, np.random.default_rng(0), Pose())
    assert track.units.shape == (FRAMES, len(FACE_UNITS))
    assert ((track.units >= 0) & (track.units <= 1)).all()
    assert len(track.poses) == FRAMES


@pytest.mark.parametrize(("severity", "frames"), [(-1, 10), (64, 10), (5, 0)])
def test_bad_requests_are_named(severity: int, frames: int) -> None:
    with pytest.raises(ValueError, match=r"severity|frame"):
        act(severity, frames, RATE, np.random.default_rng(0), Pose())


def test_higher_values_smile_and_move_less_and_lower_the_lids() -> None:
    def mean(severity: int, unit: str) -> float:
        tracks = [act(severity, FRAMES, RATE, np.random.default_rng(seed), Pose()) for seed in range(30)]
        return float(np.mean([track.units[:, FACE_UNITS.index(unit)].mean() for track in tracks]))

    assert mean(5, "mouthSmileLeft") > 2 * mean(58, "mouthSmileLeft")
    assert mean(58, "eyeBlinkLeft") > 2 * mean(5, "eyeBlinkLeft")
    tracks = [act(severity, FRAMES, RATE, np.random.default_rng(1), Pose()) for severity in (5, 58)]
    sway = [degrees(track).std(axis=0).mean() for track in tracks]
    assert sway[0] > 1.5 * sway[1]


def test_it_tells_nothing_about_who_it_is() -> None:
    first, second = (
        [draw_severity(np.random.default_rng([session_seed(seed, session), 10])) for seed in range(400)]
        for session in (10, 11)
    )
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.15


def test_a_linear_model_on_true_tracks_reads_it_within_four_points() -> None:
    features, values = [], []
    for seed in range(150):
        rng = np.random.default_rng([seed, 10])
        severity = draw_severity(rng)
        track = act(severity, FRAMES, RATE, rng, draw_pose(seed))
        features.append(track_features(track.units, degrees(track)))
        values.append(severity)
    x, y = np.array(features), np.array(values, dtype=float)
    x = (x - x.mean(axis=0)) / (x.std(axis=0) + 1e-6)
    errors = []
    for fold in range(5):
        test = np.arange(len(y)) % 5 == fold
        centre = y[~test].mean()
        weights = np.linalg.solve(x[~test].T @ x[~test] + 10 * np.eye(x.shape[1]), x[~test].T @ (y[~test] - centre))
        errors.append(np.abs(np.clip(x[test] @ weights + centre, 0, HIGHEST) - y[test]))
    assert np.concatenate(errors).mean() <= 4
    assert np.abs(y - np.median(y)).mean() > 10  # the constant predictor does far worse
