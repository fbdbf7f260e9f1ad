"""Everything the user can do, as one table: menus, toolbar and shortcuts are all made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow

from studio.gui.icons import icon
from studio.gui.workspaces import WORKSPACES


@dataclass(frozen=True)
class ActionRow:
    """One action; `handler` is the dotted name, below the window, of what it calls."""

    id: str
    menu: str
    text: str
    handler: str
    tip: str
    shortcut: str = ""
    icon: str = ""
    toolbar: bool = False
    group_start: bool = False
    """A separator goes before it."""
    checkable: bool = False
    argument: str = ""
    """What `handler` is called with, if anything."""


ACTIONS = (
    *(
        ActionRow(
            f"workspace-{workspace.id}",
            "View",
            workspace.title,
            "workspaces.switch",
            workspace.tip,
            f"Alt+{number}",
            workspace.icon,
            checkable=True,
            argument=workspace.id,
        )
        for number, workspace in enumerate(WORKSPACES, 1)
    ),
    ActionRow(
        "new", "File", "&New", "files.new", "Begin a project with the lens focused at 1 m", "Ctrl+N", "new", True
    ),
    ActionRow("open", "File", "&Open ...", "files.open", "Open a project file", "Ctrl+O", "open", True),
    ActionRow("save", "File", "&Save", "files.save", "Save the project", "Ctrl+S", "save", True, group_start=True),
    ActionRow(
        "save-as",
        "File",
        "Save &as ...",
        "files.save_as",
        "Save under another name and go on with that file",
        "Ctrl+Shift+S",
        "save-as",
    ),
    ActionRow("save-copy", "File", "Save a &copy ...", "files.save_copy", "Save elsewhere and go on with this file"),
    ActionRow(
        "notes",
        "File",
        "Project &notes ...",
        "edit_notes",
        "Say in words what the project is about; the report and the welcome page show it",
        group_start=True,
    ),
    ActionRow(
        "report",
        "File",
        "Write &report ...",
        "report.write",
        "A PDF or a web page about the project: lens, training, privacy, trade-off",
        icon="export",
    ),
    ActionRow("quit", "File", "&Quit", "close", "Close the studio", "Ctrl+Q", "quit", group_start=True),
    ActionRow(
        "undo",
        "Edit",
        "&Undo",
        "document.undo_stack.undo",
        "Take back the last step",
        "Ctrl+Z",
        "undo",
        True,
        group_start=True,
    ),
    ActionRow("redo", "Edit", "&Redo", "document.undo_stack.redo", "Do the step again", "Ctrl+Shift+Z", "redo", True),
    ActionRow(
        "solve-focus",
        "Lens",
        "Solve &focus",
        "solve_focus",
        "Set the defocus term so that the object distance is sharp",
        "Ctrl+F",
        "focus",
        True,
        group_start=True,
    ),
    ActionRow(
        "random-lens",
        "Lens",
        "&Random lens ...",
        "random_lens",
        "Random terms 5 to 15 from a seed",
        icon="lens",
        group_start=True,
    ),
    ActionRow(
        "keep-variant",
        "Lens",
        "&Keep as variant ...",
        "variants.begin_keep",
        "Keep the current lens under a name",
        "Ctrl+D",
        "variants",
        True,
        group_start=True,
    ),
    ActionRow(
        "copy-terms",
        "Lens",
        "&Copy coefficients",
        "lens_terms.copy",
        "Copy all Zernike coefficients as text",
        "Ctrl+Shift+C",
        "copy",
        group_start=True,
    ),
    ActionRow(
        "paste-terms",
        "Lens",
        "&Paste coefficients",
        "lens_terms.paste",
        "Paste Zernike coefficients from the clipboard",
        "Ctrl+Shift+V",
        "paste",
    ),
    ActionRow(
        "full-screen",
        "View",
        "&Full screen",
        "set_full_screen",
        "Fill the whole screen",
        "F11",
        "full-screen",
        True,
        group_start=True,
        checkable=True,
    ),
    ActionRow(
        "next-dock",
        "View",
        "&Next dock",
        "workspaces.next_dock",
        "Move the focus to the next dock",
        "F6",
        group_start=True,
    ),
    ActionRow(
        "previous-dock",
        "View",
        "Pre&vious dock",
        "workspaces.previous_dock",
        "Move the focus to the dock before",
        "Shift+F6",
    ),
    ActionRow(
        "save-layout",
        "View",
        "&Save layout ...",
        "workspaces.save_layout",
        "Keep the arrangement of the docks under a name",
        group_start=True,
    ),
    ActionRow(
        "remove-layout", "View", "Re&move layout ...", "workspaces.remove_layout", "Forget an arrangement by its name"
    ),
    ActionRow(
        "reset-layout",
        "View",
        "&Reset layout",
        "workspaces.reset",
        "Put the docks of this workspace back in their places",
        icon="layout",
    ),
    ActionRow(
        "command-palette",
        "View",
        "&Command palette ...",
        "command_palette.open",
        "Find and run any command, preset, dock or recent file",
        "Ctrl+K",
        "search",
        True,
        group_start=True,
    ),
    ActionRow(
        "help", "Help", "&Help on this dock", "show_help", "What the dock in use shows, how to read it", "F1", "help"
    ),
    ActionRow("welcome", "Help", "&Welcome", "welcome.open", "Examples, recent files, new projects", icon="welcome"),
    ActionRow("tour", "Help", "&Tour", "tour.begin", "Five callouts that point at what matters", icon="tour"),
    ActionRow("log", "Help", "&Log", "show_log", "What the studio did and what went wrong", icon="log"),
    ActionRow("about", "Help", "&About", "dialogs.show_about", "Versions and licences", icon="about", group_start=True),
)


def build_actions(window: QMainWindow) -> dict[str, QAction]:
    """One QAction for each row, by id, added to `window` so that its shortcut works without any menu."""
    actions = {}
    for row in ACTIONS:
        action = QAction(row.text, window)
        action.setObjectName(f"action-{row.id}")
        action.setShortcut(QKeySequence(row.shortcut))
        action.setCheckable(row.checkable)
        action.setStatusTip(row.tip)
        action.setToolTip(f"{row.tip} ({action.shortcut().toString()})" if row.shortcut else row.tip)
        action.triggered.connect(_caller(attrgetter(row.handler)(window), row))
        window.addAction(action)
        actions[row.id] = action
    return actions


def tint(actions: dict[str, QAction]) -> None:
    """Give every action its icon in the colours of the theme in force."""
    for row in ACTIONS:
        if row.icon:
            actions[row.id].setIcon(icon(row.icon))


def _caller(handler: Callable, row: ActionRow) -> Callable[[bool], None]:
    def call(checked: bool) -> None:
        if row.argument:
            handler(row.argument)
        elif row.checkable:
            handler(checked)
        else:
            handler()

    return call
