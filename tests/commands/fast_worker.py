"""`opticaldr worker` with trials that take no time: `python fast_worker.py --storage URL --name NAME`.

A trial sets up lens and training as a real one does, and measures the lens instead of training it. The trial whose seed
is in DIE_AT kills its worker, once: a file named `died` beside the storage remembers that.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from studio import cli
from studio.optics.lens import blur_disc_m
from studio.study import trial
from studio.study.worker import Failed, Outcome


class FastTrials:
    def __call__(self, plan, params, seed, listener):
        design, config = trial.settings(plan, params, seed)
        died = Path(sys.argv[2]).with_name("died")
        if seed == int(os.environ.get("DIE_AT", -1)) and not died.exists():
            died.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if seed == 13:
            raise Failed("an unlucky number")
        share = blur_disc_m(design) / design.sensor.window_m
        metrics = {"worst_auc": 1 - share / 2, "expression_r2": (1 - share) / config.identity_weight}
        return Outcome(metrics, {} if "baseline" in params else {"design": design.to_dict()})


if __name__ == "__main__":
    trial.TrialRunner = FastTrials
    sys.exit(cli.main(["worker", *sys.argv[1:]]))
