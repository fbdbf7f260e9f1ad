"""`opticaldr study`: how far a study is, and what it has found."""

from __future__ import annotations

import argparse
from typing import Any

from studio.commands.shared import Answer
from studio.commands.worker import add_storage, chosen_study


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_storage(parser)


def run(options: argparse.Namespace) -> Answer:
    name = chosen_study(options)
    from studio.study.storage import load, open_storage

    storage = open_storage(options.storage)
    return described(storage, name, load(storage, name)[1])


def described(storage: Any, name: str, plan: Any) -> Answer:
    """The study `name` of `plan` in `storage`: counts, the front and a line for each trial."""
    import numpy as np

    from studio.study.front import front
    from studio.study.plan import baseline_of
    from studio.study.records import trials
    from studio.study.team import count
    from studio.study.told import to_plain

    now, found = count(storage, name), trials(storage, name)
    measures = plan.measures
    lenses = [trial for trial in found if trial.state == "finished" and not baseline_of(trial)]
    points = np.array([[trial.metrics[measure.name] for measure in measures] for trial in lenses]).reshape(-1, 2)
    best = [trial.id for trial, kept in zip(lenses, front(points, measures), strict=True) if kept]
    states = [trial.state for trial in found]
    counts = {state: states.count(state) for state in ("finished", "failed", "pruned")}
    data = {
        "study": name,
        "planned": now.planned,
        "waiting": now.waiting,
        "running": now.running,
        **counts,
        "share": round(now.share, 4),
        "minutes": round(sum(trial.wall_time_s for trial in found) / 60, 2),
        "measures": {"privacy": plan.privacy, "utility": plan.utility},
        "front": best,
        "trials": [to_plain(trial) for trial in found],
    }
    told = {"running": now.running, "waiting": now.waiting, **counts}
    head = f"{name}: {now.planned} trials, " + ", ".join(f"{number} {word}" for word, number in told.items() if number)
    rows = [head, f"{'':16}{plan.privacy:>14}{plan.utility:>16}   minutes"]
    for trial in found:
        values = [trial.metrics.get(measure.name) for measure in measures]
        shown = [f"{value:.3f}" if value is not None else "–" for value in values]
        mark = " *" if trial.id in best else f"  {trial.state}: {trial.reason}" if trial.reason else ""
        rows.append(f"{trial.label:16}{shown[0]:>14}{shown[1]:>16}{trial.wall_time_s / 60:10.1f}{mark}")
    return Answer(data, "\n".join([*rows, "* on the front; figures of validation people, severity is simulated"]))
