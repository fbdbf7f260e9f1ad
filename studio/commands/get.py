"""`opticaldr get`: values of a project's lens."""

from __future__ import annotations

import argparse

from studio.commands.shared import Answer, project_file
from studio.optics.parameters import all_values, get_value
from studio.project import store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=project_file, metavar="FILE.odr")
    parser.add_argument("key", nargs="?", metavar="KEY", help="for example zernike.5 or sensor.noise")


def run(options: argparse.Namespace) -> Answer:
    design = store.load(options.file).design
    if options.key is None:
        values = all_values(design)
        return Answer(values, "\n".join(f"{key} = {value}" for key, value in values.items()))
    value = get_value(design, options.key)
    return Answer({options.key: value}, str(value))
