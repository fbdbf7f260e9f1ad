"""What commands have in common: their answer, their refusal and the kinds of argument. Imports nothing heavy."""

from __future__ import annotations

import argparse
import errno
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from reprlib import repr as short_repr
from typing import Any

from studio.user_paths import user_path


class UsageError(Exception):
    """Arguments or input that do not fit; the text is one line."""


@dataclass(frozen=True)
class Answer:
    """What a command found: for a script (plain JSON values, None for nothing), for a person, and the exit code."""

    data: Any
    text: str
    code: int = 0


def number(text: str) -> float:
    """Argument type: a number."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None


def whole(text: str) -> int:
    """Argument type: a whole number from 0."""
    if len(text) > 18:
        raise argparse.ArgumentTypeError(f"{text[:18]}... is too long for a whole number")
    try:
        value = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} is negative")
    return value


def path(text: str) -> Path:
    """Argument type: any path; `~` and `~name` are filled in, links that lead back to themselves refused."""
    try:
        found = user_path(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    try:
        found.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise argparse.ArgumentTypeError(f"{text} is a link that leads back to itself") from None
        if error.errno == errno.ENAMETOOLONG:
            raise argparse.ArgumentTypeError(f"{short_repr(text)} is too long for a name") from None
    return found


def project_file(text: str) -> Path:
    """Argument type: a project's path. Without a file of that very name, `.odr` is added where it is missing."""
    found = path(text)
    if found.suffix.lower() == ".odr" or found.is_file() or not found.name:
        return found
    return found.with_name(f"{found.name}.odr")


def output_file(text: str) -> Path:
    """Argument type: the path of a file to write."""
    found = path(text)
    if not found.name or found.name == ".." or found.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a file")
    if not found.name.isprintable():
        raise argparse.ArgumentTypeError(f"{found.name!r} holds characters that cannot be printed")
    return found


def output_in(*suffixes: str) -> Callable[[str], Path]:
    """Argument type: as `output_file`, in a format of `suffixes`; the first is added to a name without any."""

    def output(text: str) -> Path:
        found = output_file(text)
        if not found.suffix:
            return output_file(f"{found}{suffixes[0]}")
        if found.suffix.lower() not in suffixes:
            raise argparse.ArgumentTypeError(f"{text}: {found.suffix} cannot be written, only {' or '.join(suffixes)}")
        return found

    return output


def check_folder(target: Path) -> None:
    """UsageError when there is no folder that `target` could be written into."""
    if target.parent.exists() and not target.parent.is_dir():
        raise UsageError(f"{target}: {target.parent} is a file, not a folder")
    if not target.parent.is_dir():
        raise UsageError(f"{target}: the folder {target.parent} does not exist")
