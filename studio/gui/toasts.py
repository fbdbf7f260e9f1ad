"""Toasts: short messages at the lower right that need no answer, stacked, the newest at the bottom."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPoint, Qt, QTimer, QVariantAnimation, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QEnterEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMainWindow, QPushButton

from studio.gui.icons import icon
from studio.gui.theme import SPACING
from studio.gui.widgets.buttons import tool_button

log = logging.getLogger(__name__)

Kind = Literal["info", "success", "warning", "error"]

SHOWN_MS = 6000
SHOWN_WITH_ACTION_MS = 12_000
MOST = 4
_WIDTH_PX = 48 * SPACING
_STEP_IN_MS = 160
_ICONS = {"info": ("about", "accent"), "success": ("done", "success"), "warning": ("warning", "warning")}
_LEVELS = {"warning": logging.WARNING, "error": logging.ERROR}  # the log has those too
_ERROR_ICON = ("error", "error")


@dataclass(frozen=True)
class ToastAction:
    """What the one button of a toast says and does."""

    text: str
    run: Callable[[], object]


class Toast(QFrame):
    """One message. Ends after a while, when dismissed or when acted on; an error `stays`, and what asks for it."""

    ended = Signal()

    def __init__(self, text: str, kind: Kind, action: ToastAction | None, stays: bool, window: QMainWindow) -> None:
        super().__init__(window)
        self.text, self.kind, self._stays = text, kind, stays or kind == "error"
        self._action = action
        self.setObjectName("toast")
        self.setProperty("kind", kind)
        self.setAccessibleName(f"{kind.capitalize()}: {text}")
        self.setFixedWidth(_WIDTH_PX)
        self._sign = QLabel()
        message = QLabel(text)
        message.setTextFormat(Qt.TextFormat.PlainText)  # a file name is no markup
        message.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACING, SPACING, SPACING, SPACING)
        row.setSpacing(SPACING)
        row.addWidget(self._sign)
        row.addWidget(message, 1)
        if action is not None:
            self.button = QPushButton(action.text)
            self.button.clicked.connect(self._act)
            self.button.installEventFilter(self)
            row.addWidget(self.button)
        self.dismiss = tool_button("Dismiss", "Dismiss this message (Escape)")
        self.dismiss.clicked.connect(self.end)
        self.dismiss.installEventFilter(self)
        row.addWidget(self.dismiss)
        shown_ms = SHOWN_MS if action is None else SHOWN_WITH_ACTION_MS
        self._time = QTimer(self, singleShot=True, interval=shown_ms)
        self._time.timeout.connect(self.end)
        self._place = QPoint()
        self._step = QVariantAnimation(self, startValue=4 * SPACING, endValue=0, duration=_STEP_IN_MS)
        self._step.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._step.valueChanged.connect(self._show_step)
        self._tint()
        self.run_down()

    def run_down(self) -> None:
        """Begin the time anew."""
        if not self._stays:
            self._time.start()

    def step_in(self) -> None:
        self.show()
        self._step.start()

    def settle(self, place: QPoint) -> None:
        """Move to `place`, also while it is stepping in."""
        self._place = place
        self._show_step(self._step.currentValue() if self.isVisible() else 0)

    @property
    def runs_down(self) -> bool:
        return self._time.isActive()

    @Slot()
    def end(self) -> None:
        self._time.stop()
        self._step.stop()
        self.hide()
        self.ended.emit()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._time.stop()  # it is being read
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.run_down()
        super().leaveEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self._time.stop()  # it is being answered
        elif event.type() == QEvent.Type.FocusOut:
            self.run_down()
        return False

    def take_focus(self) -> None:
        """Let the next key answer it; Escape dismisses."""
        (self.dismiss if self._action is None else self.button).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.end()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "dismiss"):
            self._tint()
        super().changeEvent(event)

    @Slot()
    def _act(self) -> None:
        self.end()
        if self._action is not None:
            self._action.run()

    @Slot(object)
    def _show_step(self, offset_px: int) -> None:
        self.move(self._place + QPoint(offset_px, 0))

    def _tint(self) -> None:
        self._sign.setPixmap(icon(*_ICONS.get(self.kind, _ERROR_ICON)).pixmap(18, 18))
        self.dismiss.setIcon(icon("close"))


class Toasts(QObject):
    """Shows toasts over the lower right of `window`, at most MOST at a time."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.shown: list[Toast] = []
        window.installEventFilter(self)

    def show(self, text: str, kind: Kind = "info", action: ToastAction | None = None, *, stays: bool = False) -> Toast:
        """Say `text`. The same text again begins its time anew instead of standing there twice."""
        for toast in self.shown:
            if (toast.text, toast.kind) == (text, kind):
                toast.run_down()
                return toast
        while len(self.shown) >= MOST:
            passing = next((t for t in self.shown if t.runs_down), self.shown[0])
            passing.end()
        if kind in _LEVELS:
            log.log(_LEVELS[kind], text)
        toast = Toast(text, kind, action, stays, self._window)
        toast.ended.connect(self._ended)
        self.shown.append(toast)
        self._place()
        toast.step_in()
        _announce(toast)
        return toast

    def answer(self) -> None:
        """Move the focus to the newest toast, if there is one."""
        if self.shown:
            self.shown[-1].take_focus()

    @Slot(str)
    def tell(self, text: str) -> None:
        """A plain message: for signals of docks that have only a text to give."""
        self.show(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):  # docks that come lie above all else
            self._place()
        return super().eventFilter(watched, event)

    @Slot()
    def _ended(self) -> None:
        for toast in [toast for toast in self.shown if toast.isHidden()]:
            self.shown.remove(toast)
            toast.deleteLater()
        self._place()

    def _place(self) -> None:
        bottom = self._window.statusBar().y() - SPACING
        for toast in reversed(self.shown):
            height = max(toast.heightForWidth(_WIDTH_PX), toast.minimumSizeHint().height())
            bottom -= height
            toast.resize(_WIDTH_PX, height)
            toast.settle(QPoint(self._window.width() - _WIDTH_PX - 2 * SPACING, bottom))
            toast.raise_()
            bottom -= SPACING


def _announce(toast: Toast) -> None:
    if QAccessible.isActive():
        event = QAccessibleAnnouncementEvent(toast, toast.accessibleName())
        urgent = toast.kind == "error"
        politeness = QAccessible.AnnouncementPoliteness
        event.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
        QAccessible.updateAccessibility(event)
