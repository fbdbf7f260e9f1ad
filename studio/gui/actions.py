"""Everything the user can do, as one table: menus, toolbar, shortcuts and the palette are all made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow

from studio.gui.button_action import ButtonAction
from studio.gui.icons import icon
from studio.gui.views import VIEWS
from studio.gui.workspaces import WORKSPACES


@dataclass(frozen=True)
class ActionRow:
    """One action; `handler` is the dotted name, below the window, of what it calls or of the button it presses."""

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
    button: bool = False
    """`handler` is a button of a dock."""


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
    ActionRow(
        "clear-recent", "File", "C&lear recent files", "files.clear_recent", "Forget which projects were open lately"
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
        "freeze",
        "Live",
        "&Freeze",
        "live_dock.transport.freeze",
        "Hold the picture; it still follows the lens",
        "Ctrl+P",
        "freeze",
        group_start=True,
        button=True,
    ),
    ActionRow(
        "step-back",
        "Live",
        "Step &back",
        "live_dock.transport.back",
        "One frame of a clip or picture of a folder back",
        icon="step-back",
        button=True,
    ),
    ActionRow(
        "step-forward",
        "Live",
        "Step f&orward",
        "live_dock.transport.forward",
        "One frame of a clip or picture of a folder on",
        icon="step-forward",
        button=True,
    ),
    ActionRow(
        "loop",
        "Live",
        "&Loop",
        "live_dock.transport.loop",
        "Begin a clip or a folder again at its end",
        icon="loop",
        button=True,
    ),
    ActionRow(
        "record",
        "Live",
        "&Record, or end the recording",
        "live_dock.transport.record",
        "Record the capture as a clip or as stills, or end that; the clear picture is never recorded",
        "Ctrl+R",
        "record",
        group_start=True,
        button=True,
    ),
    ActionRow(
        "save-still",
        "Live",
        "Save &still ...",
        "live_dock.transport.still",
        "Save the capture on screen as a PNG picture",
        icon="still",
        button=True,
    ),
    *(
        ActionRow(
            f"view-{choice.key}",
            "Live",
            choice.text,
            "live_dock.choose_mode",
            choice.tip,
            icon=choice.icon_name,
            group_start=choice is VIEWS[0],
            argument=choice.key,
        )
        for choice in VIEWS
    ),
    ActionRow(
        "meter",
        "Live",
        "&Privacy meter",
        "live_dock.meter.button",
        "How well this person is still told apart, by recognisers as they are",
        icon="meter",
        group_start=True,
        button=True,
    ),
    ActionRow(
        "readout",
        "Live",
        "&What a network reads",
        "live_dock.readout.button",
        "What the newest trained network reads in the capture",
        icon="readout",
        button=True,
    ),
    ActionRow(
        "evaluate",
        "Run",
        "&Evaluate the privacy",
        "privacy_dock.form.start_button",
        "Attack this lens in the background, as the form of the Privacy panel says",
        "Ctrl+E",
        "eye-off",
        button=True,
    ),
    ActionRow(
        "train",
        "Run",
        "&Train",
        "train_dock.train_button",
        "Let lens and networks learn in the background, as the form of the Training panel says",
        "Ctrl+T",
        "train",
        button=True,
    ),
    ActionRow(
        "study",
        "Run",
        "&Start study",
        "tradeoff_dock.study.start_button",
        "Train and measure trials in the background, as the form of the Trade-off panel says",
        icon="tradeoff",
        button=True,
    ),
    ActionRow(
        "pause-run",
        "Run",
        "&Pause the training",
        "train_dock.card.pause_button",
        "The selected run rests after its step, or goes on",
        icon="freeze",
        group_start=True,
        button=True,
    ),
    ActionRow(
        "stop-all",
        "Run",
        "Stop &all that runs",
        "jobs.stop_all",
        "Training, evaluations and studies finish their step and keep what there is",
        icon="record-stop",
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
        "answer-message",
        "View",
        "&Answer the newest message",
        "toasts.answer",
        "Move the focus to the message at the lower right; Escape dismisses it",
        "F8",
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
        target = attrgetter(row.handler)(window)
        if row.button:
            ButtonAction(action, target)
        else:
            action.triggered.connect(_caller(target, row))
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
