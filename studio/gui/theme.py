"""The look: two sets of colours, one palette and one small style sheet made from them.

Every colour on screen is a `Tokens` field. Widgets that paint themselves call `tokens()` as they paint: Qt repaints
them all after a change. Those that keep an icon or a picture in these colours make it anew in `changeEvent` on
`QEvent.PaletteChange`.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from studio.gui.style_sheet import style_sheet
from studio.gui.tokens import DARK, LIGHT, Tokens

SPACING = 8
CHOICES = ("system", "light", "dark")

_current = DARK


def tokens() -> Tokens:
    """The colours in force."""
    return _current


def number_font(font: QFont) -> QFont:
    """`font` with figures of one width, for numbers that change in place."""
    font = QFont(font)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def apply(app: QApplication, choice: str) -> None:
    """Dress the whole application: "light", "dark", or "system" to follow the desktop from now on.

    Raises ValueError for any other word.
    """
    if choice not in CHOICES:
        raise ValueError(f"theme {choice!r} is unknown; one of {', '.join(CHOICES)} is needed")
    hints = app.styleHints()
    follower = app.findChild(_SystemFollower) or _SystemFollower(app)
    follower.following = choice == "system"
    if choice == "system":
        hints.unsetColorScheme()
    else:  # tells the platform, so that native title bars and file dialogs match
        hints.setColorScheme(Qt.ColorScheme.Light if choice == "light" else Qt.ColorScheme.Dark)
    wanted = {"light": LIGHT, "dark": DARK}.get(choice) or _of_system(hints.colorScheme())
    _dress(app, wanted)


def _of_system(scheme: Qt.ColorScheme) -> Tokens:
    # A desktop that states no preference gets the dark set: pictures stand out best on it.
    return LIGHT if scheme == Qt.ColorScheme.Light else DARK


def _dress(app: QApplication, wanted: Tokens) -> None:
    global _current
    _current = wanted
    if not app.styleSheet():  # the first time; a style sheet hides the name of the style below it
        app.setStyle("Fusion")
    app.setPalette(_palette(wanted))
    app.setStyleSheet(style_sheet(wanted))


class _SystemFollower(QObject):
    """Re-dresses the application when the desktop changes between light and dark."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.following = False
        self._app = app
        app.styleHints().colorSchemeChanged.connect(self._scheme_changed)

    @Slot(Qt.ColorScheme)
    def _scheme_changed(self, scheme: Qt.ColorScheme) -> None:
        if self.following:
            _dress(self._app, _of_system(scheme))


def _palette(t: Tokens) -> QPalette:
    role = QPalette.ColorRole
    roles = {
        role.Window: t.panel,
        role.WindowText: t.text,
        role.Base: t.raised,
        role.AlternateBase: t.panel,
        role.Text: t.text,
        role.Button: t.raised,
        role.ButtonText: t.text,
        role.BrightText: t.error,
        role.ToolTipBase: t.raised,
        role.ToolTipText: t.text,
        role.PlaceholderText: t.muted,
        role.Highlight: t.accent,
        role.HighlightedText: t.on_accent,
        role.Accent: t.accent,
        role.Link: t.accent,
        role.LinkVisited: t.accent,
        role.Light: t.border,
        role.Midlight: t.border,
        role.Mid: t.border,
        role.Dark: t.window,
        role.Shadow: t.window,
    }
    palette = QPalette()
    for key, colour in roles.items():
        palette.setColor(key, QColor(colour))
    for key in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, _blend(t.muted, t.panel, 0.35))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(t.border))
    return palette


def _blend(front: str, back: str, share_of_back: float) -> QColor:
    a, b = QColor(front), QColor(back)
    keep = 1.0 - share_of_back
    return QColor.fromRgbF(
        a.redF() * keep + b.redF() * share_of_back,
        a.greenF() * keep + b.greenF() * share_of_back,
        a.blueF() * keep + b.blueF() * share_of_back,
    )
