"""Which part of a picture is shown, in shares of it. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

LARGEST = 32.0


@dataclass(frozen=True)
class Zoom:
    """The middle of what is shown and how much it is enlarged; it never reaches beyond the picture."""

    factor: float = 1.0
    x: float = 0.5
    y: float = 0.5

    @property
    def side(self) -> float:
        return 1.0 / self.factor

    @property
    def left(self) -> float:
        return self.x - self.side / 2.0

    @property
    def top(self) -> float:
        return self.y - self.side / 2.0

    def by(self, ratio: float, at_x: float = 0.5, at_y: float = 0.5) -> Zoom:
        """Enlarged `ratio` times; what is at (`at_x`, `at_y`) of the part shown stays there."""
        factor = min(max(self.factor * ratio, 1.0), LARGEST)
        side = 1.0 / factor
        left, top = self.left + at_x * (self.side - side), self.top + at_y * (self.side - side)
        return _inside(factor, left + side / 2.0, top + side / 2.0)

    def moved(self, dx: float, dy: float) -> Zoom:
        """Shifted by shares of the part shown."""
        return _inside(self.factor, self.x + dx * self.side, self.y + dy * self.side)


def zoom_from(value: object) -> Zoom:
    """What was stored as [factor, x, y]; the whole picture for anything else."""
    if isinstance(value, list | tuple) and len(value) == 3 and all(isinstance(v, int | float) for v in value):
        factor, x, y = (float(v) for v in value)
        if 1.0 <= factor <= LARGEST:
            return _inside(factor, x, y)
    return Zoom()


def _inside(factor: float, x: float, y: float) -> Zoom:
    half = 0.5 / factor
    return Zoom(factor, min(max(x, half), 1.0 - half), min(max(y, half), 1.0 - half))
