"""Starts the window. Nothing heavy is imported until `run` is called, so the command line stays quick."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path


def run(
    file: Path | None = None, source: str | None = None, screenshot: Path | None = None, after_s: float = 0.0
) -> int:
    """Open the window on `file` (without it: on the example); returns the exit code.

    `source` is a frame source ("camera:0", "clip:PATH", "folder:PATH"). With `screenshot` the window shows no
    dialog, waits for the first live frame, then `after_s` seconds, writes a PNG there and ends.
    """
    from studio.gui.launch import launch

    return launch(file, source, screenshot, after_s)


def main(argv: Sequence[str] | None = None) -> int:
    """Entry of `opticaldr-studio` and `python -m studio`'s window."""
    parser = argparse.ArgumentParser(prog="opticaldr-studio", description="Design a lens that removes identity.")
    add_arguments(parser)
    options = parser.parse_args(argv)
    return run(options.file, options.source, options.screenshot, options.after)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The window's arguments, shared with `opticaldr studio`."""
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE.odr", help="project to open (default: the example)")
    parser.add_argument("--source", metavar="SPEC", help="camera:0, clip:PATH or folder:PATH")
    parser.add_argument("--screenshot", type=Path, metavar="PNG", help="write a picture of the window, then end")
    parser.add_argument("--after", type=_seconds, default=0.0, metavar="S", help="seconds after the first live frame")


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0.0 <= seconds <= 3600.0:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 3600 seconds")
    return seconds
