"""Is there a display to open a window on? Qt would end the process without a word that helps."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

ANSWER_S = 5.0
"""Seconds that a display on another computer may take."""
_ASKING_S = 30.0


def trouble() -> str:
    """One line on why no window can open and what to do; empty when one can."""
    if not sys.platform.startswith("linux"):
        return ""
    chosen = os.environ.get("QT_QPA_PLATFORM") or "wayland;xcb"
    troubles = [_trouble_of(platform) for platform in chosen.split(";")]
    if "" in troubles:
        return ""
    return f"there is no display: {', '.join(troubles)}; start the studio on a desktop, or use --screenshot"


def _trouble_of(platform: str) -> str:
    """Why Qt cannot open windows on `platform`, a name with options behind a colon; empty when it can."""
    name = platform.partition(":")[0]
    if name == "offscreen":
        return ""
    if name == "xcb":
        return _x_trouble()
    if name == "wayland":
        return _wayland_trouble()
    # Rare, and each with needs of its own: Qt is asked where it may abort.
    ask = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
    chosen = {**os.environ, "QT_QPA_PLATFORM": platform}
    try:
        asked = subprocess.run([sys.executable, "-c", ask], env=chosen, capture_output=True, timeout=_ASKING_S)
    except subprocess.TimeoutExpired:
        return f"QT_QPA_PLATFORM={name} does not answer"
    return "" if asked.returncode == 0 else f"QT_QPA_PLATFORM={name} cannot be used here"


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
