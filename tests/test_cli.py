"""The command line as a user or a script meets it: every call is a process of its own where that matters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio import cli
from studio.commands.shared import Answer

STUDIO = [sys.executable, "-m", "studio"]


def test_every_command_has_its_module_and_its_help(capsys):
    folder = Path(cli.__file__).with_name("commands")
    for name in cli.COMMANDS:
        assert (folder / f"{name}.py").is_file()
        assert cli.main([name, "-h"]) == 0
        out = capsys.readouterr().out
        assert f"usage: opticaldr {name}" in out
        assert "--json" in out


def test_help_lists_every_command(capsys):
    assert cli.main(["-h"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in cli.COMMANDS)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ([], ["studio"]),
        (["--json"], ["studio", "--json"]),
        (["a.odr"], ["studio", "a.odr"]),
        (["A.ODR", "--json"], ["studio", "A.ODR", "--json"]),
        (["--source", "camera:0"], ["studio", "--source", "camera:0"]),
        (["--debug", "--screenshot", "w.png"], ["studio", "--debug", "--screenshot", "w.png"]),
        (["--json", "presets"], ["presets", "--json"]),
        (["--debug", "--json", "get", "a.odr"], ["get", "--debug", "--json", "a.odr"]),
        (["--version"], ["--version"]),
        (["-h"], ["-h"]),
    ],
)
def test_the_window_is_meant_when_no_command_is_named(given, meant):
    assert cli._command_first(given) == meant


def test_common_options_may_stand_before_the_command(capsys):
    assert cli.main(["--json", "presets"]) == 0
    assert isinstance(json.loads(capsys.readouterr().out), list)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--version"], 0), (["frobnicate"], 2), (["psf"], 2), (["verify", "missing.odr"], 2), (["-h"], 0)],
)
def test_exit_codes_of_the_process(arguments, code, tmp_path):
    done = subprocess.run([*STUDIO, *arguments], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == code
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["psf", "--preset", "ideal", "--size", "abc", "--out", "x.npz"], "'abc' is not a whole number"),
        (["capture", "--seed", "1" * 5000, "--input", "a", "--out", "b"], "too long"),
        (["frobnicate"], "invalid choice"),
        (["get", "two\nlines", "a", "b"], "unrecognized arguments"),
    ],
)
def test_bad_use_is_one_line(arguments, word, capsys):
    assert cli.main(arguments) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert len(err) < 300
    assert word in err


def test_start_up_loads_nothing_heavy():
    code = (
        "import sys; from studio import cli; cli.main(['-h'])\n"
        "sys.exit(bool({'numpy', 'cv2', 'h5py', 'PySide6', 'torch'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def test_a_reader_that_leaves_early_is_no_news():
    with subprocess.Popen([*STUDIO, "presets"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(60) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [["presets"], ["presets", "--json"], ["-h"], ["--version"]])
def test_output_that_takes_nothing_is_one_line(arguments):
    with open("/dev/full", "w") as full:
        done = subprocess.run([*STUDIO, *arguments], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "standard output" in done.stderr


def test_names_beyond_the_alphabet_of_the_terminal_are_escaped(tmp_path):
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [*STUDIO, "new", "Gesicht-ü.odr"], capture_output=True, text=True, cwd=tmp_path, env=environment
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert r"Gesicht-\xfc.odr" in done.stdout
    assert (tmp_path / "Gesicht-ü.odr").is_file()


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (MemoryError(), 1, "opticaldr: MemoryError"),
        (OSError(28, "No space left on device", "a.png"), 1, "opticaldr: a.png: the disk is full"),
        (ZeroDivisionError("division"), 1, "opticaldr: unexpected ZeroDivisionError: division; --debug shows where"),
        (KeyboardInterrupt(), 1, "opticaldr: stopped"),
    ],
)
def test_whatever_fails_is_one_line(error, code, line, monkeypatch, capsys):
    def fail(_options: object) -> Answer:
        raise error

    monkeypatch.setattr("studio.commands.presets.run", fail)
    assert cli.main(["presets"]) == code
    err = capsys.readouterr().err
    assert err.startswith(line)
    assert err.count("\n") == 1


def test_a_package_that_is_missing_points_to_the_doctor(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "studio.commands.presets", None)
    assert cli.main(["presets"]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "`opticaldr doctor`" in err


def test_debug_shows_the_traceback(tmp_path):
    done = subprocess.run([*STUDIO, "info", "missing.odr", "--debug"], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode != 0
    assert "Traceback" in done.stderr


def test_an_unreachable_display_is_one_line():
    environment = {name: value for name, value in os.environ.items() if name not in ("QT_QPA_PLATFORM",)}
    environment |= {"DISPLAY": ":98765", "WAYLAND_DISPLAY": ""}
    done = subprocess.run(STUDIO, capture_output=True, text=True, env=environment)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "DISPLAY=:98765" in done.stderr
