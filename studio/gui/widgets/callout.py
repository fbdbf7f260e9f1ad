"""A reason that floats under a control: it covers what follows for a moment, and nothing moves."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QTimerEvent, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDockWidget, QScrollArea, QWidget

from studio.gui.theme import SPACING, tokens
from studio.gui.widgets.labels import TokenLabel

_WIDEST_PX = 44 * SPACING
_WATCHED = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)
_NEAR = (QEvent.Type.FocusIn, QEvent.Type.Enter)
READ_MS = 6000


class Callout(TokenLabel):
    """Says something about `target` while there is something to say and `target` is in use.

    A click puts it away, and so does leaving `target`, so that it does not cover the next row; coming back shows it
    again. What is said of a target that is not in use stays for READ_MS.
    """

    def __init__(self, target: QWidget) -> None:
        super().__init__(token="error", parent=target)
        self._target = target
        self._page = target
        self._watched: list[QWidget] = []
        self._away = False
        self._reading = 0  # a timer
        self.setWordWrap(True)
        self.setContentsMargins(SPACING, SPACING // 2, SPACING, SPACING // 2)
        self.hide()

    @Slot(str)
    def say(self, reason: str) -> None:
        """Show `reason`; "" takes it back."""
        self.setText(reason)
        if reason and not self._watched:
            self._settle_in()
        self._show_for(0 if not reason or self._in_use else READ_MS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _WATCHED:
            self._follow()
        elif watched is self._target and self.text():
            if event.type() in _NEAR:
                self._show_for(0)
            elif event.type() == QEvent.Type.FocusOut:
                self._put_away()
            elif event.type() == QEvent.Type.Leave and not self._target.hasFocus() and not self._away:
                self._show_for(READ_MS)
        return super().eventFilter(watched, event)

    def timerEvent(self, event: QTimerEvent) -> None:
        self._put_away()

    @property
    def _in_use(self) -> bool:
        return self._target.hasFocus() or self._target.underMouse()

    def _show_for(self, time_ms: int) -> None:
        """0: until it is put away."""
        self._stop_reading()
        self._away = False
        if time_ms:
            self._reading = self.startTimer(time_ms)
        self._follow()

    def _put_away(self) -> None:
        self._stop_reading()
        self._away = True
        self._follow()

    def _stop_reading(self) -> None:
        if self._reading:
            self.killTimer(self._reading)
            self._reading = 0

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self._put_away()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens().error), 1))
        painter.setBrush(QColor(tokens().raised))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()
        super().paintEvent(event)

    def _settle_in(self) -> None:
        """Move to the page, so that a layout cannot clip us and we scroll with it; watch all that can move `target`."""
        widget = self._target
        self._watch(widget)
        while (above := widget.parentWidget()) and not _is_page(widget):
            widget = above
            self._watch(widget)
        self._page = widget
        self.setParent(widget)

    def _watch(self, widget: QWidget) -> None:
        widget.installEventFilter(self)
        self._watched.append(widget)

    def _follow(self) -> None:
        shown = bool(self.text()) and not self._away and self._target.isVisible()
        if shown:
            self._place()
            self.raise_()
        self.setVisible(shown)

    def _place(self) -> None:
        page, target = self._page, self._target
        seen = page.visibleRegion().boundingRect()
        width = min(page.width() - 2 * SPACING, _WIDEST_PX)
        height = self.heightForWidth(width)
        below = target.mapTo(page, QPoint(target.width() - width, target.height() + 2))
        top = below.y()
        if top + height > seen.bottom():
            top = max(0, target.mapTo(page, QPoint(0, -2)).y() - height)
        left = min(max(below.x(), SPACING), page.width() - width - SPACING)
        self.setGeometry(left, top, width, height)


def _is_page(widget: QWidget) -> bool:
    """True for what is scrolled, for a dock and for a window."""
    if widget.isWindow() or isinstance(widget, QDockWidget):
        return True
    frame = widget.parentWidget()
    return frame is not None and isinstance(frame.parentWidget(), QScrollArea)
