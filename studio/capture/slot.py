"""A place for one item where the newest wins: what passes frames between threads without a queue."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class NewestSlot(Generic[T]):
    """Holds the newest item put; older ones that nobody took are dropped and counted."""

    def __init__(self, filled: threading.Event | None = None) -> None:
        """Every `put` sets `filled`: one reader can wait for several slots, clear it, then take from each."""
        self._lock = threading.Lock()
        self._filled = filled if filled is not None else threading.Event()
        self._item: T | None = None
        self._dropped = 0

    def put(self, item: T) -> None:
        with self._lock:
            if self._item is not None:
                self._dropped += 1
            self._item = item
            self._filled.set()

    def take(self) -> T | None:
        """The newest item, which leaves the slot; None when there is nothing new."""
        with self._lock:
            item, self._item = self._item, None
            return item

    @property
    def dropped(self) -> int:
        """How many items were replaced before anybody took them."""
        return self._dropped
