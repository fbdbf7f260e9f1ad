from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.gui.docks.live_dock import LiveDock, describe_source
from studio.gui.live import LiveController
from studio.optics.baselines import NONE, Baseline
from studio.project.model import Project
from tests.gui.accessible import unnamed
from tests.gui.fake_pipeline import CLEAR_COLOUR, FakePipeline, live_frame, live_psf


@pytest.fixture
def live(document):
    return LiveController(document, pipeline_factory=FakePipeline)


@pytest.fixture
def pipeline(live):
    return live._pipeline


@pytest.fixture
def dock(document, live, qtbot) -> LiveDock:
    dock = LiveDock(document, live)
    qtbot.addWidget(dock)
    dock.resize(720, 640)
    dock.show()
    return dock


@pytest.fixture
def streaming(dock, live, pipeline, qtbot) -> LiveDock:
    """The dock with a frame in it."""
    with qtbot.waitSignals([live.frame_ready, live.state_changed]):
        pipeline.put_state("streaming", "portrait")
        pipeline.put_frame(live_frame())
    return dock


def shows_clear(dock) -> bool:
    image = dock.grab().toImage()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)[..., 2::-1]
    return bool((np.abs(pixels.astype(int) - CLEAR_COLOUR).max(axis=-1) <= 3).any())


def test_the_default_source_starts_when_first_shown(dock, live, pipeline):
    assert pipeline.sources == ["portrait"]
    assert dock.source.text() == "Portrait"


def test_a_source_asked_for_earlier_stays(document, live, pipeline, qtbot):
    live.set_source("camera:1")
    dock = LiveDock(document, live)
    qtbot.addWidget(dock)
    dock.show()
    assert pipeline.sources == ["camera:1"]
    assert dock.source.text() == "Camera 1"


@pytest.mark.parametrize("mode", ["capture", "side by side", "wipe"])
def test_the_clear_picture_shows_only_while_the_button_is_held(streaming, mode):
    dock = streaming
    dock.mode.buttons[mode].click()
    assert not shows_clear(dock)
    QTest.mousePress(dock.reveal, Qt.MouseButton.LeftButton)
    assert shows_clear(dock)
    QTest.mouseRelease(dock.reveal, Qt.MouseButton.LeftButton)
    assert not shows_clear(dock)


def test_space_reveals_while_held(streaming):
    dock = streaming
    dock.view.setFocus()
    QTest.keyPress(dock.view, Qt.Key.Key_Space)
    assert shows_clear(dock)
    QTest.keyRelease(dock.view, Qt.Key.Key_Space)
    assert not shows_clear(dock)


def test_a_key_let_go_elsewhere_hides_the_clear_picture_too(streaming):
    dock = streaming
    dock.view.setFocus()
    QTest.keyPress(dock.view, Qt.Key.Key_Space)
    dock.distance.field.setFocus()
    assert not dock.view.revealed
    QTest.keyPress(dock.reveal, Qt.Key.Key_Space)
    dock.hide()
    assert not dock.view.revealed


def test_the_clear_picture_is_hidden_when_another_window_becomes_active(streaming, qtbot):
    dock = streaming
    dock.activateWindow()
    dock.view.setFocus()
    qtbot.waitUntil(dock.view.hasFocus)
    QTest.keyPress(dock.view, Qt.Key.Key_Space)
    assert shows_clear(dock)
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: not dock.view.revealed)
    assert not shows_clear(dock)


def test_a_press_that_also_activates_the_window_reveals(streaming, qapp):
    dock = streaming
    QTest.mousePress(dock.reveal, Qt.MouseButton.LeftButton)
    qapp.focusChanged.emit(None, dock.reveal)
    assert dock.view.revealed
    dock.reveal.clearFocus()
    assert not dock.view.revealed


def test_all_controls_have_names(dock):
    assert unnamed(dock) == []


@pytest.mark.parametrize(
    ("phase", "message", "text", "can_retry"),
    [
        ("opening", "opening camera:0", "Opening: opening camera:0", False),
        ("streaming", "camera 0", "Streaming: camera 0", False),
        ("lost", "camera 0 has stopped", "Lost: camera 0 has stopped", True),
        ("retrying", "opening camera:0 again", "Trying again: opening camera:0 again", True),
        ("failed", "camera 9 is not there", "Failed: camera 9 is not there", True),
        ("closed", "", "No source", False),
    ],
)
def test_every_state_of_the_source_has_words(streaming, live, pipeline, qtbot, phase, message, text, can_retry):
    dock = streaming
    pipeline.put_state(phase, message)
    qtbot.waitUntil(lambda: dock.state.text() == text)
    assert dock.retry.isVisible() == can_retry
    assert dock.view.has_picture
    assert (dock.fps.text() == "– fps") == (phase != "streaming")


def test_try_again_opens_the_same_source(streaming, pipeline, qtbot):
    pipeline.put_state("failed", "camera 9 is not there")
    qtbot.waitUntil(streaming.retry.isVisible)
    streaming.retry.click()
    assert pipeline.sources == ["portrait", "portrait"]


def test_the_readouts(streaming):
    assert streaming.fps.text() == "30.0 fps"
    assert streaming.latency.text() == "12 ms"
    assert streaming.dropped.text() == "4 dropped"


def test_sources_from_the_menu(document, dock, pipeline, monkeypatch):
    dock.source_actions["camera:0"].trigger()
    assert pipeline.sources[-1] == "camera:0"
    assert document.view("live.source") == "camera:0"
    assert not document.dirty
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a, **k: ("/clips/talk.mp4", ""))
    dock.source_actions["clip"].trigger()
    assert pipeline.sources[-1] == "clip:/clips/talk.mp4"
    assert dock.source.text() == "talk.mp4"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *a, **k: "")
    dock.source_actions["folder"].trigger()
    assert pipeline.sources[-1] == "clip:/clips/talk.mp4"


def test_distance_noise_and_bits_are_undoable(document, dock, pipeline):
    slider = dock.distance.slider
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 2, 5))
    assert pipeline.settings[-1].draft
    QTest.mouseMove(slider, QPoint(slider.width() - 2, 5))
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 2, 5))
    assert not pipeline.settings[-1].draft
    assert document.design.object_distance_m > 4.0
    assert document.undo_stack.count() == 1
    dock.noise.field.setFocus()
    dock.noise.field.selectAll()
    QTest.keyClicks(dock.noise.field, "2 %")
    QTest.keyClick(dock.noise.field, Qt.Key.Key_Return)
    assert document.design.sensor.noise == 0.02
    QTest.keyClick(dock.bits.slider, Qt.Key.Key_Left)
    assert document.design.sensor.bits == 7
    assert document.undo_stack.count() == 3


def test_a_baseline_takes_the_place_of_the_lens(document, dock, live, pipeline):
    picker = dock.baseline
    place = picker.kind.findData("gaussian")
    picker.kind.setCurrentIndex(place)
    picker.kind.activated.emit(place)
    assert live.baseline == Baseline("gaussian", 6.0)
    picker.strength.setFocus()
    picker.strength.selectAll()
    QTest.keyClicks(picker.strength, "9")
    QTest.keyClick(picker.strength, Qt.Key.Key_Return)
    assert pipeline.settings[-1].baseline == Baseline("gaussian", 9.0)
    assert document.view("live.baseline") == "gaussian:9"
    picker.strength.selectAll()
    QTest.keyClicks(picker.strength, "5000")
    QTest.keyClick(picker.strength, Qt.Key.Key_Return)
    assert live.baseline == Baseline("gaussian", 9.0)
    assert "allowed" in picker.message.text()


def test_freeze(dock, pipeline):
    dock.freeze.click()
    assert pipeline.frozen
    dock.freeze.click()
    assert not pipeline.frozen


def test_the_view_is_kept_in_the_project_and_comes_back(document, dock, live):
    dock.mode.buttons["wipe"].click()
    assert document.view("live.mode") == "wipe"
    assert document.undo_stack.count() == 0
    document.replace_project(Project(view={"live.mode": "side by side", "live.baseline": "pixelate:8"}))
    assert dock.view.mode == dock.mode.choice == "side by side"
    assert live.baseline == Baseline("pixelate", 8.0)
    document.replace_project(Project(view={"live.mode": "upside down", "live.divider": "x", "live.baseline": "??"}))
    assert dock.view.mode == "capture"
    assert dock.view.divider == 0.5
    assert live.baseline == NONE


def test_a_project_neither_switches_on_a_camera_nor_takes_away_a_chosen_source(document, dock, live):
    document.replace_project(Project(view={"live.source": "camera:0"}))
    assert live.source == "portrait"
    document.replace_project(Project(view={"live.source": "clip:/clips/talk.mp4"}))
    assert live.source == "clip:/clips/talk.mp4"
    document.replace_project(Project(view={"live.source": "folder:/pictures"}))
    assert live.source == "clip:/clips/talk.mp4"


def test_what_is_not_the_lens_of_the_document_is_marked(streaming, document, live, pipeline, qtbot):
    dock = streaming
    with qtbot.waitSignal(live.frame_ready):
        pipeline.put_frame(live_frame(draft=True))
    assert dock.view.chips == (("draft", "warning"),)
    with qtbot.waitSignal(live.psf_ready):
        pipeline.put_psf(live_psf(document.design, error="too much memory"))
    assert ("earlier lens", "error") in dock.view.chips
    live.set_baseline(Baseline("defocus", 12.0))
    assert dock.view.chips[0] == ("Defocus disc 12 px, no lens", "text")


def test_sources_in_words():
    assert describe_source("portrait") == "Portrait"
    assert describe_source("camera:2") == "Camera 2"
    assert describe_source("folder:/pictures/of people/") == "of people"
    assert describe_source("") == "No source"


def test_a_new_project_begins_without_the_picture_of_the_one_before(streaming, document):
    assert streaming.view.has_picture
    document.replace_project(Project())
    assert not streaming.view.has_picture
