"""About: what this is, the versions at work, and whose work it stands on."""

from __future__ import annotations

import platform
import re
from importlib.metadata import PackageNotFoundError, distribution, metadata, requires

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from studio.gui.icons import APP_ICON, icon
from studio.gui.theme import SPACING

PACKAGE = "opticaldr-studio"
_SIZE_PX = (86 * SPACING, 64 * SPACING)
_NAME = re.compile(r"[\w.-]+")
_LICENCE_NAMES = ("LICENSE", "LICENCE", "COPYING", "NOTICE")


def libraries() -> list[str]:
    """The libraries that this package asks for at run time and finds, in its own order."""
    try:
        asked = [line for line in requires(PACKAGE) or () if "extra ==" not in line]
    except PackageNotFoundError:
        return []
    names = [_NAME.match(line) for line in asked]
    return [name[0] for name in names if name and _version(name[0])]


def version_lines() -> str:
    rows = [(name, _version(name)) for name in (PACKAGE, *libraries())]
    rows += [("Qt", qVersion()), ("Python", platform.python_version()), (platform.system(), platform.release())]
    return "\n".join(f"{name:<26}{version or 'not installed as a package'}" for name, version in rows)


def licence_notices() -> str:
    """Ours in full, then those of the libraries: the name each gives its licence, and the text it ships."""
    parts = []
    for name in (PACKAGE, *libraries()):
        text = _licence_text(name)
        parts.append(f"{name}: {_licence_name(name)}\n\n{text}".strip())
    return f"\n\n{'-' * 72}\n\n".join(parts)


def _licence_name(name: str) -> str:
    try:
        about = metadata(name)
    except PackageNotFoundError:
        return "MIT"
    classified = [c.rpartition(":: ")[2] for c in about.get_all("Classifier", ()) if c.startswith("License ::")]
    stated = str(about.json.get("license_expression") or about.json.get("license") or "")
    short = stated if 0 < len(stated) < 120 and "\n" not in stated else ""
    return short or ", ".join(classified) or "see its pages"


def _licence_text(name: str) -> str:
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:
        return ""
    texts = [f for f in files if f.name.upper().startswith(_LICENCE_NAMES) and ".dist-info" in str(f)]
    return "\n\n".join(f.locate().read_text(encoding="utf-8", errors="replace") for f in texts[:2])  # type: ignore[attr-defined]


def _version(name: str) -> str:
    try:
        return distribution(name).version
    except PackageNotFoundError:
        return ""


class AboutDialog(QDialog):
    """`intro` says what the studio is and is not."""

    def __init__(self, title: str, intro: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"About {title}")
        self.setAccessibleName(self.windowTitle())
        logo = QLabel()
        logo.setPixmap(icon(APP_ICON, "accent").pixmap(48, 48))
        name = QLabel(f"{title} {_version(PACKAGE)}".strip())
        name.setObjectName("welcome-title")
        head = QHBoxLayout()
        head.setSpacing(2 * SPACING)
        head.addWidget(logo)
        head.addWidget(name, 1)
        words = QLabel(intro)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignTop)
        words.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, SPACING)
        self.pages = QTabWidget()
        self.pages.addTab(words, "About")
        self.pages.addTab(_reading("Versions", version_lines()), "Versions")
        self.pages.addTab(_reading("Licences", licence_notices()), "Licences")
        self.pages.tabBar().setAccessibleName("Pages")
        self.copy = QPushButton(icon("copy"), "Copy versions")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(version_lines()))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        self.copy.setAutoDefault(False)
        buttons.button(QDialogButtonBox.StandardButton.Close).setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACING, 3 * SPACING, 3 * SPACING, 2 * SPACING)
        column.setSpacing(2 * SPACING)
        column.addLayout(head)
        column.addWidget(self.pages, 1)
        column.addWidget(buttons)
        self.resize(*_SIZE_PX)


def _reading(name: str, text: str) -> QPlainTextEdit:
    page = QPlainTextEdit(text)
    page.setReadOnly(True)
    page.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    page.setAccessibleName(name)
    page.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    return page
