"""Long work in stages, one after another, each with its share of the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from studio.listener import Part

Stage = tuple[str, float, Callable[[], bool | None]]
"""What is done, in words, its share of the work in any unit, and doing it; False when it stopped half way."""


def work_through(stages: Iterable[Stage], part: Part, end: float = 1.0) -> bool:
    """Do all `stages` from where `part` ends now up to `end`; False when somebody asked to stop."""
    known = list(stages)
    a_share = (end - part.end) / sum(share for _, share, _ in known) if known else 0.0
    for title, share, work in known:
        if part.stopping():
            return False
        part.begin, part.end = part.end, part.end + a_share * share
        part.progress(title, 0.0)
        if work() is False:
            return False
    return True
