"""Nothing fails silently: errors reach the user in a dialog, crashes leave a file that the next start reads.

A Python error in any thread is written to the log and handed to the GUI thread. For an error below Python
(a crash of the process) `faulthandler` writes every thread's stack into `crash-PID.txt`.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import platform
import sys
import threading
import traceback
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType

import psutil
from PySide6.QtCore import QObject, Signal, Slot

log = logging.getLogger(__name__)


class CrashGuard(QObject):
    """Catches what nobody caught, from `install` to `remove`; lives in the GUI thread."""

    reported = Signal(str)  # the whole report, in the GUI thread
    _caught = Signal(str)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"crash-{os.getpid()}.txt"
        self._file = self._path.open("w", encoding="utf-8")
        self._hooks = sys.excepthook, threading.excepthook
        self._caught.connect(self._deliver)

    def install(self) -> None:
        faulthandler.enable(self._file)
        sys.excepthook = self._from_main
        threading.excepthook = self._from_thread

    def remove(self) -> None:
        """Restore the hooks; an empty crash file goes away."""
        sys.excepthook, threading.excepthook = self._hooks
        faulthandler.disable()
        self._file.close()
        self._path.unlink(missing_ok=True)

    def _from_main(self, kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
        # Also called by slots and QThreads from their own threads.
        if issubclass(kind, KeyboardInterrupt):
            self._hooks[0](kind, error, at)
            return
        self._report("".join(traceback.format_exception(kind, error, at)))

    def _from_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_type is SystemExit:
            return
        name = args.thread.name if args.thread else "unknown"
        text = "".join(traceback.format_exception(args.exc_type, args.exc_value, args.exc_traceback))
        self._report(f"In thread {name}:\n{text}")

    def _report(self, text: str) -> None:
        log.error("%s", text)
        if threading.current_thread() is threading.main_thread():
            self._deliver(text)
        else:
            self._caught.emit(text)

    @Slot(str)
    def _deliver(self, text: str) -> None:
        self.reported.emit(f"{versions()}\n\n{text}")


def previous_crash(folder: Path) -> str:
    """What processes that died left behind, "" for nothing; each file is given once, then removed."""
    reports = []
    for path in sorted(folder.glob("crash-*.txt")):
        pid = path.stem.removeprefix("crash-")
        if pid.isdecimal() and not psutil.pid_exists(int(pid)):
            reports.append(path.read_text(encoding="utf-8", errors="replace").strip())
            path.unlink(missing_ok=True)
    return "\n\n".join(filter(None, reports))


def versions() -> str:
    """What a report needs to know of this installation, one line; no names of people, folders or hosts."""
    packages = ("opticaldr-studio", "PySide6-Essentials", "numpy", "opencv-python-headless", "h5py")
    found = ", ".join(f"{name} {_version(name)}" for name in packages)
    return f"{found}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed as a package)"
