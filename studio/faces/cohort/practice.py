"""Makes the practice people: the crowd of the attackers, made smaller. `python -m studio.faces.cohort.practice OUT.h5`.

A hundred training people are too few to learn to read faces from: networks learn on these as well. Nobody of them is in
the cohort.
"""

from __future__ import annotations

import sys
from pathlib import Path

from studio.faces.cohort.crowd import crowd
from studio.faces.cohort.storage import shrink_cohort

PEOPLE, PICTURES, CROWD_PX = 1000, 6, 112
SIDE_PX = 80  # networks read 64 px; what is left over is for moving the cut about


def main() -> None:
    source = crowd(PEOPLE, PICTURES, CROWD_PX)
    assert source is not None, "nobody asks the listener to stop"
    shrink_cohort(Path(sys.argv[1]), source, SIDE_PX)


if __name__ == "__main__":
    main()
