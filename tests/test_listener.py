from __future__ import annotations

import pytest

from studio.listener import Listener, Part


class Heard(Listener):
    def __init__(self) -> None:
        self.all: list[object] = []

    def progress(self, stage: str, share: float) -> None:
        self.all.append((stage, share))

    def score(self, name: str, value: tuple[float, float, float]) -> None:
        self.all.append((name, value))

    def note(self, text: str) -> None:
        self.all.append(text)

    def stopping(self) -> bool:
        return True


def test_a_part_tells_its_shares_within_the_whole_and_passes_on_the_rest():
    heard = Heard()
    part = Part(heard, 0.2, 0.6)
    part.progress("half", 0.5)
    part.begin, part.end = 0.6, 1.0
    part.progress("done", 1.0)
    part.score("auc", (0.5, 0.4, 0.6))
    part.note("left out")
    assert heard.all == [("half", pytest.approx(0.4)), ("done", 1.0), ("auc", (0.5, 0.4, 0.6)), "left out"]
    assert part.stopping()
