"""Variants: named designs kept beside the current one. Every change is a new project with a step in its history.

The window and `opticaldr variant` both go through these functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from studio.optics.lens import LensDesign
from studio.optics.parameters import PARAMETERS as FIXED_PARAMETERS
from studio.optics.parameters import Parameter, get_value, parameter, zernike_parameter
from studio.project.model import Edit, Project, Variant
from studio.project.records import ProjectError

LONGEST_NAME = 80
_SHORT = 32  # letters of a name in the history and in the menu
_LISTED = 8  # names that an error message has room for


def find(project: Project, name: str) -> Variant:
    """The variant called `name`; ProjectError says which ones there are."""
    for variant in project.variants:
        if variant.name == name:
            return variant
    names = [variant.name for variant in project.variants]
    known = ", ".join(repr(n) for n in names[:_LISTED]) + (", ..." if len(names) > _LISTED else "")
    raise ProjectError(
        f"there is no variant {name!r}; " + (f"there are {known}" if names else "none has been kept yet")
    )


def free_name(project: Project, wish: str) -> str:
    """`wish`, shortened where it is too long, or with the first number behind it that no variant has."""
    taken = {variant.name for variant in project.variants}
    wish = _tidy(wish)[:LONGEST_NAME].rstrip()
    name, number = wish, 2
    while name in taken:
        ending = f" {number}"
        name, number = wish[: LONGEST_NAME - len(ending)].rstrip() + ending, number + 1
    return name


def keep(project: Project, name: str, notes: str = "") -> Project:
    """The current design added as a variant; ProjectError for a name that is empty, too long or taken."""
    variant = Variant(_new_name(project, name), project.design, notes)
    return _with(project, (*project.variants, variant), f"Keep variant {_short(variant.name)}")


def restore(project: Project, name: str) -> Project:
    """The design of the variant `name`, sensor and distance included, as the current one."""
    return project.with_design(find(project, name).design, f"Restore variant {_short(name)}")


def remove(project: Project, names: Sequence[str]) -> Project:
    """The project without the variants `names`; ProjectError, and none removed, when one of them is not there."""
    gone = {find(project, name).name for name in names}
    label = f"Remove variant {_short(names[0])}" if len(gone) == 1 else f"Remove {len(gone)} variants"
    return _with(project, tuple(v for v in project.variants if v.name not in gone), label)


def put_back(project: Project, removed: Mapping[int, Variant]) -> Project:
    """Variants that were removed, each at its old place, but for those that are there already."""
    variants = list(project.variants)
    for place, variant in sorted(removed.items(), key=lambda item: item[0]):
        if variant not in variants:
            name = free_name(project, variant.name)
            variants.insert(place, variant if name == variant.name else replace(variant, name=name))
    label = f"Put back variant {_short(next(iter(removed.values())).name)}"
    return _with(project, tuple(variants), label if len(removed) == 1 else f"Put back {len(removed)} variants")


def move(project: Project, names: Sequence[str], place: int) -> Project:
    """The variants `names`, in the order they have, before the one that is at `place` (behind all: their number).

    ProjectError when one of them is not there.
    """
    moved = {find(project, name).name for name in names}
    before, behind = (
        [v for v in part if v.name not in moved] for part in (project.variants[:place], project.variants[place:])
    )
    chosen = [v for v in project.variants if v.name in moved]
    label = f"Move variant {_short(chosen[0].name)}" if len(chosen) == 1 else f"Move {len(chosen)} variants"
    return _with(project, (*before, *chosen, *behind), label)


def rename(project: Project, old: str, new: str) -> Project:
    """The variant `old` called `new`, in the same place; ProjectError as for `keep`."""
    variant = find(project, old)
    name = _new_name(project, new, own=old)
    return _put(project, variant, replace(variant, name=name), f"Rename variant {_short(old)} to {_short(name)}")


def note(project: Project, name: str, notes: str) -> Project:
    """The variant `name` with other notes."""
    variant = find(project, name)
    return _put(project, variant, replace(variant, notes=notes), f"Note on variant {_short(name)}")


def duplicate(project: Project, name: str) -> tuple[Project, str]:
    """A copy of the variant `name` right behind it, and the name that the copy was given."""
    variant = find(project, name)
    copy = Variant(free_name(project, name), variant.design, variant.notes, extra=variant.extra)
    at = project.variants.index(variant) + 1
    variants = (*project.variants[:at], copy, *project.variants[at:])
    return _with(project, variants, f"Duplicate variant {_short(name)}"), copy.name


@dataclass(frozen=True)
class Difference:
    """A parameter of which two designs have another value each."""

    parameter: Parameter
    first: float | int | str | bool
    second: float | int | str | bool


def differences(first: LensDesign, second: LensDesign) -> tuple[Difference, ...]:
    """The parameters in which two designs differ: Zernike terms first, then the order of the table."""
    terms = max(len(first.zernike_um), len(second.zernike_um))
    rows = [zernike_parameter(j) for j in range(1, terms + 1)] + [parameter(key) for key in FIXED_PARAMETERS]
    pairs = ((row, get_value(first, row.key), get_value(second, row.key)) for row in rows)
    return tuple(Difference(row, a, b) for row, a, b in pairs if a != b)


def _put(project: Project, old: Variant, new: Variant, label: str) -> Project:
    return _with(project, tuple(new if v is old else v for v in project.variants), label)


def _with(project: Project, variants: tuple[Variant, ...], label: str) -> Project:
    if variants == project.variants:
        return project
    return replace(project, variants=variants, history=(*project.history, Edit(label)))


def _new_name(project: Project, text: str, own: str | None = None) -> str:
    name = _tidy(text)
    if not name:
        raise ProjectError("a variant needs a name of at least one letter")
    if not name.isprintable():
        raise ProjectError(f"{name!r} holds characters that cannot be printed; choose another name")
    if len(name) > LONGEST_NAME:
        raise ProjectError(f"the name has {len(name)} letters; a variant's name takes at most {LONGEST_NAME}")
    if name != own and any(variant.name == name for variant in project.variants):
        raise ProjectError(f"there is a variant {name!r} already; choose another name")
    return name


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _short(name: str) -> str:
    return name if len(name) <= _SHORT else f"{name[: _SHORT - 1].rstrip()}…"
