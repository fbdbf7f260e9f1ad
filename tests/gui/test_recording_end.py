"""Closing the window while the capture is being recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.gui.main_window import MainWindow
from studio.gui.settings import Settings
from studio.optics.presets import preset
from studio.project.model import Project
from tests.gui.conftest import ScriptedDialogs


@pytest.fixture
def recording(settings: Settings, qtbot, tmp_path: Path):
    """A window that records into `a.mkv`."""
    window = MainWindow(settings, ScriptedDialogs)
    window.show()
    with qtbot.waitSignal(window.live.frame_ready, timeout=20_000):
        window.document.replace_project(Project(design=preset("defocus-disc")))
    window.live.recording.start(tmp_path / "a.mkv")
    yield window
    window.dialogs.recording = "discard"
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    window.deleteLater()


@pytest.mark.parametrize(("answer", "kept"), [("keep", True), ("discard", False)])
def test_the_recording_is_finished_or_discarded_before_the_window_closes(recording, qtbot, tmp_path, answer, kept):
    recording.dialogs.recording = answer
    recording.close()
    qtbot.waitUntil(lambda: not recording.isVisible(), timeout=10_000)
    assert recording.dialogs.asked == ["recording"]
    assert [p.name for p in tmp_path.iterdir() if "a.mkv" in p.name] == (["a.mkv"] if kept else [])


def test_the_window_stays_when_the_user_thinks_better_of_it(recording):
    recording.close()
    assert recording.isVisible()
    assert recording.live.recording.active


def test_the_window_stays_to_say_that_nothing_could_be_kept(recording, qtbot, tmp_path, monkeypatch):
    def full(take, path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("studio.capture.recorder._Clip.publish", full)
    recording.dialogs.recording = "keep"
    with qtbot.waitSignal(recording.live.recording.ended):
        recording.close()
    assert recording.isVisible()
    assert "disk is full" in recording.toasts.shown[-1].text
