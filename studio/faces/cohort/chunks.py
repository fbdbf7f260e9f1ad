"""A cohort rendered in several processes: the people in chunks, each a small file that outlives an interruption."""

from __future__ import annotations

import multiprocessing
import os
import signal
from concurrent.futures import FIRST_EXCEPTION, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path
from time import perf_counter

import cv2
from threadpoolctl import threadpool_limits

from studio.faces.cohort.basis import HeadBasis, shipped_basis
from studio.faces.cohort.generate import CohortPlan, render_cohort
from studio.faces.cohort.storage import PICTURE_QUALITY, encode, join_cohorts, write_cohort
from studio.listener import SILENT, Listener

PROCESSES = 2
_FRAMES_A_CHUNK = 150
_POLL_S = 0.2


class _Stopped(Exception):
    """Somebody asked to stop."""


def write_in_processes(
    path: Path, plan: CohortPlan, chunks: Path, listener: Listener = SILENT, processes: int = PROCESSES
) -> bool:
    """Render `plan` into the cohort file `path` by way of files in the folder `chunks`; False when told to stop.

    The file appears when it is whole. Chunks that are whole stay when the work is stopped or fails, and are used the
    next time; the same plan gives the same file whichever way it was rendered. OSError when it cannot be written.
    """
    chunks.mkdir(parents=True, exist_ok=True)
    parts = {chunks / f"{people.start:06d}.h5": people for people in _shares(plan)}
    missing = [(part, people) for part, people in parts.items() if not part.exists()]
    if not _render(plan, missing, listener, processes):
        return False
    join_cohorts(path, list(parts))
    return True


def estimate(plan: CohortPlan, basis: HeadBasis, processes: int = PROCESSES) -> tuple[float, float]:
    """Seconds and bytes that `plan` will take on this machine, from a few pictures rendered now."""
    trial = CohortPlan(plan.seed, people=1, pictures=3, clips=0, side_px=plan.side_px)
    start = perf_counter()
    size = sum(encode(picture.pixels, PICTURE_QUALITY).nbytes for picture in render_cohort(basis, trial, [0]))
    return (perf_counter() - start) / 3 * plan.total_frames / processes, size / 3 * plan.total_frames


def _shares(plan: CohortPlan) -> list[range]:
    """The people in runs of about so many frames."""
    step = max(1, round(_FRAMES_A_CHUNK * plan.people / max(plan.total_frames, 1)))
    return [range(first, min(first + step, plan.people)) for first in range(0, plan.people, step)]


def _render(plan: CohortPlan, missing: list[tuple[Path, range]], listener: Listener, processes: int) -> bool:
    """Write the chunks that are missing; False when told to stop."""
    context = multiprocessing.get_context("spawn")
    stop, frames = context.Event(), context.Value("q", 0)
    total = max(plan.total_frames, 1)
    before = total - sum(plan.frames_of(people) for _, people in missing)
    said = -1
    shares = [missing[first::processes] for first in range(min(processes, len(missing)))]
    with ProcessPoolExecutor(max(1, len(shares)), context, _begin, (stop, frames)) as pool:
        try:
            waiting = {pool.submit(_write_chunks, plan, share) for share in shares}
            while waiting:
                done, waiting = wait(waiting, _POLL_S, FIRST_EXCEPTION)
                for share in done:
                    share.result()
                percent = 100 * (before + frames.value) // total
                if percent > said:
                    listener.progress("rendering synthetic people", percent / 100)
                    said = percent
                if listener.stopping():
                    stop.set()
        except _Stopped:
            return False
        finally:
            stop.set()
    return True


@dataclass
class _Worker:
    """What a process was started with."""

    stop: Event
    frames: Synchronized[int]


_worker: _Worker


def _begin(stop: Event, frames: Synchronized[int]) -> None:
    global _worker
    _worker = _Worker(stop, frames)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the parent, which says stop
    threadpool_limits(1)
    cv2.setNumThreads(1)


def _write_chunks(plan: CohortPlan, share: list[tuple[Path, range]]) -> None:
    basis = shipped_basis()
    for part, people in share:
        write_cohort(part, basis, plan, _count, people)


def _count() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None and not parent.is_alive():
        os._exit(1)  # nobody is left to take what this process makes
    if _worker.stop.is_set():
        raise _Stopped
    with _worker.frames.get_lock():
        _worker.frames.value += 1
