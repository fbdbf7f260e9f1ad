"""The colours of the two themes; every colour in the window comes from here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tokens:
    """Colours as hex strings. Texts reach 4.5:1 on window, panel and raised, channels 4.5:1 on plots."""

    name: str
    window: str
    panel: str
    raised: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    warning: str
    error: str
    success: str
    plot_background: str
    channel_red: str
    channel_green: str
    channel_blue: str


# Channels differ in lightness as well as in hue (after Okabe and Ito), so that a reader
# who cannot tell red from green still tells the curves apart.
DARK = Tokens(
    name="dark",
    window="#121419",
    panel="#191c23",
    raised="#242833",
    border="#353b49",
    text="#e8ebf1",
    muted="#a0a8b8",
    accent="#9f93ff",
    on_accent="#14112b",
    warning="#f0b95a",
    error="#ff8a80",
    success="#5fd0a0",
    plot_background="#0c0e12",
    channel_red="#ff8a5c",
    channel_green="#4fd6a8",
    channel_blue="#7cbcff",
)
LIGHT = Tokens(
    name="light",
    window="#eceef2",
    panel="#f7f8fa",
    raised="#ffffff",
    border="#cdd2dc",
    text="#1b1f28",
    muted="#525a6a",
    accent="#5b45d1",
    on_accent="#ffffff",
    warning="#855700",
    error="#b3261e",
    success="#14704b",
    plot_background="#ffffff",
    channel_red="#b84300",
    channel_green="#00735a",
    channel_blue="#0a61b0",
)
