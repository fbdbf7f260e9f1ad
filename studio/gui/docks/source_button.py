"""Where the live picture comes from: a button that says it, and a menu to choose."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QSizePolicy, QWidget

from studio.capture.sources import COHORT, PORTRAIT
from studio.faces.pictures import PICTURE_SUFFIXES, VIDEO_SUFFIXES
from studio.gui.icons import icon

CAMERAS = 3
VIDEO_FILTER = f"Videos ({' '.join(f'*{suffix}' for suffix in VIDEO_SUFFIXES)});;All files (*)"
_LONGEST_NAME_PX, _SHORTEST_NAME_PX = 144, 56


class SourceButton(QPushButton):
    """Says with `chosen` which source the user wants."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)  # it may shrink
        self.setAccessibleName("Source of the live picture")
        self._said = ""
        self.setToolTip("Where the live picture comes from")
        menu = QMenu("Source", self)
        self.actions_by_source = {
            COHORT: menu.addAction("Synthetic person"),
            PORTRAIT: menu.addAction("Portrait"),
        }
        for number in range(CAMERAS):
            self.actions_by_source[f"camera:{number}"] = menu.addAction(f"Camera {number}")
        menu.addSeparator()
        self.actions_by_source["clip"] = menu.addAction("Video clip ...")
        self.actions_by_source["folder"] = menu.addAction("Folder of pictures ...")
        for spec, action in self.actions_by_source.items():
            action.setData(spec)
        self.setMenu(menu)
        menu.triggered.connect(self._choose)
        self._show_icons()
        self.show_source("")

    @Slot(str)
    def show_source(self, spec: str) -> None:
        self._said = describe_source(spec)
        self.setAccessibleDescription(self._said)
        self._elide()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return self._size_for(_LONGEST_NAME_PX)

    def minimumSizeHint(self) -> QSize:
        return self._size_for(_SHORTEST_NAME_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_icons()
        super().changeEvent(event)

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        spec = action.data()
        if spec == "clip":
            path = QFileDialog.getOpenFileName(self, "Video clip", "", VIDEO_FILTER)[0]
            spec = f"clip:{path}" if path else ""
        elif spec == "folder":
            path = QFileDialog.getExistingDirectory(self, "Folder of pictures")
            spec = f"folder:{path}" if path else ""
        if spec:
            self.chosen.emit(spec)

    def _size_for(self, longest_name_px: int) -> QSize:
        name_px = min(self.fontMetrics().horizontalAdvance(self._said), longest_name_px)
        return QSize(self._around_px() + name_px + 2, super().sizeHint().height())

    def _around_px(self) -> int:
        """Width of what is not the name."""
        return super().sizeHint().width() - self.fontMetrics().horizontalAdvance(self.text())

    def _elide(self) -> None:
        room_px = min(self.width() - self._around_px(), _LONGEST_NAME_PX)
        self.setText(self.fontMetrics().elidedText(self._said, Qt.TextElideMode.ElideMiddle, room_px))

    def _show_icons(self) -> None:
        for spec, action in self.actions_by_source.items():
            action.setIcon(icon(spec.partition(":")[0]))


def source_of(path: Path) -> str:
    """The source that shows `path`: a video, a folder or a single picture; "" for anything else."""
    suffix = path.suffix.lower()
    if suffix in VIDEO_SUFFIXES and path.is_file():
        return f"clip:{path}"
    return f"folder:{path}" if path.is_dir() or (suffix in PICTURE_SUFFIXES and path.is_file()) else ""


def describe_source(spec: str) -> str:
    """`spec` for people: "Synthetic person", "Portrait", "Camera 0", the name of a clip or folder."""
    if spec == COHORT:
        return "Synthetic person"
    kind, _, rest = spec.partition(":")
    if kind == "camera":
        return f"Camera {rest}"
    if kind in ("clip", "folder"):
        return Path(rest).name or rest
    return spec.capitalize() or "No source"
