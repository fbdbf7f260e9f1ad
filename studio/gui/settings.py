"""What the window remembers between sessions: one INI file with a schema version.

Losing this file loses comfort, never work: projects keep everything that matters.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, unquote

from platformdirs import user_config_path
from PySide6.QtCore import QByteArray, QSettings

from studio.gui.theme import CHOICES

RECENT_LIMIT = 8
_NAMED = "layout/named"

Step = Callable[[QSettings], None]


def _name_the_layout(store: QSettings) -> None:
    """0 -> 1: the first version; a file without one holds nothing that could be trusted."""
    store.clear()


def _one_layout_a_workspace(store: QSettings) -> None:
    """1 -> 2: the docks' state belongs to a workspace; the one state there was is of docks that are no more."""
    store.remove("layout/state")


STEPS: tuple[Step, ...] = (_name_the_layout, _one_layout_a_workspace)
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

    @property
    def recent_data(self) -> list[str]:
        """Data sets opened lately, as SPEC, newest first."""
        value = self._store.value("recent_data")
        specs = value if isinstance(value, list) else [value]
        return [spec for spec in specs if isinstance(spec, str) and spec]

    def add_recent_data(self, spec: str) -> None:
        specs = [spec, *(other for other in self.recent_data if other != spec)]
        self._store.setValue("recent_data", specs[:RECENT_LIMIT])

    def clear_recent(self) -> None:
        self._store.remove("recent")

    @property
    def tour_offered(self) -> bool:
        return str(self._store.value("tour_offered", "false")) == "true"  # the INI format knows only texts

    @tour_offered.setter
    def tour_offered(self, offered: bool) -> None:
        self._store.setValue("tour_offered", "true" if offered else "false")

    @property
    def geometry(self) -> QByteArray | None:
        """Size and place of the window as last stored."""
        return self._bytes("layout/geometry")

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._store.setValue("layout/geometry", geometry)

    @property
    def workspace(self) -> str:
        """Id of the workspace in use last, "" before the first."""
        return str(self._store.value("layout/workspace", ""))

    @workspace.setter
    def workspace(self, workspace_id: str) -> None:
        self._store.setValue("layout/workspace", workspace_id)

    def arrangement(self, workspace_id: str) -> QByteArray | None:
        """The docks of a workspace as they were left."""
        return self._bytes(f"layout/workspaces/{workspace_id}")

    def set_arrangement(self, workspace_id: str, state: QByteArray) -> None:
        self._store.setValue(f"layout/workspaces/{workspace_id}", state)

    @property
    def layouts(self) -> dict[str, QByteArray]:
        """Arrangements that the user gave a name, by that name, in its order."""
        self._store.beginGroup(_NAMED)
        keys = self._store.childKeys()
        self._store.endGroup()
        found = [(unquote(key), self._bytes(f"{_NAMED}/{key}")) for key in keys]
        found.sort(key=lambda layout: layout[0].casefold())
        return {name: state for name, state in found if state is not None}

    def set_layout(self, name: str, state: QByteArray) -> None:
        self._store.setValue(f"{_NAMED}/{quote(name, safe='')}", state)

    def remove_layout(self, name: str) -> None:
        self._store.remove(f"{_NAMED}/{quote(name, safe='')}")

    def _bytes(self, key: str) -> QByteArray | None:
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else None

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
