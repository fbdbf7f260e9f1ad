"""`opticaldr evaluate`: the quick grid of attacks on a project's lens, on people that nothing was trained on."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from uuid import uuid4

from studio.commands.running import working
from studio.commands.shared import Answer, UsageError, path, project_file, whole
from studio.faces import recognisers
from studio.listener import Listener
from studio.optics.baselines import parse_baseline
from studio.project.model import Project
from studio.project.records import Evaluation

MOST_PICTURES = 400


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=project_file, metavar="FILE.odr")
    parser.add_argument("--data", default="cohort", metavar="SPEC", help="whose faces (default cohort)")
    parser.add_argument("--split", choices=("test", "validation"), default="test", help="where the data has splits")
    parser.add_argument("--grid", choices=("quick",), default="quick")
    parser.add_argument("--recognisers", metavar="NAME,...", help="default: all that are installed")
    parser.add_argument("--baseline", default="none", metavar="KIND", help="a blur in the place of the lens")
    parser.add_argument("--seed", type=whole, default=0, metavar="N", help="of pairs, noise and intervals (default 0)")
    parser.add_argument("--out", type=path, required=True, metavar="DIR", help="for the figures as JSON and CSV")
    parser.add_argument("--job", type=Path, help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> Answer:
    there = recognisers.installed()
    wanted = tuple(options.recognisers.split(",")) if options.recognisers else there
    if not wanted:
        raise UsageError("no recogniser is installed: opticaldr models fetch")
    if missing := [name for name in wanted if name not in there]:
        raise UsageError(f"recogniser {missing[0]} is not installed: opticaldr models fetch {missing[0]}")
    with working(options.file, options.job, "evaluate") as work:
        record = _evaluate(work.project, options, wanted, work.listener)
        from studio.evaluation.records import write_files

        files = write_files(record, options.out)
        work.keep(record)
    worst = max((score, name) for name, score in record.scores.items() if _against_lens(name))
    facts = {
        "evaluation": record.id,
        "scores": record.scores,
        "worst": {"cell": worst[1], "auc": worst[0]},
        "detection_rate": record.metrics["detection_rate"],
        "files": [str(file) for file in files],
    }
    lines = [f"{name:50}{value:.3f} [{low:.3f}, {high:.3f}]" for name, (value, low, high) in record.scores.items()]
    value, low, high = worst[0]
    lines.append(f"worst attacker: {worst[1].removesuffix('/auc')}, AUC {value:.3f} [{low:.3f}, {high:.3f}]")
    return Answer(facts, "\n".join(lines))


def _evaluate(project: Project, options: argparse.Namespace, names: tuple[str, ...], listener: Listener) -> Evaluation:
    from studio.evaluation.quick_grid import quick_grid
    from studio.evaluation.records import evaluation_record
    from studio.evaluation.scenes import choose, prepare
    from studio.faces.face_set import SPLITS, FacesError, FaceSet
    from studio.faces.specs import open_faces

    begun_s = time.monotonic()
    try:
        faces = open_faces(options.data)
        if not isinstance(faces, FaceSet):
            raise FacesError(f"{options.data} holds clips; recognisers need pictures of faces")
        split = options.split if (faces.splits == SPLITS.index(options.split)).any() else ""
        chosen = faces.split(split) if split else faces
        scenes = prepare(chosen, choose(chosen, MOST_PICTURES, options.seed), listener.progress)
    except FacesError as error:
        raise UsageError(str(error)) from error
    grid = quick_grid(
        project.design,
        scenes,
        [recognisers.load(name) for name in names],
        baseline=parse_baseline(options.baseline),
        seed=options.seed,
        progress=listener.progress,
    )
    config = {
        "grid": options.grid,
        "data": options.data,
        "split": split or "all",
        "baseline": options.baseline,
        "recognisers": list(names),
        "attackers": sorted({cell.attacker for cell in grid.cells}),
    }
    record_id = f"evaluation-{uuid4().hex[:8]}"
    return evaluation_record(grid, project.design, record_id, config, time.monotonic() - begun_s)


def _against_lens(name: str) -> bool:
    from studio.evaluation.quick_grid import AGAINST_THE_LENS

    return name.split("/")[0] in AGAINST_THE_LENS
