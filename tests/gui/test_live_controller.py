from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QThread

from studio.capture.pipeline import LivePipeline
from studio.gui.live import LiveController
from studio.optics.baselines import NONE, Baseline
from studio.optics.presets import preset
from studio.project.model import Project
from tests.gui.fake_pipeline import FakePipeline, live_frame, live_psf


@pytest.fixture
def live(document):
    return LiveController(document, pipeline_factory=FakePipeline)


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


def test_the_first_source_starts_the_pipeline_with_its_settings(live, pipeline):
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
