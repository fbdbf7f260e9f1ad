"""Widgets that paint themselves, each with fixed contents: `python -m tests.gui.painted` stores what they look like.

`test_painted.py` compares with what is stored. Look at the pictures before you commit others.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from studio.gui import theme
from studio.gui.widgets.aperture_view import ApertureView
from studio.gui.widgets.frame_view import WIPE, FrameView
from studio.gui.widgets.mtf_plot import MtfPlot
from studio.gui.widgets.psf_view import PsfView
from studio.gui.widgets.wall_view import WallView
from studio.optics.baselines import parse_baseline
from studio.optics.lens import LensDesign
from studio.optics.metrics import mtf, opd
from studio.optics.psf import psf

FOLDER = Path(__file__).parent / "pictures"
LENS = LensDesign().with_zernike(4, -27.6).with_zernike(5, 1.1).with_zernike(7, 0.35)


def _psf_view() -> QWidget:
    view = PsfView()
    view.show_psf(psf(LENS, size=161))
    return view


def _aperture_view() -> QWidget:
    view = ApertureView()
    view.show_map(opd(LENS, 64).values, "waves", 0.01)
    return view


def _mtf_plot() -> QWidget:
    plot = MtfPlot()
    plot.show_mtf(mtf(LENS))
    plot.set_log(True)
    return plot


def _frame_view() -> QWidget:
    view = FrameView()
    view.set_frames(*_scene())
    view.set_mode(WIPE)
    view.set_revealed(True)
    view.set_divider(0.4)
    return view


def _wall_view() -> QWidget:
    baselines = tuple(map(parse_baseline, ("gaussian:2", "defocus:6", "pixelate:8")))
    clear, capture = _scene()
    view = WallView(baselines)
    view.show_pictures(clear, capture, [255 - capture, capture[::-1].copy(), capture[:, ::-1].copy()])
    return view


def _scene() -> tuple[np.ndarray, np.ndarray]:
    """A chequered clear frame with a red corner, and a smooth capture."""
    y, x = np.mgrid[0:120, 0:160]
    clear = np.repeat(((x // 20 + y // 20) % 2 * 200 + 30).astype(np.uint8)[..., None], 3, axis=2)
    clear[:40, :40] = (220, 40, 40)
    capture = np.stack([x, y, 160 - x], axis=2).astype(np.uint8)
    return clear, capture


PAINTED: dict[str, Callable[[], QWidget]] = {
    "psf": _psf_view,
    "aperture": _aperture_view,
    "mtf": _mtf_plot,
    "wipe": _frame_view,
    "wall": _wall_view,
}


def picture_of(name: str) -> np.ndarray:
    """(240, 320, 3) uint8 BGR of the widget `name` in the theme in force."""
    widget = PAINTED[name]()
    widget.resize(320, 240)
    widget.show()
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    picture = rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)[..., ::-1].copy()
    widget.deleteLater()
    return picture


def main() -> None:
    app = QApplication([])
    for choice in ("dark", "light"):
        theme.apply(app, choice)
        for name in PAINTED:
            cv2.imwrite(str(FOLDER / f"{name}-{choice}.png"), picture_of(name))


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main()
