"""The tour: a few callouts that point at real widgets. It blocks nothing; Escape ends it wherever the focus is.

Enter, Space and the arrows turn the pages. A page that nobody turns goes away by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QShortcut
from PySide6.QtWidgets import QApplication, QDockWidget, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.gui.theme import SPACING, tokens
from studio.gui.toasts import Toast, ToastAction
from studio.gui.widgets.labels import TokenLabel

if TYPE_CHECKING:
    from studio.gui.main_window import MainWindow

_WIDTH_PX = 40 * SPACING
_PAGE_MS = 180_000
_TURN = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Return: 1,
    Qt.Key.Key_Enter: 1,
    Qt.Key.Key_Space: 1,
}
_MOVED = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)


@dataclass(frozen=True)
class Stop:
    """One page; `target` is the object name of what it points at."""

    target: str
    title: str
    text: str


STOPS = (
    Stop(
        "dock-live",
        "What the sensor records",
        "A face through the lens, 30 times a second. The clear picture stays hidden until you hold “Hold to reveal”. "
        "The source button offers a camera, a clip or a folder of pictures.",
    ),
    Stop(
        "dock-lens",
        "Shape the lens",
        "Drag a Zernike term, or type a number with its unit (“-26 µm”). Every change is one step that Ctrl+Z takes "
        "back. “Solve focus” makes a distance sharp.",
    ),
    Stop(
        "dock-psf",
        "What one point of light becomes",
        "The point spread function answers at once. Wide and uneven means that fine detail is lost in the capture.",
    ),
    Stop(
        "rail",
        "One workspace for each kind of work",
        "Alt and a number switch. Move the docks as you like: each workspace is kept as you left it, and the View menu "
        "keeps arrangements under names.",
    ),
    Stop(
        "main-toolbar",
        "Everything has a key",
        "Ctrl+K finds every command, preset, dock and recent file. F1 explains the dock you are in.",
    ),
)


class Tour(QFrame):
    """The callout; it is the owner of the ring around its target."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._page = 0
        self._target: QWidget | None = None
        self._came_from: QWidget | None = None
        self._offer: Toast | None = None
        self._ring = _Ring(window)
        self.setObjectName("tour")
        self.setFixedWidth(_WIDTH_PX)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._title = QLabel()
        self._title.setObjectName("heading")
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._count = TokenLabel()
        self.back, self.next = QPushButton("Back"), QPushButton("Next")
        self.skip = QPushButton("End tour")
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACING)
        buttons.addWidget(self._count, 1)
        for button in (self.skip, self.back, self.next):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, 2 * SPACING)
        column.setSpacing(SPACING)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addLayout(buttons)
        self.back.clicked.connect(self.go_back)
        self.next.clicked.connect(self.go_on)
        self.skip.clicked.connect(self.end)
        self._escape = QShortcut(Qt.Key.Key_Escape, window, self.end)
        self._escape.setEnabled(False)  # while the tour is on it is nobody else's
        self._forgotten = QTimer(self, singleShot=True, interval=_PAGE_MS)
        self._forgotten.timeout.connect(self.end)
        window.installEventFilter(self)
        self.hide()

    @property
    def stop(self) -> Stop:
        return STOPS[self._page]

    def offer(self) -> None:
        """Until it was taken or declined, and not in the way."""
        if not self._window.settings.tour_offered:
            take = ToastAction("Take the tour", self.begin)
            self._offer = self._window.toasts.show("New here? The tour takes a minute.", action=take, stays=True)
            self._offer.ended.connect(self._answered)

    def begin(self) -> None:
        """Go to the workspace that shows the most of it, and to the first page."""
        if not self.isVisible():
            self._came_from = QApplication.focusWidget()
        self._window.settings.tour_offered = True
        if self._offer is not None:
            self._offer.end()
        self._window.workspaces.switch("live")
        self._escape.setEnabled(True)
        self._show(0)
        self.setFocus()

    @Slot()
    def go_on(self) -> None:
        if self._page + 1 < len(STOPS):
            self._show(self._page + 1)
        else:
            self.end()

    @Slot()
    def go_back(self) -> None:
        self._show(max(0, self._page - 1))

    @Slot()
    def end(self) -> None:
        """Put it away; the focus goes back to where it was."""
        had_focus = self.isAncestorOf(QApplication.focusWidget() or self)
        self._forgotten.stop()
        self._escape.setEnabled(False)
        self._point_at(None)
        self.hide()
        if had_focus and self._came_from is not None and self._came_from.isVisible():
            self._came_from.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, button = Qt.Key(event.key()), QApplication.focusWidget()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(button, QPushButton):
            button.click()
        elif key in _TURN:
            self.go_on() if _TURN[key] > 0 else self.go_back()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _answered(self) -> None:
        self._offer = None
        self._window.settings.tour_offered = True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _MOVED and self.isVisible() and watched in (self._window, self._target):
            self._place()
        return super().eventFilter(watched, event)

    def _show(self, page: int) -> None:
        self._page = page
        self._title.setText(self.stop.title)
        self._text.setText(self.stop.text)
        self._count.setText(f"{page + 1} of {len(STOPS)}")
        self.back.setEnabled(page > 0)
        self.next.setText("Done" if page + 1 == len(STOPS) else "Next")
        self.setAccessibleName(f"Tour, {self._count.text()}: {self.stop.title}")
        self.setAccessibleDescription(self.stop.text)
        self._point_at(self._window.findChild(QWidget, self.stop.target))
        self.show()
        self._place()
        self._forgotten.start()

    def _point_at(self, target: QWidget | None) -> None:
        if self._target is not None:
            self._target.removeEventFilter(self)
        self._target = target
        if isinstance(target, QDockWidget):
            target.show()
            target.raise_()
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        if target is not None:
            target.installEventFilter(self)
        self._ring.setVisible(target is not None)

    def _place(self) -> None:
        """Beside the target where there is room, else over its middle."""
        height = self.heightForWidth(_WIDTH_PX)
        whole = self._window.rect().adjusted(SPACING, SPACING, -SPACING, -SPACING)
        if self._target is None or not self._target.isVisible() or self._target.isWindow():
            self._ring.hide()
            rect = QRect(0, 0, _WIDTH_PX, height)
            rect.moveCenter(whole.center())
        else:
            around = QRect(self._target.mapTo(self._window, QPoint(0, 0)), self._target.size())
            self._ring.setGeometry(around)
            self._ring.show()
            self._ring.raise_()
            rect = _beside(around, QRect(0, 0, _WIDTH_PX, height), whole)
        self.setGeometry(rect)
        self.raise_()


class _Ring(QWidget):
    """An outline that lets every click through."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens().accent), 3))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), 6, 6)


def _beside(target: QRect, callout: QRect, whole: QRect) -> QRect:
    """`callout` right of, left of, below or above `target`, whatever has room in `whole`; else over its middle.

    Controls are along the edges of a dock, the picture is in the middle.
    """
    gap = SPACING
    places = (
        QPoint(target.right() + gap, target.top() + gap),
        QPoint(target.left() - gap - callout.width(), target.top() + gap),
        QPoint(target.left() + gap, target.bottom() + gap),
        QPoint(target.left() + gap, target.top() - gap - callout.height()),
    )
    for place in places:
        moved = callout.translated(place)
        if whole.contains(moved):
            return moved
    inside = QRect(callout)
    inside.moveCenter(target.center())
    return inside
