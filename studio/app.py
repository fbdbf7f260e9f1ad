"""The desktop's entry, `opticaldr-studio`: the same as `opticaldr studio`. Nothing heavy is imported here."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from studio import cli


def main(argv: Sequence[str] | None = None) -> int:
    """Show the window; returns the exit code."""
    return cli.main(["studio", *(sys.argv[1:] if argv is None else argv)])
