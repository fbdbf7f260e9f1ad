"""Does memory grow with the frames? The renderer of the live view, with a lens that moves every 50 frames."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import psutil

from studio.capture.rendering import LiveRenderer, LiveSettings
from studio.optics.presets import preset
from tests.benchmarks.timing import Row

FRAMES = 20_000
WARM_UP_MOVES = 2_500
BUDGET_MB = 1.0  # per 100,000 frames


def memory_rows() -> Iterator[Row]:
    slope = growth_mb_per_frame() * 100_000
    note = f"slope of the resident size over {FRAMES:,} frames of 160x120"
    yield Row("memory per 100,000 frames", f"{slope:+.2f} MB", f"{BUDGET_MB:g} MB", slope <= BUDGET_MB, note)


def growth_mb_per_frame() -> float:
    """Slope of the resident memory over the frames, MB a frame, once the allocator's pools have settled."""
    process = psutil.Process()
    renderer = LiveRenderer()
    design = preset("random-zernike:1")
    frame = np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8)

    def move(number: int) -> None:
        moved = design.with_zernike(5, 1e-3 * (number % 100))
        renderer.apply(LiveSettings(moved, draft=number % 2 == 0, revision=number))

    for number in range(WARM_UP_MOVES):
        move(number)
        renderer.render(frame)
    megabytes = []
    for number in range(FRAMES):
        if number % 50 == 0:
            move(number // 50)
            megabytes.append(process.memory_info().rss / 1e6)
        renderer.render(frame)
    return float(np.polyfit(50 * np.arange(len(megabytes)), megabytes, 1)[0])
