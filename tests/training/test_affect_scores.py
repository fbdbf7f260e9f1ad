"""How well a run's network reads people it never saw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.project.records import Run
from studio.training import affect_scores as module
from studio.training import data as training_data
from studio.training.affect_scores import affect_scores, training_config
from studio.training.predict import PredictError
from studio.training.run import train
from tests.training.tiny import CLASSES, CONFIG, LENS, UNITS, clips, data, pictures


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Run:
    return train(LENS, CONFIG, data(), tmp_path_factory.mktemp("run"))


@pytest.fixture
def unseen(monkeypatch):
    """People of other numbers than those of the run, whatever is asked for; their clips were learned with."""
    monkeypatch.setattr(module, "load_split", lambda *_: (pictures(first=200, people=6), clips(first=200)))
    monkeypatch.setattr(module, "severities", lambda *_: clips().severity)


def test_every_figure_has_an_interval_and_one_who_never_looks_beside_it(run, unseen):
    scores = affect_scores(run, "tiny")
    assert {"expression_accuracy", "units_r2", "units_r2/jawOpen", "severity_mae", "severity_ccc"} <= set(scores)
    for name in ("expression_accuracy", "severity_mae", "units_r2"):
        assert scores[name].low <= scores[name].value <= scores[name].high
    truth = clips(first=200).severity
    assert scores["constant/severity_mae"].value == pytest.approx(np.abs(truth - truth.mean()).mean())
    labels = pictures(first=200, people=6).expression
    assert scores["constant/expression_accuracy"].value == pytest.approx(np.bincount(labels).max() / len(labels))
    assert "units_r2/browInnerUp" not in scores, "a unit that never moves cannot be read"


def test_equal_seeds_give_equal_scores(run, unseen):
    assert affect_scores(run, "tiny", seed=3) == affect_scores(run, "tiny", seed=3)


def test_a_perfect_reader_is_perfect(run, unseen, monkeypatch):
    truth, other = pictures(first=200, people=6), clips(first=200)

    class Knows:
        class_names, unit_names, size_px, reads_severity = CLASSES, UNITS, CONFIG.size_px, True

        def __init__(self, _run):
            self._said = iter(other.severity)

        def read(self, shown):
            whole = len(shown) == len(truth)
            probability = np.eye(2)[truth.expression] if whole else np.zeros((len(shown), 2))
            return module_readings(probability, truth.units if whole else truth.units[: len(shown)])

        def severity(self, _features):
            return float(next(self._said))

    monkeypatch.setattr(module, "FaceReader", Knows)
    scores = affect_scores(run, "tiny")
    assert scores["expression_accuracy"].value == 1
    assert scores["units_r2"].value == pytest.approx(1)
    assert scores["severity_mae"].value == pytest.approx(0, abs=1e-5)
    assert scores["severity_ccc"].value == pytest.approx(1, abs=1e-5)


def module_readings(probability, units):
    from studio.training.predict import Readings

    return Readings(probability.astype(np.float32), units.astype(np.float32), np.zeros((len(units), 1), np.float32))


def test_data_that_say_nothing_of_it_are_refused_in_one_line(run, monkeypatch):
    monkeypatch.setattr(module, "load_split", lambda *_: (None, None))
    with pytest.raises(PredictError, match="no test people with labels"):
        affect_scores(run, "tiny")


def test_a_run_without_weights_is_refused(run):
    with pytest.raises(PredictError, match="keeps no weights"):
        affect_scores(replace(run, weights={}), "tiny")


def test_the_settings_come_back_from_the_record(run):
    assert training_config(run) == CONFIG


def test_the_test_people_of_the_cohort_are_nobody_that_a_run_sees():
    seen = training_data.load(["cohort"], 32, (3,)).severity
    faces, sessions = training_data.load_split("cohort", 32, "test")
    assert seen is not None
    assert faces is not None
    assert sessions is not None
    assert len(faces) > 100
    assert len(sessions) > 20
    assert not set(sessions.people) & {person for split in seen for person in split.people}
    assert len(training_data.severities("cohort", "train")) == len(seen[0])
