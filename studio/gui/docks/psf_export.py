"""The Export button of the PSF dock: the PSF on the sensor's own pixels, computed in full, as a file."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from studio.exchange.psf_files import NPZ, PNG, SVG, write_psf
from studio.exchange.psf_picture import PsfLook
from studio.gui.background import Background
from studio.gui.document import Document
from studio.gui.icons import icon
from studio.gui.widgets.buttons import tool_button
from studio.optics.lens import DesignError, LensDesign
from studio.optics.psf import psf, window_for
from studio.project import atomic
from studio.project.records import ProjectError

_LEAST_PX = 33

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Kind:
    text: str
    suffix: str
    bits: int
    tip: str


KINDS = (
    _Kind("PNG picture, 8 bit …", PNG, 8, "As on screen, a pixel for each of the sensor's"),
    _Kind("PNG data, 16 bit …", PNG, 16, "Grey or three colours on the scale in force, without a colour map"),
    _Kind("SVG figure …", SVG, 8, "As on screen, with axes in µm, scale bar and colour scale"),
    _Kind("NPZ numbers …", NPZ, 8, "Arrays and figures for numpy, the same as `opticaldr psf` writes"),
)


def choose_file(parent: QWidget, suggestion: Path, suffix: str) -> Path | None:
    """A place chosen by the user; the dialog asks before it gives an existing file."""
    dialog = QFileDialog(parent, "Export the PSF", str(suggestion.parent), f"{suffix[1:].upper()} (*{suffix})")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix[1:])
    dialog.selectFile(suggestion.name)
    return Path(dialog.selectedFiles()[0]) if dialog.exec() else None


class PsfExport(QObject):
    """Owns the button and the thread that writes; whoever owns this calls `stop` before the end."""

    told = Signal(str, str)  # what happened, token of its colour

    def __init__(
        self,
        document: Document,
        look: Callable[[], PsfLook],
        parent: QWidget,
        choose: Callable[[QWidget, Path, str], Path | None] = choose_file,
    ) -> None:
        super().__init__(parent)
        self._document, self._look, self._window, self._choose = document, look, parent, choose
        self._work = Background("psf-export", self)
        self.button = tool_button("Export", "Export the PSF as a picture, a figure or numbers")
        self.button.setIconSize(QSize(16, 16))
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.button)
        self.menu.setAccessibleName("Formats")
        self.menu.setToolTipsVisible(True)
        for kind in KINDS:
            self.menu.addAction(kind.text, partial(self._export, kind)).setToolTip(kind.tip)
        self.button.setMenu(self.menu)
        self.tint()

    def tint(self) -> None:
        """Take the colours of the theme."""
        self.button.setIcon(icon("export"))

    def stop(self, timeout_s: float = 2.0) -> bool:
        """Wait for a file that is being written; False when it takes longer than `timeout_s`."""
        self._work.abandon()
        return self._work.wait(timeout_s)

    def _export(self, kind: _Kind) -> None:
        document = self._document
        folder = document.path.parent if document.path else Path.home()
        path = self._choose(self._window, folder / f"{document.name}-psf{kind.suffix}", kind.suffix)
        if path is None or self._work.busy:
            return
        self.button.setEnabled(False)
        self.told.emit(f"Exporting {path.name} …", "muted")
        self._work.run(partial(_write, document.design, path, self._look(), kind.bits), self._ended, self._refused)

    def _ended(self, outcome: tuple[str, str]) -> None:
        self.button.setEnabled(True)
        log.log(logging.ERROR if outcome[1] == "error" else logging.INFO, outcome[0])
        self.told.emit(*outcome)

    def _refused(self, error: ProjectError) -> None:
        self._ended((str(error), "error"))


def _write(design: LensDesign, path: Path, look: PsfLook, bits: int) -> tuple[str, str]:
    """Runs in the thread: what to tell, and the token of its colour."""
    try:
        computed = psf(design, size=max(window_for(design), _LEAST_PX))
        written = write_psf(computed, path, look, bits=bits)
    except DesignError as error:
        return f"{path.name} was not exported: {error}", "error"
    except OSError as error:
        return f"{path.name} was not exported: {atomic.reason(error)}", "error"
    size = computed.values.shape[-1]
    return f"Exported {written.name}: {size} x {size} px of {computed.pitch_m * 1e6:g} µm", "success"
