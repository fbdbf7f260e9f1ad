"""Whom a project file comes from: this installation, the studio's examples, or anyone else.

A matching checksum is no proof of good will, so the HDF5 library of this process is given only what this
installation wrote (the writer's mark in the envelope), what the studio ships (resources/examples.sha256), and
what guard.py found harmless in a process of its own.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import subprocess
import sys
from pathlib import Path

from studio.project.envelope import Envelope
from studio.project.places import user_folder
from studio.project.records import ProjectError
from studio.resources import resource_path

KEY_BYTES = 32
CHECK_TIMEOUT_S = 30.0
GUARD = Path(__file__).with_name("guard.py")


def writer_key() -> bytes | None:
    """The secret of this user's installation, made at first use; None where the data folder cannot be written."""
    file = user_folder() / "writer.key"
    try:
        if not file.exists():
            _make_key(file)
        key = file.read_bytes()
    except OSError:
        return None
    return key if len(key) == KEY_BYTES else None


def check(raw: bytes, envelope: Envelope) -> None:
    """ProjectError unless the checked file `raw` may be given to the HDF5 library of this process."""
    if not envelope.written_with(writer_key()) and not is_example(raw):
        _inspect_elsewhere(raw)


def is_example(raw: bytes) -> bool:
    """Whether the studio ships exactly this file."""
    try:
        lines = resource_path("examples.sha256").read_text().splitlines()
    except FileNotFoundError:
        return False
    return hashlib.sha256(raw).hexdigest() in {line.split()[0] for line in lines if line.strip()}


def _make_key(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f".{file.name}.{secrets.token_hex(6)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, secrets.token_bytes(KEY_BYTES))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.replace(new, file)


def _inspect_elsewhere(raw: bytes) -> None:
    # A script given by its path, with -P: neither the current folder nor this one is searched for modules.
    command = [sys.executable, "-P", str(GUARD)]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "HDF5_PLUGIN_PRELOAD": "::"}
    try:
        done = subprocess.run(
            command, input=raw, capture_output=True, timeout=CHECK_TIMEOUT_S, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        raise ProjectError("refused: its check took too long, as no project of the studio does") from None
    except OSError as error:
        raise ProjectError(f"the check of files from elsewhere could not be started: {error.strerror}") from error
    if done.returncode == 3:
        raise ProjectError(f"refused, no project of the studio holds this: {done.stdout.decode('ascii', 'replace')}")
    if done.returncode != 0:
        raise ProjectError("refused: its check exceeded the limits of time or memory, or broke off")
