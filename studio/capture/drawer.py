"""The hidden folder beside a recording in which it is made; it names its owner, so that one left behind is known."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from studio.project import atomic
from studio.project.lock import Owner

_OWNER = "owner.json"
_NAME = re.compile(r"\..+\.[0-9a-f]{12}\.tmp")


def make_drawer(path: Path) -> Path:
    """A new folder for what will become `path`, beside it; those of killed recordings are cleared away. OSError."""
    drawer = atomic.temporary(path)
    drawer.mkdir()
    (drawer / _OWNER).write_text(json.dumps(asdict(Owner.current())))
    with suppress(OSError):  # a folder that takes files need not let them be listed
        remove_abandoned(path.parent)
    return drawer


def remove_abandoned(folder: Path) -> None:
    """Remove the drawers in `folder` whose process is known to be gone; what else is there is left alone."""
    for drawer in folder.iterdir():
        if _NAME.fullmatch(drawer.name) and drawer.is_dir() and not drawer.is_symlink():
            owner = _owner_of(drawer)
            if owner is not None and not owner.may_live():
                shutil.rmtree(drawer, ignore_errors=True)


def _owner_of(drawer: Path) -> Owner | None:
    try:
        return Owner.from_values(json.loads((drawer / _OWNER).read_bytes()))
    except (OSError, ValueError, RecursionError):
        return None
