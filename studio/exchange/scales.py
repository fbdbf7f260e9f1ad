"""Round numbers for scale bars and axes."""

from __future__ import annotations

from math import ceil, floor, log10

_LENGTHS = (1.0, 2.0, 5.0)
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_SLACK = 1e-9


def nice_length(longest: float) -> float:
    """The largest 1, 2 or 5 times a power of ten that is not above `longest` > 0."""
    power = 10.0 ** floor(log10(longest) + 1e-12)
    return next(step * power for step in reversed(_LENGTHS) if step * power <= longest * (1 + 1e-12))


def linear_ticks(low: float, high: float, most: int) -> list[float]:
    """Round values in [low, high] in at most `most` even steps; 0 is one of them when it lies inside."""
    least = (high - low) / most
    power = 10.0 ** floor(log10(least))
    step = next(s * power for s in _STEPS if s * power >= least * (1.0 - _SLACK))
    return [number * step for number in range(ceil(low / step - _SLACK), floor(high / step + _SLACK) + 1)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` powers of ten in [low, high], low > 0, evenly spaced from the highest down."""
    lowest, highest = ceil(log10(low) - _SLACK), floor(log10(high) + _SLACK)
    step = max(1, ceil((highest - lowest + 1) / most))
    return [10.0**power for power in range(highest, lowest - 1, -step)][::-1]


def tick_text(value: float) -> str:
    return f"{value:.10g}".replace("-", "−")
