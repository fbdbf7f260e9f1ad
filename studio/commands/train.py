"""`opticaldr train`: lens and networks learn together, in four steps."""

from __future__ import annotations

import argparse
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio.commands.running import Work, working
from studio.commands.shared import Answer, UsageError, number, project_file, whole
from studio.project.records import Run
from studio.training.config import PRESETS, ConfigError, TrainingConfig, keys

_FOR_STEP = re.compile(r"([123])=")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=project_file, metavar="FILE.odr")
    parser.add_argument(
        "--data", default="cohort", metavar="SPEC", help="one for all steps, or 1=SPEC,2=SPEC,3=SPEC (default cohort)"
    )
    parser.add_argument("--preset", choices=PRESETS, default="quick", help="default quick: about 5 minutes on 2 cores")
    parser.add_argument("--steps", default="1,2,3,4", metavar="1,2,3,4", help="which of the four steps to run")
    parser.add_argument("--minutes", type=number, metavar="M", help="longest time for all of it")
    parser.add_argument("--seed", type=whole, metavar="N")
    parser.add_argument("--device", metavar="auto|cpu|cuda:N|mps")
    parser.add_argument("--baseline", metavar="KIND", help="a blur in the place of the lens, or `clear`")
    parser.add_argument(
        "--set", nargs="+", default=[], metavar="KEY=VALUE", help=f"further settings: {', '.join(keys())}"
    )
    parser.add_argument("--resume", action="store_true", help="go on with the run that was stopped or killed")
    parser.add_argument("--apply", action="store_true", help="make the learned lens the project's own")
    parser.add_argument("--job", type=Path, help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> Answer:
    config = configuration(options)
    specs = data_specs(options.data)
    with working(options.file, options.job, "train") as work:
        result = _train(work, config, specs, options)
        work.keep(result)
        if options.apply:
            work.apply(result)
    figures = {name: round(value, 4) for name, value in sorted(result.metrics.items())}
    facts = {"run": result.id, "state": result.state, "reason": result.reason, "metrics": figures}
    text = f"{result.id}: {result.state}" + (f" ({result.reason})" if result.reason else "")
    lines = [text, *(f"{name} = {value}" for name, value in figures.items())]
    return Answer(facts, "\n".join(lines), 1 if result.state == "failed" else 0)


def configuration(options: argparse.Namespace) -> TrainingConfig:
    """What the options ask for; UsageError says which of them makes no sense."""
    changes: dict[str, Any] = {}
    for change in options.set:
        key, equals, value = change.partition("=")
        if not equals:
            raise UsageError(f"{change!r} is not of the form KEY=VALUE")
        changes[key] = value
    for name in ("minutes", "seed", "device", "baseline"):
        if getattr(options, name) is not None:
            changes[name] = getattr(options, name)
    try:
        steps = tuple(int(step) for step in options.steps.split(","))
    except ValueError:
        raise UsageError(f"--steps {options.steps}: give some of 1,2,3,4") from None
    try:
        return PRESETS[options.preset].changed(changes).only(steps)
    except ConfigError as error:
        raise UsageError(str(error)) from None


def data_specs(text: str) -> list[str]:
    """One SPEC, or those of steps 1, 2 and 3; UsageError when they are not numbered so."""
    if not _FOR_STEP.match(text):
        return [text]
    starts = [match.start() for match in re.finditer(r"(?:(?<=,)|^)[123]=", text)]
    parts = [text[a:b].rstrip(",") for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    if [part[0] for part in parts] != ["1", "2", "3"][: len(parts)]:
        raise UsageError(f"--data {text}: number the data of the steps in order, 1=SPEC,2=SPEC,3=SPEC")
    return [part[2:] for part in parts]


def _train(work: Work, config: TrainingConfig, specs: list[str], options: argparse.Namespace) -> Run:
    # before torch is loaded: its threads would spin, and its allocator give memory back all the time
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from studio.faces.face_set import FacesError
    from studio.training.data import load
    from studio.training.run import TrainingError, train

    run_id = work.folder.name if options.job else ""  # a job that goes on takes the place of what it left
    try:
        work.listener.progress("Loading faces", 0.0)
        data = load(specs, config.size_px, [i for i, step in enumerate(config.steps(), 1) if step.iterations])
        design = work.project.design
        run = train(design, config, data, work.folder, work.listener, resume=options.resume, run_id=run_id)
    except (FacesError, TrainingError) as error:
        raise UsageError(str(error)) from error
    return replace(run, label=f"{options.preset}, seed {config.seed}")
