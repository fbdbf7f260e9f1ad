"""`opticaldr info`: what a project holds."""

from __future__ import annotations

import argparse

from studio.commands.shared import Answer, project_file
from studio.optics.lens import LensDesign
from studio.optics.parameters import all_values
from studio.project import store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=project_file, metavar="FILE.odr")


def run(options: argparse.Namespace) -> Answer:
    facts = store.info(options.file)
    counts = ", ".join(f"{len(facts[name])} {name}" for name in ("variants", "runs", "evaluations", "trials"))
    values = all_values(LensDesign.from_dict(facts["design"]))
    lens = "\n".join(f"  {key} = {value}" for key, value in values.items())
    return Answer(facts, f"{options.file}: schema {facts['schema']}, {facts['bytes']} bytes, {counts}\n{lens}")
