"""`opticaldr set`: change values of a project's lens, all or none."""

from __future__ import annotations

import argparse

from studio.commands.projects import writing
from studio.commands.shared import Answer, UsageError, check_folder, project_file
from studio.optics.parameters import get_value, set_value
from studio.project import store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=project_file, metavar="FILE.odr")
    parser.add_argument("changes", nargs="+", metavar="KEY=VALUE", help="for example zernike.5=0.8")


def run(options: argparse.Namespace) -> Answer:
    check_folder(options.file)
    lock = store.ProjectLock(options.file)
    with writing():
        lock.acquire()
    with lock:  # it may be taken twice
        project = store.load(options.file)
        design, done = project.design, {}
        for change in options.changes:
            key, equals, text = change.partition("=")
            if not equals:
                raise UsageError(f"{change!r} is not of the form KEY=VALUE")
            design = set_value(design, key.strip(), text)
            done[key.strip()] = get_value(design, key.strip())
        with writing():
            store.save(project.with_design(design, f"Set {', '.join(done)}"), options.file)
    return Answer(done, "\n".join(f"{key} = {value}" for key, value in done.items()))
