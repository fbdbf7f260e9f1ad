"""`opticaldr models`: which recognisers are there, and fetching those that are not."""

from __future__ import annotations

import argparse

from studio.commands.shared import Answer
from studio.faces import models


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("list", "fetch"))
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(models.MODELS)}; all without any")


def run(options: argparse.Namespace) -> Answer:
    if options.what == "fetch":
        models.fetch(options.names)
    rows = [row for row in models.status() if not options.names or row["name"] in options.names]
    text = [
        f"{row['name']:9}{'installed' if row['sha256_ok'] else 'damaged' if row['installed'] else 'missing':10}"
        f"{row['what']}; {row['licence']}"
        for row in rows
    ]
    return Answer(rows, "\n".join(text))
