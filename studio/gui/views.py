"""How the Live dock can show a frame."""

from studio.gui.widgets.frame_view import CAPTURE, SIDE_BY_SIDE, WIPE
from studio.gui.widgets.segments import Choice

WALL = "wall"
VIEWS = (
    Choice(CAPTURE, "Capture alone", "The capture alone", "capture"),
    Choice(SIDE_BY_SIDE, "Side by side", "The clear picture and the capture side by side", "side-by-side"),
    Choice(WIPE, "Wipe", "The capture wiped against the clear picture", "wipe"),
    Choice(WALL, "Wall", "This lens among plain blurs of several strengths", "wall"),
)
