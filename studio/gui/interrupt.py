"""Ctrl+C in the terminal, or a polite kill, closes the window as its close button does."""

from __future__ import annotations

import signal
import socket

from PySide6.QtCore import QObject, QSocketNotifier, Slot
from PySide6.QtWidgets import QWidget

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class InterruptWatch(QObject):
    """Python runs signal handlers only between its own instructions; Qt's loop is woken through a socket."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._inner, self._outer = socket.socketpair()
        self._outer.setblocking(False)
        self._before = [signal.signal(number, lambda *_: None) for number in _SIGNALS]
        self._before_fd = signal.set_wakeup_fd(self._outer.fileno(), warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(self._inner.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._interrupted)

    def remove(self) -> None:
        """Put the former handlers back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._before_fd)
        for number, handler in zip(_SIGNALS, self._before, strict=True):
            signal.signal(number, handler)
        self._inner.close()
        self._outer.close()

    @Slot()
    def _interrupted(self) -> None:
        self._inner.recv(64)
        self._window.close()
