"""The control in place of the lens: none, a Gaussian, a disc or pixels, each with its strength."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from studio.gui.live import LiveController
from studio.gui.theme import SPACING
from studio.gui.widgets.labels import TokenLabel
from studio.gui.widgets.number_field import NumberField
from studio.optics.baselines import NONE, Baseline, parse_baseline
from studio.optics.lens import DesignError

# kind: (title, first strength in pixels, what the strength is)
KINDS = {
    "none": ("Lens", 0.0, ""),
    "gaussian": ("Gaussian blur", 6.0, "Standard deviation, pixels of the picture"),
    "defocus": ("Defocus disc", 24.0, "Diameter, pixels of the picture"),
    "pixelate": ("Pixelation", 16.0, "Side of a block, pixels of the picture"),
}


class BaselinePicker(QWidget):
    """Sets the baseline of `live` and says with `chosen` what the user took."""

    chosen = Signal(object)  # Baseline

    def __init__(self, live: LiveController, title_width_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._live = live
        self._strengths = {kind: strength for kind, (_, strength, _) in KINDS.items()}
        self.kind = QComboBox()
        self.kind.setAccessibleName("Blur")
        self.kind.setToolTip("The lens, or a plain blur to compare it with")
        self.kind.setMinimumWidth(8 * SPACING)
        self.kind.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for kind, (title, _, _) in KINDS.items():
            self.kind.addItem(title, kind)
        self.strength = NumberField("Strength of the blur", "px", decimals=1, step=1.0, low=1.0, high=200.0)
        self.strength.setFixedWidth(9 * SPACING)
        self.message = TokenLabel(token="error")
        self.message.setWordWrap(True)
        self.message.hide()
        label = QLabel("Blur by")
        label.setFixedWidth(title_width_px)
        row = QHBoxLayout()  # no grid: a hidden strength leaves no gap
        row.setSpacing(SPACING // 2)
        row.addWidget(label)
        row.addWidget(self.kind, 1)
        row.addWidget(self.strength)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.message)
        self.kind.activated.connect(self._choose_kind)
        self.strength.edited.connect(self._choose_strength)
        self.strength.refused.connect(self._show_message)
        live.baseline_changed.connect(self._follow)
        self._follow(live.baseline)

    def restore(self, text: str) -> None:
        """Use the baseline that a project names; one that this version does not know becomes none."""
        try:
            self._live.set_baseline(parse_baseline(text))
        except DesignError:
            self._live.set_baseline(NONE)

    @Slot()
    def _choose_kind(self) -> None:
        kind = self.kind.currentData()
        self._choose(Baseline(kind, self._strengths[kind]))

    @Slot(float, object)
    def _choose_strength(self, strength: float, _run: int | None) -> None:
        try:
            self._choose(Baseline(self._live.baseline.kind, strength))
        except DesignError as error:
            self.strength.refuse(str(error))

    def _choose(self, baseline: Baseline) -> None:
        self._show_message("")
        self._live.set_baseline(baseline)
        self.chosen.emit(baseline)

    @Slot(object)
    def _follow(self, baseline: Baseline) -> None:
        self._strengths[baseline.kind] = baseline.strength
        self.kind.setCurrentIndex(self.kind.findData(baseline.kind))
        self.strength.setVisible(baseline.kind != "none")
        self.strength.set_hint(KINDS[baseline.kind][2])
        self.strength.set_value(baseline.strength)

    @Slot(str)
    def _show_message(self, reason: str) -> None:
        self.message.setText(reason)
        self.message.setVisible(bool(reason))


def describe_baseline(baseline: Baseline) -> str:
    """`baseline` for people, such as "Gaussian blur 6 px"; "" for none."""
    if baseline.kind == "none":
        return ""
    return f"{KINDS[baseline.kind][0]} {baseline.strength:g} px"
