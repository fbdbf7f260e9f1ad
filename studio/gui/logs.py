"""The log: a file that rotates in the user's state folder, and the latest lines at hand for the window.

It holds what the studio did and what went wrong. No picture ever gets into it.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path

from platformdirs import user_state_path

LOG_BYTES = 1024**2
LOG_FILES = 3
_RECENT = 2000
_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


@dataclass(frozen=True)
class Line:
    level: int
    text: str


class RecentLines(logging.Handler):
    """Keeps the last lines, from whatever thread; `count` tells a reader whether there is something new."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(logging.Formatter(_FORMAT))
        self._lines: deque[Line] = deque(maxlen=_RECENT)
        self._guard = threading.Lock()
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        line = Line(record.levelno, self.format(record))
        with self._guard:
            self._lines.append(line)
            self.count += 1

    def lines(self, level: int = logging.INFO) -> list[Line]:
        """Those of `level` and above, oldest first."""
        with self._guard:
            return [line for line in self._lines if line.level >= level]


recent = RecentLines()


def log_folder() -> Path:
    """Where the log files are; it need not exist yet."""
    return user_state_path("opticaldr-studio", appauthor=False) / "log"


class Logging:
    """The log of this process, from `start` to `stop`."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or log_folder()
        self._file: logging.Handler | None = None
        self._level_before = logging.getLogger().level

    def start(self) -> None:
        """Write from now on. A folder that cannot be written costs the file, not the window."""
        root = logging.getLogger()
        root.setLevel(logging.INFO)
        root.addHandler(recent)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = RotatingFileHandler(
                self._folder / "studio.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES - 1, encoding="utf-8"
            )
        except OSError as error:
            logging.getLogger(__name__).warning("no log file: %s", error.strerror)
            return
        self._file.setFormatter(logging.Formatter(_FORMAT))
        root.addHandler(self._file)

    def stop(self) -> None:
        root = logging.getLogger()
        root.removeHandler(recent)
        root.setLevel(self._level_before)
        if self._file is not None:
            root.removeHandler(self._file)
            self._file.close()
            self._file = None
