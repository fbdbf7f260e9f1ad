"""Both themes can be read, and nothing is painted in a colour of its own."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont, QIcon
from PySide6.QtWidgets import QWidget

import studio.gui
from studio.gui import theme
from studio.gui.icons import icon
from studio.gui.style_sheet import style_sheet

BOTH = pytest.mark.parametrize("tokens", [theme.DARK, theme.LIGHT], ids=lambda t: t.name)


def contrast(first: str, second: str) -> float:
    """WCAG 2 contrast ratio."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_contrast_formula_knows_black_on_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)


@BOTH
@pytest.mark.parametrize("front", ["text", "muted", "accent", "warning", "error", "success"])
@pytest.mark.parametrize("back", ["window", "panel", "raised"])
def test_text_is_readable(tokens: theme.Tokens, front: str, back: str) -> None:
    assert contrast(getattr(tokens, front), getattr(tokens, back)) >= 4.5


@BOTH
@pytest.mark.parametrize("front", ["text", "muted"])
def test_a_chosen_row_is_readable(tokens: theme.Tokens, front: str) -> None:
    assert contrast(getattr(tokens, front), tokens.border) >= 4.5


@BOTH
def test_what_lies_on_the_accent_is_readable(tokens: theme.Tokens) -> None:
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5


@BOTH
def test_channels_stand_out_on_plots(tokens: theme.Tokens) -> None:
    for channel in (tokens.channel_red, tokens.channel_green, tokens.channel_blue):
        assert contrast(channel, tokens.plot_background) >= 4.5


@BOTH
def test_the_style_sheet_takes_every_colour_from_the_tokens(tokens: theme.Tokens) -> None:
    used = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", style_sheet(tokens)))
    assert used <= set(asdict(tokens).values())


def test_no_module_of_the_window_has_colours_of_its_own() -> None:
    allowed = {"tokens.py"}
    literal = re.compile(r"#[0-9a-fA-F]{6}\b|Qt\.GlobalColor\.(?!transparent)|QColor\(\s*\d")
    for path in Path(studio.gui.__file__).parent.rglob("*.py"):
        if path.name not in allowed:
            assert not literal.search(path.read_text(encoding="utf-8")), f"{path.name} has a literal colour"


def test_applying_a_theme_tells_widgets_and_changes_tokens(qtbot, dressed) -> None:
    seen: list[str] = []

    class Listener(QWidget):
        def changeEvent(self, event: QEvent) -> None:
            if event.type() == QEvent.Type.PaletteChange:
                seen.append(theme.tokens().name)

    dressed("dark")
    widget = Listener()
    qtbot.addWidget(widget)
    widget.show()
    dressed("light")
    qtbot.waitUntil(lambda: seen[-1:] == ["light"])
    assert widget.palette().window().color() == QColor(theme.LIGHT.panel)


def test_following_the_system_ends_with_a_choice(qapp, dressed) -> None:
    hints = qapp.styleHints()
    dressed("system")
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert theme.tokens() is theme.LIGHT
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.tokens() is theme.DARK
    dressed("light")
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.tokens() is theme.LIGHT


def test_an_unknown_theme_is_refused(dressed) -> None:
    with pytest.raises(ValueError, match="neon"):
        dressed("neon")


def test_number_font_asks_for_figures_of_one_width(qapp) -> None:
    font = theme.number_font(QFont())
    assert font.isFeatureSet(QFont.Tag("tnum"))


def test_icons_are_tinted_by_the_theme(dressed) -> None:
    def darkest_opaque(name: str) -> int:
        picture = icon(name).pixmap(24, 24).toImage()
        points = ((x, y) for x in range(24) for y in range(24))
        return min(picture.pixelColor(x, y).lightness() for x, y in points if picture.pixelColor(x, y).alpha() == 255)

    dressed("dark")
    assert darkest_opaque("save") > 200
    dressed("light")
    assert darkest_opaque("save") < 60
    assert not icon("save").pixmap(24, 24, QIcon.Mode.Disabled).isNull()


def test_icons_of_chosen_rows_stand_out_from_the_accent(dressed) -> None:
    for choice, colours in (("dark", theme.DARK), ("light", theme.LIGHT)):
        dressed(choice)
        picture = icon("save", "success").pixmap(24, 24, QIcon.Mode.Selected).toImage()
        points = (picture.pixelColor(x, y) for x in range(24) for y in range(24))
        assert {point.name() for point in points if point.alpha() == 255} == {colours.on_accent}


def test_a_missing_icon_is_named(qapp) -> None:
    with pytest.raises(FileNotFoundError, match=r"no-such-icon\.svg"):
        icon("no-such-icon")


class _Painted(QWidget):
    """Paints itself from the tokens and does nothing of its own about a new theme."""

    def __init__(self) -> None:
        super().__init__()
        self.colours: list[str] = []

    def paintEvent(self, event) -> None:
        self.colours.append(theme.tokens().name)


def test_what_paints_itself_is_painted_anew_by_qt(qtbot, dressed) -> None:
    dressed("dark")
    widget = _Painted()
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitUntil(lambda: widget.colours[-1:] == ["dark"])
    dressed("light")
    qtbot.waitUntil(lambda: widget.colours[-1] == "light")
