"""The Faces dock: what the camera saw of a few people of the evaluation, and what the best inversion made of it.

Clear pictures of real people are read from the data again, held in memory while a button is pressed, and never kept.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Slot
from PySide6.QtGui import QHideEvent, QImage, QShowEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.evaluation.reading import cells, strip, worst
from studio.gui.evaluations import Evaluations
from studio.gui.icons import icon
from studio.gui.newest import NewestWork
from studio.gui.theme import SPACING
from studio.gui.widgets.hints import hint
from studio.gui.widgets.labels import TokenLabel
from studio.gui.widgets.picture_strip import PictureStrip, StripRow
from studio.gui.widgets.pictures import to_image

_HOLD = "Hold the button to see them"
CLEAR, CAPTURED, RECONSTRUCTED = "Clear", "Captured", "Reconstructed"


class PrivacyFacesDock(QDockWidget):
    """Follows the evaluation that is shown. Whoever owns the dock calls `stop` before the end."""

    def __init__(self, evaluations: Evaluations, parent: QWidget | None = None) -> None:
        super().__init__("Faces", parent)
        self._evaluations = evaluations
        self._clear: list[QImage] = []
        self._instead = _HOLD
        self._work = NewestWork("clear-faces", self._show_clear, self._refuse)
        self.setAccessibleName("Faces")
        self.strip = PictureStrip("Faces of the evaluation")
        self.reveal = QPushButton("Hold to reveal")
        hint(self.reveal, "Reads the clear pictures from the data, shows them while held, and forgets them")
        self.words = TokenLabel()
        self.words.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(self.words, 1)
        row.addWidget(self.reveal)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(row)
        column.addWidget(self.strip, 1)
        self.setWidget(content)
        self.reveal.pressed.connect(self._reveal)
        self.reveal.released.connect(self._conceal)
        evaluations.shown_changed.connect(self._follow)
        self.reveal.setIcon(icon("eye"))
        self._follow()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the thread for good; False when it is still busy after `timeout_s`."""
        self._conceal()
        return self._work.stop(timeout_s)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:
        self._conceal()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.reveal.setIcon(icon("eye"))
        super().changeEvent(event)

    @Slot()
    def _reveal(self) -> None:
        shown = self._evaluations.shown
        pictures = strip(shown) if shown is not None else None
        spec = str(shown.config.get("data", "")) if shown is not None else ""
        if pictures is not None and len(pictures.numbers):
            self._instead = "Reading …"
            self._work.request(partial(_read, spec, pictures.numbers))
        else:
            self._instead = "The evaluation does not say which pictures they are"
        self._follow()

    @Slot()
    def _conceal(self) -> None:
        self._work.cancel()
        self._clear, self._instead = [], _HOLD
        self._follow()

    def _show_clear(self, outcome: list[NDArray[np.uint8]] | str | None) -> None:
        if outcome is None or not self.reveal.isDown():
            return
        if isinstance(outcome, str):
            self._instead = outcome
        else:
            self._clear = [to_image(picture) for picture in outcome]
        self._follow()

    @staticmethod
    def _refuse(reason: str) -> None:
        raise AssertionError(reason)  # reading pictures asks nothing of a lens

    @Slot()
    def _follow(self) -> None:
        if not self.isVisible():
            return
        shown = self._evaluations.shown
        pictures = strip(shown) if shown is not None else None
        self.reveal.setVisible(pictures is not None and pictures.clear is None)
        self.words.setVisible(pictures is not None)
        if shown is None or pictures is None:
            reason = "Press Evaluate in the Privacy dock" if shown is None else "They come with the finished evaluation"
            self.strip.show_message("No faces yet", reason)
            return
        of_record = [to_image(picture) for picture in (() if pictures.clear is None else pictures.clear)]
        rows = [
            StripRow(CLEAR, of_record or self._clear, self._instead),
            StripRow(CAPTURED, [to_image(picture) for picture in pictures.captured]),
        ]
        if pictures.reconstructed is not None:
            rows.append(StripRow(RECONSTRUCTED, [to_image(picture) for picture in pictures.reconstructed]))
        self.strip.show_rows(rows)
        headline = worst(cells(shown))
        said = f"Worst attacker: AUC {headline.auc}. " if headline is not None else ""
        people = "Synthetic people." if pictures.clear is not None else "Clear pictures are never kept."
        stale = " ⚠ of another lens" if self._evaluations.stale(shown) else ""
        self.words.setText(f"{said}{people}{stale}")


def _read(spec: str, numbers: NDArray[np.int64], wanted) -> list[NDArray[np.uint8]] | str | None:
    """Runs in the thread: clear pictures, or in one line why there are none; None when nobody wants them any more."""
    from studio.faces.avec import ClipSet
    from studio.faces.specs import open_faces  # with scipy: not at the start of the window

    try:
        faces = open_faces(spec)
        if isinstance(faces, ClipSet):
            return f"{spec} holds clips, not pictures"
        read = []
        for number in numbers.tolist():
            if not wanted():
                return None
            if not 0 <= number < len(faces):
                return f"{spec} has changed: it holds no picture {number}"
            read.append(faces.read(number))
        return read
    except (ValueError, RuntimeError) as error:  # FacesError, SourceError, ModelError: one line each
        return str(error)
