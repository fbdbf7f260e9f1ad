"""`opticaldr presets`: the starting lenses."""

from __future__ import annotations

import argparse

from studio.commands.shared import Answer
from studio.optics.presets import PRESETS, RANDOM_PREFIX


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none of its own."""


def run(_options: argparse.Namespace) -> Answer:
    rows = [{"name": p.name, "title": p.title, "source": p.source} for p in PRESETS.values()]
    rows.append(
        {
            "name": f"{RANDOM_PREFIX}SEED",
            "title": "Random lens",
            "source": "Focused at 1 m with normal random terms 5-15 of 0.4 um RMS each; our choice.",
        }
    )
    return Answer(rows, "\n".join(f"{row['name']:<20} {row['source']}" for row in rows))
