"""The PSF as a picture: three colours or one, linear or logarithmic, with a scale bar."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, QSizeF
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.gui.widgets.pictures import draw_chips, draw_message, draw_scale_bar, fit, to_image
from studio.optics.lens import COLOURS
from studio.optics.psf import Psf

LOG_DECADES = 4
_STALE_OPACITY = 0.45


def psf_picture(values: np.ndarray, channel: int | None = None, log: bool = False) -> np.ndarray:
    """`values` (3, K, K) of a PSF as uint8 RGB (K, K, 3); row 0 is on top, as in a video frame.

    All colours share the scale of the highest peak among them; a single `channel` (0 red, 1 green, 2 blue) is grey
    on a scale of its own. `log` spreads the uppermost `LOG_DECADES` over the greys.
    """
    shown = values if channel is None else values[channel : channel + 1]
    share = shown / max(float(shown.max()), 1e-30)
    if log:
        share = 1.0 + np.log10(np.maximum(share, 10.0**-LOG_DECADES)) / LOG_DECADES
    levels = np.rint(share * 255.0).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(levels.transpose(1, 2, 0), (*levels.shape[1:], 3)))


class PsfView(QWidget):
    """Paints one PSF; pixels stay pixels. `stale` fades it, an error stands in its place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._psf: Psf | None = None
        self._channel: int | None = None
        self._log = False
        self._stale = False
        self._draft = False
        self._error = ""
        self._image: QImage | None = None
        self.setAccessibleName("Point spread function")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def stale(self) -> bool:
        return self._stale

    def show_psf(self, psf: Psf | None, *, draft: bool = False, error: str = "") -> None:
        self._psf, self._draft, self._error, self._stale = psf, draft, error, False
        self._renew()

    def show_as(self, channel: int | None, log: bool) -> None:
        self._channel, self._log = channel, log
        self._renew()

    def set_stale(self, stale: bool) -> None:
        if stale != self._stale:
            self._stale = stale
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, 280)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        room = QRectF(self.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._error:
            draw_message(painter, room, "This lens has no PSF", self._error[:1].upper() + self._error[1:], "error")
            return
        if self._image is None or self._psf is None:
            draw_message(painter, room, "No PSF yet", "It appears as soon as it is computed")
            return
        place = fit(QSizeF(self._image.size()), room)
        painter.setOpacity(_STALE_OPACITY if self._stale else 1.0)
        painter.drawImage(place, self._image)
        painter.setOpacity(1.0)
        um_per_px = self._psf.pitch_m * 1e6 * self._image.width() / place.width()
        draw_scale_bar(painter, place, um_per_px)
        if self._stale:
            draw_chips(painter, place, (("updating", "warning"),))
        elif self._draft:
            draw_chips(painter, place, (("draft", "warning"),))

    def _renew(self) -> None:
        self._image = None
        if self._psf is not None:
            self._image = to_image(psf_picture(self._psf.values, self._channel, self._log))
            side_um = self._psf.values.shape[-1] * self._psf.pitch_m * 1e6
            colour = "all colours" if self._channel is None else COLOURS[self._channel]
            scale = f"logarithmic, {LOG_DECADES} decades" if self._log else "linear"
            self.setAccessibleDescription(f"{colour}, {scale}, {side_um:.0f} µm wide")
        else:
            self.setAccessibleDescription(self._error or "not computed yet")
        self.update()
