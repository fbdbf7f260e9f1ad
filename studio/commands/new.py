"""`opticaldr new`: a project file with a starting lens."""

from __future__ import annotations

import argparse

from studio.commands.projects import writing
from studio.commands.shared import Answer, UsageError, check_folder, project_file
from studio.optics.presets import DEFAULT_PRESET, preset
from studio.project import store
from studio.project.model import Project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=project_file, metavar="FILE.odr", help="`.odr` is added where it is missing")
    parser.add_argument("--preset", default=DEFAULT_PRESET, metavar="NAME", help="see `opticaldr presets`")


def run(options: argparse.Namespace) -> Answer:
    if not options.file.name.isprintable():
        raise UsageError(f"{options.file.name!r} holds characters that cannot be printed; choose another name")
    if options.file.exists():
        raise UsageError(f"{options.file} exists already; choose another name or remove it first")
    check_folder(options.file)
    project = Project().with_design(preset(options.preset), f"New from {options.preset}")
    with writing():
        store.save(project, options.file)
    facts = {"file": str(options.file), "preset": options.preset}
    return Answer(facts, f"{options.file}: new project from {options.preset}")
