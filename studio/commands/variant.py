"""`opticaldr variant`: named designs kept beside a project's lens."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from studio.commands.projects import changed_project
from studio.commands.shared import Answer, UsageError, project_file
from studio.project import store, variants
from studio.project.model import Project

_LIST = "list"
_CHANGES: dict[str, tuple[Callable[..., Project], tuple[str, ...]]] = {  # and the words that follow each of them
    "keep": (variants.keep, ("NAME",)),
    "restore": (variants.restore, ("NAME",)),
    "remove": (lambda project, name: variants.remove(project, [name]), ("NAME",)),
    "rename": (variants.rename, ("OLD", "NEW")),
    "note": (variants.note, ("NAME", "TEXT")),
    "move": (lambda project, name, place: _to_place(project, name, place), ("NAME", "PLACE")),
}
_FORMS = "; ".join([_LIST, *(" ".join((action, *words)) for action, (_, words) in _CHANGES.items())])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=project_file, metavar="FILE.odr")
    parser.add_argument("action", choices=(_LIST, *_CHANGES), metavar="ACTION", help=_FORMS)
    parser.add_argument("words", nargs="*", metavar="WORD", help="what ACTION needs; quote names with spaces")


def run(options: argparse.Namespace) -> Answer:
    needed = () if options.action == _LIST else _CHANGES[options.action][1]
    if len(options.words) != len(needed):
        form = " ".join(("variant FILE.odr", options.action, *needed))
        raise UsageError(f"{len(options.words)} words after {options.action}; use `{form}` and quote names with spaces")
    if options.action == _LIST:
        return _listed(store.load(options.file))
    with changed_project(options.file) as held:
        held.project = _CHANGES[options.action][0](held.project, *options.words)
    return _listed(held.project)


def _to_place(project: Project, name: str, text: str) -> Project:
    """`project` with the variant `name` at a place counted from 1."""
    count = len(project.variants)
    at = project.variants.index(variants.find(project, name)) + 1
    if not text.isdecimal() or not 1 <= int(text) <= count:
        raise UsageError(f"{text!r} is no place; the variants have places 1 to {count}")
    place = int(text)
    return variants.move(project, [name], place if place > at else place - 1)


def _listed(project: Project) -> Answer:
    """The variants; a star stands before those that are the current lens."""
    rows, lines = [], []
    for variant in project.variants:
        current = variant.design == project.design
        rows.append({"name": variant.name, "notes": variant.notes, "created": variant.created, "current": current})
        notes = " ".join(variant.notes.split())
        lines.append(f"{'*' if current else ' '} {variant.name}{f': {notes}' if notes else ''}")
    return Answer(rows, "\n".join(lines) or "no variant has been kept yet")
