from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import QThread

from studio.capture.pipeline import LivePipeline
from studio.capture.recorder import RecordingError
from studio.faces.pictures import open_video, video_frames
from studio.gui.live import LiveController
from studio.optics.baselines import NONE, Baseline
from studio.optics.presets import preset
from studio.project import variants
from studio.project.model import Project
from studio.project.records import Run
from tests.gui.fake_pipeline import CAPTURE_COLOUR, CLEAR_COLOUR, FakePipeline, live_frame, live_psf


@pytest.fixture
def live(document):
    live = LiveController(document, pipeline_factory=FakePipeline)
    yield live
    live.stop()


@pytest.fixture
def pipeline(live):
    return live._pipeline


def from_another_thread(call, *arguments):
    thread = threading.Thread(target=call, args=arguments)
    thread.start()
    thread.join()


def test_settings_follow_the_document(document, live, pipeline):
    document.edit_design(document.design.with_zernike(5, 0.5), "Change astigmatism")
    assert pipeline.settings[-1].design == document.design
    assert pipeline.settings[-1].revision == document.revision
    document.undo_stack.undo()
    assert pipeline.settings[-1].design == document.design


def test_settings_follow_what_else_makes_a_revision(document, live, pipeline):
    document.edit_notes("For the hallway")
    assert pipeline.settings[-1].revision == document.revision
    document.undo_stack.undo()
    assert pipeline.settings[-1].revision == document.revision
    document.add_records([Run(id="run-1")])
    assert pipeline.settings[-1].revision == document.revision
    document.edit_variants(variants.keep(document.project, "begun"))
    assert pipeline.settings[-1].revision == document.revision


def test_draft_and_baseline_reach_the_pipeline_once(live, pipeline, qtbot):
    live.set_draft(True)
    live.set_draft(True)
    assert [s.draft for s in pipeline.settings] == [True]
    with qtbot.waitSignal(live.baseline_changed) as caught:
        live.set_baseline(Baseline("gaussian", 3.0))
    assert caught.args == [Baseline("gaussian", 3.0)]
    live.set_draft(False)
    assert pipeline.settings[-1].baseline == Baseline("gaussian", 3.0)
    assert not pipeline.settings[-1].draft


def test_the_first_source_starts_the_pipeline_with_its_settings(document, live, pipeline):
    document.replace_project(Project())
    live.set_source("portrait")
    assert pipeline.started
    assert pipeline.settings[-1].baseline == NONE
    live.set_source("camera:0")
    assert pipeline.sources == ["portrait", "camera:0"]
    assert live.source == "camera:0"


def test_results_arrive_in_the_gui_thread(live, pipeline, qtbot, qapp):
    threads = []
    live.frame_ready.connect(lambda _: threads.append(QThread.currentThread()))
    with qtbot.waitSignal(live.frame_ready) as caught:
        from_another_thread(pipeline.put_frame, live_frame(index=7))
    assert caught.args[0].index == 7
    assert threads == [qapp.thread()]


def test_a_burst_wakes_the_window_once_with_the_newest(live, pipeline, qtbot, document):
    seen = []
    live.frame_ready.connect(lambda frame: seen.append(frame.index))
    with qtbot.waitSignals([live.frame_ready, live.psf_ready, live.state_changed]):
        for index in range(500):
            from_another_thread(pipeline.put_frame, live_frame(index=index))
        from_another_thread(pipeline.put_psf, live_psf(document.design))
        from_another_thread(pipeline.put_state, "streaming", "portrait")
    assert seen == [499]
    assert live.state.phase == "streaming"
    with qtbot.waitSignal(live.frame_ready):  # and it can be woken again
        from_another_thread(pipeline.put_frame, live_frame(index=500))
    assert seen == [499, 500]


def test_the_real_pipeline_from_start_to_stop(document, qtbot):
    live = LiveController(document)
    assert isinstance(live._pipeline, LivePipeline)
    document.replace_project(Project())
    with qtbot.waitSignals([live.frame_ready, live.psf_ready], timeout=20000):
        live.set_source("portrait")
    assert live.state.phase == "streaming"
    assert live.stop()
    assert not [t for t in threading.enumerate() if t.name.startswith(("live-", "capture-"))]


def test_frames_of_the_project_before_are_never_shown(document, live, pipeline, qtbot):
    shown = []
    live.frame_ready.connect(shown.append)
    stale = document.revision
    document.replace_project(Project(design=preset("defocus-disc")))
    pipeline.put_frame(live_frame(revision=stale))
    qtbot.wait(0)
    pipeline.put_frame(live_frame(revision=document.revision))
    qtbot.waitUntil(lambda: len(shown) == 1)
    assert shown[0].revision == document.revision


def test_no_source_is_opened_before_the_document_has_announced_a_project(document, live, pipeline):
    live.set_source("camera:0")
    live.set_source("camera:1")
    assert live.source == "camera:1"
    assert not live.has_project
    assert not pipeline.started
    document.edit_design(document.design.with_zernike(5, 0.5), "Change astigmatism")
    assert not pipeline.started
    document.replace_project(Project(design=preset("defocus-disc")))
    assert live.has_project
    assert pipeline.sources == ["camera:1"]
    assert pipeline.settings[-1].design == preset("defocus-disc")


def test_the_first_project_starts_the_psf_even_without_a_source(document, live, pipeline):
    document.replace_project(Project())
    assert pipeline.started
    assert pipeline.sources == []
    live.set_source("portrait")
    assert pipeline.sources == ["portrait"]


def test_the_real_pipeline_captures_nothing_before_a_project(document, qtbot, monkeypatch):
    opened = []
    live = LiveController(document, pipeline_factory=lambda **k: LivePipeline(opener=opened.append, **k))
    live.set_source("portrait")
    assert not [t for t in threading.enumerate() if t.name.startswith(("live-", "capture-"))]
    assert opened == []
    assert live.stop()


def test_only_captures_are_recorded_whatever_is_shown(document, live, pipeline, qtbot, tmp_path):
    document.replace_project(Project(design=preset("defocus-disc")))
    path = tmp_path / "take.mkv"
    with qtbot.waitSignal(live.frame_ready):
        pipeline.put_frame(live_frame(revision=document.revision))
    live.recording.start(path)
    for index in range(20):
        with qtbot.waitSignal(live.frame_ready):
            pipeline.put_frame(live_frame(revision=document.revision, index=index))
    with qtbot.waitSignal(live.recording.ended) as caught:
        live.recording.end()
    assert caught.args[0].path == path
    video, first = open_video(path)
    frames = list(video_frames(video, first))
    video.release()
    assert frames
    for frame in frames:
        assert np.abs(frame.astype(int) - CAPTURE_COLOUR).max() <= 4
        assert np.abs(frame.astype(int) - CLEAR_COLOUR).max() > 100


def test_a_perfect_lens_is_not_recorded(document, live, pipeline, qtbot, tmp_path):
    document.replace_project(Project())
    with qtbot.waitSignal(live.frame_ready):
        pipeline.put_frame(live_frame(revision=document.revision, hides=False))
    with pytest.raises(RecordingError, match=r"less than 2% of the picture .* switch"):
        live.recording.start(tmp_path / "a.mkv")
    with qtbot.waitSignal(live.recording.still_saved) as caught:
        live.recording.save_still(tmp_path / "a.png")
    assert caught.args[1] == "error"
    assert list(tmp_path.glob("a.*")) == []


def test_a_recording_ends_when_the_lens_becomes_perfect(document, live, pipeline, qtbot, tmp_path):
    document.replace_project(Project(design=preset("defocus-disc")))
    live.recording.start(tmp_path / "a.mkv")
    with qtbot.waitSignal(live.frame_ready):
        pipeline.put_frame(live_frame(revision=document.revision))
    with qtbot.waitSignal(live.recording.ended) as caught:
        pipeline.put_frame(live_frame(revision=document.revision, hides=False))
    assert caught.args[0].progress.frames >= 1
    assert "less than 2%" in caught.args[0].problem


def test_weak_blurs_are_recorded_while_there_is_consent(document, live, pipeline, qtbot, tmp_path):
    document.replace_project(Project())
    assert not live.recording.consent
    with qtbot.waitSignal(live.frame_ready):
        pipeline.put_frame(live_frame(revision=document.revision, hides=False))
    live.recording.set_consent(True)
    with qtbot.waitSignal(live.recording.still_saved) as caught:
        live.recording.save_still(tmp_path / "a.png")
    assert caught.args[1] == "success"
    live.recording.start(tmp_path / "a.mkv")
    with qtbot.waitSignal(live.recording.ended) as caught:
        live.recording.set_consent(False)
    assert caught.args[0].path == tmp_path / "a.mkv"
    assert "no longer allowed" in caught.args[0].problem
    with pytest.raises(RecordingError, match="less than 2%"):
        live.recording.start(tmp_path / "b.mkv")


def test_taking_back_consent_leaves_a_strong_blur_recording(document, live, pipeline, qtbot, tmp_path):
    document.replace_project(Project())
    live.recording.set_consent(True)
    with qtbot.waitSignal(live.frame_ready):
        pipeline.put_frame(live_frame(revision=document.revision, hides=True))
    live.recording.start(tmp_path / "a.mkv")
    live.recording.set_consent(False)
    assert live.recording.active
    with qtbot.waitSignal(live.recording.ended) as caught:
        live.recording.end()
    assert caught.args[0].problem == ""


def test_a_frozen_picture_is_recorded_as_long_as_it_stands(document, live, pipeline, qtbot, tmp_path):
    document.replace_project(Project())
    with qtbot.waitSignal(live.frame_ready):
        pipeline.put_frame(live_frame(revision=document.revision))
    live.set_frozen(True)
    live.recording.start(tmp_path / "a.mkv")
    seconds = []
    live.recording.progressed.connect(lambda progress: seconds.append(progress.seconds))
    qtbot.waitUntil(lambda: bool(seconds) and seconds[-1] > 0.2)
    with qtbot.waitSignal(live.recording.ended) as caught:
        live.recording.end()
    assert caught.args[0].path == tmp_path / "a.mkv"
    assert caught.args[0].problem == ""


@pytest.mark.parametrize("end", ["lost", "source", "project", "stop"])
def test_a_recording_ends_whole_with_its_source(document, live, pipeline, qtbot, tmp_path, end):
    document.replace_project(Project(design=preset("defocus-disc")))
    pipeline.put_state("streaming")
    qtbot.waitUntil(lambda: live.state.phase == "streaming")
    live.recording.start(tmp_path / "a.mkv")
    with qtbot.waitSignal(live.frame_ready):
        pipeline.put_frame(live_frame(revision=document.revision))
    with qtbot.waitSignal(live.recording.ended) as caught:
        if end == "lost":
            pipeline.put_state("lost", "unplugged")
        elif end == "source":
            live.set_source("camera:1")
        elif end == "project":
            document.replace_project(Project())
        else:
            assert live.stop()
            assert (tmp_path / "a.mkv").is_file()
    assert caught.args[0].path == tmp_path / "a.mkv"
    assert caught.args[0].progress.frames >= 1
    assert [p.name for p in tmp_path.iterdir() if "a.mkv" in p.name] == ["a.mkv"]
