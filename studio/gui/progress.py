"""Progress in the status bar for what takes longer than a second, with a Cancel button where it can be stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

from PySide6.QtCore import QTimer, SignalInstance, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from studio.gui.theme import SPACING

PATIENCE_MS = 1000
_BAR_PX = 15 * SPACING


class Watchable(Protocol):
    """An object with signals of what it does, as LongWork has them."""

    begun: SignalInstance
    advanced: SignalInstance
    ended: SignalInstance

    def cancel(self) -> None: ...


@dataclass
class _Piece:
    text: str
    cancel: Callable[[], object] | None
    share: float | None = None


class StatusProgress(QWidget):
    """Hidden until a piece of work has been under way for PATIENCE_MS; of several it shows the one begun last."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pieces: dict[object, _Piece] = {}
        self.label = QLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(_BAR_PX)
        self.bar.setAccessibleName("Progress")
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(self._stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACING, 0, SPACING, 0)
        row.setSpacing(SPACING)
        for widget in (self.label, self.bar, self.cancel):
            row.addWidget(widget)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self.show)
        self.hide()

    def watch(self, work: Watchable) -> None:
        """Follow all that `work` does."""
        work.begun.connect(self._work_begun)
        work.advanced.connect(self._work_advanced)
        work.ended.connect(self._work_ended)

    def begin(self, text: str, cancel: Callable[[], object] | None = None, of: object = None) -> None:
        """Say that `text` is under way; `cancel` is what the button does, None hides it. `of` is whose work it is."""
        self._pieces.pop(of, None)
        self._pieces[of] = _Piece(text, cancel)
        self._show_last()
        if not self.isVisible():
            self._patience.start()

    @Slot(float)
    def set_share(self, share: float | None, of: object = None) -> None:
        """How much is done, 0 to 1; None when nobody knows."""
        if of in self._pieces:
            self._pieces[of].share = share
            self._show_last()

    def end(self, of: object = None) -> None:
        self._pieces.pop(of, None)
        if self._pieces:
            self._show_last()
        else:
            self.clear()

    def clear(self) -> None:
        """Nothing is under way any more."""
        self._pieces.clear()
        self._patience.stop()
        self.bar.setRange(0, 1)  # an endless bar would go on asking for frames
        self.hide()

    def _show_last(self) -> None:
        piece = [*self._pieces.values()][-1]
        self.label.setText(piece.text)
        self.setAccessibleName(piece.text)
        self.cancel.setVisible(piece.cancel is not None)
        self.cancel.setAccessibleDescription(f"Stops: {piece.text}")
        self.bar.setRange(0, 0 if piece.share is None else 100)
        self.bar.setValue(0 if piece.share is None else round(100 * piece.share))

    @Slot()
    def _stop(self) -> None:
        cancel = [*self._pieces.values()][-1].cancel
        if cancel is not None:
            cancel()

    @Slot(str)
    def _work_begun(self, text: str) -> None:
        work = cast(Watchable, self.sender())
        self.begin(f"{text} …", work.cancel, of=work)

    @Slot(object)
    def _work_advanced(self, share: float | None) -> None:
        self.set_share(share, of=self.sender())

    @Slot()
    def _work_ended(self) -> None:
        self.end(of=self.sender())
