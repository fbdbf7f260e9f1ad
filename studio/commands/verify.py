"""`opticaldr verify`: is a project file sound?"""

from __future__ import annotations

import argparse

from studio.commands.shared import Answer, project_file
from studio.project import store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=project_file, metavar="FILE.odr")


def run(options: argparse.Namespace) -> Answer:
    line = store.verify(options.file)
    return Answer({"file": str(options.file), "sound": True, "detail": line}, line)
