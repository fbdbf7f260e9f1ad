"""`opticaldr worker`: joins a study and runs its trials until none waits."""

from __future__ import annotations

import argparse
import os

from studio.commands.console import Console
from studio.commands.shared import Answer, UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_storage(parser)


def add_storage(parser: argparse.ArgumentParser) -> None:
    """`--storage` and `--name`; see `chosen_study`."""
    parser.add_argument("--storage", required=True, metavar="URL", help="a study's journal file, or a database URL")
    parser.add_argument("--name", metavar="NAME", help="of the study, where the storage holds several")


def chosen_study(options: argparse.Namespace) -> str:
    """The name that was given, or that of the only study; UsageError when there is no telling."""
    from studio.study.plan import StudyError
    from studio.study.storage import names, open_storage

    try:
        there = names(open_storage(options.storage))
    except StudyError as error:
        raise UsageError(str(error)) from error
    if options.name in there:
        return options.name
    if options.name is None and len(there) == 1:
        return there[0]
    known = f"it holds {', '.join(there)}" if there else "it holds no study"
    raise UsageError(
        f"{options.storage}: {'choose one with --name' if options.name is None else 'no such study'}; {known}"
    )


def run(options: argparse.Namespace) -> Answer:
    # before torch is loaded; one thread each, so that results do not depend on how many workers there are
    os.environ |= {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
    name = chosen_study(options)
    import torch

    from studio.study.plan import StudyError
    from studio.study.storage import open_storage
    from studio.study.trial import TrialRunner
    from studio.study.worker import work

    torch.set_num_threads(1)
    try:
        finished = work(open_storage(options.storage), name, TrialRunner(), Console())
    except StudyError as error:
        raise UsageError(str(error)) from error
    return Answer({"study": name, "finished": finished}, f"{name}: {finished} trials finished here")
