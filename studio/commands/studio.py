"""`opticaldr studio`: the window."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from studio import display
from studio.allocator import without_collection
from studio.commands.shared import Answer, check_folder, number, output_in, project_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", nargs="?", type=project_file, metavar="FILE.odr", help="project to open (default: the example)"
    )
    parser.add_argument("--source", metavar="SPEC", help="cohort, portrait, camera:N, clip:PATH or folder:PATH")
    parser.add_argument(
        "--screenshot", type=output_in(".png"), metavar="F.png", help="write a picture of the window, then end"
    )
    parser.add_argument("--after", type=seconds, default=0.0, metavar="S", help="seconds after the first live frame")


def run(options: argparse.Namespace) -> Answer:
    """Without a picture to write it returns when the window is closed."""
    picture: Path | None = options.screenshot
    if picture is not None:
        check_folder(picture)
    if options.source is not None:
        from studio.capture.sources import check_source  # only now: it takes its time

        check_source(options.source)
    trouble = display.trouble()
    if trouble and picture is not None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"  # a picture needs no display
    elif trouble:
        raise OSError(trouble)
    with without_collection():
        from studio.gui.launch import launch
    code = launch(options.file, options.source, picture, options.after)
    if code:
        return Answer(None, "", code)  # the reason has been said
    facts = {"file": _text(options.file), "source": options.source, "screenshot": _text(picture)}
    return Answer(facts, f"{picture}: a picture of the window" if picture else "")


def seconds(text: str) -> float:
    """Argument type: 0 to 3600 seconds."""
    value = number(text)
    if not 0.0 <= value <= 3600.0:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 3600 seconds")
    return value


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
