"""The surface in the Lens dock: Zernike terms by name, their numbering, focus, copy, paste and reset."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from studio.gui.docks.coefficients import NOLL, NUMBERINGS, Numbering, format_coefficients, parse_coefficients
from studio.gui.docks.parameter_text import in_words
from studio.gui.docks.parameters import parameter_row
from studio.gui.document import Document
from studio.gui.icons import icon
from studio.gui.locks import with_values_of
from studio.gui.theme import SPACING
from studio.gui.widgets.buttons import tool_button
from studio.gui.widgets.callout import Callout
from studio.gui.widgets.hints import hint
from studio.gui.widgets.labels import TokenLabel
from studio.gui.widgets.number_field import NumberField
from studio.gui.widgets.section import Section
from studio.gui.widgets.segments import Choice, Segments
from studio.gui.widgets.slider_row import SliderRow
from studio.optics.lens import DEFAULT_TERMS, MAX_TERMS, DesignError, LensDesign
from studio.optics.parameters import get_value, parameter
from studio.optics.zernike import noll_to_nm

NUMBERING_KEY = "lens.numbering"
_PLAIN = "{0.title}, {0.norm}".format(NUMBERINGS[NOLL])
FIRST_TERM = 4  # piston and tilts do nothing, or only shift the picture


class TermsSection(Section):
    """Rows of the terms from 4 on, in the order of the numbering in use; values in the document stay Noll's."""

    dragging = Signal(bool)
    told = Signal(str, str)  # what copying and pasting came to, kind of toast

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__("Surface (Zernike terms)", parent=parent)
        self._document = document
        self.terms: dict[int, SliderRow] = {}
        self._make_header()
        self.rows.addLayout(self._make_focus())
        self.rows.addLayout(self._make_numbering())
        self._first_row = self.rows.count()
        self.more = QPushButton("More terms")
        self.more.setAccessibleDescription("Shows the terms of the next radial order")
        self.more.clicked.connect(self._add_order)
        row = QHBoxLayout()
        row.addWidget(self.more)
        row.addStretch(1)
        self.rows.addLayout(row)
        self._show_icons()
        document.design_changed.connect(self._follow)
        document.project_replaced.connect(self._restore)
        self._show_terms_to(DEFAULT_TERMS)
        self._follow(document.design)
        self._restore()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._show_icons()
        super().changeEvent(event)

    @property
    def numbering(self) -> Numbering:
        return NUMBERINGS[self.scheme.choice]

    # Parts

    def _make_header(self) -> None:
        self.copy_button = tool_button("Copy coefficients", "Copy all coefficients as text, a line “Zn value” each")
        self.paste_button = tool_button(
            "Paste coefficients",
            "Paste lines “Zn value” (other terms stay), or a list or spreadsheet column (the whole surface)",
        )
        self.reset_button = tool_button("Reset all terms", "Reset all terms: focused at 1 m, everything else flat")
        for button, slot in (
            (self.copy_button, self.copy),
            (self.paste_button, self.paste),
            (self.reset_button, self.reset),
        ):
            button.clicked.connect(slot)
            self.header.addWidget(button)
        self.paste_message = Callout(self.paste_button)

    def _make_focus(self) -> QHBoxLayout:
        tip = "Sets the defocus term so that this distance is sharp in green"
        self.focus_distance = NumberField("Distance to focus", "m", decimals=2, step=0.05, low=0.05, high=100.0)
        self.focus_distance.set_hint(tip)
        self.focus_distance.set_value(self._document.design.object_distance_m)
        self.focus_distance.setFixedWidth(9 * SPACING)
        self.focus_distance.edited.connect(self._set_focus_distance)
        self.focus_button = QPushButton("Solve focus for")
        hint(self.focus_button, tip)
        self.focus_button.clicked.connect(self._solve_focus)
        self.focus_message = Callout(self.focus_distance)
        self.focus_distance.refused.connect(self.focus_message.say)
        row = QHBoxLayout()
        row.addWidget(self.focus_button)
        row.addWidget(self.focus_distance)
        row.addStretch(1)
        return row

    def _make_numbering(self) -> QHBoxLayout:
        self.scheme = Segments("Numbering", (Choice(n.scheme, n.title, n.about) for n in NUMBERINGS.values()))
        self.scheme.chosen.connect(self._choose_numbering)
        self.norm = TokenLabel()
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(QLabel("Numbering"))
        row.addWidget(self.scheme)
        row.addStretch(1)
        row.addWidget(self.norm)
        return row

    def _show_terms_to(self, last: int) -> None:
        for j in range(FIRST_TERM + len(self.terms), last + 1):
            row = parameter_row(self._document, f"zernike.{j}")
            row.dragging.connect(self.dragging)
            self.terms[j] = row
        self.more.setVisible(len(self.terms) < MAX_TERMS - FIRST_TERM + 1)

    def _arrange(self) -> None:
        """Put the rows in the order of the numbering, for the eye and for the Tab key."""
        numbering = self.numbering
        before: QWidget = list(self.scheme.buttons.values())[-1]
        for place, j in enumerate(sorted(self.terms, key=numbering.index), self._first_row):
            row = self.terms[j]
            row.tag.setText(f"Z{numbering.index(j)}")
            row.field.set_scale(numbering.scale(j), "" if numbering.scheme == NOLL else _PLAIN)
            if self.rows.indexOf(row) != place:
                self.rows.insertWidget(place, row)
            for control in row.controls:
                QWidget.setTabOrder(before, control)
                before = control
        QWidget.setTabOrder(before, self.more)
        self.norm.setText(f"value = {numbering.norm.split()[0]}")
        self.norm.setToolTip(numbering.about)

    def _show_icons(self) -> None:
        for button, name in ((self.copy_button, "copy"), (self.paste_button, "paste"), (self.reset_button, "reset")):
            button.setIcon(icon(name))

    # What the user does

    @Slot()
    def copy(self) -> None:
        """All coefficients to the clipboard, in the numbering in use."""
        coefficients = self._document.design.zernike_um
        QGuiApplication.clipboard().setText(format_coefficients(coefficients, self.numbering))
        self.told.emit(f"{len(coefficients)} coefficients copied, {self.numbering.title}", "info")

    @Slot()
    def paste(self) -> None:
        """Coefficients from the clipboard, as one step; a text that makes no sense changes nothing and is answered."""
        design, text = self._document.design, QGuiApplication.clipboard().text()
        try:
            if design.ideal:
                raise ValueError("a perfect image has no surface; press “Use the lens” first")
            pasted = replace(design, zernike_um=parse_coefficients(text, design.zernike_um, self.numbering))
            for key in sorted(self._document.locked):
                if get_value(pasted, key) != get_value(design, key):
                    raise ValueError(f"{parameter(key).label} is locked; unlock it or leave it out")
        except ValueError as error:
            said = f"Nothing was pasted. {in_words(str(error))}."
            if self.paste_button.isVisible():
                self.paste_message.say(said)
            else:  # asked for with the keyboard or from the menu
                self.told.emit(said, "warning")
        else:
            self.paste_message.say("")
            self._document.edit_design(pasted, "Paste coefficients")

    @Slot()
    def reset(self) -> None:
        """All terms that are not locked."""
        design = self._document.design
        flat = replace(design, zernike_um=LensDesign().zernike_um)
        self._document.edit_design(with_values_of(design, flat, self._document.locked), "Reset all terms")

    @Slot(float, object)
    def _set_focus_distance(self, distance_m: float, _run: int | None) -> None:
        try:
            replace(self._document.design, object_distance_m=distance_m)
        except DesignError as error:
            self.focus_distance.refuse(in_words(str(error)))
        else:
            self.focus_distance.set_value(distance_m)

    @Slot()
    def _solve_focus(self) -> None:
        try:
            self._document.solve_focus(self.focus_distance.value)
        except DesignError as error:
            self.focus_message.say(f"{in_words(str(error))}.")
        else:
            self.focus_message.say("")

    @Slot(str)
    def _choose_numbering(self, scheme: str) -> None:
        self._document.set_view(NUMBERING_KEY, scheme)
        self._arrange()

    @Slot()
    def _add_order(self) -> None:
        first = FIRST_TERM + len(self.terms)
        order = noll_to_nm(first)[0]
        self._show_terms_to(min((order + 1) * (order + 2) // 2, MAX_TERMS))
        self._arrange()
        self.terms[first].slider.setFocus()

    # What follows the document

    @Slot(object)
    def _follow(self, design: LensDesign) -> None:
        self.paste_message.say("")
        self.focus_message.say("")
        self.focus_button.setEnabled(not design.ideal)
        self.reset_button.setEnabled(not design.ideal)
        if len(design.zernike_um) >= FIRST_TERM + len(self.terms):
            self._show_terms_to(len(design.zernike_um))
            self._arrange()

    @Slot()
    def _restore(self) -> None:
        self.scheme.choose(str(self._document.view(NUMBERING_KEY, NOLL)))
        self._arrange()
