"""The README's pictures, taken from the real window: `python -m tests.make_pictures [FOLDER]`.

Run it under a display (`xvfb-run -a`) or offscreen; every picture is the studio as a newcomer finds it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from studio.gui import theme
from studio.gui.dialogs import QuietDialogs
from studio.gui.launch import prepare_process
from studio.gui.main_window import MainWindow
from studio.gui.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PICTURES = {
    "studio": ("dark", (1280, 800)),
    "studio-light": ("light", (1280, 800)),
    "studio-small": ("light", (1024, 700)),
    "studio-large": ("dark", (1920, 1080)),
}
IN_THE_README = ("studio",)
SETTLED_FRAMES = 20


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    prepare_process()
    app = QApplication([])
    for name, (choice, size) in PICTURES.items():
        if folder is None and name not in IN_THE_README:
            continue
        take(app, choice, size, (folder or ROOT / "resources" / "screenshots") / f"{name}.png")


def take(app: QApplication, choice: str, size: tuple[int, int], target: Path) -> None:
    """One picture of the example in a window of `size` pixels, after the live view has settled."""
    with TemporaryDirectory() as folder:
        theme.apply(app, choice)
        window = MainWindow(Settings(Path(folder)), lambda parent: QuietDialogs(parent, []))
        window.resize(*size)
        window.workspaces.reset()
        window.show()
        window.files.open_example()
        loop = QEventLoop()
        frames: list[object] = []

        def count(frame: object) -> None:
            frames.append(frame)
            if len(frames) >= SETTLED_FRAMES:
                loop.quit()

        window.live.frame_ready.connect(count)
        QTimer.singleShot(20_000, loop.quit)
        loop.exec()
        target.parent.mkdir(parents=True, exist_ok=True)
        window.grab().save(str(target))
        window.close()


if __name__ == "__main__":
    main()
