from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from studio.capture.pipeline import LiveFrame, LivePipeline, LivePsf, LiveSettings
from studio.faces.pictures import SourceError
from studio.optics.lens import DesignError, LensDesign
from studio.optics.presets import preset
from tests.capture.doubles import PATIENT, Camera, Opener, PushCamera, RendererFactory, Signal, grey_frame

DESIGN = LensDesign()
NEVER_LOST = replace(PATIENT, misses=10**9)
RETRIES_LATE = replace(NEVER_LOST, first_retry_s=60, last_retry_s=60)


class Live:
    """A pipeline on stand-ins, and ways to wait for what it gives."""

    def __init__(self, *sources: Any, limits=NEVER_LOST, psf_function: Callable | None = None) -> None:
        self.signal = Signal()
        self.factory = RendererFactory()
        self.opener = Opener(*sources)
        self.designs: list[LensDesign] = []
        self.pipeline = LivePipeline(
            on_frame=self.signal,
            on_psf=self.signal,
            on_state=self.signal,
            opener=self.opener,
            limits=limits,
            renderer_factory=self.factory,
            psf_function=psf_function or self._psf,
        )

    def _psf(self, design: LensDesign, **options: Any) -> Any:
        self.designs.append(design)
        return "psf"

    def until(self, condition: Callable[[], Any]) -> Any:
        return self.signal.until(condition)

    def frame(self) -> LiveFrame:
        return self.until(self.pipeline.take_frame)

    def psf(self, revision: int) -> LivePsf:
        """The PSF of this revision; older ones are skipped."""

        def newest() -> LivePsf | None:
            result = self.pipeline.take_psf()
            return result if result and result.revision == revision else None

        return self.until(newest)

    def until_phase(self, phase: str) -> None:
        self.until(lambda: self.pipeline.state.phase == phase)

    def settle(self, revision: int) -> None:
        """Wait until the worker has done with all that was asked of it before."""
        for number in (revision, revision + 1):
            self.pipeline.set_settings(LiveSettings(DESIGN, revision=number))
            self.psf(number)


@pytest.fixture
def live():
    """Builds a `Live`; it is stopped when the test ends."""
    built: list[Live] = []

    def build(*sources: Any, **options: Any) -> Live:
        built.append(Live(*sources, **options))
        return built[-1]

    yield build
    for each in built:
        each.pipeline.stop()


def lens(z4_um: float) -> LensDesign:
    return DESIGN.with_zernike(4, z4_um)


def test_a_frame_comes_out_as_clear_and_capture_with_its_figures(live):
    camera = PushCamera()
    it = live(camera)
    it.pipeline.set_settings(LiveSettings(DESIGN, draft=True, revision=3))
    it.pipeline.start("camera:0")
    camera.push(grey_frame(10))
    first = it.frame()
    assert (first.clear == 10).all()
    assert (first.capture == 245).all()
    assert (first.revision, first.index, first.draft, first.dropped) == (3, 0, True, 0)
    assert first.latency_ms > 0.0
    assert first.fps == 0.0
    camera.push(grey_frame(20))
    second = it.frame()
    assert second.index == 1
    assert second.fps > 0.0
    it.until_phase("streaming")
    assert it.pipeline.take_frame() is None


def test_frames_wait_for_the_first_settings(live):
    it = live(Camera(last=grey_frame(10)))
    it.pipeline.start("camera:0")
    it.until_phase("streaming")
    assert it.pipeline.take_frame() is None
    it.pipeline.set_settings(LiveSettings(DESIGN))
    assert (it.frame().capture == 245).all()


def test_the_psf_answers_without_any_source(live):
    it = live()
    it.pipeline.start()
    it.pipeline.set_settings(LiveSettings(DESIGN, draft=True, revision=7))
    assert it.psf(7) == LivePsf("psf", None, 7, True)
    assert it.pipeline.state.phase == "closed"


def test_the_psf_answers_when_the_source_has_failed(live):
    it = live(SourceError("camera 3 is not there"))
    it.pipeline.start("camera:3")
    it.until_phase("failed")
    assert it.pipeline.state.message == "camera 3 is not there"
    it.pipeline.set_settings(LiveSettings(DESIGN, revision=1))
    assert it.psf(1).psf == "psf"


def test_a_fast_drag_does_not_queue(live):
    busy, go_on, designs = threading.Event(), threading.Event(), []

    def slow_psf(design: LensDesign, **options: Any) -> str:
        designs.append(design)
        busy.set()
        assert go_on.wait(20.0)
        return "psf"

    it = live(psf_function=slow_psf)
    it.pipeline.start()
    it.pipeline.set_settings(LiveSettings(lens(-30.0), revision=0))
    assert busy.wait(20.0)
    for revision in range(1, 101):
        it.pipeline.set_settings(LiveSettings(lens(-30.0 - revision / 100), revision=revision))
    go_on.set()
    it.psf(100)
    assert designs == [lens(-30.0), lens(-31.0)]


def test_an_error_of_the_optics_is_told_and_the_capture_goes_on(live):
    def psf(design: LensDesign, **options: Any) -> str:
        if design == lens(-80.0):
            raise DesignError("reduce the coefficients")
        return "psf"

    camera = PushCamera()
    it = live(camera, psf_function=psf)
    it.factory.refused = lens(-80.0)
    it.pipeline.set_settings(LiveSettings(DESIGN, revision=1))
    it.pipeline.start("camera:0")
    camera.push(grey_frame(1))
    it.frame()
    it.until_phase("streaming")
    it.pipeline.set_settings(LiveSettings(lens(-80.0), revision=2))
    assert it.psf(2) == LivePsf(None, "reduce the coefficients", 2, False)
    camera.push(grey_frame(2))
    shown = it.frame()
    assert (shown.capture == 253).all()
    assert shown.revision == 1
    it.until_phase("streaming")


def test_a_lens_that_only_the_capture_refuses_is_told_with_the_psf(live):
    camera = PushCamera()
    it = live(camera)
    it.pipeline.set_settings(LiveSettings(it.factory.refused, revision=4))
    it.pipeline.start("camera:0")
    camera.push(grey_frame())
    told = it.until(lambda: (told := it.pipeline.take_psf()) and told.error and told)
    assert told == LivePsf("psf", "this lens is refused", 4, False)
    assert it.pipeline.take_frame() is None


def test_a_problem_of_one_frame_is_taken_back_with_the_next(live):
    camera = PushCamera()
    it = live(camera)
    it.factory.least_side = 20
    it.pipeline.set_settings(LiveSettings(DESIGN, revision=4))
    it.pipeline.start("camera:0")
    camera.push(np.zeros((10, 30, 3), np.uint8))
    told = it.until(lambda: (told := it.pipeline.take_psf()) and told.error and told)
    assert told == LivePsf("psf", "this frame is too small", 4, False)
    camera.push(np.zeros((30, 30, 3), np.uint8))
    assert it.until(it.pipeline.take_psf) == LivePsf("psf", None, 4, False)


def test_a_frozen_view_redraws_its_frame_for_new_settings(live):
    camera = PushCamera()
    it = live(camera)
    it.pipeline.set_settings(LiveSettings(DESIGN, revision=1))
    it.pipeline.start("camera:0")
    camera.push(grey_frame(10))
    it.frame()
    it.pipeline.set_frozen(True)
    camera.push(grey_frame(20))
    it.pipeline.set_settings(LiveSettings(lens(-28.0), revision=2))
    redrawn = it.frame()
    assert (redrawn.clear == 10).all()
    assert redrawn.revision == 2
    it.settle(10)
    while it.pipeline.take_frame() is not None:
        pass
    it.pipeline.set_frozen(False)
    camera.push(grey_frame(30))
    assert (it.until(lambda: (f := it.pipeline.take_frame()) and f.clear[0, 0, 0] == 30 and f)).revision == 11


def test_a_view_frozen_before_its_first_frame_takes_that_frame(live):
    it = live(Camera(last=grey_frame(10)))
    it.pipeline.set_frozen(True)
    it.pipeline.set_settings(LiveSettings(DESIGN))
    it.pipeline.start("camera:0")
    assert (it.frame().clear == 10).all()


def test_a_lost_source_leaves_its_last_frame_to_play_with(live):
    camera = PushCamera()
    it = live(camera, limits=RETRIES_LATE)
    it.pipeline.set_settings(LiveSettings(DESIGN, revision=1))
    it.pipeline.start("camera:0")
    camera.push(grey_frame(10))
    it.frame()
    camera.push(OSError("unplugged"))
    it.until_phase("lost")
    it.pipeline.set_settings(LiveSettings(lens(-28.0), revision=2))
    redrawn = it.frame()
    assert (redrawn.clear == 10).all()
    assert redrawn.revision == 2


def test_settings_that_came_just_before_the_loss_are_drawn_too(live):
    camera = PushCamera()
    it = live(camera, limits=RETRIES_LATE)
    it.pipeline.set_settings(LiveSettings(DESIGN, revision=1))
    it.pipeline.start("camera:0")
    camera.push(grey_frame(10))
    it.frame()
    it.until_phase("streaming")
    it.pipeline.set_settings(LiveSettings(lens(-28.0), revision=2))
    it.psf(2)
    camera.push(OSError("unplugged"))
    assert it.frame().revision == 2


def test_frames_may_change_their_size(live):
    camera = PushCamera()
    it = live(camera)
    it.pipeline.set_settings(LiveSettings(DESIGN))
    it.pipeline.start("camera:0")
    for size in ((48, 64), (96, 128), (48, 64)):
        camera.push(grey_frame(height=size[0], width=size[1]))
        assert it.frame().capture.shape == (*size, 3)


def test_after_a_change_of_source_the_old_face_is_forgotten(live):
    gate = threading.Event()
    old, new = PushCamera(), PushCamera()
    it = live(old, (gate, new))
    it.pipeline.set_settings(LiveSettings(DESIGN))
    it.pipeline.start("camera:0")
    old.push(grey_frame(10))
    it.frame()
    it.pipeline.change_source("camera:1")
    it.until_phase("opening")
    it.settle(10)
    assert it.pipeline.take_frame() is None
    gate.set()
    new.push(grey_frame(20))
    assert (it.frame().clear == 20).all()


def test_frames_that_nobody_could_render_are_counted(live):
    busy, go_on = threading.Event(), threading.Event()

    def slow_psf(design: LensDesign, **options: Any) -> str:
        busy.set()
        assert go_on.wait(20.0)
        return "psf"

    class CountingCamera(PushCamera):
        def read(self):
            if self._steps.empty():
                all_read.set()
            return super().read()

    all_read = threading.Event()
    camera = CountingCamera()
    it = live(camera, psf_function=slow_psf)
    it.pipeline.start()
    it.pipeline.set_settings(LiveSettings(DESIGN))
    assert busy.wait(20.0)
    camera.push(*(grey_frame(level) for level in range(6)))
    it.pipeline.change_source("camera:0")
    assert all_read.wait(20.0)
    go_on.set()
    shown = it.frame()
    assert shown.clear[0, 0, 0] == 5
    assert shown.dropped == 5


def test_a_breakdown_of_the_worker_is_shown_and_new_settings_recover(live, caplog):
    camera = PushCamera()
    it = live(camera)
    it.factory.break_next = True
    it.pipeline.set_settings(LiveSettings(DESIGN, revision=1))
    it.pipeline.start("camera:0")
    camera.push(grey_frame())
    it.until_phase("failed")
    assert it.pipeline.state.message == "the live view failed: RuntimeError: a bug"
    assert "a bug" in caplog.text
    it.pipeline.set_settings(LiveSettings(DESIGN, revision=2))
    it.until_phase("streaming")
    camera.push(grey_frame())
    assert it.frame().revision == 2


def test_stop_ends_every_thread_and_may_be_repeated(live):
    it = live(Camera(), Camera())
    it.pipeline.set_settings(LiveSettings(DESIGN))
    it.pipeline.start("camera:0")
    it.frame()
    assert it.pipeline.stop()
    assert not [t for t in threading.enumerate() if t.name.startswith(("capture-", "live-"))]
    assert it.pipeline.state.phase == "closed"
    assert it.pipeline.take_frame() is None
    assert it.pipeline.stop()
    it.pipeline.start("camera:0")
    assert it.frame().clear.shape == (48, 64, 3)


def test_stop_gives_up_on_a_camera_that_blocks(live):
    hang = threading.Event()
    it = live(Camera([grey_frame(), hang]))
    it.pipeline.set_settings(LiveSettings(DESIGN))
    it.pipeline.start("camera:0")
    it.frame()
    assert not it.pipeline.stop(timeout_s=0.1)
    assert it.pipeline.state.phase == "closed"
    hang.set()


def test_memory_does_not_grow_with_the_frames(live):
    counts = {"made": 0, "alive": 0, "most": 0}
    lock, done = threading.Lock(), threading.Event()

    def gone() -> None:
        with lock:
            counts["alive"] -= 1

    class FreshFrames(Camera):
        def read(self):
            frame = np.zeros((48, 64, 3), np.uint8)
            weakref.finalize(frame, gone)
            with lock:
                counts["made"] += 1
                counts["alive"] += 1
                counts["most"] = max(counts["most"], counts["alive"])
            if counts["made"] >= 2000:
                done.set()
            return frame

    it = live(FreshFrames())
    it.pipeline.set_settings(LiveSettings(DESIGN))
    it.pipeline.start("camera:0")
    while not done.is_set():
        it.frame()
    assert it.pipeline.stop()
    assert counts["made"] >= 2000
    assert counts["most"] <= 12, "a handful in flight, whatever the number of frames"


def test_the_portrait_dissolves_through_real_optics():
    signal = Signal()
    pipeline = LivePipeline(on_frame=signal, on_psf=signal, on_state=signal)
    detail = {}
    try:
        pipeline.start("portrait")
        for revision, name in enumerate(("ideal", "focused-1m", "defocus-disc")):
            pipeline.set_settings(LiveSettings(preset(name), revision=revision))
            shown = signal.until(
                lambda revision=revision: (f := pipeline.take_frame()) and f.revision == revision and f
            )
            assert shown.capture.shape == shown.clear.shape == (480, 640, 3)
            assert shown.capture.dtype == np.uint8
            smooth = shown.capture.reshape(120, 4, 160, 4, 3).mean(axis=(1, 3))
            detail[name] = np.abs(np.diff(smooth, axis=1)).mean()
    finally:
        assert pipeline.stop()
    assert detail["defocus-disc"] < 0.5 * detail["focused-1m"]
    assert detail["focused-1m"] == pytest.approx(detail["ideal"], rel=0.1)


def test_a_real_person_goes_through_the_lens(carphone):
    signal = Signal()
    pipeline = LivePipeline(on_frame=signal, on_psf=signal, on_state=signal)
    try:
        pipeline.set_settings(LiveSettings(preset("defocus-disc")))
        pipeline.start(f"clip:{carphone}")
        shown = signal.until(lambda: (f := pipeline.take_frame()) and f.index >= 3 and f)
    finally:
        assert pipeline.stop()
    assert shown.capture.shape == (144, 176, 3)
    edges_clear, edges_capture = (
        np.abs(np.diff(p.reshape(36, 4, 44, 4, 3).mean(axis=(1, 3)), axis=1)).mean()
        for p in (shown.clear, shown.capture)
    )
    assert edges_capture < 0.6 * edges_clear
