"""What commands have in common: their answer, their refusal and the kinds of argument. Imports nothing heavy."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any


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


def project_file(text: str) -> Path:
    """Argument type: a project's path. Without a file of that very name, `.odr` is added where it is missing."""
    path = Path(text)
    try:
        path.resolve()
    except (OSError, RuntimeError):
        raise argparse.ArgumentTypeError(f"{text} is a link that leads back to itself") from None
    if path.suffix.lower() == ".odr" or path.is_file() or not path.name:
        return path
    return path.with_name(f"{path.name}.odr")


def output_file(text: str) -> Path:
    """Argument type: the path of a file to write."""
    path = Path(text)
    if not path.name or path.name == ".." or path.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a file")
    return path


def check_folder(target: Path) -> None:
    """UsageError when there is no folder that `target` could be written into."""
    if not target.parent.is_dir():
        raise UsageError(f"{target}: the folder {target.parent} does not exist")
