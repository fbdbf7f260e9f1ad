"""The docks beside the table: curves and faces of the evaluation that is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt

from studio.gui.docks.privacy_curves_dock import PrivacyCurvesDock
from studio.gui.docks.privacy_faces_dock import CAPTURED, CLEAR, RECONSTRUCTED, PrivacyFacesDock
from studio.gui.evaluations import Evaluations
from studio.gui.privacy_curves import DET, ROC, drawables, recognisers
from tests.evaluation.made import PEOPLE, made_evaluation
from tests.gui.accessible import unnamed

CLEAR_CELL = "evaluation-1/clear-clear/A0/sface"
WORST_CELL = "evaluation-1/reconstructed-clear/A3 wiener/sface"


@pytest.fixture
def evaluations(document, jobs):
    return Evaluations(document, jobs)


@pytest.fixture
def curves(qtbot, document, evaluations):
    dock = PrivacyCurvesDock(document, evaluations)
    qtbot.addWidget(dock)
    dock.resize(600, 400)
    dock.show()
    return dock


@pytest.fixture
def faces(qtbot, evaluations):
    dock = PrivacyFacesDock(evaluations)
    qtbot.addWidget(dock)
    dock.resize(600, 400)
    dock.show()
    yield dock
    assert dock.stop()


def drawn(dock: PrivacyCurvesDock) -> list[str]:
    return [name for name in dock.plot.curves if name != "chance"]


def test_the_recogniser_of_the_worst_attacker_comes_first() -> None:
    assert recognisers(made_evaluation()) == ["sface", "dlib"]


def test_roc_of_the_lens_its_upper_bound_and_what_stood_in_its_place(document, curves) -> None:
    document.add_records([made_evaluation()])
    assert CLEAR_CELL in drawn(curves)
    assert WORST_CELL in drawn(curves)
    assert not any("noise:" in name or "dlib" in name for name in drawn(curves))
    curve = curves.plot.curves[WORST_CELL]
    assert (curve.low <= curve.y).all()
    assert (curve.high > curve.low).any()


def test_a_tick_draws_a_curve(document, curves) -> None:
    document.add_records([made_evaluation()])
    beside = next(
        curves.list.item(row) for row in range(curves.list.count()) if "gaussian:4" in curves.list.item(row).text()
    )
    assert beside.checkState() == Qt.CheckState.Unchecked  # another scenario than the worst one
    beside.setCheckState(Qt.CheckState.Checked)
    assert "evaluation-1/gaussian:4:captured-clear/A0/sface" in drawn(curves)


def test_det_is_the_other_side_of_roc() -> None:
    record = made_evaluation()
    det = {curve.key: curve for curve in drawables(record, (), DET, "sface")}
    for curve in drawables(record, (), ROC, "sface"):
        np.testing.assert_allclose(det[curve.key].y, 1 - curve.y)
        np.testing.assert_allclose(det[curve.key].high, 1 - curve.low)


def test_sweeps_have_a_segment_each(qtbot, document, curves) -> None:
    document.add_records([made_evaluation()])
    qtbot.mouseClick(curves.kind.buttons["noise"], Qt.MouseButton.LeftButton)
    (name,) = drawn(curves)
    assert curves.plot.curves[name].x.tolist() == [0.0, 0.05]
    document.add_records([replace(made_evaluation(), scores={"captured-clear/A0/sface/auc": (0.5, 0.4, 0.6)})])
    assert drawn(curves) == []
    assert "one sensor" in curves.plot.accessibleDescription()


def test_another_evaluation_of_the_same_pairs_lies_beside(document, curves) -> None:
    same = made_evaluation(id="blur", label="Blur", design=None)
    other = made_evaluation(id="other", pair_list_sha256="cd" * 32)
    document.add_records([same, other, made_evaluation()])
    keys = [curves.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(curves.list.count())]
    assert any(key.startswith("blur/") for key in keys)
    assert not any(key.startswith("other/") for key in keys)
    assert not any(name.startswith("blur/") for name in drawn(curves))


def test_curves_of_another_lens_say_so(document, curves) -> None:
    document.add_records([made_evaluation()])
    assert curves.stale.isVisible()
    document.edit_design(made_evaluation().design, "Load")
    assert not curves.stale.isVisible()


def test_without_an_evaluation_both_docks_say_what_to_do(curves, faces) -> None:
    assert "Press Evaluate" in curves.plot.accessibleDescription()
    assert "Press Evaluate" in faces.strip.accessibleDescription()


def test_every_control_has_a_name(document, curves, faces) -> None:
    document.add_records([made_evaluation()])
    assert unnamed(curves.widget()) == []
    assert unnamed(faces.widget()) == []


# Faces


def write_faces(root: Path, count: int) -> None:
    for number in range(count):
        (root / f"p{number // 2}").mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(root / f"p{number // 2}" / f"{number:03d}.png"), np.full((24, 20, 3), number, np.uint8))


def rows(dock: PrivacyFacesDock) -> dict[str, int]:
    return {row.name: len(row.images) for row in dock.strip.rows}


def test_clear_faces_are_read_while_the_button_is_held_and_then_forgotten(qtbot, document, faces, tmp_path) -> None:
    write_faces(tmp_path / "faces", 40)
    document.add_records([made_evaluation(config={"data": f"folder:{tmp_path / 'faces'}"})])
    assert rows(faces) == {CLEAR: 0, CAPTURED: PEOPLE, RECONSTRUCTED: PEOPLE}
    qtbot.mousePress(faces.reveal, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: rows(faces)[CLEAR] == PEOPLE)
    shown = [image.pixelColor(5, 5).red() for image in faces.strip.rows[0].images]
    assert shown == [3, 14, 25, 36]
    qtbot.mouseRelease(faces.reveal, Qt.MouseButton.LeftButton)
    assert rows(faces)[CLEAR] == 0
    assert faces._clear == []


def test_data_that_are_gone_are_one_line(qtbot, document, faces, tmp_path) -> None:
    document.add_records([made_evaluation(config={"data": f"folder:{tmp_path / 'gone'}"})])
    qtbot.mousePress(faces.reveal, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "gone" in faces.strip.rows[0].instead)
    qtbot.mouseRelease(faces.reveal, Qt.MouseButton.LeftButton)
    assert "Hold" in faces.strip.rows[0].instead


def test_synthetic_people_are_kept_and_shown(document, faces) -> None:
    record = made_evaluation()
    clear = {"strip/clear": record.arrays["strip/captured"]}
    document.add_records([replace(record, arrays={**record.arrays, **clear})])
    assert rows(faces)[CLEAR] == PEOPLE
    assert not faces.reveal.isVisible()
    assert "Synthetic" in faces.words.text()
