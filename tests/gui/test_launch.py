"""`studio.app` as a process: pictures without a user, and errors in one line."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from studio.optics.presets import preset
from studio.project import store
from studio.project.model import Project

SIGNATURE = b"\x89PNG\r\n\x1a\n"


CODE = "import sys; from studio.app import main; sys.exit(main(sys.argv[1:]))"


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.run(
        [sys.executable, "-c", CODE, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=90,
        env=kept | {"QT_QPA_PLATFORM": "offscreen"} | environment,
    )


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "lens.odr"
    store.save(Project(design=preset("paper-literal")), path)
    return path


def test_a_screenshot_is_written_and_nothing_else(saved: Path, tmp_path: Path) -> None:
    picture = tmp_path / "out" / "window.png"
    picture.parent.mkdir()
    ended = run(saved, "--screenshot", picture)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert picture.read_bytes().startswith(SIGNATURE)
    assert [path.name for path in picture.parent.iterdir()] == ["window.png"]
    assert not saved.with_name("lens.odr.lock").exists()


def test_without_a_display_a_screenshot_still_comes(saved: Path, tmp_path: Path) -> None:
    ended = run(saved, "--screenshot", tmp_path / "a.png", QT_QPA_PLATFORM="")
    assert (ended.returncode, ended.stderr) == (0, "")


def test_without_a_display_the_window_says_so() -> None:
    ended = run(QT_QPA_PLATFORM="")
    assert ended.returncode == 1
    assert "no display" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("content", [b"no project", None])
def test_a_project_that_cannot_be_opened_is_one_line(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "bad.odr"
    if content is not None:
        path.write_bytes(content)
    ended = run(path, "--screenshot", tmp_path / "a.png")
    assert ended.returncode == 2
    assert "bad.odr" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert not (tmp_path / "a.png").exists()


def test_a_source_that_fails_is_one_line(saved: Path, tmp_path: Path) -> None:
    ended = run(saved, "--source", f"clip:{tmp_path}/nothing.mp4", "--screenshot", tmp_path / "a.png")
    assert ended.returncode == 2
    assert "nothing.mp4" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_screenshot_leaves_no_log_and_no_crash_file(saved: Path, tmp_path: Path) -> None:
    state, data = tmp_path / "state", tmp_path / "data"
    run(saved, "--screenshot", tmp_path / "a.png", XDG_STATE_HOME=str(state), XDG_DATA_HOME=str(data))
    assert (tmp_path / "a.png").exists()
    assert not state.exists()
    assert not (data / "opticaldr-studio" / "crashes").exists()


SCALED = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from studio.gui import theme
from studio.gui.dialogs import QuietDialogs
from studio.gui.icons import icon
from studio.gui.main_window import MainWindow
from studio.gui.settings import Settings
app = QApplication([])
theme.apply(app, "dark")
window = MainWindow(Settings(Path(sys.argv[1])), lambda parent: QuietDialogs(parent, []))
window.resize(1024, 700)
window.show()
app.processEvents()
picture, drawing = window.grab(), icon("save").pixmap(18, 18)
print(picture.width(), picture.height(), drawing.width(), window.width(), window.height())
window.close()
"""


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_pictures_and_icons_have_the_pixels_of_the_screen(tmp_path: Path, scale: float) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SCALED, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=90,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(scale)},
    )
    assert ended.returncode == 0, ended.stderr
    width, height, icon_width, window_width, window_height = map(int, ended.stdout.split())
    assert (window_width, window_height) == (1024, 700)  # nothing needs more room than at scale 1
    assert (width, height, icon_width) == (round(1024 * scale), round(700 * scale), round(18 * scale))


def test_a_place_that_cannot_be_written_is_one_line(saved: Path, tmp_path: Path) -> None:
    ended = run(saved, "--screenshot", tmp_path / "missing" / "a.png")
    assert ended.returncode == 2
    assert "missing" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.skipif(shutil.which("xvfb-run") is None, reason="xvfb-run is not installed; it gives a real X window")
def test_a_real_window_under_x(saved: Path, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    command = ["xvfb-run", "-a", "-s", "-screen 0 1280x900x24", sys.executable, "-c", CODE, saved]
    ended = subprocess.run(
        [*map(str, command), "--screenshot", str(picture)],
        capture_output=True,
        text=True,
        timeout=90,
        env=os.environ | {"QT_QPA_PLATFORM": "xcb"},
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert picture.read_bytes().startswith(SIGNATURE)


@pytest.mark.skipif(not all(map(shutil.which, ("xvfb-run", "xdotool"))), reason="xvfb-run and xdotool press real keys")
def test_a_session_by_keyboard_alone(saved: Path, tmp_path: Path) -> None:
    """Palette, preset, a term, save, quit."""
    store.save(Project(), saved)
    command = ["xvfb-run", "-a", "-s", "-screen 0 1280x900x24", sys.executable, "-m", "tests.gui.by_keyboard"]
    ended = subprocess.run(
        [*command, str(saved), str(tmp_path / "settings")],
        capture_output=True,
        text=True,
        timeout=110,
        env=os.environ | {"QT_QPA_PLATFORM": "xcb"},
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert store.load(saved).design == preset("paper-literal").with_zernike(5, 0.8)
    assert not saved.with_name("lens.odr.lock").exists()


def test_ctrl_c_closes_the_window_and_frees_the_project(saved: Path, tmp_path: Path) -> None:
    folders = {"XDG_STATE_HOME": str(tmp_path / "state")}
    lock = saved.with_name("lens.odr.lock")
    with subprocess.Popen(
        [sys.executable, "-c", CODE, str(saved)], env=os.environ | {"QT_QPA_PLATFORM": "offscreen"} | folders
    ) as process:
        look = threading.Event()
        while not lock.exists() and process.poll() is None:
            look.wait(0.05)
        assert json.loads(lock.read_text())["pid"] == process.pid
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    assert not lock.exists()
    (logged,) = (tmp_path / "state").rglob("studio.log")
    lines = logged.read_text().splitlines()
    assert "started: opticaldr-studio" in lines[0]
    assert lines[-1].endswith("ended")
