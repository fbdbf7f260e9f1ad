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
    first.geometry = QByteArray(b"geometry")
    first.workspace = "design"
    first.set_arrangement("design", QByteArray(b"state"))
    first.set_layout("PSF / large & wide", QByteArray(b"mine"))
    first.set_layout("alone", QByteArray(b"one"))
    first.flush()
    second = Settings(tmp_path)
    assert second.theme == "light"
    assert second.recent == [project]
    assert second.geometry == QByteArray(b"geometry")
    assert second.workspace == "design"
    assert second.arrangement("design") == QByteArray(b"state")
    assert second.arrangement("live") is None
    assert list(second.layouts.items()) == [("alone", QByteArray(b"one")), ("PSF / large & wide", QByteArray(b"mine"))]
    second.remove_layout("PSF / large & wide")
    assert list(second.layouts) == ["alone"]


def test_a_new_file_has_defaults(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    assert settings.theme == "system"
    assert settings.recent == []
    assert settings.geometry is None
    assert settings.workspace == ""
    assert settings.layouts == {}


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
    (tmp_path / "window.ini").write_text("[General]\nschema=1\ntheme=neon\nrecent=7\n[layout]\ngeometry=x\n")
    settings = Settings(tmp_path)
    assert settings.theme == "system"
    assert settings.recent == []
    assert settings.geometry is None


def test_each_missing_step_runs_once_in_order(tmp_path: Path) -> None:
    Settings(tmp_path).flush()
    ran: list[str] = []
    steps = (*STEPS, lambda store: ran.append("to 3"), lambda store: ran.append("to 4"))
    Settings(tmp_path, steps).flush()
    Settings(tmp_path, steps).flush()
    assert ran == ["to 3", "to 4"]


def test_a_file_of_the_first_version_keeps_all_but_the_docks(tmp_path: Path) -> None:
    old = Settings(tmp_path, STEPS[:1])
    old.theme = "dark"
    old.geometry = QByteArray(b"geometry")
    old._store.setValue("layout/state", QByteArray(b"three docks"))
    old.flush()
    settings = Settings(tmp_path)
    assert (settings.theme, settings.geometry) == ("dark", QByteArray(b"geometry"))
    settings.flush()
    assert "three docks" not in (tmp_path / "window.ini").read_text()


def test_a_newer_file_is_read_and_keeps_its_version(tmp_path: Path) -> None:
    (tmp_path / "window.ini").write_text("[General]\nschema=99\ntheme=light\n")
    settings = Settings(tmp_path)
    assert settings.theme == "light"
    settings.flush()
    assert "schema=99" in (tmp_path / "window.ini").read_text()
