"""What the window remembers, and how old files are brought up to date."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray

from studio.gui.settings import RECENT_LIMIT, STEPS, Settings


def test_everything_comes_back(tmp_path: Path) -> None:
    project = tmp_path / "a.odr"
    project.touch()
    first = Settings(tmp_path)
    first.theme = "light"
    first.add_recent(project)
    first.set_layout(QByteArray(b"geometry"), QByteArray(b"state"))
    first.flush()
    second = Settings(tmp_path)
    assert second.theme == "light"
    assert second.recent == [project]
    assert second.layout() == (QByteArray(b"geometry"), QByteArray(b"state"))


def test_a_new_file_has_defaults(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    assert settings.theme == "system"
    assert settings.recent == []
    assert settings.layout() is None


def test_recent_files_are_newest_first_once_each_and_exist(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    paths = [tmp_path / f"{i}.odr" for i in range(RECENT_LIMIT + 2)]
    for path in paths:
        path.touch()
        settings.add_recent(path)
    settings.add_recent(paths[4])
    assert settings.recent[0] == paths[4]
    assert len(settings.recent) == len(set(settings.recent)) == RECENT_LIMIT
    paths[4].unlink()
    assert paths[4] not in settings.recent


def test_nonsense_reads_as_default(tmp_path: Path) -> None:
    (tmp_path / "window.ini").write_text("[General]\nschema=1\ntheme=neon\nrecent=7\n[layout]\nstate=x\n")
    settings = Settings(tmp_path)
    assert settings.theme == "system"
    assert settings.recent == []
    assert settings.layout() is None


def test_each_missing_step_runs_once_in_order(tmp_path: Path) -> None:
    Settings(tmp_path).flush()
    ran: list[str] = []
    steps = (*STEPS, lambda store: ran.append("to 2"), lambda store: ran.append("to 3"))
    Settings(tmp_path, steps).flush()
    Settings(tmp_path, steps).flush()
    assert ran == ["to 2", "to 3"]


def test_a_newer_file_is_read_and_keeps_its_version(tmp_path: Path) -> None:
    (tmp_path / "window.ini").write_text("[General]\nschema=99\ntheme=light\n")
    settings = Settings(tmp_path)
    assert settings.theme == "light"
    settings.flush()
    assert "schema=99" in (tmp_path / "window.ini").read_text()
