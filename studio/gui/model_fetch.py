"""Fetching missing recognisers while the window goes on; pip does the download in a process of its own."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from studio.faces import models
from studio.gui.long_work import Follow, LongWork

log = logging.getLogger(__name__)


class ModelFetch(QObject):
    """Whoever owns this calls `stop` before the end."""

    ended = Signal(str)
    """Why it failed, "" when all is there."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.work = LongWork("model-fetch", self)

    @property
    def busy(self) -> bool:
        return self.work.busy

    def fetch(self, names: Sequence[str]) -> None:
        """Do what `opticaldr models fetch NAMES` does; nothing while that is under way."""
        if not self.busy:
            log.info("fetching %s", ", ".join(names))
            self.work.run(f"Fetching {', '.join(names)}", partial(_fetched, tuple(names)), self._tell, self._tell)

    def stop(self, timeout_s: float = 0.2) -> bool:
        """Want its result no more; nothing is half there when a download is cut."""
        self.work.cancel()
        return self.work.stop(timeout_s)

    def _tell(self, reason: str) -> None:
        if reason:
            log.warning(reason)
        self.ended.emit(reason)


def _fetched(names: Sequence[str], follow: Follow) -> str:
    try:
        models.fetch(names, waiting=lambda: follow(None))
    except models.ModelError as error:
        return str(error)
    return ""


def missing(names: Sequence[str] = models.RECOGNISERS) -> list[str]:
    """Those of `names` whose files are not in the cache."""
    return [name for name in names if not models.MODELS[name].folder().is_dir()]


def command_line(names: Sequence[str]) -> str:
    """What a person would type to fetch them."""
    return f"opticaldr models fetch {' '.join(names)}"


def megabytes(names: Sequence[str]) -> int:
    """What a fetch of `names` downloads; a package that serves two of them comes once."""
    return sum({models.MODELS[name].package: models.MODELS[name].megabytes for name in names}.values())
