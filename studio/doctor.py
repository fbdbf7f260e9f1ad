"""What this installation has, what it lacks, and the line that mends it."""

from __future__ import annotations

import ctypes.util
import importlib.metadata as metadata
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from studio.project.places import user_folder
from studio.resources import project_path, resource_path

PACKAGES = (
    "numpy",
    "scipy",
    "opencv-python-headless",
    "h5py",
    "matplotlib",
    "pyqtgraph",
    "PySide6-Essentials",
    "scikit-image",
    "torch",
    "array-api-compat",
    "platformdirs",
    "psutil",
    "threadpoolctl",
)
WINDOW_LIBRARIES = {
    "EGL": "libegl1",
    "GL": "libgl1",
    "xkbcommon": "libxkbcommon0",
    "fontconfig": "libfontconfig1",
    "dbus-1": "libdbus-1-3",
    "glib-2.0": "libglib2.0-0",
}
DESKTOP_LIBRARIES = {
    "xcb-cursor": "libxcb-cursor0",
    "xkbcommon-x11": "libxkbcommon-x11-0",
    "xcb-icccm": "libxcb-icccm4",
    "xcb-keysyms": "libxcb-keysyms1",
    "xcb-shape": "libxcb-shape0",
}


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `mend` is the line that installs or repairs it, empty when all is well."""

    name: str
    ok: bool
    detail: str
    mend: str = ""
    needed: bool = True


def examine() -> list[Finding]:
    """Everything the studio needs, in the order a person would mend it."""
    return [_python(), *_packages(), *_conflicts(), *_libraries(), *_files(), _storage()]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", sys.version_info >= (3, 11), version, "install Python 3.11 or newer")


def _packages() -> Iterator[Finding]:
    for name in PACKAGES:
        try:
            yield Finding(name, True, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Finding(name, False, "missing", f"pip install {name}")


def _conflicts() -> Iterator[Finding]:
    """Packages that are known to break the studio when they are there."""
    try:
        qt = metadata.version("PySide6-Essentials")
    except metadata.PackageNotFoundError:
        qt = ""
    deadly = qt.startswith(("6.11.0", "6.11.1", "6.12"))
    detail = f"{qt} aborts after some hundred signals" if deadly else "a sound version"
    yield Finding("PySide6 version", not deadly, detail, "pip install 'PySide6-Essentials>=6.9,<6.11'")
    doubled = [n for n in ("opencv-python", "opencv-contrib-python") if _installed(n)]
    detail = f"{', '.join(doubled)} brings a second Qt and overwrites cv2" if doubled else "only the headless one"
    mend = f"pip uninstall -y {' '.join(doubled)} && pip install --force-reinstall opencv-python-headless"
    yield Finding("OpenCV", not doubled, detail, mend)


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _libraries() -> Iterator[Finding]:
    if not sys.platform.startswith("linux"):
        return
    for purpose, libraries, needed in (
        ("libraries of the window", WINDOW_LIBRARIES, True),
        ("libraries of an X desktop", DESKTOP_LIBRARIES, False),
    ):
        missing = [package for name, package in libraries.items() if ctypes.util.find_library(name) is None]
        detail = f"missing: {', '.join(missing)}" if missing else "found"
        yield Finding(purpose, not missing, detail, f"sudo apt-get install -y {' '.join(missing)}", needed)


def _files() -> Iterator[Finding]:
    reinstall = "pip install --force-reinstall opticaldr-studio"
    for name, find in (
        ("resources", lambda: resource_path("icons")),
        ("example", lambda: project_path("first-light.odr")),
    ):
        try:
            find()
            yield Finding(name, True, "found")
        except FileNotFoundError as error:
            yield Finding(name, False, str(error), reinstall)


def _storage() -> Finding:
    try:
        folder = user_folder()
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
        return Finding("user folder", True, "writable")
    except OSError as error:
        return Finding("user folder", False, f"cannot be written: {error.strerror}", "make your data folder writable")
