"""Two square pictures side by side, A and B, on one scale."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.gui.theme import SPACING, tokens
from studio.gui.widgets.pictures import STALE_OPACITY, UPDATING, draw_chips, draw_message, draw_scale_bar, fit

NAMES = ("A", "B")
TOKENS = ("accent", "warning")  # of A and of B, wherever the two are told apart
_LEAST_PX = 120


class PicturePair(QWidget):
    """`smooth` for photographs; without it pixels stay pixels."""

    def __init__(self, name: str, *, smooth: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: tuple[QImage, QImage] | None = None
        self._um_per_px = 0.0
        self._draft = self._stale = False
        self._message = "Computing …"
        self._smooth = smooth
        self.setAccessibleName(name)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def images(self) -> tuple[QImage, QImage] | None:
        return self._images

    def show_pair(self, first: QImage, second: QImage, *, um_per_px: float = 0.0, draft: bool = False) -> None:
        """`um_per_px` of the images gives them a scale bar."""
        self._images, self._um_per_px, self._draft = (first, second), um_per_px, draft
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Fade pictures that are of other lenses than they should be."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    def show_message(self, text: str) -> None:
        self._images, self._message = None, text
        self.update()

    def heightForWidth(self, width: int) -> int:
        return max(_LEAST_PX, (width - SPACING) // 2)

    def sizeHint(self) -> QSize:
        return QSize(4 * _LEAST_PX + SPACING, 2 * _LEAST_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * _LEAST_PX + SPACING, _LEAST_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._smooth)
        half = (self.width() - SPACING) / 2
        for place, (name, token) in enumerate(zip(NAMES, TOKENS, strict=True)):
            room = QRectF(place * (half + SPACING), 0, half, self.height())
            if self._images is None:
                painter.fillRect(room, QColor(tokens().plot_background))
                draw_message(painter, room, self._message, token="muted")
                continue
            image = self._images[place]
            where = fit(QSizeF(image.size()), room)
            painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
            painter.drawImage(where, image)
            painter.setOpacity(1.0)
            state = (UPDATING,) if self._stale else (("draft", "warning"),) if self._draft else ()
            draw_chips(painter, where, ((name, token), *state))
            if self._um_per_px:
                draw_scale_bar(painter, where, self._um_per_px * image.width() / max(1.0, where.width()))
