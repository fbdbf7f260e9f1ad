"""`opticaldr notes`: what a project is about, in words; its report begins with them."""

from __future__ import annotations

import argparse

from studio.commands.projects import changed_project
from studio.commands.shared import Answer, project_file
from studio.project import store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=project_file, metavar="FILE.odr")
    parser.add_argument("text", nargs="?", metavar="TEXT", help="the new notes; without it they are printed")


def run(options: argparse.Namespace) -> Answer:
    if options.text is None:
        notes = store.load(options.file).notes
    else:
        notes = options.text.strip()
        with changed_project(options.file) as held:
            if notes != held.project.notes:
                held.project = held.project.with_notes(notes)
    return Answer({"notes": notes}, notes or "no notes")
