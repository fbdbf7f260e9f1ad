"""Views that follow a drag do so at a bounded rate: the hand moves faster than anyone reads."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

EVERY_MS = 50


class Pace(QObject):
    """Calls `act` at once when asked, or once `every_ms` have passed since the last time; the last request counts."""

    def __init__(self, act: Callable[[], None], parent: QObject, every_ms: int = EVERY_MS) -> None:
        super().__init__(parent)
        self._act = act
        self._waiting = False
        self._timer = QTimer(self, singleShot=True, interval=every_ms)
        self._timer.timeout.connect(self._go_on)

    @property
    def waiting(self) -> bool:
        return self._waiting

    @Slot()
    def request(self) -> None:
        if self._timer.isActive():
            self._waiting = True
        else:
            self._timer.start()
            self._act()

    @Slot()
    def _go_on(self) -> None:
        if self._waiting:
            self._waiting = False
            self.request()
