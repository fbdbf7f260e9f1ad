"""The table of trials: sorted by value, filtered, with the selection where it was."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt

from studio.gui.trial_model import TrialFilter, TrialModel
from studio.project.records import Trial
from studio.study.plan import MEASURES

MEASURED = MEASURES["worst_auc"], MEASURES["expression_r2"]
LEAK, WEIGHT = 2, 4
DOWN = Qt.SortOrder.DescendingOrder


def trial(number: int, leak: float | None, weight: float | str) -> Trial:
    metrics = {} if leak is None else {"worst_auc": leak}
    return Trial(id=f"s/{number}", label=f"Trial {number}", metrics=metrics, config={"weight": weight})


@pytest.fixture
def model(qapp) -> TrialModel:
    model = TrialModel()
    model.show_trials([trial(1, 0.9, 10.0), trial(2, None, 9.0), trial(3, 0.55, 100.0), trial(4, 0.7, "off")], MEASURED)
    return model


def order(model: TrialModel) -> list[str]:
    return [model.trial(row).id[-1] for row in range(model.rowCount())]


def test_values_are_sorted_as_numbers_and_what_is_missing_comes_last(model):
    model.sort(WEIGHT)
    assert order(model) == ["2", "1", "3", "4"]
    model.sort(LEAK)
    assert order(model) == ["3", "4", "1", "2"]
    model.sort(LEAK, DOWN)
    assert order(model) == ["1", "4", "3", "2"]


def test_names_are_sorted_by_their_numbers_pinned_or_not(model):
    trials = [trial(10, 0.9, 1.0), replace(trial(2, 0.9, 1.0), pinned=True), trial(9, 0.9, 1.0)]
    model.show_trials(trials, MEASURED)
    assert [model.index(row, 0).data() for row in range(3)] == ["★ Trial 2", "Trial 9", "Trial 10"]


def test_trials_that_come_later_are_sorted_too(model):
    model.sort(LEAK)
    model.show_trials([trial(5, 0.8, 1.0), trial(6, 0.6, 1.0)], MEASURED)
    assert order(model) == ["6", "5"]


def test_a_column_that_is_gone_sorts_nothing_until_it_is_back(model):
    model.sort(WEIGHT + 3, DOWN)  # the last one
    model.sort(WEIGHT)
    others = [Trial(id="s/8", label="Trial 8"), Trial(id="s/7", label="Trial 7")]
    model.show_trials(others, MEASURED)
    assert order(model) == ["7", "8"]
    model.show_trials([trial(4, None, 1.0), trial(5, None, 0.5)], MEASURED)
    assert order(model) == ["5", "4"]
    model.sort(model.columnCount() - 1)
    model.show_trials(others, MEASURED)
    assert model.rowCount() == 2


def test_what_is_selected_moves_with_its_trial(model):
    chosen = QPersistentModelIndex(model.index(0, LEAK))
    model.sort(LEAK)
    assert (model.trial(chosen.row()).id, chosen.column()) == ("s/1", LEAK)


def test_the_filter_keeps_the_order_and_sorts_what_is_below_it(model):
    rows = TrialFilter(model)
    rows.keep(["s/1", "s/3", "s/4"])
    rows.sort(LEAK, DOWN)
    assert [rows.index(row, 0).data() for row in range(rows.rowCount())] == ["Trial 1", "Trial 4", "Trial 3"]
    rows.keep(None)
    assert rows.rowCount() == 4
