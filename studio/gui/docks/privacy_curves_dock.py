"""The Curves dock: ROC, DET and sweeps of the evaluation that is shown, each with its band over people."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import QIcon, QPainter, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDockWidget,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from studio.evaluation.reading import BITS, NOISE, SWEPT
from studio.gui.document import Document
from studio.gui.evaluations import Evaluations
from studio.gui.privacy_curves import DET, LEAST_RATE, ROC, Drawable, drawables, recognisers
from studio.gui.theme import SPACING, tokens
from studio.gui.widgets.curve_plot import Axis, Curve, CurvePlot, Line, pen
from studio.gui.widgets.hints import hint
from studio.gui.widgets.labels import TokenLabel
from studio.gui.widgets.segments import Choice, Segments

KIND_KEY = "privacy.curves"
_TOKENS = ("accent", "channel_red", "channel_green", "channel_blue", "warning")
_LINES = (Line(2.0), Line(2.0, (4.0, 2.0)), Line(2.0, (1.0, 1.5)), Line(2.0, (5.0, 1.5, 1.0, 1.5)))
_CHANCE = Line(1.0, (2.0, 3.0))
_SAMPLE = QSize(28, 12)
_LEAST_AUC = 0.4


class PrivacyCurvesDock(QDockWidget):
    """The list beside the plot is its key; a tick draws a curve."""

    def __init__(self, document: Document, evaluations: Evaluations, parent: QWidget | None = None) -> None:
        super().__init__("Curves", parent)
        self._document, self._evaluations = document, evaluations
        self._found: list[Drawable] = []
        self._chosen: dict[str, bool] = {}
        """What the user ticked, by key."""
        self.setAccessibleName("Curves")
        self.kind = Segments(
            "Curves",
            (
                Choice(ROC, "ROC", "True matches over false matches"),
                Choice(DET, "DET", "False non-matches over false matches, both axes logarithmic"),
                Choice(NOISE, "Noise", "AUC over the noise of the sensor"),
                Choice(BITS, "Bits", "AUC over the bit depth of the sensor"),
            ),
        )
        self.recogniser = QComboBox()
        self.recogniser.setAccessibleName("Recogniser of the curves")
        hint(self.recogniser, "Whose curves are drawn; the worst one counts")
        self.plot = CurvePlot("Curves of the evaluation")
        self.list = QListWidget()
        self.list.setAccessibleName("Curves to draw, with their AUC")
        self.list.setToolTip("A tick draws a curve; the figures are its AUC")
        self.list.setWordWrap(True)
        self.list.setIconSize(_SAMPLE)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumWidth(20 * SPACING)
        split = QSplitter()
        split.addWidget(self.plot)
        split.addWidget(self.list)
        split.setChildrenCollapsible(False)
        split.setSizes([320, 220])
        split.setStretchFactor(0, 1)
        controls = QHBoxLayout()
        controls.addWidget(self.kind)
        self.stale = TokenLabel("⚠ of another lens", "warning")
        controls.addStretch(1)
        controls.addWidget(self.stale)
        controls.addWidget(self.recogniser)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(controls)
        column.addWidget(split, 1)
        self.setWidget(content)
        self.kind.chosen.connect(self._choose_kind)
        self.recogniser.activated.connect(self._follow)
        self.list.itemChanged.connect(self._tick)
        evaluations.shown_changed.connect(self._follow)
        document.project_replaced.connect(self._restore)
        self._restore()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._follow()
        super().changeEvent(event)

    @Slot(str)
    def _choose_kind(self, kind: str) -> None:
        self._document.set_view(KIND_KEY, kind)
        self._follow()

    @Slot(QListWidgetItem)
    def _tick(self, item: QListWidgetItem) -> None:
        self._chosen[item.data(Qt.ItemDataRole.UserRole)] = item.checkState() == Qt.CheckState.Checked
        self._draw()

    @Slot()
    def _restore(self) -> None:
        self._chosen.clear()
        self.kind.choose(str(self._document.view(KIND_KEY, ROC)))
        self._follow()

    @Slot()
    def _follow(self) -> None:
        if not self.isVisible():
            return
        shown = self._evaluations.shown
        self._list_recognisers(recognisers(shown) if shown is not None else [])
        self._found = []
        self.stale.setVisible(shown is not None and self._evaluations.stale(shown))
        if shown is not None:
            kind, recogniser = self.kind.choice, self.recogniser.currentText()
            self._found = drawables(shown, self._evaluations.records, kind, recogniser)
        self._list_curves()
        self._draw()

    def _list_recognisers(self, names: list[str]) -> None:
        if names != [self.recogniser.itemText(i) for i in range(self.recogniser.count())]:
            before = self.recogniser.currentText()
            self.recogniser.clear()
            self.recogniser.addItems(names)
            self.recogniser.setCurrentIndex(max(0, self.recogniser.findText(before)))
        self.recogniser.setVisible(len(names) > 1)

    def _list_curves(self) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for number, curve in enumerate(self._found):
            item = QListWidgetItem(_sample(*_look(number)), curve.label)
            item.setData(Qt.ItemDataRole.UserRole, curve.key)
            item.setToolTip(curve.label)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if self._drawn(curve) else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self.list.setVisible(bool(self._found))

    def _drawn(self, curve: Drawable) -> bool:
        return self._chosen.get(curve.key, curve.at_first)

    def _draw(self) -> None:
        kind, shown = self.kind.choice, self._evaluations.shown
        if not self._found:
            self.plot.show_message(*_missing(kind, shown is not None))
            return
        curves = [
            Curve(curve.key, curve.x, curve.y, token, line, curve.low, curve.high)
            for (token, line), curve in ((_look(n), c) for n, c in enumerate(self._found))
            if self._drawn(curve)
        ]
        x, y, chance = _axes(kind, self._found)
        self.plot.show_curves(x, y, [chance, *curves])
        drawn = [curve.label.replace("\n", ", ") for curve in self._found if self._drawn(curve)]
        self.plot.setAccessibleDescription("; ".join(drawn))


def _look(number: int) -> tuple[str, Line]:
    """Colour and dash: every pair differs in both from its neighbours."""
    return _TOKENS[number % len(_TOKENS)], _LINES[number % len(_LINES)]


def _axes(kind: str, found: list[Drawable]) -> tuple[Axis, Axis, Curve]:
    """Both axes, and what pure chance would give."""
    if kind == ROC:
        rates = np.array([0.0, 1.0])
        axes = Axis("False match rate", 0.0, 1.0), Axis("True match rate", 0.0, 1.0)
        return *axes, Curve("chance", rates, rates, "muted", _CHANCE)
    if kind == DET:
        rates = np.geomspace(LEAST_RATE, 1.0, 100)
        x, y = (Axis(f"False {name} rate", LEAST_RATE, 1.0, log=True) for name in ("match", "non-match"))
        return x, y, Curve("chance", rates, 1 - rates, "muted", _CHANCE)
    ends = np.array([min(c.x.min() for c in found), max(c.x.max() for c in found)])
    axes = Axis(SWEPT[kind], float(ends[0]), float(ends[1])), Axis("AUC", _LEAST_AUC, 1.0)
    return *axes, Curve("chance", ends, np.full(2, 0.5), "muted", _CHANCE)


def _missing(kind: str, evaluated: bool) -> tuple[str, str]:
    """What to say, and what to do, where there is nothing to draw."""
    if not evaluated:
        return "Nothing has attacked this lens yet", "Press Evaluate in the Privacy dock"
    if kind in (NOISE, BITS):
        return f"No sweep over {kind}", "This evaluation was made with one sensor"
    return "No curves yet", "They come with the finished evaluation"


def _sample(token: str, line: Line) -> QIcon:
    """A piece of the line, for the list."""
    pixmap = QPixmap(_SAMPLE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setPen(pen(line, getattr(tokens(), token)))
    painter.drawLine(0, _SAMPLE.height() // 2, _SAMPLE.width(), _SAMPLE.height() // 2)
    painter.end()
    return QIcon(pixmap)
