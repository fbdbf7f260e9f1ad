"""The Compare dock: two lenses side by side, each a variant or the one being edited."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.capture.pipeline import LiveFrame, LivePsf
from studio.exchange.psf_picture import LOG_DECADES
from studio.faces.pictures import Frame, SourceError, limit_shorter_side
from studio.gui.comparison import Comparison, compare, describe_scale, parameter_rows, psf_pair
from studio.gui.docks.following_dock import FollowingDock
from studio.gui.document import Document
from studio.gui.icons import icon
from studio.gui.live import LiveController
from studio.gui.theme import SPACING
from studio.gui.thumbnails import portrait
from studio.gui.widgets.buttons import tool_button
from studio.gui.widgets.comparison_sheet import ComparisonSheet
from studio.gui.widgets.labels import TokenLabel
from studio.gui.widgets.picture_pair import NAMES, TOKENS
from studio.gui.widgets.pictures import to_image
from studio.gui.widgets.segments import Choice, Segments
from studio.optics.lens import LensDesign
from studio.project.model import Variant

SIDES_KEY, SCALE_KEY, COLOUR_KEY = "compare.sides", "compare.scale", "compare.colour"
CURRENT = ""  # stands for the lens being edited where a variant's name could
PORTRAIT, LIVE = "portrait", "live"
SCENE_PX = 256


class CompareDock(FollowingDock):
    """Computed in a thread while the dock is in view; follows the current lens when that is one of the two.

    Whoever owns the dock calls `stop` before the end.
    """

    def __init__(self, document: Document, live: LiveController, parent: QWidget | None = None) -> None:
        super().__init__("Compare", document, parent)
        self._variants: tuple[Variant, ...] = ()
        self._shown: Comparison | None = None
        self._live_frame: Frame | None = None
        self.sheet = ComparisonSheet()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(self._make_choosers())
        column.addLayout(self._make_controls())
        column.addWidget(self.message)
        column.addWidget(self.area, 1)
        self.setWidget(content)
        document.project_replaced.connect(self._restore)
        document.variants_changed.connect(self._follow_variants)
        live.psf_ready.connect(self._follow)
        live.frame_ready.connect(self._keep_frame)
        self._show_icons()
        self._restore()

    def hideEvent(self, event: QHideEvent) -> None:
        self._live_frame = None
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_icons()
        super().changeEvent(event)

    # Parts

    def _make_choosers(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        self.choosers: list[QComboBox] = []
        for name, token in zip(NAMES, TOKENS, strict=True):
            chooser = QComboBox()
            chooser.setAccessibleName(f"Lens {name}")
            chooser.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            chooser.setMinimumContentsLength(6)
            chooser.activated.connect(self._choose)
            self.choosers.append(chooser)
            label = TokenLabel(name, token)
            label.setBuddy(chooser)
            row.addWidget(label)
            row.addWidget(chooser, 1)
        self.swap_button = tool_button("Swap", "Exchange A and B")
        self.swap_button.clicked.connect(self._swap)
        row.insertWidget(2, self.swap_button)
        return row

    def _make_controls(self) -> QHBoxLayout:
        self.scale = Segments(
            "Scale of the PSFs",
            (
                Choice("linear", "Linear", "Brightness in proportion to the light, both on one scale"),
                Choice("log", "Log", f"Decades of light, both on one scale, {LOG_DECADES} of them for the dimmer"),
                Choice("each", "Log each", f"The upper {LOG_DECADES} decades of each, on a scale of its own"),
            ),
        )
        self.scene = Segments(
            "Scene",
            (
                Choice(PORTRAIT, "Portrait", "Capture the built-in portrait"),
                Choice(LIVE, "Live frame", "Capture the newest frame of the live view; click again for a newer one"),
            ),
        )
        self.message = TokenLabel()
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setAccessibleName("What the comparison says")
        self.area = QScrollArea(widgetResizable=True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self.sheet)
        self.scale.chosen.connect(self._choose_scale)
        self.sheet.colour.chosen.connect(self._choose_colour)
        self.scene.chosen.connect(self._request)
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(self.scale)
        row.addWidget(self.scene)
        row.addStretch(1)
        return row

    def _show_icons(self) -> None:
        self.swap_button.setIcon(icon("swap"))

    # What the user does

    @Slot(str, str)
    def begin(self, first: str, second: str) -> None:
        """Show the dock with two lenses by name; "" is the current one."""
        self._set_sides(first, second)
        self._set_stale(True)
        if self.isVisible():
            self._request()
        self.show()
        self.raise_()

    @Slot()
    def _choose(self) -> None:
        self._document.set_view(SIDES_KEY, list(self.sides))
        self._set_stale(True)  # what is on screen is another lens than the one named above it
        self._request()

    @Slot()
    def _swap(self) -> None:
        first, second = self.sides
        self._set_sides(second, first)
        self._set_stale(True)
        self._request()

    @Slot(str)
    def _choose_scale(self, key: str) -> None:
        self._document.set_view(SCALE_KEY, key)
        self._draw()

    @Slot(str)
    def _choose_colour(self, key: str) -> None:
        self._document.set_view(COLOUR_KEY, key)
        self.sheet.show_colour(key)

    # What follows the document

    @property
    def sides(self) -> tuple[str, str]:
        """Names of the two; "" is the current lens."""
        first, second = (str(chooser.currentData() or CURRENT) for chooser in self.choosers)
        return first, second

    def designs(self) -> tuple[LensDesign, LensDesign]:
        """The two lenses."""
        by_name = {variant.name: variant.design for variant in self._variants}
        first, second = (by_name.get(name, self._document.design) for name in self.sides)
        return first, second

    @Slot()
    def _restore(self) -> None:
        """A project has come: choose what was compared in it last, or the current lens and the first variant."""
        document = self._document
        self._fill(document.project.variants)
        stored = document.view(SIDES_KEY)
        known = {CURRENT, *(variant.name for variant in self._variants)}
        if isinstance(stored, list) and len(stored) == 2 and set(map(str, stored)) <= known:
            self._put_sides(str(stored[0]), str(stored[1]))
        else:
            self._put_sides(CURRENT, self._variants[0].name if self._variants else CURRENT)
        self.scale.choose(str(document.view(SCALE_KEY, "log")))
        self.sheet.show_colour(str(document.view(COLOUR_KEY, "green")))
        self._request()

    @Slot()
    def _follow_variants(self) -> None:
        """Sides keep their variant, also under another name; one that was removed gives way to the current lens."""
        old, new = self._variants, self._document.project.variants
        if [(v.name, v.design) for v in old] == [(v.name, v.design) for v in new]:
            return  # a note changed
        sides = list(self.sides)
        names = {variant.name for variant in new}
        for place, side in enumerate(sides):
            if side not in names | {CURRENT}:
                row = [variant.name for variant in old].index(side)
                sides[place] = new[row].name if len(new) == len(old) else CURRENT
        self._fill(new)
        if not old:  # the first variant is there to be compared
            sides = [CURRENT, new[0].name]
        self._put_sides(sides[0], sides[1])
        self._request()

    @Slot(object)
    def _follow(self, result: LivePsf) -> None:
        if CURRENT in self.sides:
            self._request(result.draft)

    @Slot(object)
    def _keep_frame(self, frame: LiveFrame) -> None:
        if self.isVisible():
            self._live_frame = frame.clear

    def _fill(self, variants: tuple[Variant, ...]) -> None:
        self._variants = variants
        for chooser in self.choosers:
            chooser.clear()
            chooser.addItem("Current lens", CURRENT)
            for variant in variants:
                chooser.addItem(variant.name, variant.name)
                chooser.setItemData(chooser.count() - 1, variant.name, Qt.ItemDataRole.ToolTipRole)

    def _put_sides(self, *names: str) -> None:
        for chooser, name in zip(self.choosers, names, strict=True):
            chooser.setCurrentIndex(max(0, chooser.findData(name)))
            chooser.setToolTip(chooser.currentText())

    def _set_sides(self, first: str, second: str) -> None:
        self._put_sides(first, second)
        self._document.set_view(SIDES_KEY, [first, second])

    # Pictures

    @Slot()
    def _request(self, draft: bool = False) -> None:
        if not self.isVisible():
            return
        first, second = self.designs()
        if not self._variants:
            self._work.cancel()
            self._shown = None
            self._show_area(False)
            self._say("Nothing to compare yet.\nKeep the current lens as a variant, then change the lens.", "muted")
            return
        try:
            scene = self._scene()
        except SourceError as error:
            self._refuse(str(error))
            return
        self._compute(lambda wanted: compare(first, second, scene, draft, wanted))

    def _scene(self) -> Frame:
        if self.scene.choice == LIVE and self._live_frame is not None:
            return limit_shorter_side(self._live_frame, SCENE_PX)
        return cast(Frame, portrait(SCENE_PX))

    def _subject(self) -> object:
        return self.designs()

    def _set_stale(self, stale: bool) -> None:
        self.sheet.set_stale(stale)

    def _show(self, result: Comparison | None) -> None:
        if result is None:
            return  # nobody wanted it any more
        self._shown = result
        self._say(self._remark(result), "muted")
        self._show_area()
        self._draw()

    def _remark(self, result: Comparison) -> str:
        remarks = []
        if result.first.design == result.second.design:
            remarks.append("A and B are the same lens.")
        if self.scene.choice == LIVE and self._live_frame is None:
            remarks.append("The live view has no frame yet; this is the portrait.")
        return " ".join(remarks)

    def _draw(self) -> None:
        result = self._shown
        if result is None:
            return
        psfs = (result.first.psf, result.second.psf)
        left, right = (to_image(picture) for picture in psf_pair(*psfs, self.scale.choice))
        self.sheet.scale.setText(describe_scale(*psfs, self.scale.choice))
        um_per_px = psfs[0].pitch_m * 1e6
        self.sheet.psfs.show_pair(left, right, um_per_px=um_per_px, draft=result.draft)
        self.sheet.psfs.setAccessibleDescription(f"{left.width() * um_per_px:.0f} µm wide; {self.sheet.scale.text()}")
        self.sheet.captures.show_pair(
            to_image(result.first.capture), to_image(result.second.capture), draft=result.draft
        )
        self.sheet.show_mtfs(result.first.mtf, result.second.mtf)
        self.sheet.show_rows(result.rows)

    def _refuse(self, reason: str) -> None:
        """Without pictures the parameters that differ can still be read."""
        self._shown = None
        self._say(f"{reason[:1].upper()}{reason[1:]}", "error")
        self.sheet.show_without_pictures(parameter_rows(*self.designs()))
        self._show_area()

    def _show_area(self, shown: bool = True) -> None:
        """Show the comparison, or in its place the message."""
        vertical = QSizePolicy.Policy.Maximum if shown else QSizePolicy.Policy.Expanding
        self.message.setSizePolicy(QSizePolicy.Policy.Preferred, vertical)
        self.message.setAlignment(Qt.AlignmentFlag.AlignLeft if shown else Qt.AlignmentFlag.AlignCenter)
        for part in (self.area, self.scale, self.scene):
            part.setVisible(shown)

    def _say(self, text: str, token: str) -> None:
        self.message.set_token(token)
        self.message.setText(text)
        self.message.setVisible(bool(text))
