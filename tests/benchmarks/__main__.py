"""`python -m tests.benchmarks`: the budgets that exist so far, measured here and now, as one table.

One thread for every library. `--quick` leaves out the slow peers and the window.
"""

from __future__ import annotations

import argparse
import os
import sys

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
for name in THREADS:
    os.environ.setdefault(name, "1")  # before numpy and torch are loaded


def main() -> int:
    from studio.allocator import keep_freed_memory
    from tests.benchmarks import memory, optics, projects, training, window
    from tests.benchmarks.timing import HEADER

    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only PSF, live chain and projects")
    options = parser.parse_args()
    keep_freed_memory()
    parts = [optics.psf_rows, optics.live_rows, projects.project_rows]
    if not options.quick:
        parts += [optics.peer_rows, training.training_rows, memory.memory_rows, window.window_rows]
    print(HEADER)
    for part in parts:
        for row in part():
            print(row, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
