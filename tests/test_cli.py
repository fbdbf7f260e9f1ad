"""The command line as a user or a script meets it: every call is a process of its own where that matters."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from importlib import import_module
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
    assert done.returncode == 2
    assert "Traceback" in done.stderr
    assert done.stderr.splitlines()[-1] == "opticaldr: missing.odr: there is no such file"


def test_debug_is_an_option_and_no_word_of_another(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["variant", "missing.odr", "keep", "--", "--debug"]) == 2
    assert capsys.readouterr().err == "opticaldr: missing.odr: there is no such file\n"


def test_a_refusal_never_goes_to_standard_output():
    without_errors = ["sh", "-c", 'exec "$@" 2>&-', "sh"]
    done = subprocess.run([*without_errors, *STUDIO, "verify", "missing.odr"], stdout=subprocess.PIPE, text=True)
    assert (done.returncode, done.stdout) == (2, "")


def test_output_that_fails_without_a_file_of_its_own_is_one_line(monkeypatch, capsys):
    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(28, os.strerror(28))

    monkeypatch.setattr(sys, "stdout", Full())
    assert cli.main(["presets"]) == 1
    assert capsys.readouterr().err == "opticaldr: standard output: No space left on device\n"


def test_what_a_name_holds_never_commands_the_terminal(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["verify", "\x1b[31mred.odr"]) == 2
    assert capsys.readouterr().err == "opticaldr: \\x1b[31mred.odr: there is no such file\n"
    assert cli.main(["new", "\x1b[31mred.odr"]) == 2
    assert "cannot be printed" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["info", "{}"], ["new", "{}"], ["psf", "--preset", "ideal", "--out", "{}"]])
def test_the_folder_of_a_user_is_filled_in_everywhere(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    cli.main([text.format("~/lens") for text in arguments])
    assert "~" not in capsys.readouterr().err
    assert cli.main([text.format("~nosuchuser/lens") for text in arguments]) == 2
    assert "no user of that name" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"), [("pictures.SourceError", 2), ("face_set.FacesError", 2), ("models.ModelError", 1)]
)
def test_faces_that_cannot_be_read_are_bad_input_and_missing_models_a_failure(error, code, monkeypatch, capsys):
    module, _, name = error.partition(".")

    def fail(_options: object) -> Answer:
        raise getattr(import_module(f"studio.faces.{module}"), name)("no faces here")

    monkeypatch.setattr("studio.commands.presets.run", fail)
    assert cli.main(["presets"]) == code
    assert capsys.readouterr().err == "opticaldr: no faces here\n"


def test_an_unreachable_display_is_one_line():
    environment = {name: value for name, value in os.environ.items() if name not in ("QT_QPA_PLATFORM",)}
    environment |= {"DISPLAY": ":98765", "WAYLAND_DISPLAY": ""}
    done = subprocess.run(STUDIO, capture_output=True, text=True, env=environment)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "DISPLAY=:98765" in done.stderr
