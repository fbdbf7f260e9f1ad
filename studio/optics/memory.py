"""Refusing work that memory cannot hold, before anything is allocated."""

from __future__ import annotations

import psutil

_FREE_OF_QUESTION_BYTES = 1 << 26


def memory_shortage(needed_bytes: int, limit_bytes: int | None = None) -> str | None:
    """Why `needed_bytes` cannot be had ("26.0 GiB, more than ..."), or None when they can.

    `limit_bytes` defaults to half of the memory that is free now.
    """
    if limit_bytes is None:
        if needed_bytes <= _FREE_OF_QUESTION_BYTES:
            return None  # asking takes as long as a small PSF
        limit_bytes = psutil.virtual_memory().available // 2
    if needed_bytes <= limit_bytes:
        return None
    return f"{needed_bytes / 2**30:.1f} GiB, more than the {limit_bytes / 2**30:.1f} GiB it may use"
