"""The window from outside: time to the first one, frame rate and UI gaps while it is busy.

Each measurement is a process of its own: `python -m tests.benchmarks.window first`, or another of MODES.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from tests.benchmarks.timing import Row

if TYPE_CHECKING:
    from studio.project.model import Project

DRAG_S = 6.0
MEMORY_FRAMES, SETTLED_FRAMES = 20_000, 4_000
MEMORY_BUDGET_MB = 1.0  # per 100,000 frames
BUSY = {
    "drag": "dragging defocus",
    "design": "dragging defocus with every analysis dock open",
    "save": "saving and autosaving a project with 100 runs",
    "stream": "dragging defocus under a stream of 60 frames/s",
    "trials": "two trials a second join 1,000",
}


def _measure(what: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
            "XDG_CONFIG_HOME": home,
            "XDG_DATA_HOME": home,
            "STARTED_AT": repr(time.time()),
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # warm is with the bytecode that any second start finds
        command = [sys.executable, "-m", "tests.benchmarks.window", what]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def window_rows() -> Iterator[Row]:
    first = min(_measure("first")["seconds"] for _ in range(4))
    yield Row(
        "first window, warm",
        f"{first:.2f} s",
        "1.0 s",
        first <= 1.0,
        "best of 4; bytecode cached, neither torch nor matplotlib loaded",
    )
    for what, doing in BUSY.items():
        figures = _measure(what)
        gap = figures["worst_gap_ms"]
        yield Row(f"worst UI gap while {doing}", f"{gap:.0f} ms", "50 ms", gap <= 50)
        yield Row(f"live frames while {doing}", f"{figures['fps']:.0f} /s", "30 /s", figures["fps"] >= 29)
    slope = _measure("memory")["mb_per_frame"] * 100_000
    yield Row(
        "memory of the window per 100,000 frames",
        f"{slope:+.2f} MB",
        f"{MEMORY_BUDGET_MB:g} MB",
        slope <= MEMORY_BUDGET_MB,
        f"slope of the resident size over {MEMORY_FRAMES:,} live frames of 160x120, the first {SETTLED_FRAMES:,} apart",
    )


def _first() -> None:
    """Seconds from the start of the interpreter to the painted window."""
    _open(lambda _window: None, end_after_s=0.0)


def _drag() -> None:
    _open(_drag_defocus, end_after_s=DRAG_S)


def _design() -> None:
    """The same with PSF, wavefront, MTF and depth on screen."""

    def arrange(window) -> None:
        window.resize(1920, 1080)
        window.workspaces.switch("design")

    _open(_drag_defocus, end_after_s=DRAG_S, prepare=arrange)


def _stream() -> None:
    """A clip of 640x480 that plays at 60 frames a second."""
    _open(_drag_defocus, end_after_s=DRAG_S, source=_clip(640, 480, 60.0))


def _memory() -> None:
    """Small frames as fast as a clip may give them, a lens that moves, and as many as the measurement asks for."""
    _open(_drag_defocus, end_after_s=MEMORY_FRAMES / 10, source=_clip(160, 120, 120.0), most_frames=MEMORY_FRAMES)


def _clip(width: int, height: int, fps: float) -> str:
    """A source of two seconds of a pattern that moves."""
    import cv2
    import numpy as np

    path = str(Path(tempfile.mkdtemp(), "stream.mp4"))
    writer = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"mp4v"), fps, (width, height))
    scene = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8), (0, 0), 8)
    for shift in range(round(2 * fps)):
        writer.write(np.roll(scene, 4 * shift, axis=1))
    writer.release()
    return f"clip:{path}"


def _drag_defocus(window) -> None:
    """A step of a slow drag of Z4 from focus to a blur of 10 % of the window and back."""
    phase = time.perf_counter() % 4.0 / 4.0
    design = window.document.design.with_zernike(4, -30.4 + 1.4 * (1 - math.cos(2 * math.pi * phase)))
    window.live.set_draft(True)
    window.document.edit_design(design, "Change defocus", drag=1)


def _save() -> None:
    """One save after the other of a project with 100 runs."""
    from tests.benchmarks.projects import large_project

    folder = tempfile.mkdtemp()
    project = large_project()
    state = {"busy": False}

    def step(window) -> None:
        if window.document.path is None:
            window.document.replace_project(project, Path(folder, "large.odr"))
        if not window.files.busy and not state["busy"]:
            state["busy"] = True
            window.document.edit_design(
                window.document.design.with_zernike(5, time.perf_counter() % 1.0), "Change astigmatism"
            )
            window.files.autosave.write()
            window.files.save()
            state["busy"] = False

    _open(step, end_after_s=DRAG_S)


def _trials() -> None:
    """A study of 1,000 trials on screen, to which more come."""
    import numpy as np

    from studio.project.model import Project
    from studio.project.records import Trial

    rng, last = np.random.default_rng(0), [0.0]

    def trial(number: int) -> Trial:
        leak, kept = rng.uniform(0.5, 1), rng.uniform(-0.2, 0.5)
        scores = {"worst_auc": (leak, leak - 0.02, leak + 0.02), "expression_r2": (kept, kept - 0.1, kept + 0.1)}
        metrics = {name: score[0] for name, score in scores.items()}
        config = {"identity_weight": float(rng.uniform(0.3, 30)), "lens.zernike.4": -26.0}
        return Trial(id=f"s/{number}", label=f"Trial {number}", config=config, metrics=metrics, scores=scores)

    def step(window) -> None:
        if time.perf_counter() > last[0] + 0.5:
            last[0] = time.perf_counter()
            window.document.add_records([trial(len(window.document.project.trials))])

    def arrange(window) -> None:
        window.resize(1920, 1080)
        window.workspaces.switch("tradeoff")

    project = Project(trials=tuple(trial(number) for number in range(1000)))
    _open(step, end_after_s=DRAG_S, prepare=arrange, project=project)


def _open(
    step: Callable,
    end_after_s: float,
    prepare: Callable | None = None,
    source: str = "portrait",
    project: Project | None = None,
    most_frames: int | None = None,
) -> None:
    """Runs the window on `project` with `step` every 16 ms and prints what was measured.

    It ends after `most_frames` live frames, if given, or some seconds.
    """
    from studio.allocator import without_collection

    with without_collection():  # as the command does
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

        from studio.gui import theme
        from studio.gui.launch import prepare_process
        from studio.gui.main_window import MainWindow
        from studio.gui.settings import Settings
        from studio.project.model import Project

    prepare_process()
    app = QApplication([])
    settings = Settings()
    theme.apply(app, settings.theme)
    window = MainWindow(settings)
    if prepare:
        prepare(window)
    window.show()
    app.processEvents()
    seconds = time.time() - float(os.environ["STARTED_AT"])
    forbidden = {"torch", "matplotlib"} & set(sys.modules)
    if forbidden:
        raise SystemExit(f"the window imported {forbidden}")
    frames: deque[float] = deque(maxlen=1000)  # what is measured must not grow by being measured
    beats: list[float] = []
    megabytes: list[float] = []
    seen = 0
    process = psutil.Process()

    def count(_frame: object) -> None:
        nonlocal seen
        seen += 1
        frames.append(time.perf_counter())
        if most_frames is not None and seen % 100 == 0:
            megabytes.append(process.memory_info().rss / 1e6)
            if seen >= most_frames:
                end()

    window.live.frame_ready.connect(count)
    heart = QTimer(interval=1)
    heart.timeout.connect(lambda: beats.append(time.perf_counter()))
    hand = QTimer(interval=16)
    hand.timeout.connect(lambda: step(window))

    def begin() -> None:
        frames.clear()
        beats.clear()
        if most_frames is None:
            heart.start()
        hand.start()

    def end() -> None:
        hand.stop()
        heart.stop()
        app.exit()

    if end_after_s:
        window.document.replace_project(project or Project())  # nothing is captured before a lens is known
        window.live.set_source(source)
        QTimer.singleShot(1500, begin)
        QTimer.singleShot(round(1500 + 1000 * end_after_s), end)
        app.exec()
    gaps = [b - a for a, b in pairwise(beats)]
    fps = (len(frames) - 1) / (frames[-1] - frames[0]) if len(frames) > 1 else 0.0
    figures = {"seconds": seconds, "worst_gap_ms": 1e3 * max(gaps, default=0.0), "fps": fps}
    if megabytes:
        figures["mb_per_frame"] = _slope(megabytes[SETTLED_FRAMES // 100 :]) / 100
    print(json.dumps(figures), flush=True)
    os._exit(0)  # the project is dirty on purpose; no dialog is wanted


def _slope(values: list[float]) -> float:
    """Of the straight line through `values`, a step apart, that fits best."""
    import numpy as np

    return float(np.polyfit(np.arange(len(values)), values, 1)[0])


MODES = {
    "first": _first,
    "drag": _drag,
    "design": _design,
    "save": _save,
    "stream": _stream,
    "trials": _trials,
    "memory": _memory,
}

if __name__ == "__main__":
    MODES[sys.argv[1]]()
