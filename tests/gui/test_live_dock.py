from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.capture.replay import Place
from studio.capture.sources import DEFAULT_SOURCE
from studio.capture.wall import WALL
from studio.faces.pictures import VIDEO_SUFFIXES
from studio.gui.docks.live_dock import NO_PROJECT, LiveDock
from studio.gui.docks.source_button import describe_source
from studio.gui.live import LiveController
from studio.optics.baselines import NONE, Baseline
from studio.project.model import Project
from tests.gui.accessible import unnamed
from tests.gui.fake_pipeline import CAPTURE_COLOUR, CLEAR_COLOUR, FakePipeline, live_frame, live_psf


@pytest.fixture
def live(document):
    live = LiveController(document, pipeline_factory=FakePipeline)
    yield live
    live.stop()


@pytest.fixture
def pipeline(live):
    return live._pipeline


@pytest.fixture
def dock(document, live, qtbot) -> LiveDock:
    dock = LiveDock(document, live)
    qtbot.addWidget(dock)
    dock.resize(720, 640)
    dock.show()
    document.replace_project(Project())
    return dock


@pytest.fixture
def streaming(dock, document, live, pipeline, qtbot) -> LiveDock:
    """The dock with a frame in it."""
    with qtbot.waitSignals([live.frame_ready, live.state_changed]):
        pipeline.put_state("streaming", DEFAULT_SOURCE)
        pipeline.put_frame(live_frame(revision=document.revision))
    return dock


def shows_clear(dock) -> bool:
    image = dock.grab().toImage()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)[..., 2::-1]
    return bool((np.abs(pixels.astype(int) - CLEAR_COLOUR).max(axis=-1) <= 3).any())


def test_the_default_source_starts_with_the_first_project(dock, live, pipeline):
    assert pipeline.sources == [DEFAULT_SOURCE]
    assert dock.source.text() == "Synthetic person"


def test_a_source_asked_for_earlier_stays(document, live, pipeline, qtbot):
    live.set_source("camera:1")
    dock = LiveDock(document, live)
    qtbot.addWidget(dock)
    dock.show()
    document.replace_project(Project())
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
    qtbot.waitUntil(lambda: dock.status.state.text() == text)
    assert dock.status.retry.isVisible() == can_retry
    assert dock.view.has_picture
    assert dock.status.fps.isVisible() == (phase == "streaming")


def test_what_is_the_matter_is_said_once(dock, document, live, pipeline, qtbot):
    messages = []
    dock.view.set_message = lambda *message: messages.append(message)
    pipeline.put_state("failed", "camera 9 is not there")
    qtbot.waitUntil(lambda: dock.status.state.text() == "Failed")
    assert "camera 9 is not there" in messages[-1][1]
    assert dock.status.state.toolTip() == "Failed: camera 9 is not there"


def test_try_again_opens_the_same_source(streaming, pipeline, qtbot):
    pipeline.put_state("failed", "camera 9 is not there")
    qtbot.waitUntil(streaming.status.retry.isVisible)
    streaming.status.retry.click()
    assert pipeline.sources == [DEFAULT_SOURCE, DEFAULT_SOURCE]


def test_the_readouts(streaming):
    assert streaming.status.fps.text() == "30.0 fps"
    assert streaming.status.latency.text() == "12 ms"
    assert streaming.status.dropped.text() == "4 dropped"


def test_sources_from_the_menu(document, dock, pipeline, monkeypatch):
    dock.source.actions_by_source["camera:0"].trigger()
    assert pipeline.sources[-1] == "camera:0"
    assert document.view("live.source") == "camera:0"
    assert not document.dirty
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a, **k: ("/clips/talk.mp4", ""))
    dock.source.actions_by_source["clip"].trigger()
    assert pipeline.sources[-1] == "clip:/clips/talk.mp4"
    assert dock.source.text() == "talk.mp4"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *a, **k: "")
    dock.source.actions_by_source["folder"].trigger()
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
    dock.transport.freeze.click()
    assert pipeline.frozen
    dock.transport.freeze.click()
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
    assert live.source == DEFAULT_SOURCE
    document.replace_project(Project(view={"live.source": "clip:/clips/talk.mp4"}))
    assert live.source == "clip:/clips/talk.mp4"
    document.replace_project(Project(view={"live.source": "folder:/pictures"}))
    assert live.source == "clip:/clips/talk.mp4"


def test_what_is_not_the_lens_of_the_document_is_marked(streaming, document, live, pipeline, qtbot):
    dock = streaming
    with qtbot.waitSignal(live.frame_ready):
        pipeline.put_frame(live_frame(draft=True, revision=document.revision))
    assert dock.view.chips == (("draft", "warning"),)
    with qtbot.waitSignal(live.psf_ready):
        pipeline.put_psf(live_psf(document.design, error="too much memory"))
    assert ("earlier lens", "error") in dock.view.chips
    live.set_baseline(Baseline("defocus", 12.0))
    assert dock.view.chips[0] == ("Defocus disc 12 px, no lens", "text")


def test_sources_in_words():
    assert describe_source("cohort") == "Synthetic person"
    assert describe_source("portrait") == "Portrait"
    assert describe_source("camera:2") == "Camera 2"
    assert describe_source("folder:/pictures/of people/") == "of people"
    assert describe_source("") == "No source"


def test_a_new_project_begins_without_the_picture_of_the_one_before(streaming, document):
    assert streaming.view.has_picture
    document.replace_project(Project())
    assert not streaming.view.has_picture


# A face is never shown without the lens of a project


def test_without_a_project_nothing_is_captured_and_the_dock_says_what_to_do(document, live, pipeline, qtbot):
    dock = LiveDock(document, live)
    qtbot.addWidget(dock)
    dock.resize(720, 640)
    messages = []
    dock.view.set_message = lambda *message: messages.append(message)
    dock.show()
    dock.source.actions_by_source["camera:0"].trigger()
    assert not pipeline.started
    assert pipeline.sources == []
    dock._show_state(live.state)
    assert messages[-1] == NO_PROJECT
    document.replace_project(Project())
    assert pipeline.sources == ["camera:0"]
    assert messages[-1][0] == "No source"


def test_space_on_the_source_button_opens_its_menu(streaming, qtbot):
    dock = streaming
    dock.activateWindow()
    dock.source.setFocus()
    qtbot.waitUntil(dock.source.hasFocus)
    QTest.keyPress(dock.source, Qt.Key.Key_Space)
    assert dock.source.menu().isVisible()
    assert not dock.view.revealed
    dock.source.menu().close()


def test_space_reveals_on_the_picture_only(streaming):
    dock = streaming
    dock.status.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # something that has no use for Space itself
    dock.status.setFocus()
    QTest.keyPress(dock.status, Qt.Key.Key_Space)
    assert not dock.view.revealed


def test_every_video_that_can_be_played_can_be_chosen(dock, monkeypatch):
    offered = []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a, **k: (offered.append(a[3]), ("", ""))[1])
    dock.source.actions_by_source["clip"].trigger()
    assert set(VIDEO_SUFFIXES) == {p.removeprefix("*") for p in offered[0].split("(")[1].split(")")[0].split()}


# Zoom


def test_both_halves_are_enlarged_alike_and_the_zoom_is_kept(streaming, document):
    dock = streaming
    left_green = np.zeros((48, 64, 3), np.uint8)
    left_green[:, :32] = (0, 255, 0)
    dock.view.set_frames(left_green, left_green)
    dock.mode.buttons["side by side"].click()
    dock.view.setFocus()
    dock._reveal()

    def share_of_green() -> tuple[float, float]:
        image = dock.view.grab().toImage()
        pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)[..., :3]
        green = (pixels == (0, 255, 0)).all(axis=-1)
        return green[:, : image.width() // 2].mean(), green[:, image.width() // 2 :].mean()

    whole = share_of_green()
    assert whole[0] == pytest.approx(whole[1], rel=0.1)
    for _ in range(3):
        QTest.keyClick(dock.view, Qt.Key.Key_Plus)
    QTest.keyClick(dock.view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    for _ in range(20):
        QTest.keyClick(dock.view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    left = share_of_green()
    assert left[0] > 1.5 * whole[0]
    assert left[0] == pytest.approx(left[1], rel=0.1)
    factor, x, _ = document.view("live.zoom")
    assert (factor, x) == (dock.view.zoom.factor, dock.view.zoom.x)
    QTest.keyClick(dock.view, Qt.Key.Key_0)
    assert document.view("live.zoom")[0] == 1.0
    assert document.undo_stack.count() == 0


# The wall


def test_the_wall_shows_every_blur_and_the_clear_picture_only_while_held(streaming, live, qtbot):
    dock = streaming
    with qtbot.waitSignal(live.wall.ready):
        dock.mode.buttons["wall"].click()
    assert dock.wall.isVisible()
    assert len(dock.wall.pictures) == 7
    assert not shows_clear_exactly(dock.wall.clear)
    dock._reveal()
    assert shows_clear_exactly(dock.wall.clear)
    dock._conceal()
    assert not shows_clear_exactly(dock.wall.clear)


def shows_clear_exactly(widget) -> bool:
    image = widget.grab().toImage()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)[..., 2::-1]
    return bool((pixels == CLEAR_COLOUR).all(axis=-1).any())


def test_strengths_on_the_wall_are_kept_in_the_project(streaming, document, live, qtbot):
    dock = streaming
    with qtbot.waitSignal(live.wall.ready):
        dock.mode.buttons["wall"].click()
    field = dock.wall.fields[1]
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "7.5")
    with qtbot.waitSignal(live.wall.ready):
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert live.wall.baselines[1] == Baseline("gaussian", 7.5)
    assert document.view("live.wall")[1] == "gaussian:7.5"
    pixels = dock.wall.fields[0]
    pixels.setFocus()
    pixels.selectAll()
    QTest.keyClicks(pixels, "8.5")
    QTest.keyClick(pixels, Qt.Key.Key_Return)
    assert "whole number" in pixels.toolTip()
    assert live.wall.baselines[0] == WALL[0]
    document.replace_project(Project(view={"live.wall": ["gaussian:1"], "live.mode": "wall"}))
    assert live.wall.baselines == WALL


def test_a_wall_that_is_not_seen_renders_nothing(streaming, live, document, pipeline, qtbot):
    dock = streaming
    with qtbot.waitSignal(live.wall.ready):
        dock.mode.buttons["wall"].click()
    dock.hide()
    made = []
    live.wall._render = lambda *a: made.append(a)
    with qtbot.waitSignal(live.frame_ready):
        pipeline.put_frame(live_frame(revision=document.revision))
    assert made == []


# Recorded sources, recordings


def recorded(document, number, length=100, stride=1):
    return live_frame(revision=document.revision, number=number, place=Place(number, length, stride, 25.0))


def test_a_recorded_source_has_a_position_and_steps(streaming, document, live, pipeline, qtbot):
    dock, bar = streaming, streaming.transport
    assert not bar.position.isVisible()
    with qtbot.waitSignal(live.frame_ready):
        pipeline.put_frame(recorded(document, 50))
    assert bar.position.isVisible()
    assert bar.time.text() == "0:02.0 / 0:04.0"
    bar.forward.click()
    assert pipeline.frozen
    assert pipeline.transport.next(50, 100, 1) == 51
    dock.view.setFocus()
    QTest.keyClick(dock.view, Qt.Key.Key_Comma)
    assert pipeline.transport.next(51, 100, 1) == 50
    bar.loop.click()
    assert not pipeline.transport.loop
    bar.position.setFocus()
    QTest.keyClick(bar.position, Qt.Key.Key_End)
    assert pipeline.transport.next(50, 100, 1) == 99
    with qtbot.waitSignal(live.frame_ready):
        pipeline.put_frame(recorded(document, 90, 360, 90))
    assert bar.time.text() == "2 / 4"


def choose(monkeypatch, place: Path) -> None:
    """The user's answer to the question where."""
    monkeypatch.setattr("studio.gui.docks.transport_bar.choose_place", lambda *a: place)


def test_recording_from_the_dock(streaming, document, live, pipeline, qtbot, tmp_path, monkeypatch):
    bar, target = streaming.transport, tmp_path / "take.mkv"
    choose(monkeypatch, target)
    bar.record.click()
    assert live.recording.active
    assert "●" in bar.taken.text()
    with qtbot.waitSignal(live.frame_ready):
        pipeline.put_frame(live_frame(revision=document.revision))
    with qtbot.waitSignal(streaming.told) as said:
        bar.record.click()
    assert target.is_file()
    assert bar.taken.text() == ""
    assert "Recorded take.mkv" in said.args[0]
    assert said.args[1] == "success"


def test_a_place_that_cannot_be_recorded_to_is_told(streaming, live, qtbot, tmp_path, monkeypatch):
    choose(monkeypatch, tmp_path / "no" / "a.mp4")
    with qtbot.waitSignal(streaming.told) as said:
        streaming.transport.record.click()
    assert not live.recording.active
    assert "does not exist" in said.args[0]


def test_a_still_of_the_capture(streaming, live, qtbot, tmp_path, monkeypatch):
    choose(monkeypatch, tmp_path / "face.png")
    with qtbot.waitSignal(streaming.told) as said:
        streaming.transport.still.click()
    assert (cv2.imread(str(tmp_path / "face.png"))[..., ::-1] == CAPTURE_COLOUR).all()
    assert said.args == ["Saved face.png.", "success"]


def test_consent_is_off_at_first_asked_for_and_seen_while_it_is_on(streaming, live, qtbot):
    switch = streaming.transport.consent
    assert not switch.isChecked()
    with qtbot.waitSignal(switch.wanted):
        switch.click()
    assert not switch.isChecked()  # nobody has agreed yet
    assert not live.recording.consent
    live.recording.set_consent(True)
    assert switch.isChecked()
    assert ("clear faces may be recorded", "error") in streaming.view.chips
    switch.click()
    assert not live.recording.consent
    assert streaming.view.chips == ()


def test_the_row_below_the_picture_stays_where_it_is(streaming, live, qtbot, tmp_path, monkeypatch):
    choose(monkeypatch, tmp_path / "no" / "a.mp4")
    before = streaming.transport.geometry()
    with qtbot.waitSignal(streaming.told):
        streaming.transport.record.click()
    assert streaming.transport.geometry() == before
