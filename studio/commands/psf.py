"""`opticaldr psf`: the point spread function, as arrays (NPZ), a picture (PNG) or a figure (SVG)."""

from __future__ import annotations

import argparse
from pathlib import Path

from studio.commands.projects import add_lens, chosen_lens
from studio.commands.shared import Answer, UsageError, check_folder, number, output_in, whole
from studio.exchange.psf_files import FORMATS, grid_facts, write_psf
from studio.optics.psf import psf


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_lens(parser)
    parser.add_argument("--depth", type=number, metavar="M", help="object distance, m (default: the project's)")
    parser.add_argument("--size", type=whole, default=64, metavar="K", help="sensor pixels a side (default 64)")
    parser.add_argument("--out", type=output_in(*FORMATS), required=True, metavar="F.npz|F.png|F.svg")


def run(options: argparse.Namespace) -> Answer:
    target: Path = options.out
    check_folder(target)
    lens = chosen_lens(options)
    if lens.ideal and options.depth is not None:
        raise UsageError("--depth moves the point before a lens and a perfect image has none; leave it out")
    result = psf(lens, object_distance_m=options.depth, size=options.size)
    write_psf(result, target)
    grid = grid_facts(result.grid)
    facts = {
        "file": str(target),
        "shape": list(result.values.shape),
        "pitch_m": result.pitch_m,
        "wavelengths_m": list(result.wavelengths_m),
        "window_energy": list(result.window_energy),
        "strehl": list(result.strehl),
        "grid": grid,
        "warnings": list(result.warnings),
    }
    rows = [
        f"{colour:<6} Strehl {s:<8.3g}  window energy {e:.4f}"
        for colour, s, e in zip(("red", "green", "blue"), result.strehl, result.window_energy, strict=True)
    ]
    return Answer(facts, "\n".join([f"{target}: {grid['reason']}", *rows, *(f"warning: {w}" for w in result.warnings)]))
