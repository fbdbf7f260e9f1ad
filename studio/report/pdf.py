"""A report as a PDF: A4 pages of text, tables and vector pictures, fonts embedded. Loads matplotlib."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from textwrap import wrap
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from studio.report.blocks import Plate, Section, Table

PAGE_IN = (8.27, 11.69)
_MARGIN_IN = 0.8
_WIDTH_IN = PAGE_IN[0] - 2 * _MARGIN_IN
_LINE_IN, _TITLE_IN, _GAP_IN = 0.17, 0.4, 0.12
_LETTERS = 116
"""Of the text's size in a line."""
_CELL_LETTERS = 44
_MOST_LINES = 4
"""Of a row, for which there is room before it begins."""
LOOK: dict[Any, Any] = {
    "font.size": 8,
    "axes.titlesize": 8,
    "pdf.fonttype": 42,  # embedded, as text
    "svg.fonttype": "path",
    "svg.hashsalt": "opticaldr",
}


def pdf_bytes(
    sections: Sequence[Section], title: str, progress: Callable[[float], object] = lambda _share: None
) -> bytes:
    """The whole file. Nothing in it depends on the day. `progress(share)` is called before each section."""
    content = io.BytesIO()
    with mpl.rc_context(LOOK), PdfPages(content, metadata={"Title": title, "CreationDate": None}) as file:
        pages = _Pages(file, title)
        for number, section in enumerate(sections):
            progress(number / len(sections))
            pages.title(section.title)
            for block in section.blocks:
                if isinstance(block, Table):
                    pages.table(block)
                elif isinstance(block, Plate):
                    pages.plate(block)
                else:
                    pages.paragraph(block)
        pages.close()
    return content.getvalue()


class _Pages:
    """Fills pages from the top; what does not fit begins the next one."""

    def __init__(self, file: PdfPages, title: str) -> None:
        self._file, self._title, self._number = file, title, 0
        self._begin()

    def title(self, text: str) -> None:
        self._make_room(_TITLE_IN + 5 * _LINE_IN)  # a title does not stand alone
        self._write(_MARGIN_IN, text, size=13, weight="bold")
        self._y_in -= _TITLE_IN

    def paragraph(self, text: str, size: int = 8) -> None:
        for line in wrap(text, _LETTERS):
            self._make_room(_LINE_IN)
            self._write(_MARGIN_IN, line, size=size)
            self._y_in -= _LINE_IN
        self._y_in -= _GAP_IN

    def plate(self, plate: Plate) -> None:
        self._make_room(plate.height_in + 2 * _LINE_IN)
        self._y_in -= plate.height_in
        place = (_MARGIN_IN / PAGE_IN[0], self._y_in / PAGE_IN[1])
        plate.draw(self._page, (*place, _WIDTH_IN / PAGE_IN[0], plate.height_in / PAGE_IN[1]))
        self.paragraph(plate.caption, size=7)

    def table(self, table: Table) -> None:
        self.paragraph(table.caption)
        self._y_in += _GAP_IN / 2
        widths = _column_widths(table)
        self._row(table.head, widths, bold=True)
        for row in table.rows:
            if self._make_room(_MOST_LINES * _LINE_IN):
                self._row(table.head, widths, bold=True)
            self._row(row, widths)
        self._y_in -= _GAP_IN

    def close(self) -> None:
        foot = f"{self._title}, page {self._number}"
        self._page.text(_MARGIN_IN / PAGE_IN[0], 0.4 / PAGE_IN[1], foot, fontsize=6, color="0.4")
        self._file.savefig(self._page)

    def _row(self, row: Sequence[str], widths: Sequence[float], bold: bool = False) -> None:
        cells = [wrap(cell, max(4, int(_LETTERS * share))) or [""] for cell, share in zip(row, widths, strict=True)]
        lines = max(map(len, cells))
        left_in = _MARGIN_IN
        for cell, share in zip(cells, widths, strict=True):
            for number, line in enumerate(cell):
                self._write(left_in, line, 7, "bold" if bold else "normal", below_in=number * _LINE_IN)
            left_in += share * _WIDTH_IN
        self._y_in -= lines * _LINE_IN
        if bold:
            ends = [_MARGIN_IN / PAGE_IN[0], 1 - _MARGIN_IN / PAGE_IN[0]]
            height = (self._y_in + 0.03) / PAGE_IN[1]
            self._page.add_artist(mpl.lines.Line2D(ends, [height, height], color="0.3", linewidth=0.6))

    def _write(self, left_in: float, text: str, size: float, weight: str = "normal", below_in: float = 0.0) -> None:
        at = (left_in / PAGE_IN[0], (self._y_in - below_in) / PAGE_IN[1])
        self._page.text(*at, text, fontsize=size, fontweight=weight, va="top", parse_math=False)

    def _make_room(self, height_in: float) -> bool:
        """Whether that took a new page."""
        if self._y_in - height_in >= _MARGIN_IN:
            return False
        self.close()
        self._begin()
        return True

    def _begin(self) -> None:
        self._page = Figure(figsize=PAGE_IN)
        self._number += 1
        self._y_in = PAGE_IN[1] - _MARGIN_IN


def _column_widths(table: Table) -> list[float]:
    """Shares of the line, by the longest cell of each column."""
    columns = zip(table.head, *table.rows, strict=True)
    letters = [min(max(map(len, column)), _CELL_LETTERS) + 2 for column in columns]
    return [count / max(sum(letters), _LETTERS // 2) for count in letters]
