"""A worker process for the tests: `python slow_worker.py STORAGE NAME [HANG_AT]`; hangs in the trial of that number."""

from __future__ import annotations

import signal
import sys

from studio.study.storage import open_storage
from studio.study.worker import Outcome, work


def main(place: str, name: str, hang_at: int | None = None) -> None:
    def run(plan, params, seed, listener):
        if "weight" in params and params["weight"] == hang_at:
            sys.stdout.write("hanging\n")
            sys.stdout.flush()
            signal.pause()
        return Outcome({"worst_auc": 0.5 + params.get("weight", 0) / 100, "expression_r2": 0.3 + seed})

    sys.stdout.write(f"{work(open_storage(place), name, run)}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else None)
