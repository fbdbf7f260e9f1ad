"""`opticaldr sweep`: makes or continues a study of many lenses, and of baselines with networks of their own."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.commands.running import Work, working
from studio.commands.shared import Answer, UsageError, project_file, whole
from studio.study.plan import PRIVACY, SAMPLERS, UTILITY, StudyError, StudyPlan, Varied, journal_of
from studio.training.config import PRESETS

if TYPE_CHECKING:
    from optuna.storages import BaseStorage

NAME = "study"
VARY = ("identity_weight=log:0.1..30", "lens.zernike.4=-31..-22")
"""What is varied when nothing else is asked for: what hiding weighs, and how far out of focus a lens begins."""
_RANGE = re.compile(r"(?P<log>log:)?(?P<low>[^,]+?)\.\.(?P<high>[^,]+)")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=project_file, metavar="FILE.odr")
    parser.add_argument("--trials", type=whole, metavar="N", help="lenses in all; a study that has fewer gets more")
    parser.add_argument("--more", type=whole, default=0, metavar="N", help="so many more lenses than the study has")
    parser.add_argument("--storage", metavar="URL", help="a journal file or database URL (default: a file beside FILE)")
    parser.add_argument("--name", default=NAME, metavar="NAME", help=f"of the study (default {NAME})")
    parser.add_argument("--workers", type=whole, default=1, metavar="W", help="processes, one core each (default 1)")
    parser.add_argument(
        "--vary",
        nargs="+",
        metavar="KEY=VALUES",
        help="KEY=A,B,C or KEY=LOW..HIGH or KEY=log:LOW..HIGH; a key of `train --set`, or lens.KEY of `set`, or "
        f"lens.preset (default {' '.join(VARY)})",
    )
    parser.add_argument("--baselines", metavar="KIND:SIZE,...", help="as gaussian:2,defocus:6,pixelate:4,clear")
    parser.add_argument("--sampler", choices=SAMPLERS, help="default random")
    parser.add_argument("--preset", choices=PRESETS, help="how each is trained (default trial)")
    parser.add_argument("--set", nargs="+", metavar="KEY=VALUE", help="further settings, the same for all trials")
    parser.add_argument("--data", metavar="SPEC", help="whose faces (default cohort)")
    parser.add_argument("--recognisers", metavar="NAME,...", help="that attack (default: all that are installed)")
    parser.add_argument("--privacy", choices=[m.name for m in PRIVACY], help="to be low (default worst_auc)")
    parser.add_argument("--utility", choices=[m.name for m in UTILITY], help="to be good (default expression_r2)")
    parser.add_argument("--seed", type=whole, metavar="N")
    parser.add_argument("--job", type=Path, help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> Answer:
    if not 1 <= options.workers <= 256:
        raise UsageError(f"--workers {options.workers}: give 1 to 256")
    asked = asked_for(options)
    place = options.storage or journal_of(options.file)
    with working(options.file, options.job, "sweep") as work:
        try:
            answer = _sweep(work, options, asked, place)
        except StudyError as error:
            raise UsageError(str(error)) from error
    return answer


def asked_for(options: argparse.Namespace) -> dict[str, Any]:
    """The fields of a plan that were given; UsageError when one cannot be read."""
    found: dict[str, Any] = {
        name: getattr(options, name)
        for name in ("sampler", "preset", "data", "privacy", "utility", "seed")
        if getattr(options, name) is not None
    }
    try:
        if options.vary:
            found["vary"] = tuple(varied(text) for text in options.vary)
        if options.baselines is not None:
            found["baselines"] = tuple(filter(None, options.baselines.split(",")))
    except StudyError as error:
        raise UsageError(str(error)) from error
    if options.set:
        found["config"] = dict(_pair(text) for text in options.set)
    if options.recognisers:
        found["recognisers"] = tuple(options.recognisers.split(","))
    return found


def varied(text: str) -> Varied:
    """ "KEY=A,B,C", "KEY=LOW..HIGH" or "KEY=log:LOW..HIGH"; UsageError or StudyError otherwise."""
    key, values = _pair(text)
    if match := _RANGE.fullmatch(values):
        low, high = _value(match["low"]), _value(match["high"])
        if isinstance(low, str) or isinstance(high, str):
            raise UsageError(f"{text!r}: a range goes from a number to a number")
        return Varied(key, low=low, high=high, log=bool(match["log"]))
    choices = tuple(_value(part) for part in values.split(",") if part)
    if not choices:
        raise UsageError(f"{text!r} gives no values")
    return Varied(key, choices)


def _sweep(work: Work, options: argparse.Namespace, asked: dict[str, Any], place: str) -> Answer:
    from studio.commands.study import described
    from studio.study.records import trials
    from studio.study.storage import has_study, open_storage
    from studio.study.team import sweep

    lost = any(trial.study == options.name for trial in work.project.trials) and not has_study(place, options.name)
    if lost:  # numbers begin anew in a new study: its trials would take the place of these
        raise StudyError(
            f"the project holds trials of the study {options.name!r}, but {place} does not; "
            "put its journal back there, or give a new study a --name"
        )
    storage = open_storage(place, create=True)
    plan = _plan(storage, options, asked, work)
    stopped = False
    try:
        sweep(place, plan.name, options.workers, work.listener)
    except KeyboardInterrupt:  # what has ended is kept; the same line goes on
        stopped = True
    known = {trial.id: trial.created for trial in work.project.trials if trial.state != "running"}
    ended = [trial for trial in trials(storage, plan.name) if trial.state != "running"]
    work.keep(*(trial for trial in ended if known.get(trial.id) != trial.created))
    answer = described(storage, plan.name, plan)
    note = "\nstopped; the same line goes on" if stopped else ""
    return Answer({**answer.data, "storage": place, "stopped": stopped}, answer.text + note, int(stopped))


def _plan(storage: BaseStorage, options: argparse.Namespace, asked: dict[str, Any], work: Work) -> StudyPlan:
    """The plan of the study, which is made, or found and given more trials. StudyError."""
    from studio.faces import recognisers
    from studio.study.storage import create, extend, load, names, planned
    from studio.study.trial import check

    if options.name in names(storage):
        study, plan = load(storage, options.name)
        plan.check_version()
        wished = StudyPlan(**{**{f: getattr(plan, f) for f in plan.__dataclass_fields__}, **asked})
        if different := [name for name in asked if getattr(wished, name) != getattr(plan, name)]:
            raise StudyError(f"the study {options.name!r} has another {', '.join(different)}; give a new one a --name")
        extend(study, plan, max((options.trials or 0) - len(planned(study)), 0) + options.more)
        return plan
    if options.trials is None:
        raise StudyError("--trials N is needed: how many lenses to train")
    default = {"vary": tuple(map(varied, VARY)), "recognisers": recognisers.installed()}
    plan = StudyPlan(name=options.name, trials=options.trials, design=work.project.design, **default | asked)
    check(plan)
    create(storage, plan)
    return plan


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise UsageError(f"{text!r} is not of the form KEY=VALUE")
    return key, value


def _value(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
