"""What the window remembers between sessions: one INI file with a schema version.

Losing this file loses comfort, never work: projects keep everything that matters.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from platformdirs import user_config_path
from PySide6.QtCore import QByteArray, QSettings

from studio.gui.theme import CHOICES

RECENT_LIMIT = 8
LAYOUT_VERSION = 1  # raised when the docks change so much that a stored layout no longer fits

Step = Callable[[QSettings], None]


def _name_the_layout(store: QSettings) -> None:
    """0 -> 1: the first version; a file without one holds nothing that could be trusted."""
    store.clear()


STEPS: tuple[Step, ...] = (_name_the_layout,)
"""STEPS[n] takes a file from schema n to n + 1; a step is never edited once it was released."""


class Settings:
    """Typed access to the file; anything missing or unusable reads as its default."""

    def __init__(self, folder: Path | None = None, steps: tuple[Step, ...] = STEPS) -> None:
        folder = folder or user_config_path("opticaldr-studio", appauthor=False)
        self._store = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
        _migrate(self._store, steps)

    @property
    def theme(self) -> str:
        value = str(self._store.value("theme"))
        return value if value in CHOICES else "system"

    @theme.setter
    def theme(self, choice: str) -> None:
        self._store.setValue("theme", choice)

    @property
    def recent(self) -> list[Path]:
        """Projects opened or saved lately, newest first, that still exist."""
        value = self._store.value("recent")
        texts = value if isinstance(value, list) else [value]  # the INI format turns a list of one into a string
        return [Path(text) for text in texts if isinstance(text, str) and Path(text).is_file()]

    def add_recent(self, path: Path) -> None:
        path = path.resolve()
        paths = [path, *(other for other in self.recent if other != path)]
        self._store.setValue("recent", [str(p) for p in paths[:RECENT_LIMIT]])

    def clear_recent(self) -> None:
        self._store.remove("recent")

    def layout(self) -> tuple[QByteArray, QByteArray] | None:
        """Window geometry and dock state as last stored, or None."""
        geometry, state = self._store.value("layout/geometry"), self._store.value("layout/state")
        if isinstance(geometry, QByteArray) and isinstance(state, QByteArray):
            return geometry, state
        return None

    def set_layout(self, geometry: QByteArray, state: QByteArray) -> None:
        self._store.setValue("layout/geometry", geometry)
        self._store.setValue("layout/state", state)

    def flush(self) -> None:
        self._store.sync()


def _migrate(store: QSettings, steps: tuple[Step, ...]) -> None:
    stored = str(store.value("schema"))
    version = int(stored) if stored.isdecimal() else 0
    if version > len(steps):
        return  # written by a newer studio: read what is understood, leave its version alone
    for step in steps[version:]:
        step(store)
    store.setValue("schema", len(steps))
