"""new, get, set, info, verify: the project's file from the command line."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from studio.project import store


def full_disk(*_arguments: object, **_options: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_new_get_set_info_verify(project, run_json):
    assert run_json("set", project, "zernike.5=0.8", "sensor.noise=0.02", "object_distance_m=1.0") == {
        "zernike.5": 0.8,
        "sensor.noise": 0.02,
        "object_distance_m": 1.0,
    }
    assert run_json("get", project, "zernike.5") == {"zernike.5": 0.8}
    assert run_json("get", project)["sensor.noise"] == 0.02
    facts = run_json("info", project)
    assert set(facts) == {"schema", "design", "variants", "runs", "evaluations", "trials", "bytes"}
    assert facts["bytes"] == project.stat().st_size
    assert facts["design"]["zernike_um"][4] == 0.8
    assert run_json("verify", project)["sound"] is True
    assert [edit.label for edit in store.load(project).history][-1].startswith("Set zernike.5")


def test_set_reads_units_and_expressions_as_the_window_does(project, run_json, refused):
    assert run_json("set", project, "object_distance_m=50 cm", "zernike.4=-36/2", "sensor.noise=2 %") == {
        "object_distance_m": 0.5,
        "zernike.4": -18.0,
        "sensor.noise": 0.02,
    }
    assert "'kg' does not fit here" in refused("set", project, "object_distance_m=5 kg")


def test_set_changes_all_or_nothing(project, refused):
    before = project.read_bytes()
    for changes in (["zernike.5=1", "zernike.6=nan"], ["zernike.5=1", "focus=3"], ["zernike.5"], ["zernike.4=1e9"]):
        assert changes[-1].partition("=")[0] in refused("set", project, *changes)
    assert project.read_bytes() == before
    assert not project.with_name("lens.odr.lock").exists()


def test_new_never_overwrites(project, refused):
    before = project.read_bytes()
    assert "exists already" in refused("new", project)
    assert project.read_bytes() == before


def test_a_name_without_ending_means_the_odr_file_everywhere(tmp_path, run_json):
    assert run_json("new", tmp_path / "lens")["file"] == str(tmp_path / "lens.odr")
    assert [path.name for path in tmp_path.iterdir()] == ["lens.odr"]
    run_json("set", tmp_path / "lens", "zernike.5=0.8")
    assert run_json("get", tmp_path / "lens", "zernike.5") == {"zernike.5": 0.8}
    assert run_json("verify", tmp_path / "lens")["file"] == str(tmp_path / "lens.odr")
    assert run_json("psf", tmp_path / "lens", "--out", tmp_path / "p")["file"] == str(tmp_path / "p.npz")


def test_an_ending_in_capitals_stays(tmp_path, run_json):
    assert run_json("new", tmp_path / "LENS.ODR")["file"] == str(tmp_path / "LENS.ODR")
    assert run_json("psf", tmp_path / "LENS.ODR", "--out", tmp_path / "P.NPZ")["file"] == str(tmp_path / "P.NPZ")


def test_a_file_of_another_name_is_read_as_it_is_named(project, run_json):
    copy = project.rename(project.with_name("lens.copy"))
    assert run_json("verify", copy)["file"] == str(copy)


def test_bad_files_are_one_line(tmp_path, refused):
    garbage = tmp_path / "garbage.odr"
    garbage.write_bytes(b"not a project" * 100)
    for command in ("info", "verify", "get"):
        assert "garbage.odr" in refused(command, garbage)
        assert "no such file" in refused(command, tmp_path / "missing.odr")
    assert "no such file" in refused("set", tmp_path / "missing.odr", "zernike.5=1")


def test_a_link_that_leads_to_itself_is_one_line(tmp_path, refused):
    loop = tmp_path / "loop.odr"
    loop.symlink_to(loop)
    for arguments in (["new", loop], ["info", loop], ["set", loop, "zernike.5=1"]):
        assert "loop.odr" in refused(*arguments)


def test_a_disk_that_takes_nothing_is_a_failure_and_not_bad_input(project, tmp_path, refused, monkeypatch):
    before = project.read_bytes()
    monkeypatch.setattr("studio.project.atomic._write_new", full_disk)
    assert "disk is full" in refused("new", tmp_path / "other.odr", code=1)
    assert "disk is full" in refused("set", project, "zernike.5=1", code=1)
    assert "disk is full" in refused("psf", project, "--out", tmp_path / "x.npz", code=1)
    assert project.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["lens.odr"]


def test_a_lock_that_cannot_be_written_is_a_failure(project, refused, monkeypatch):
    monkeypatch.setattr("studio.project.lock.ProjectLock._create", full_disk)
    assert "disk is full" in refused("set", project, "zernike.5=1", code=1)


def test_a_folder_that_does_not_exist_is_bad_input(tmp_path, refused):
    for arguments in (["new", tmp_path / "no" / "x.odr"], ["set", tmp_path / "no" / "x.odr", "zernike.5=1"]):
        assert "does not exist" in refused(*arguments)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder that takes no files")
def test_a_folder_that_takes_no_files_says_so(refused):
    assert "takes no new files" in refused("new", "/proc/x.odr", code=1)


def test_a_locked_file_names_its_owner(project, refused, run_json):
    holder = (
        "import sys; from studio.project.store import ProjectLock\n"
        "ProjectLock(sys.argv[1]).acquire(); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(project)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert str(other.pid) in refused("set", project, "zernike.5=1")
        assert run_json("get", project, "zernike.4")  # reading stays possible
        other.communicate()


def test_presets_name_their_sources(run_json):
    rows = run_json("presets")
    assert {"paper-literal", "focused-1m", "paper-peak", "defocus-disc", "ideal"} <= {row["name"] for row in rows}
    assert all(len(row["source"]) > 40 for row in rows)
