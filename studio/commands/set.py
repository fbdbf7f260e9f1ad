"""`opticaldr set`: change values of a project's lens, all or none."""

from __future__ import annotations

import argparse

from studio.commands.projects import changed_project
from studio.commands.shared import Answer, UsageError, project_file
from studio.optics.parameters import get_value, set_value


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=project_file, metavar="FILE.odr")
    parser.add_argument(
        "changes",
        nargs="+",
        metavar="KEY=VALUE",
        help="for example zernike.5=0.8, object_distance_m='50 cm' or zernike.4=-36/2",
    )


def run(options: argparse.Namespace) -> Answer:
    done = {}
    with changed_project(options.file) as held:
        design = held.project.design
        for change in options.changes:
            key, equals, text = change.partition("=")
            if not equals:
                raise UsageError(f"{change!r} is not of the form KEY=VALUE")
            design = set_value(design, key.strip(), text)
            done[key.strip()] = get_value(design, key.strip())
        held.project = held.project.with_design(design, f"Set {', '.join(done)}")
    return Answer(done, "\n".join(f"{key} = {value}" for key, value in done.items()))
