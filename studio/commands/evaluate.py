"""`opticaldr evaluate`: a grid of attacks on a project's lens, on people that nothing was trained on."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from studio.commands.running import working
from studio.commands.shared import Answer, UsageError, path, project_file, whole
from studio.evaluation.reading import AFFECT, ATTACKERS, GRIDS
from studio.faces import recognisers
from studio.listener import Listener, Part
from studio.optics.baselines import NONE, parse_baseline
from studio.optics.lens import DesignError, LensDesign
from studio.optics.presets import preset
from studio.project.model import Project
from studio.project.records import Evaluation, Run
from studio.study.pinned import TRIAL, Candidate, candidate
from studio.study.plan import StudyError, journal_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from studio.evaluation.bench import Grid
    from studio.evaluation.scenes import Scenes
    from studio.faces.face_set import FaceSet

MOST_PICTURES = 400
ALONE = "none"
"""The storage of a trial that is scored without its network."""
_RETRAINING, _READING, _FINDING = 0.3, 0.1, 0.1  # shares of the work


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=project_file, metavar="FILE.odr")
    parser.add_argument("--data", default="cohort", metavar="SPEC", help="whose faces (default cohort)")
    parser.add_argument("--split", choices=("test", "validation"), default="test", help="where the data has splits")
    parser.add_argument("--grid", choices=GRIDS, default=GRIDS[0])
    parser.add_argument("--attackers", metavar="A1,A2,A4", help="those to train in the full grid (default: all)")
    parser.add_argument(
        "--other-lens", metavar="PRESET", default="paper-literal", help="the second one of the full grid"
    )
    parser.add_argument("--recognisers", metavar="NAME,...", help="default: all that are installed")
    parser.add_argument("--baseline", default="none", metavar="KIND", help="a blur in the place of the lens")
    parser.add_argument("--trial", metavar="ID", help="a pinned trial in the place of the lens: scored once")
    parser.add_argument(
        "--storage", metavar="URL", help="of its study (default: a file beside FILE); none: only its lens"
    )
    parser.add_argument("--run", dest="run_id", metavar="ID", help="a run's lens, and its network")
    parser.add_argument(
        "--affect-data",
        metavar="SPEC",
        help="what that network reads (default: as it learned from)",
    )
    parser.add_argument("--seed", type=whole, default=0, metavar="N", help="of pairs, noise and intervals (default 0)")
    parser.add_argument("--out", type=path, metavar="DIR", help="for tables and figures")
    parser.add_argument("--job", type=Path, help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> Answer:
    out = options.out or (options.job / "out" if options.job else None)
    if out is None:
        raise UsageError("--out DIR is needed: where tables and figures go")
    _attackers(options)
    if options.storage and not options.trial:
        raise UsageError("--storage is that of a trial's study: it needs --trial ID")
    try:
        preset(options.other_lens)
    except DesignError as error:
        raise UsageError(f"--other-lens: {error}") from error
    there = recognisers.installed()
    wanted = tuple(options.recognisers.split(",")) if options.recognisers else there
    if not wanted:
        raise UsageError("no recogniser is installed: opticaldr models fetch")
    if missing := [name for name in wanted if name not in there]:
        raise UsageError(f"recogniser {missing[0]} is not installed: opticaldr models fetch {missing[0]}")
    with working(options.file, options.job, "evaluate") as work:
        record = _evaluate(work.project, options, wanted, work.listener)
        from studio.evaluation.reading import cells, headline, worst
        from studio.evaluation.records import write_files

        files = write_files(record, out)
        work.keep(record)
    found = worst(cells(record))
    assert found is not None, "the grid attacks the lens"
    facts = {
        "evaluation": record.id,
        "scores": record.scores,
        "worst": {"cell": found.name, "auc": (found.auc.value, found.auc.low, found.auc.high)},
        "detection_rate": record.metrics["detection_rate"],
        "files": [str(file) for file in files],
    }
    lines = [f"{name:50}{value:.3f} [{low:.3f}, {high:.3f}]" for name, (value, low, high) in record.scores.items()]
    return Answer(facts, "\n".join([*lines, headline(record)]))


def _evaluate(project: Project, options: argparse.Namespace, names: tuple[str, ...], listener: Listener) -> Evaluation:
    from studio.evaluation.records import evaluation_record
    from studio.evaluation.scenes import choose, prepare
    from studio.faces.face_set import FacesError

    begun_s = time.monotonic()
    design, baseline = project.design, parse_baseline(options.baseline)
    run = _run(project, options)
    trial = _trial(project, options) if options.trial else _as_candidate(run) if run is not None else None
    network, affect, found = "", {}, 0.0
    try:
        faces, among, split = _people(options, _learned_from(project, options, run))
        numbers = among[choose(faces.subset(among), MOST_PICTURES, options.seed)]
        if options.trial and options.storage != ALONE:
            found = _RETRAINING
            run = _trained_again(project, options, Part(listener, 0.0, found))
            network = "trained again"
        if run is not None:
            affect = _affect(run, options, Part(listener, found, found + _READING))
            found += _READING
        scenes = prepare(faces, numbers, Part(listener, found, found + _FINDING).progress)
    except FacesError as error:
        raise UsageError(str(error)) from error
    if trial is not None:
        from studio.study.attack import same_share

        design, baseline = trial.design, same_share(trial.baseline, trial.size_px, scenes.pictures)
    asked: dict[str, Any] = {
        "baseline": baseline,
        "seed": options.seed,
        "synthetic": options.data.partition(":")[0] == "cohort",
        "start": _began_with(run),
        "listener": Part(listener, found + _FINDING),
    }
    loaded = [recognisers.load(name) for name in names]
    if options.grid == "full":
        grid = _full_grid(design, scenes, loaded, options, asked)
    else:
        from studio.evaluation.quick_grid import quick_grid

        grid = quick_grid(design, scenes, loaded, **asked)
    if not grid.cells:
        raise UsageError("stopped before anything was found")
    config = {
        "grid": options.grid,
        "data": options.data,
        "split": split,
        "baseline": str(baseline),
        "recognisers": list(names),
        "attackers": sorted({cell.attacker for cell in grid.cells}),
    }
    beside = "" if options.baseline == "none" else f", {options.baseline}"
    label = f"{options.grid.capitalize()} grid on {options.data}{beside}"
    if options.trial:
        config |= {TRIAL: options.trial, "network": network}
    if run is not None:
        config["affect_data"] = _affect_data(run, options)
    if trial is not None:
        label = f"{trial.label}, {options.split} people"
    record_id = f"evaluation-{uuid4().hex[:8]}"
    record = evaluation_record(grid, design, record_id, label, config, time.monotonic() - begun_s)
    return replace(record, scores=record.scores | affect, run_id=options.run_id or "")


def _full_grid(
    design: LensDesign,
    scenes: Scenes,
    loaded: list[recognisers.Recogniser],
    options: argparse.Namespace,
    asked: dict[str, Any],
) -> Grid:
    from studio.evaluation.full_grid import full_grid

    return full_grid(design, scenes, loaded, preset(options.other_lens), attackers=_attackers(options), **asked)


def _attackers(options: argparse.Namespace) -> tuple[str, ...]:
    """Those to train; UsageError for an unknown one."""
    if options.attackers is None:
        return ATTACKERS
    asked = tuple(filter(None, options.attackers.split(",")))
    if unknown := [name for name in asked if name not in ATTACKERS]:
        raise UsageError(f"--attackers {unknown[0]}: known are {', '.join(ATTACKERS)}")
    return asked


def _trial(project: Project, options: argparse.Namespace) -> Candidate:
    if options.baseline != "none":
        raise UsageError("--trial and --baseline both say what is in the place of the lens; give one of them")
    try:
        return candidate(project, options.trial)
    except StudyError as error:
        raise UsageError(str(error)) from error


def _people(options: argparse.Namespace, learned_from: Sequence[str]) -> tuple[FaceSet, NDArray[np.integer], str]:
    """The faces, the numbers of those to compare, and the name of their split, "all" where the data know none.

    Of data that a network has learned from, only people whom training left out. FacesError.
    """
    import numpy as np

    from studio.faces.face_set import SPLITS, FacesError, FaceSet
    from studio.faces.specs import open_faces

    faces = open_faces(options.data)
    if not isinstance(faces, FaceSet):
        raise FacesError(f"{options.data} holds clips; recognisers need pictures of faces")
    if options.data in learned_from:
        from studio.training.data import kept_apart

        faces = kept_apart(faces, options.data)
    there = np.flatnonzero(faces.splits == SPLITS.index(options.split))
    return (faces, there, options.split) if len(there) else (faces, np.arange(len(faces)), "all")


def _learned_from(project: Project, options: argparse.Namespace, run: Run | None) -> Sequence[str]:
    """What data the run or trial was trained on."""
    if options.trial:
        return [str(trial.config.get("data", "")) for trial in project.trials if trial.id == options.trial]
    return [str(spec) for spec in run.config.get("data", [])] if run is not None else []


def _trained_again(project: Project, options: argparse.Namespace, listener: Listener) -> Run:
    """The pinned trial as a run, whose network is to read people that it never saw; UsageError."""
    from studio.study.again import trained_again

    trial = next(trial for trial in project.trials if trial.id == options.trial)
    try:
        return trained_again(options.storage or journal_of(options.file), trial, listener)
    except StudyError as error:
        raise UsageError(f"{error}; --storage {ALONE} scores its lens without a network") from error


def _run(project: Project, options: argparse.Namespace) -> Run | None:
    """The run that is asked for; UsageError when it is not there or has nothing to score."""
    if not options.run_id:
        if options.affect_data and not options.trial:
            raise UsageError("--affect-data needs --run or --trial: whose network is to read")
        return None
    if options.trial or options.baseline != "none":
        raise UsageError("--run, --trial and --baseline each say what is in the place of the lens; give one of them")
    run = next((run for run in project.runs if run.id == options.run_id), None)
    if run is None:
        raise UsageError(f"there is no run {options.run_id!r}; opticaldr info lists them")
    if run.state not in ("finished", "stopped") or run.design is None:
        raise UsageError(f"run {run.id!r} is {run.state} and has no lens to score")
    return run


def _affect(run: Run, options: argparse.Namespace, listener: Listener) -> dict[str, tuple[float, float, float]]:
    """What the network of `run` reads of people that it never saw, as scores of a record."""
    from studio.faces.face_set import FacesError
    from studio.training.affect_scores import affect_scores
    from studio.training.predict import PredictError

    try:
        scores = affect_scores(run, _affect_data(run, options), options.split, options.seed, listener)
    except (PredictError, FacesError) as error:
        raise UsageError(str(error)) from error
    return {f"{AFFECT}{name}": (score.value, score.low, score.high) for name, score in scores.items()}


def _affect_data(run: Run, options: argparse.Namespace) -> str:
    learned_from = run.config.get("data") or [options.data]
    return options.affect_data or str(learned_from[-1])


def _began_with(run: Run | None) -> LensDesign | None:
    """The lens before `run` changed it; None when it did not."""
    if run is None or run.start_design is None or run.design is None:
        return None
    return None if _without_zeros(run.start_design) == _without_zeros(run.design) else run.start_design


def _without_zeros(design: LensDesign) -> LensDesign:
    """Without terms of nothing at the end, which training adds."""
    used = [number for number, value in enumerate(design.zernike_um, 1) if value]
    return replace(design, zernike_um=design.zernike_um[: max(used, default=0)])


def _as_candidate(run: Run) -> Candidate:
    assert run.design is not None
    trained = str(run.config.get("baseline", "none"))
    design = replace(run.design, ideal=True) if trained == "clear" else run.design
    baseline = NONE if trained == "clear" else parse_baseline(trained)
    return Candidate(run.label or run.id, design, baseline, int(run.config["size_px"]))
