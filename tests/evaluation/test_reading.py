from __future__ import annotations

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from studio.evaluation import reading, tables
from studio.evaluation.bootstrap import Interval
from tests.evaluation.made import CELLS, PEOPLE, made_evaluation


def test_every_cell_is_read_with_its_control_and_figures() -> None:
    found = {cell.name: cell for cell in reading.cells(made_evaluation())}
    assert set(found) == set(CELLS)
    control = found["gaussian:4:captured-clear/A0/sface"]
    assert (control.control, control.scenario, control.attacker, control.recogniser) == (
        "gaussian:4", "captured-clear", "A0", "sface",
    )  # fmt: skip
    assert found["reconstructed-clear/A3 wiener/sface"].figures == {"eer": 0.2}
    assert found["captured-clear/A0/sface"].auc == Interval(0.52, 0.50, 0.54)


def test_an_attacker_may_have_a_stroke_in_its_name() -> None:
    record = made_evaluation(scores={"captured-clear/A1/whole/sface/auc": (0.6, 0.5, 0.7), "loss": (1, 1, 1)})
    (cell,) = reading.cells(record)
    assert (cell.attacker, cell.recogniser) == ("A1/whole", "sface")


def test_the_worst_attacker_is_one_against_this_lens() -> None:
    found = reading.worst(reading.cells(made_evaluation()))
    assert found is not None
    assert found.name == "reconstructed-clear/A3 wiener/sface"  # neither clear, control nor sweep, all of them higher


def test_nothing_attacked_nothing_claimed() -> None:
    record = made_evaluation(scores={"clear-clear/A0/sface/auc": (0.99, 0.98, 1.0)})
    assert reading.worst(reading.cells(record)) is None
    assert reading.headline(record) == "Nothing has attacked this lens yet."


def test_the_headline_names_attacker_interval_and_sensor() -> None:
    said = reading.headline(made_evaluation())
    assert "A3 wiener with sface, reconstructed against clear" in said
    assert "0.880 [0.850, 0.910] (noise 0.01, 8 bits)" in said
    assert "better than chance" in said


@pytest.mark.parametrize(
    ("auc", "says"),
    [
        (Interval(0.5, 0.48, 0.54), "As good as chance"),
        (Interval(0.52, 0.49, 0.55), "cannot be ruled out"),
        (Interval(0.9, 0.88, 0.92), "does better"),
        (Interval(0.5, float("nan"), float("nan")), "Without an interval"),
    ],
)
def test_equivalence_rests_on_the_whole_interval(auc: Interval, says: str) -> None:
    assert says in reading.equivalence(auc)


def test_curves_come_with_their_bands() -> None:
    record = made_evaluation()
    cell = reading.worst(reading.cells(record))
    assert cell is not None
    curve = reading.roc(record, cell)
    assert curve is not None
    assert (curve.low <= curve.tmr).all()
    assert (curve.tmr <= curve.high).all()
    assert (curve.low < curve.tmr).any()
    bare = replace(record, curves={f"{cell.name}/roc": record.curves[f"{cell.name}/roc"]})
    alone = reading.roc(bare, cell)
    assert alone is not None
    assert (alone.low == alone.tmr).all()
    assert reading.roc(replace(record, curves={}), cell) is None


def test_sweeps_are_sorted_by_their_value() -> None:
    found = reading.cells(made_evaluation())
    (points,) = reading.sweep(found, reading.NOISE).values()
    assert [value for value, _ in points] == [0.0, 0.05]
    assert list(reading.sweep(found, reading.BITS)) == ["reconstructed-clear/A3 wiener/sface"]


def test_the_strip_has_no_clear_picture_unless_it_was_kept() -> None:
    record = made_evaluation()
    kept = reading.strip(record)
    assert kept is not None
    assert kept.clear is None
    assert kept.numbers.tolist() == [3, 14, 25, 36]
    assert len(kept.captured) == PEOPLE


@pytest.mark.parametrize("bad", [np.zeros((2, 3)), np.zeros((1, 4, 4, 3)), np.zeros((0, 4, 4, 3), np.uint8)])
def test_a_strip_of_another_shape_is_none(bad) -> None:
    assert reading.strip(made_evaluation(arrays={"strip/captured": bad})) is None


def test_csv_has_a_row_a_cell_and_says_where_it_comes_from() -> None:
    text = tables.to_csv(made_evaluation(notes="two\nlines"))
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert comments[0] == f"# {reading.NOTICE}"
    assert any("data: orl" in line for line in comments)
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    assert len(rows) == len(CELLS)
    assert rows[4]["auc"] == "0.88"
    assert rows[4]["eer"] == "0.2"


def test_json_holds_no_number_that_json_does_not_know() -> None:
    record = made_evaluation(scores={"captured-clear/A0/sface/auc": (0.5, float("nan"), float("nan"))})
    read = json.loads(tables.to_json(record), parse_constant=pytest.fail)
    assert read["scores"]["captured-clear/A0/sface/auc"] == [0.5, None, None]
    assert read["worst"]["cell"] == "captured-clear/A0/sface"
    assert read["notice"] == reading.NOTICE
    assert "arrays" not in read
