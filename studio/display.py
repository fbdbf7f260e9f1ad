"""Is there a display to open a window on? Qt would end the process without a word that helps."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
import threading
from pathlib import Path

ANSWER_S = 5.0
"""Seconds that a display on another computer may take."""


def trouble() -> str:
    """One line on why no window can open and what to do; empty when one can."""
    if not sys.platform.startswith("linux"):
        return ""
    chosen = os.environ.get("QT_QPA_PLATFORM") or "wayland;xcb"
    troubles = []
    for platform in chosen.split(";"):
        if platform.startswith("wayland"):
            troubles.append(_wayland_trouble())
        elif platform.startswith("xcb"):
            troubles.append(_x_trouble())
        else:
            return ""  # offscreen and the like
    if "" in troubles:
        return ""
    return f"there is no display: {', '.join(troubles)}; start the studio on a desktop, or use --screenshot"


def _x_trouble() -> str:
    name = os.environ.get("DISPLAY")
    if not name:
        return "DISPLAY is not set"
    try:
        xcb = ctypes.CDLL("libxcb.so.1")  # what Qt asks with
    except OSError:
        return "libxcb is missing (`opticaldr doctor` names the line that installs it)"
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    welcomed = threading.Event()

    def ask() -> None:
        connection = xcb.xcb_connect(None, None)
        if not xcb.xcb_connection_has_error(connection):
            welcomed.set()
        xcb.xcb_disconnect(connection)

    asking = threading.Thread(target=ask, name="display-probe", daemon=True)
    asking.start()
    asking.join(ANSWER_S)
    return "" if welcomed.is_set() else f"no X server answers at DISPLAY={name}, or it refuses this user"


def _wayland_trouble() -> str:
    name = os.environ.get("WAYLAND_DISPLAY")
    if not name:
        return "WAYLAND_DISPLAY is not set"
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(ANSWER_S)
        try:
            probe.connect(str(Path(os.environ.get("XDG_RUNTIME_DIR", "/"), name)))
        except OSError:
            return f"nothing answers at WAYLAND_DISPLAY={name}"
    return ""
