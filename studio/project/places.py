"""Folders and file names beside a project and in the user's data folder."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path


def user_folder() -> Path:
    """The user's data folder of the studio; it need not exist yet."""
    return user_data_path("opticaldr-studio", appauthor=False)


def beside(path: Path, ending: str) -> Path:
    """FILE.odr.ENDING: `bak`, `lock` or `recovery` of a project file."""
    return path.with_name(f"{path.name}.{ending}")
