"""The command line `opticaldr`: everything the window can do, without a window.

Every command takes `--json`. Exit codes: 0 done, 2 bad use or bad input (one line says what), 1 a failure.
Each command is a module of `studio.commands` under its own name, imported only when it is asked for.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stdout, suppress
from importlib import import_module
from io import StringIO
from itertools import takewhile
from typing import NoReturn

from studio.allocator import keep_freed_memory
from studio.commands.shared import Answer, UsageError

COMMANDS = {
    "studio": "open the window (the default)",
    "new": "make a project file",
    "presets": "list the starting lenses and where their numbers come from",
    "info": "what a project holds",
    "verify": "check a project file from the first byte to the last",
    "get": "print one value of the lens, or all",
    "set": "change values of the lens, all or none",
    "notes": "print or change the notes on a project",
    "variant": "list, keep, restore, rename, note or remove named designs",
    "psf": "compute the point spread function",
    "capture": "turn pictures or videos into captures",
    "evaluate": "attack the lens with face recognisers, and with deconvolution before them",
    "models": "list or fetch the recognisers",
    "train": "train lens and networks together",
    "sweep": "train and measure many lenses and baselines: a study",
    "worker": "join a study and run its trials",
    "study": "how far a study is, and what it has found",
    "report": "write a PDF or a web page about a project, with its tables and pictures",
    "cohort": "the synthetic people that ship with the studio: facts, pictures, and rendering new ones",
    "doctor": "what is installed, what is missing and the line that installs it",
}
"""Name and help of each module of `studio.commands` that is a command."""

_COMMON = ("--json", "--debug")


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line; the usage is one `-h` away."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {_one_line(message)}; see {self.prog} -h\n")


class _ShowVersion(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_values: object) -> NoReturn:
        from importlib.metadata import version  # takes longer than all else that starts

        print(f"OpticalDR Studio {version('opticaldr-studio')}")
        parser.exit()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = _command_first(list(sys.argv[1:] if argv is None else argv))
    keep_freed_memory()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # names beyond the terminal's alphabet are escaped, not fatal
            stream.reconfigure(errors="backslashreplace")
    debug = False
    try:
        with redirect_stdout(StringIO()) as help_text:  # argparse would not notice that nobody can read it
            options = _parser(arguments[0]).parse_args(arguments)
        debug = options.debug
        with nullcontext() if arguments[0] == "studio" else _killed_politely():  # the window has its own way
            answer: Answer = options.run(options)
    except SystemExit as ended:  # argparse is done
        return _print(help_text.getvalue().rstrip()) or int(ended.code or 0)
    except KeyboardInterrupt as error:
        return _refuse("; ".join(("stopped", *getattr(error, "__notes__", ()))), 1)
    except Exception as error:
        if debug:
            traceback.print_exc()
        text, code = _explain(error)
        return _refuse("; ".join((text, *getattr(error, "__notes__", ()))), code)
    as_json = options.json and answer.data is not None
    return _print(json.dumps(answer.data, indent=2, allow_nan=False) if as_json else answer.text) or answer.code


def _command_first(arguments: list[str]) -> list[str]:
    """The command before all else; it is `studio` for `opticaldr`, `opticaldr FILE.odr`, `opticaldr --source SPEC`."""
    common = list(takewhile(lambda argument: argument in _COMMON, arguments))
    rest = arguments[len(common) :]
    first = rest[0] if rest else ""
    window_option = first.startswith("-") and first not in ("-h", "--help", "--version")
    if not first or window_option or first.lower().endswith(".odr"):
        rest = ["studio", *rest]
    return [rest[0], *common, *rest[1:]]


def _parser(chosen: str) -> argparse.ArgumentParser:
    """A parser that lists all commands and knows the arguments of the `chosen` one."""
    parser = OneLineParser(
        prog="opticaldr",
        description="Design a lens that removes identity at capture. Research use only; not a medical device.",
        epilog="Without a command the window opens.",
    )
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, help_text in COMMANDS.items():
        sub = commands.add_parser(name, help=help_text, description=help_text)
        if name == chosen:
            module = import_module(f"studio.commands.{name}")
            module.add_arguments(sub)
            sub.set_defaults(run=module.run)
            sub.add_argument("--json", action="store_true", help="print JSON")
            sub.add_argument("--debug", action="store_true", help="show the traceback of a failure")
    return parser


@contextmanager
def _killed_politely() -> Iterator[None]:
    """A polite kill ends the command as Ctrl+C does: what is half done is cleaned up."""
    if threading.current_thread() is not threading.main_thread():  # signals come to that one alone
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _explain(error: Exception) -> tuple[str, int]:
    """What went wrong, for a person, and the exit code; the error's notes say what is left behind."""
    if isinstance(error, ImportError):
        return f"{error}; `opticaldr doctor` names the line that mends it", 1

    from studio.optics.lens import DesignError
    from studio.project import atomic
    from studio.project.records import ProjectError

    if isinstance(error, UsageError | DesignError | ProjectError):
        return str(error), 2
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {atomic.reason(error)}", 1
    if isinstance(error, OSError | MemoryError):
        return str(error) or type(error).__name__, 1

    from studio.faces.face_set import FacesError
    from studio.faces.models import ModelError
    from studio.faces.pictures import SourceError

    if isinstance(error, FacesError | SourceError):
        return str(error), 2
    if isinstance(error, ModelError):
        return str(error), 1
    return f"unexpected {type(error).__name__}: {error}; --debug shows where", 1


def _refuse(text: str, code: int) -> int:
    if sys.stderr is not None:  # closed, and `print` would take standard output
        with suppress(OSError):  # nobody may be listening
            print(f"opticaldr: {_one_line(text)}", file=sys.stderr)
    return code


def _one_line(text: str) -> str:
    return _printable(" ".join(text.split()))


def _printable(text: str) -> str:
    """`text` without what would command the terminal: a name may hold anything."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


def _print(text: str) -> int:
    """Print `text`, if any; 0, or 1 when standard output takes no more. A reader that has left is no news."""
    if sys.stdout is None:  # started without a terminal
        return 0
    try:
        if text:
            print(_printable(text))
        sys.stdout.flush()
    except OSError as error:
        # what is still in the buffer must not fail a second time at exit
        with suppress(OSError):  # a stand-in without a file has none to lose
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1 if isinstance(error, BrokenPipeError) else _refuse(f"standard output: {error.strerror}", 1)
    return 0
