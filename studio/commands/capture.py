"""`opticaldr capture`: pictures and videos through a lens, into a folder."""

from __future__ import annotations

import argparse

from studio.capture.offline import with_capture_options
from studio.capture.to_folder import capture_to_folder
from studio.commands.projects import add_lens, chosen_lens
from studio.commands.shared import Answer, UsageError, number, path, whole
from studio.optics.baselines import NONE, parse_baseline


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_lens(parser)
    parser.add_argument(
        "--input",
        required=True,
        metavar="IMAGE|VIDEO|DIR|SPEC",
        help="a folder gives all its pictures and videos (no sound); a SPEC names faces: cohort, celeba:PATH, ...",
    )
    parser.add_argument(
        "--out", type=path, required=True, metavar="DIR", help="a new or empty folder: nothing is ever overwritten"
    )
    parser.add_argument("--depth", type=number, metavar="M", help="object distance, m")
    parser.add_argument("--noise", type=number, metavar="S", help="read noise, share of full scale")
    parser.add_argument("--bits", type=whole, metavar="B", help="bit depth; over 8 needs PNG, TIFF, PGM or PPM")
    parser.add_argument("--seed", type=whole, default=0, metavar="N", help="of the noise (default 0)")
    parser.add_argument(
        "--baseline", default="none", metavar="KIND", help="gaussian:SIGMA, defocus:DIAMETER, pixelate:FACTOR or none"
    )


def run(options: argparse.Namespace) -> Answer:
    baseline = parse_baseline(options.baseline)
    if baseline != NONE and options.depth is not None:
        raise UsageError("--depth moves the face before a lens and a baseline has none; leave one of them out")
    if baseline != NONE and options.file is None and options.preset is None:
        options.preset = "ideal"  # a baseline needs no lens, only a sensor
    lens = chosen_lens(options)
    if baseline == NONE and lens.ideal and options.depth is not None:
        raise UsageError("--depth moves the face before a lens and a perfect image has none; leave it out")
    design = with_capture_options(lens, options.depth, options.noise, options.bits)
    report = capture_to_folder(design, options.input, options.out, baseline=baseline, seed=options.seed)
    facts = {
        "out": str(options.out),
        "files": report.files,
        "frames": report.frames,
        "problems": report.problems,
        "warnings": report.warnings,
        "notes": report.notes,
    }
    count = f"{_counted(report.frames, 'capture')} in {_counted(len(report.files), 'file')}"
    text = [f"{options.out}: {count}{', but not of all that was given' if report.problems else ''}"]
    text += [f"problem: {line}" for line in report.problems]
    text += [f"warning: {line}" for line in report.warnings]
    text += [f"note: {line}" for line in report.notes]
    return Answer(facts, "\n".join(text), code=1 if report.problems else 0)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
