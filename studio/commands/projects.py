"""The lens that a command works on, and projects that it writes."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from studio.commands.shared import UsageError, check_folder, project_file
from studio.optics.lens import LensDesign
from studio.optics.presets import preset
from studio.project import store
from studio.project.model import Project
from studio.project.records import ProjectError


def add_lens(parser: argparse.ArgumentParser) -> None:
    """`FILE.odr` or `--preset NAME`; see `chosen_lens`."""
    parser.add_argument("file", type=project_file, nargs="?", metavar="FILE.odr")
    parser.add_argument("--preset", metavar="NAME", help="a starting lens in place of a project")


def chosen_lens(options: argparse.Namespace) -> LensDesign:
    """The lens of the project or of the preset; UsageError unless just one of them was given."""
    if (options.file is None) == (options.preset is None):
        raise UsageError("give either a project file or --preset NAME")
    return preset(options.preset) if options.preset is not None else store.load(options.file).design


@dataclass
class Held:
    """A project that nobody else may write meanwhile."""

    project: Project


@contextmanager
def changed_project(path: Path) -> Iterator[Held]:
    """The project in `path`, locked; the `project` that the block leaves in it is saved, unless the block fails.

    with changed_project(path) as held:
        held.project = held.project.with_design(design, "Set zernike.5")

    Before the block: UsageError without a folder, ProjectError for a file that is in use, missing or damaged.
    OSError when the disk does not take it; the file is then as it was.
    """
    check_folder(path)
    lock = store.ProjectLock(path)
    with writing():
        lock.acquire()
    with lock:  # it may be taken twice
        before = store.load(path)
        held = Held(before)
        yield held
        if held.project is not before:
            with writing():
                store.save(held.project, path)


@contextmanager
def writing() -> Iterator[None]:
    """Around what writes a project: a disk that does not take it is a failure (OSError), not bad input."""
    try:
        yield
    except ProjectError as error:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, OSError):
            cause = cause.__cause__
        if cause is None:
            raise
        raise OSError(str(error)) from error
