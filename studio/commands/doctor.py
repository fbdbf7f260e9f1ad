"""`opticaldr doctor`: the state of this installation."""

from __future__ import annotations

import argparse

from studio import doctor
from studio.commands.shared import Answer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none of its own."""


def run(_options: argparse.Namespace) -> Answer:
    findings = doctor.examine()
    rows, lines = [], []
    for finding in findings:
        mark = "ok" if finding.ok else ("MISSING" if finding.needed else "optional")
        lines.append(f"{mark:<9} {finding.name}: {finding.detail}")
        if not finding.ok:
            lines.append(f"          mend: {finding.mend}")
        rows.append(
            {
                "name": finding.name,
                "ok": finding.ok,
                "needed": finding.needed,
                "detail": finding.detail,
                "mend": "" if finding.ok else finding.mend,
            }
        )
    sound = all(f.ok for f in findings if f.needed)
    return Answer({"ok": sound, "findings": rows}, "\n".join(lines), code=0 if sound else 1)
