"""Pictures of the real window: `python -m tests.make_pictures [FOLDER]`.

Without FOLDER the ones in the README are made anew. With it, both themes of every workspace and every dock at three
sizes go there, to be looked at. Run it under a display (`xvfb-run -a`) or offscreen.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QDockWidget, QWidget

from studio.gui import theme
from studio.gui.dialogs import QuietDialogs
from studio.gui.launch import prepare_process
from studio.gui.main_window import MainWindow
from studio.gui.settings import Settings
from studio.gui.workspaces import WORKSPACES

ROOT = Path(__file__).resolve().parent.parent
SIZES = ((1024, 700), (1280, 800), (1920, 1080))
THEMES = ("dark", "light")
IN_THE_README = {"studio": "live", "design": "design"}
SETTLED_FRAMES = 75  # the first ones wait for a PSF
LONGEST_WAIT_MS = 20_000
DOCK_MS = 700


def main() -> None:
    prepare_process()
    app = QApplication([])
    if len(sys.argv) > 1:
        make_all(app, Path(sys.argv[1]))
        return
    theme.apply(app, "dark")
    for name, workspace in IN_THE_README.items():
        with studio((1280, 800), workspace) as window:
            save(window, ROOT / "resources" / "screenshots" / f"{name}.png")


def make_all(app: QApplication, folder: Path) -> None:
    for choice in THEMES:
        theme.apply(app, choice)
        for size in SIZES:
            where = folder / f"{choice}-{size[0]}x{size[1]}"
            for workspace in WORKSPACES:
                with studio(size, workspace.id) as window:
                    save(window, where / f"workspace-{workspace.id}.png")
                    if workspace is WORKSPACES[0]:
                        _save_docks(window, where)


def _save_docks(window: MainWindow, where: Path) -> None:
    for dock in window.findChildren(QDockWidget):
        dock.show()
        dock.raise_()
        _wait(DOCK_MS)  # for what it computes once it is in sight
        save(dock, where / f"{dock.objectName()}.png")
        window.workspaces.reset()


@contextmanager
def studio(size: tuple[int, int], workspace: str) -> Iterator[MainWindow]:
    """The window as a newcomer finds it, on the example, after the live view has settled."""
    with TemporaryDirectory() as folder:
        window = MainWindow(Settings(Path(folder)), lambda parent: QuietDialogs(parent, []))
        window.resize(*size)
        window.workspaces.switch(workspace)
        window.workspaces.reset()
        window.show()
        window.files.open_example()
        loop, frames = QEventLoop(), []

        def count(frame: object) -> None:
            frames.append(frame)
            if len(frames) >= SETTLED_FRAMES:
                loop.quit()

        window.live.frame_ready.connect(count)
        QTimer.singleShot(LONGEST_WAIT_MS, loop.quit)
        loop.exec()
        window.live.frame_ready.disconnect(count)
        yield window
        window.close()


def save(widget: QWidget, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    widget.grab().save(str(target))


def _wait(time_ms: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(time_ms, loop.quit)
    loop.exec()


if __name__ == "__main__":
    main()
