"""Paths as people type them. Imports nothing heavy."""

from __future__ import annotations

from pathlib import Path


def user_path(text: str) -> Path:
    """`text` as a path, with `~` and `~name` filled in; ValueError (one line) when there is no such user."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ValueError(f"{text}: there is no user of that name; ./{text} is a file whose name begins so") from None
