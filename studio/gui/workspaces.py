"""Workspaces: arrangements of the docks, one for each kind of work, each remembered as it was left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QByteArray, QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QApplication, QDockWidget, QLayout, QMainWindow, QToolBar

from studio.gui.dialogs import Dialogs
from studio.gui.docks.guest_dock import GuestDock
from studio.gui.settings import Settings

LAYOUT_VERSION = 4  # raised when the docks change so much that a stored arrangement no longer fits
Docks = dict[str, QDockWidget]

_ACROSS, _DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
_LIVE_SIDE_PX = (384, 480)  # narrowest and widest column of the lens beside the live view
_LENS_PX = (376, 460)  # the same in the design workspace
_WITH_THE_LENS = ("history", "variants")
_BESIDE = {"help": Qt.DockWidgetArea.RightDockWidgetArea, "log": Qt.DockWidgetArea.BottomDockWidgetArea}
_SEPARATOR_PX = 6  # as in the style sheet
_LIVE_BESIDE_PX = 1240  # from here on the workspaces of results have a live view at their side
_TWO_PICTURES_PX = 1180  # from here on the PSF and the wavefront stand side by side
_THREE_BELOW_PX = 1600  # from here on MTF and depth do, too


@dataclass(frozen=True)
class Workspace:
    """`arrange(window, docks)` lays out docks that are in no area yet, for the size the window has."""

    id: str
    title: str
    tip: str
    icon: str
    arrange: Callable[[QMainWindow, Docks], None]


class Workspaces(QObject):
    """Switches `window` between WORKSPACES; `docks` by name, in the order of the menu."""

    changed = Signal(str)
    layouts_changed = Signal()
    layout_removed = Signal(str, QByteArray)
    """Name and arrangement: `keep_layout` brings it back."""
    layout_refused = Signal(str)

    def __init__(self, window: QMainWindow, docks: Docks, settings: Settings, dialogs: Dialogs) -> None:
        super().__init__(window)
        self._window, self._docks, self._settings, self._dialogs = window, docks, settings, dialogs
        self._current = _BY_ID.get(settings.workspace, _START)

    def begin(self) -> None:
        """Show the workspace in use last; the window has its size and its tool bars by now."""
        self.reset()  # a stored arrangement shows only docks that have a place already
        stored = self._settings.arrangement(self._current.id)
        if stored is not None and not self._restore(stored):
            self.reset()
        self.changed.emit(self._current.id)

    @property
    def current(self) -> Workspace:
        return self._current

    def switch(self, workspace_id: str) -> None:
        """Show a workspace as it was left, the first time as it was meant."""
        if workspace_id != self._current.id:
            self.store()
            self._current = _BY_ID[workspace_id]
            self._show()
        else:
            self.changed.emit(workspace_id)  # its button was pressed: it stays pressed

    def reset(self) -> None:
        """Put the docks of the current workspace where they belong."""
        self._window.setUpdatesEnabled(False)  # one paint, whatever is moved
        for dock in self._docks.values():  # all out first: what is still in would make the window grow
            if dock.isFloating() and dock.parent():  # one that was never in is no window of its own either
                dock.setFloating(False)
            self._window.removeDockWidget(dock)
        self._current.arrange(self._window, self._docks)
        self._forget_guests()
        self._window.setUpdatesEnabled(True)

    def next_dock(self, steps: int = 1) -> None:
        """Move the focus to the next dock in sight, from left to right and down."""
        seen = [dock for dock in self._docks.values() if not dock.visibleRegion().isEmpty()]
        seen.sort(key=lambda dock: dock.mapToGlobal(QPoint(0, 0)).toTuple())
        focused = QApplication.focusWidget()
        here = next((n for n, dock in enumerate(seen) if focused and dock.isAncestorOf(focused)), -(steps > 0))
        if seen:
            bring_up(seen[(here + steps) % len(seen)])

    def previous_dock(self) -> None:
        self.next_dock(-1)

    def store(self) -> None:
        """Remember the workspace and how it looks."""
        self._settings.workspace = self._current.id
        self._settings.set_arrangement(self._current.id, self._state())

    # Arrangements with a name

    def save_layout(self) -> None:
        name = self._dialogs.ask_layout_name(list(self._settings.layouts))
        if name:
            self.keep_layout(name, self._state())

    def keep_layout(self, name: str, state: QByteArray) -> None:
        self._settings.set_layout(name, state)
        self.layouts_changed.emit()

    def show_layout(self, name: str) -> None:
        """Arrange the current workspace as kept under `name`; one that no longer fits changes nothing."""
        if not self._restore(self._settings.layouts[name]):
            self.layout_refused.emit(name)

    def remove_layout(self) -> None:
        name = self._dialogs.choose_layout(list(self._settings.layouts))
        if name:
            state = self._settings.layouts[name]
            self._settings.remove_layout(name)
            self.layouts_changed.emit()
            self.layout_removed.emit(name, state)

    def _state(self) -> QByteArray:
        return self._window.saveState(LAYOUT_VERSION)

    def _restore(self, state: QByteArray) -> bool:
        """Docks that `state` does not know, because an older studio stored it, wait out of sight."""
        self._window.setUpdatesEnabled(False)
        shown = [dock for dock in self._docks.values() if not dock.isHidden()]
        for dock in shown:
            dock.hide()
        fits = self._window.restoreState(state, LAYOUT_VERSION)
        if not fits:
            for dock in shown:
                dock.show()
        self._forget_guests()
        self._window.setUpdatesEnabled(True)
        return fits

    def _forget_guests(self) -> None:
        for dock in self._docks.values():
            if isinstance(dock, GuestDock):
                dock.forget()

    def _show(self) -> None:
        stored = self._settings.arrangement(self._current.id)
        if stored is None or not self._restore(stored):
            self.reset()
        self.changed.emit(self._current.id)


def bring_up(dock: QDockWidget) -> None:
    """Show `dock` in front of its neighbours and move the focus to its first control."""
    dock.show()
    dock.raise_()
    dock.widget().setFocus()
    dock.widget().focusNextChild()


def _live(window: QMainWindow, docks: Docks) -> None:
    """The face large, the lens over the PSF at its side."""
    live, lens, psf = (docks[name] for name in ("live", "lens", "psf"))
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, live)
    window.splitDockWidget(live, lens, _ACROSS)
    window.splitDockWidget(lens, psf, _DOWN)
    _show_only(window, docks, (live, lens, psf))
    room = _room_px(window)
    side = _bounded(room // 3, _LIVE_SIDE_PX)
    window.resizeDocks([live, lens], [room - side, side], _ACROSS)
    window.resizeDocks([lens, psf], [66, 34], _DOWN)


def _design(window: QMainWindow, docks: Docks) -> None:
    """The lens tall on the left, PSF and wavefront large, below them a small live view and what follows."""
    lens, psf, wavefront, live, mtf, depth = (
        docks[name] for name in ("lens", "psf", "wavefront", "live", "mtf", "depth")
    )
    width, room = window.width(), _room_px(window)
    side = _bounded(room // 3, _LENS_PX)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, lens)
    window.splitDockWidget(lens, psf, _ACROSS)
    if width >= _TWO_PICTURES_PX:
        window.splitDockWidget(psf, mtf, _DOWN)
        window.splitDockWidget(psf, wavefront, _ACROSS)
        window.splitDockWidget(mtf, live, _ACROSS)
    else:  # all but the PSF share a place, the face in front
        window.splitDockWidget(psf, live, _DOWN)
        window.tabifyDockWidget(live, wavefront)
        window.tabifyDockWidget(wavefront, mtf)
    if width >= _THREE_BELOW_PX:
        window.splitDockWidget(mtf, depth, _ACROSS)
    else:
        window.tabifyDockWidget(mtf, depth)
    _show_only(window, docks, (lens, psf, live, wavefront, mtf, depth))
    window.resizeDocks([lens, psf], [side, room - side], _ACROSS)
    if width >= _TWO_PICTURES_PX:
        window.resizeDocks([psf, wavefront], [50, 50], _ACROSS)
        below = [mtf, depth, live] if width >= _THREE_BELOW_PX else [mtf, live]
        window.resizeDocks(below, [(room - side) // len(below)] * len(below), _ACROSS)
        window.resizeDocks([psf, mtf], [51, 49], _DOWN)
    else:
        window.resizeDocks([psf, live], [38, 62], _DOWN)


def _compare(window: QMainWindow, docks: Docks) -> None:
    """The kept designs on the left, two of them side by side; lens and PSF are a tab away."""
    variants, compare, lens, psf = (docks[name] for name in ("variants", "compare", "lens", "psf"))
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, variants)
    window.splitDockWidget(variants, compare, _ACROSS)
    window.tabifyDockWidget(variants, lens)
    window.tabifyDockWidget(compare, psf)
    _show_only(window, docks, (variants, compare, lens, psf))
    room = _room_px(window)
    side = _bounded(room // 3, _LENS_PX)
    window.resizeDocks([variants, compare], [side, room - side], _ACROSS)


def _privacy(window: QMainWindow, docks: Docks) -> None:
    """The table of an evaluation large; its curves over its faces at its side, where there is room for them."""
    names = ("privacy", "privacy-curves", "privacy-faces", "data", "live", "lens")
    table, curves, faces, data, live, lens = shown = [docks[name] for name in names]
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, table)
    if window.width() < _TWO_PICTURES_PX:
        for dock in shown[1:]:
            window.tabifyDockWidget(table, dock)
        _show_only(window, docks, shown)
        return
    window.splitDockWidget(table, curves, _ACROSS)
    window.splitDockWidget(curves, faces, _DOWN)
    for place, dock in ((faces, live), (table, data), (data, lens)):
        window.tabifyDockWidget(place, dock)
    _show_only(window, docks, shown)
    room = _room_px(window)
    window.resizeDocks([table, curves], [room * 52 // 100, room * 48 // 100], _ACROSS)
    window.resizeDocks([curves, faces], [50, 50], _DOWN)


def _beside_live(name: str) -> Callable[[QMainWindow, Docks], None]:
    """The dock `name` large; from a certain width on a live view at its side shows what the lens of the moment does."""

    def arrange(window: QMainWindow, docks: Docks) -> None:
        main, live, lens, psf = (docks[dock] for dock in (name, "live", "lens", "psf"))
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, main)
        if window.width() < _LIVE_BESIDE_PX:
            for dock in (lens, psf, live):
                window.tabifyDockWidget(main, dock)
            _show_only(window, docks, (main, lens, psf, live))
            return
        window.splitDockWidget(main, live, _ACROSS)  # before the tabs: what has tabs cannot be split
        window.splitDockWidget(live, psf, _DOWN)
        window.tabifyDockWidget(main, lens)
        _show_only(window, docks, (main, lens, live, psf))
        room = _room_px(window)
        side = _bounded(room // 4, _LIVE_SIDE_PX)
        window.resizeDocks([main, live], [room - side, side], _ACROSS)
        window.resizeDocks([live, psf], [60, 40], _DOWN)

    return arrange


def _show_only(window: QMainWindow, docks: Docks, shown: Sequence[QDockWidget]) -> None:
    """Show these; the others wait in their places: log and help beside the work, the rest as tabs within it."""
    for name, dock in docks.items():
        if name in _BESIDE:
            window.addDockWidget(_BESIDE[name], dock)
        elif dock not in shown:
            window.tabifyDockWidget(docks["lens" if name in _WITH_THE_LENS else "psf"], dock)
        dock.setVisible(dock in shown)
    cast(QLayout, window.layout()).activate()  # tabs of a window that was never shown are not there before
    for dock in reversed(shown):
        dock.raise_()  # of several tabs the first one named is in front


def _room_px(window: QMainWindow) -> int:
    """Width that the docks of two columns share: what the rail and the line between them leave."""
    bars = window.findChildren(QToolBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    rails = [bar for bar in bars if window.toolBarArea(bar) == Qt.ToolBarArea.LeftToolBarArea]
    return window.width() - sum(rail.sizeHint().width() for rail in rails) - _SEPARATOR_PX


def _bounded(value: int, limits: tuple[int, int]) -> int:
    return min(max(value, limits[0]), limits[1])


WORKSPACES = (
    Workspace("design", "Design", "Shape the lens: PSF, wavefront, MTF and depth at a glance", "lens", _design),
    Workspace("live", "Live", "See what the lens leaves of a face, live", "live", _live),
    Workspace("compare", "Compare", "Keep designs under a name and compare two of them", "side-by-side", _compare),
    Workspace("privacy", "Privacy", "Attack the lens: who can still be told apart", "eye-off", _privacy),
    Workspace("train", "Train", "Let lens and networks learn together", "train", _beside_live("train")),
    Workspace("tradeoff", "Trade-off", "What privacy costs", "tradeoff", _beside_live("tradeoff")),
)
_BY_ID = {workspace.id: workspace for workspace in WORKSPACES}
_START = _BY_ID["live"]
