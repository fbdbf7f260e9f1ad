"""The Export button of the PSF dock: the PSF on the sensor's own pixels, computed in full, as a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from studio.exchange.psf_files import NPZ, PNG, SVG, write_psf
from studio.exchange.psf_picture import PsfLook
from studio.gui.document import Document
from studio.gui.export import Choose, Export, Kind, Told, choose_file
from studio.gui.long_work import Follow
from studio.optics.lens import DesignError, LensDesign
from studio.optics.psf import psf, window_for
from studio.project import atomic

_LEAST_PX = 33

KINDS = (
    Kind("PNG picture, 8 bit …", (PNG,), "As on screen, a pixel for each of the sensor's"),
    Kind("PNG data, 16 bit …", (PNG,), "Grey or three colours on the scale in force, without a colour map"),
    Kind("SVG figure …", (SVG,), "As on screen, with axes in µm, scale bar and colour scale"),
    Kind("NPZ numbers …", (NPZ,), "Arrays and figures for numpy, the same as `opticaldr psf` writes"),
)


class PsfExport(Export):
    """Exports the PSF of `document`, with the look it has on screen."""

    def __init__(
        self,
        document: Document,
        look: Callable[[], PsfLook],
        parent: QWidget,
        choose: Choose = choose_file,
    ) -> None:
        def suggest() -> Path:
            return (document.path.parent if document.path else Path.home()) / f"{document.name}-psf"

        def work(kind: Kind, path: Path) -> Callable[[Follow], Told]:
            return partial(_write, document.design, path, look(), 16 if kind is KINDS[1] else 8)

        super().__init__("Export the PSF as a picture, a figure or numbers", KINDS, suggest, work, parent, choose)


def _write(design: LensDesign, path: Path, look: PsfLook, bits: int, follow: Follow) -> Told:
    """Runs in the thread: what to tell, and the token of its colour."""
    try:
        computed = psf(design, size=max(window_for(design), _LEAST_PX))
        written = write_psf(computed, path, look, bits=bits, progress=follow)
    except DesignError as error:
        return f"{path.name} was not exported: {error}", "error"
    except OSError as error:
        return f"{path.name} was not exported: {atomic.reason(error)}", "error"
    size = computed.values.shape[-1]
    return f"Exported {written.name}: {size} x {size} px of {computed.pitch_m * 1e6:g} µm", "success"
