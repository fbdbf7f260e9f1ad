"""What this installation has, what it lacks, and the line that mends it. Needs none of what it looks for."""

from __future__ import annotations

import ctypes.util
import importlib.metadata as metadata
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass

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
    "scikit-learn",
    "torch",
    "optuna",
    "moocore",
    "array-api-compat",
    "platformdirs",
    "psutil",
    "threadpoolctl",
)
RECOGNISERS = ("dlib-bin", "onnx", "onnxruntime")
"""Packages that some recognisers need, and nothing else."""
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


_PIP = f"{shlex.quote(sys.executable)} -m pip"
"""Of the Python that runs this, whichever others there are."""


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
    for name in PACKAGES + RECOGNISERS:
        needed = name in PACKAGES
        try:
            yield Finding(name, True, metadata.version(name), needed=needed)
        except metadata.PackageNotFoundError:
            detail = "missing" if needed else "missing; some recognisers are left out"
            yield Finding(name, False, detail, f"{_PIP} install {name}", needed)


def _conflicts() -> Iterator[Finding]:
    """Packages that are known to break the studio when they are there."""
    try:
        qt = metadata.version("PySide6-Essentials")
    except metadata.PackageNotFoundError:
        qt = ""
    deadly = qt.startswith(("6.11.0", "6.11.1", "6.12"))
    detail = f"{qt} aborts after some hundred signals" if deadly else "a sound version"
    yield Finding("PySide6 version", not deadly, detail, f"{_PIP} install 'PySide6-Essentials>=6.9,<6.11'")
    doubled = [n for n in ("opencv-python", "opencv-contrib-python") if _installed(n)]
    detail = f"{', '.join(doubled)} brings a second Qt and overwrites cv2" if doubled else "only the headless one"
    mend = f"{_PIP} uninstall -y {' '.join(doubled)} && {_PIP} install --force-reinstall opencv-python-headless"
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
    reinstall = f"{_PIP} install --force-reinstall --no-deps ."
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
        from studio.project.places import user_folder  # needs a package that may be missing

        folder = user_folder()
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
        return Finding("user folder", True, "writable")
    except ImportError as error:
        return Finding("user folder", False, f"cannot be looked for: {error}", "install the package first")
    except OSError as error:
        return Finding("user folder", False, f"cannot be written: {error.strerror}", "make your data folder writable")
