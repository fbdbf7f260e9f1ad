"""`opticaldr cohort`: the synthetic people that ship with the studio, and new ones."""

from __future__ import annotations

import argparse
import csv
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import cv2

from studio.commands.console import Console
from studio.commands.shared import Answer, UsageError, check_folder, output_file, whole
from studio.faces.cohort import faces
from studio.faces.cohort.basis import shipped_basis
from studio.faces.cohort.chunks import estimate, write_in_processes
from studio.faces.cohort.generate import CohortPlan
from studio.faces.cohort.storage import Cohort
from studio.faces.face_set import SPLITS, FacesError, FaceSet

TABLE = "labels.csv"
_CLIPS_A_PERSON = 0.75  # as in the shipped cohort


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    info = actions.add_parser("info", help="what a cohort holds")
    info.set_defaults(act=_info)
    export = actions.add_parser("export", help="write the pictures as PERSON/*.png, with a table of their labels")
    export.add_argument("out", type=Path, metavar="DIR", help="a new or empty folder: nothing is ever overwritten")
    export.add_argument("--split", choices=SPLITS, help="only its people (default: all)")
    export.set_defaults(act=_export)
    for action in (info, export):
        action.add_argument("--file", type=Path, metavar="F", help="a generated cohort (default: the one that ships)")
    generate = actions.add_parser("generate", help="render new people; takes minutes to hours, Ctrl+C leaves nothing")
    generate.add_argument("--seed", type=whole, required=True, metavar="N", help="other seeds give other people")
    generate.add_argument("--people", type=whole, required=True, metavar="P")
    generate.add_argument("--out", type=output_file, required=True, metavar="F", help="a new file")
    generate.add_argument("--pictures", type=whole, metavar="K", help="of each person")
    generate.add_argument("--sessions", type=whole, metavar="S", help="clips in all (default: 3 for 4 people)")
    generate.add_argument("--frames", type=whole, metavar="T", help="of each clip")
    generate.add_argument("--size", type=whole, metavar="PX", help="of a picture's side")
    generate.set_defaults(act=_generate)
    for action in (info, export, generate):  # the command's own, which may follow the action
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        action.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> Answer:
    try:
        answer: Answer = options.act(options)
    except FacesError as error:
        raise UsageError(str(error)) from error
    return answer


def _info(options: argparse.Namespace) -> Answer:
    return _described(options.file or faces.shipped())


def _described(path: Path) -> Answer:
    with Cohort(path) as cohort:
        plan, size = cohort.plan, path.stat().st_size
        info = {"path": str(path), "seed": plan.seed, **cohort.info(), "bytes": size}
        splits = ", ".join(f"{name} {count}" for name, count in cohort.split_counts().items())
        clips = f"{len(cohort.clips):,} clips of {plan.frames} frames at {plan.frames_per_second:g} frames/s"
        lines = (
            f"{path}: synthetic people, seed {plan.seed}, {size / 1e6:.1f} MB",
            f"{plan.people:,} people ({splits}), {len(cohort.pictures):,} pictures of {plan.side_px} px, {clips}",
            "severity of the clips is simulated; it says nothing about patients",
        )
    return Answer(info, "\n".join(lines))


def _export(options: argparse.Namespace) -> Answer:
    target: Path = options.out
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target} is not an empty folder; choose a new one, nothing is overwritten")
    found = faces.pictures(options.file or faces.shipped())
    if options.split:
        found = found.split(options.split)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=target) as folder:
        files = _write_pictures(found, Path(folder))
        for written in Path(folder).iterdir():  # all or nothing
            written.rename(target / written.name)
    people = len({Path(file).parent for file in files})
    data = {"out": str(target), "people": people, "files": files, "table": TABLE}
    return Answer(data, f"{target}: {len(files):,} pictures of {people:,} synthetic people, labels in {TABLE}")


def _write_pictures(found: FaceSet, folder: Path) -> list[str]:
    """PERSON/SESSION.png of every picture, and the table; the files by their names below `folder`."""
    files = []
    with (folder / TABLE).open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        table.writerow(["file", "person", "split", *found.labels])
        for number in range(len(found)):
            person = found.people[found.identities[number]]
            files.append(f"{person}/{int(found.labels['session'][number]):03d}.png")
            values = [_value(found, name, number) for name in found.labels]
            table.writerow([files[-1], person, SPLITS[found.splits[number]], *values])
            path = folder / files[-1]
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(cv2.imencode(".png", found.read(number)[..., ::-1])[1].tobytes())
    return files


def _value(found: FaceSet, label: str, number: int) -> str:
    value = float(found.labels[label][number])
    return found.classes[label][int(value)] if label in found.classes else f"{value:.4g}"


def _generate(options: argparse.Namespace) -> Answer:
    target: Path = options.out
    check_folder(target)
    if target.exists():
        raise UsageError(f"{target} exists; choose another name, nothing is overwritten")
    plan = _plan(options)
    listener = Console()
    seconds, size = estimate(plan, shipped_basis())
    free = shutil.disk_usage(target.parent).free
    if 2 * size > free:  # the chunks and the whole
        raise UsageError(
            f"{target}: {2 * size / 1e9:,.1f} GB are needed and {free / 1e9:,.1f} GB are free; ask for less"
        )
    listener.note(f"{plan.total_frames:,} frames: about {_duration(seconds)} and {size / 1e6:.1f} MB")
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as chunks:
        write_in_processes(target, plan, Path(chunks), listener)
    return _described(target)


def _plan(options: argparse.Namespace) -> CohortPlan:
    sessions = round(_CLIPS_A_PERSON * options.people) if options.sessions is None else options.sessions
    given = {"pictures": options.pictures, "frames": options.frames, "side_px": options.size}
    try:
        plan = CohortPlan(seed=options.seed, people=options.people, clips=sessions)
        return replace(plan, **{name: value for name, value in given.items() if value is not None})
    except ValueError as error:
        raise UsageError(str(error)) from error


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:,.1f} hours"
