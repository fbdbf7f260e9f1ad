"""A session by keyboard alone, in a real X window: `python -m tests.gui.by_keyboard FILE.odr SETTINGS`.

The keys come from xdotool, through the X server, as a person's do. Exits with 0 when all was done.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop
from PySide6.QtWidgets import QApplication

from studio.gui import theme
from studio.gui.dialogs import QuietDialogs
from studio.gui.main_window import MainWindow
from studio.gui.settings import Settings
from studio.optics.presets import preset

LONGEST_WAIT_S = 20.0


def main(path: Path, folder: Path) -> None:
    app = QApplication([])
    theme.apply(app, "dark")
    window = MainWindow(Settings(folder), lambda parent: QuietDialogs(parent, []))
    window.show()
    window.files.open_path(path)
    wait(lambda: window.document.path == path, "the project is open")
    subprocess.run(["xdotool", "windowfocus", str(int(window.winId()))], check=True)  # there is no window manager
    wait(window.isActiveWindow, "the window has the keys")

    press("ctrl+k")
    wait(window.command_palette.isVisible, "the palette")
    write("paper literal lens")
    wait(lambda: window.command_palette.shown[0].title.startswith("Paper, literal"), "the preset is found")
    press("Return")
    wait(lambda: window.document.design == preset("paper-literal"), "the preset")

    until(lambda: inside("dock-lens"), "F6")
    until(lambda: name() == "oblique astigmatism" and QApplication.focusWidget().inherits("QLineEdit"), "Tab")
    write("0.8")
    press("Return")
    wait(lambda: window.document.design.zernike_um[4] == 0.8, "the term")
    press("ctrl+s")
    wait(lambda: not window.document.dirty and not window.files.busy, "the save")
    press("ctrl+q")
    wait(lambda: not window.isVisible(), "the end")
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def press(key: str) -> None:
    subprocess.run(["xdotool", "key", "--clearmodifiers", key], check=True)


def write(text: str) -> None:
    subprocess.run(["xdotool", "type", "--clearmodifiers", text], check=True)


def until(reached: Callable[[], bool], key: str) -> None:
    """Press `key` until `reached`, waiting for the focus to move each time."""
    for _ in range(60):
        if reached():
            return
        before = QApplication.focusWidget()
        press(key)
        wait(lambda before=before: QApplication.focusWidget() is not before, f"{key} moves the focus")
    raise SystemExit(f"{key} leads nowhere")


def wait(reached: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + LONGEST_WAIT_S
    while not reached():
        if time.monotonic() > end:
            raise SystemExit(f"in vain: {what}; the focus is on {name()!r}")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)


def inside(dock: str) -> bool:
    widget = QApplication.focusWidget()
    while widget is not None and widget.objectName() != dock:
        widget = widget.parentWidget()
    return widget is not None


def name() -> str:
    widget = QApplication.focusWidget()
    return widget.accessibleName() if widget is not None else ""


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
