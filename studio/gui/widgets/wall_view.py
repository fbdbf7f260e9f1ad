"""The wall: the clear frame (only while held), blurs of several strengths, and this lens, side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.gui.icons import icon
from studio.gui.theme import SPACING, tokens
from studio.gui.widgets.labels import TokenLabel
from studio.gui.widgets.number_field import NumberField
from studio.gui.widgets.pictures import draw_message, fit, to_image
from studio.optics.baselines import Baseline
from studio.optics.lens import DesignError

TITLES = {
    "gaussian": ("Gaussian", "Standard deviation, pixels of the picture"),
    "defocus": ("Disc", "Diameter of the defocus disc, pixels of the picture"),
    "pixelate": ("Pixels", "Side of a block, pixels of the picture"),
}
COLUMNS = 3
LENS_PLACE = 2  # in the first row, after the clear frame and the pixelation
_ROOM_FOR_CAPTION_PX = 120


class WallPicture(QWidget):
    """One picture of the wall; with `hidden_by_lock` nothing but a lock is painted."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._locked = False
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_picture(self, rgb: np.ndarray | None) -> None:
        self._image = None if rgb is None else to_image(rgb)
        self.update()

    def set_locked(self, locked: bool) -> None:
        self._locked = locked
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(48, 36)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room = QRectF(self.rect())
        if self._image is not None and not self._locked:
            painter.drawImage(fit(QSizeF(self._image.size()), room), self._image)
            return
        shape = QSizeF(4, 3) if self._image is None else QSizeF(self._image.size())
        place = fit(shape, room)
        painter.setPen(QColor(tokens().border))
        painter.setBrush(QColor(tokens().raised))
        painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))
        if self._locked:
            lock = icon("lock").pixmap(QSize(24, 24), self.devicePixelRatioF())
            painter.drawPixmap(place.center().toPoint() - QRectF(0, 0, 24, 24).center().toPoint(), lock)


class WallView(QWidget):
    """`edited(place, baseline)` asks for another strength at that place of the baselines."""

    edited = Signal(int, object)

    def __init__(self, baselines: Sequence[Baseline], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._baselines = list(baselines)
        self._message = ("No picture yet", "", "text")
        self.clear, self.lens = WallPicture("Clear picture"), WallPicture("Capture by this lens")
        self.clear.set_locked(True)
        self.pictures = [WallPicture(TITLES[b.kind][0]) for b in baselines]
        self.fields = [self._make_field(place, b) for place, b in enumerate(baselines)]
        self._captions: list[QWidget] = []
        tiles = [
            self._tile(p, TITLES[b.kind][0], f) for p, b, f in zip(self.pictures, baselines, self.fields, strict=True)
        ]
        tiles.insert(0, self._tile(self.clear, "Clear, while held"))
        tiles.insert(LENS_PLACE, self._tile(self.lens, "This lens"))
        self._grid = QWidget(self)
        grid = QGridLayout(self._grid)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(SPACING)
        for place, tile in enumerate(tiles):
            grid.addWidget(tile, place // COLUMNS, place % COLUMNS)
        for line in range(COLUMNS):
            grid.setColumnStretch(line, 1)
            grid.setRowStretch(line, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._grid)
        self._grid.hide()
        self.setAccessibleName("Wall of blurs")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.set_revealed(False)

    def show_pictures(self, clear: np.ndarray, lens: np.ndarray, baselines: Sequence[np.ndarray]) -> None:
        """Uint8 RGB pictures of one frame."""
        self.clear.show_picture(clear)
        self.lens.show_picture(lens)
        for picture, rgb in zip(self.pictures, baselines, strict=True):
            picture.show_picture(rgb)
        self._grid.show()

    def clear_frames(self) -> None:
        self._grid.hide()
        for picture in (self.clear, self.lens, *self.pictures):
            picture.show_picture(None)
        self.update()

    def set_baselines(self, baselines: Sequence[Baseline]) -> None:
        """Show other strengths; the kinds stay."""
        self._baselines = list(baselines)
        for field, baseline in zip(self.fields, baselines, strict=True):
            field.set_value(baseline.strength)

    def set_revealed(self, revealed: bool) -> None:
        self.clear.set_locked(not revealed)
        self.setAccessibleDescription(f"Clear picture {'revealed' if revealed else 'hidden'}")

    @Slot(str)
    def refuse(self, reason: str) -> None:
        """No pictures, and why."""
        self.set_message("No wall", reason, "error")
        self.clear_frames()

    def set_message(self, title: str, detail: str = "", token: str = "text") -> None:
        """What stands in place of the pictures while there are none."""
        self._message = (title, detail, token)
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 180)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for caption in self._captions:
            caption.setVisible(self.width() / COLUMNS >= _ROOM_FOR_CAPTION_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens().window))
        if self._grid.isHidden():
            draw_message(painter, QRectF(self.rect()), *self._message)

    def _tile(self, picture: WallPicture, title: str, field: NumberField | None = None) -> QWidget:
        tile, caption = QWidget(), QWidget()
        row = QHBoxLayout(caption)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING // 2)
        row.addStretch(1)
        row.addWidget(TokenLabel(title, "text"))
        if field is not None:
            row.addWidget(field)
        row.addStretch(1)
        caption.setFixedHeight(self.fields[0].sizeHint().height())
        self._captions.append(caption)
        column = QVBoxLayout(tile)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(picture, 1)
        column.addWidget(caption)
        return tile

    def _make_field(self, place: int, baseline: Baseline) -> NumberField:
        title, meaning = TITLES[baseline.kind]
        field = NumberField(f"{title} {place + 1}, strength", "px", decimals=1, step=1.0, low=1.0, high=200.0)
        field.setFixedWidth(8 * SPACING)
        field.set_hint(meaning)
        field.set_value(baseline.strength)
        field.edited.connect(lambda strength, _run: self._edit(place, strength))
        return field

    def _edit(self, place: int, strength: float) -> None:
        try:
            baseline = Baseline(self._baselines[place].kind, strength)
        except DesignError as error:
            self.fields[place].refuse(str(error))
        else:
            self.edited.emit(place, baseline)
